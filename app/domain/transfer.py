"""A dossier between two desks: who owns its due date at each moment, its sub-state, and when papers must go where.

Law. Decree 61/2018 as amended by Decree 118/2025 (docs/domain.md §2): any provincial or commune centre receives for the whole
province; a due date that will be missed asks for a written apology at least one day before, and may be set anew once.
That the due date passes on with the electronic dossier, and not with the paper, is the vertical path of issue 4 [assumption].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.dossier import FINAL, DossierState
from app.domain.working_days import Calendar


class TransferKind(StrEnum):
    BOUNDARY_FREE = "boundary_free"  # between two desks of one level
    VERTICAL = "vertical"  # received at the commune, decided at the province
    RESULT_BACK = "result_back"  # the result goes back to the desk that received the dossier


class TransferState(StrEnum):
    WANTED = "wanted"
    PACKED = "packed"
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


OPEN: Final = (TransferState.WANTED, TransferState.PACKED, TransferState.UNDER_WAY)
NOT_LEFT: Final = (TransferState.WANTED, TransferState.PACKED)
CANCELLED_BY: Final = frozenset({DossierState.REFUSED, DossierState.WITHDRAWN, DossierState.STOPPED})


def kind_between(receiving_level: str, competent_level: str) -> TransferKind:
    """Levels as `Desk.level` has them: commune | province."""
    upward = receiving_level != "province" and competent_level == "province"
    return TransferKind.VERTICAL if upward else TransferKind.BOUNDARY_FREE


class SubState(IntEnum):
    """Boundary-free sub-states of the national exchange [V]."""

    RECEIVED = 1
    IN_PROCESS = 2
    RESULT_RETURNED = 3
    WAITING_FOR_UNIT = 4


_IMPLIED: Final[Mapping[int, SubState]] = MappingProxyType({
    DossierState.ACCEPTED: SubState.RECEIVED,
    DossierState.IN_PROCESS: SubState.IN_PROCESS,
    DossierState.FINISHED: SubState.IN_PROCESS,  # the result is there, nobody has it yet
    DossierState.RESULT_RETURNED: SubState.RESULT_RETURNED,
})  # fmt: skip


def implied_sub_state(state: int, *, between_desks: bool) -> SubState | None:
    """What a national state means for the sub-state when nobody names one; None for a dossier of one desk."""
    return _IMPLIED.get(state) if between_desks else None


class DueOwner(StrEnum):
    NOBODY = "nobody"  # not accepted yet, or over
    CITIZEN = "citizen"  # papers or a fee are wanted: the clock stands
    RECEIVING = "receiving"
    COMPETENT = "competent"


_CLOCK_STANDS: Final = frozenset({DossierState.PAPERS_WANTED, DossierState.FEE_DUE})
_NO_CLOCK: Final = FINAL | {DossierState.REGISTERED, DossierState.FINISHED}


def due_owner(state: int, *, between_desks: bool, sent_on: bool) -> DueOwner:
    """Who answers for the due date now.

    The desk that received the dossier, until it has sent it on (electronically, or the paper has been taken in over there);
    from then the competent desk; with the result there is nothing left to miss.
    """
    if state in _NO_CLOCK:
        return DueOwner.NOBODY
    if state in _CLOCK_STANDS:
        return DueOwner.CITIZEN
    return DueOwner.RECEIVING if between_desks and not sent_on else DueOwner.COMPETENT


def due_day(start: date, length: int | None, *, working: bool, calendar: Calendar) -> date | None:
    """The last day of a published time that starts on `start` (the first day counted is the next one).

    `length` in working days, or in days, whose end moves to the next working day. None: no time is published.
    """
    if length is None:
        return None
    return calendar.add(start, length) if working else calendar.add(start + timedelta(days=length), 0)


class DueHint(StrEnum):
    NONE = "none"
    APOLOGY = "apology"  # the last working day on which an apology is still in time
    TODAY = "today"
    OVERDUE = "overdue"


def due_hint(due_on: date | None, today: date, calendar: Calendar) -> DueHint:
    """What a desk must be reminded of: apology by the working day before the due date; afterwards it is missed."""
    if due_on is None or today < calendar.previous_working(due_on):
        return DueHint.NONE
    if today < due_on:
        return DueHint.APOLOGY
    return DueHint.TODAY if today == due_on else DueHint.OVERDUE


@dataclass(frozen=True, slots=True)
class Due:
    """A due date as a desk sees it."""

    on: date | None
    owner: DueOwner
    hint: DueHint


def due_of(state: int, due_on: date | None, today: date, calendar: Calendar, *, between: bool, sent_on: bool) -> Due:
    """The due date, its owner, and what the owner is reminded of; nobody is reminded of a clock that stands."""
    owner = due_owner(state, between_desks=between, sent_on=sent_on)
    runs = owner in {DueOwner.RECEIVING, DueOwner.COMPETENT}
    return Due(due_on, owner, due_hint(due_on, today, calendar) if runs else DueHint.NONE)
