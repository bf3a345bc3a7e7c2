"""A due date told anew: an appointment that was given may be moved once.

Law: Decree 61/2018 as amended by Decree 118/2025 (docs/domain.md §2). Until a dossier is accepted no appointment slip is out, and
while papers or a fee are wanted the time stands still and is counted anew afterwards: those moves are no re-dating.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.domain.dossier import DossierState
from app.domain.errors import DomainError

NO_CLOCK: Final = frozenset({DossierState.REGISTERED, DossierState.PAPERS_WANTED, DossierState.FEE_DUE})


@dataclass(frozen=True, slots=True)
class DueTold:
    """A due date as somebody tells it together with a national state; `on` None: nothing is said of it."""

    on: date | None
    state: int
    by: str
    now: datetime
    binding: bool = False  # the exchange's word: it has happened and can't be refused


def check_written(on: date | None, today: date) -> None:
    """A date that a clerk writes from a slip lies not behind: a day and a month change places easily. Raise `due_before_received`."""
    if on is not None and on < today:
        raise DomainError("due_before_received", kind="invalid", field="due_on")


def is_redating(before: int, after: int) -> bool:
    """Is a due date that changes between these two national states an appointment given anew?"""
    return before not in NO_CLOCK and after not in NO_CLOCK
