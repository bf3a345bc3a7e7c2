"""Outcomes at the door: codes as data, versioned (docs/domain.md, "Outcomes at the door")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.errors import DomainError
from app.domain.working_days import Calendar

DONE = "DONE"
INVITATIONS_NEEDED = 2  # Postal Law 2010 art. 17
WORKING_DAYS_APART = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """One code: which evidence it demands, whether it counts as an invitation, who acts next."""

    code: str
    version: int
    evidence: tuple[str, ...]
    counts: bool
    next_actor: str


def check_evidence(outcome: Outcome, given: frozenset[str]) -> None:
    """Raise `evidence_missing` naming the first thing the outcome demands and the courier did not give."""
    for needed in outcome.evidence:
        if needed not in given:
            raise DomainError(
                "evidence_missing", kind="invalid", field=f"evidence_{needed}", outcome=outcome.code, needed=needed
            )


def undeliverable(invitations: Sequence[date], calendar: Calendar) -> bool:
    """Two counted invitations at least two working days apart (Postal Law 2010 art. 17)."""
    if len(invitations) < INVITATIONS_NEEDED:
        return False
    return calendar.between(min(invitations), max(invitations)) >= WORKING_DAYS_APART
