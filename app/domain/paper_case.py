"""A lost or damaged paper is a case: the steps somebody owes the citizen, each with its time, and two hands for the money."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError
from app.domain.incident import IncidentKind, Verdict


class CaseStep(StrEnum):
    SEARCHED = "searched"
    CALLED = "called"
    RECORDED = "recorded"  # the record (biên bản) is signed; it names the side at fault
    AGENCY_TOLD = "agency_told"
    REISSUED = "reissued"  # fetched, and paid by the side at fault
    DECIDED = "decided"  # how much is paid to the citizen
    AGREED = "agreed"  # by another hand
    PAID = "paid"
    NOT_LOST = "not_lost"  # found whole: nothing more is owed


class FaultSide(StrEnum):
    POST = "post"
    DESK = "desk"
    CARRIER = "carrier"
    NOBODY = "nobody"  # a force that nobody could withstand


OPENS: Final = frozenset({
    IncidentKind.LOST, IncidentKind.DAMAGED, IncidentKind.MISSING_FROM_BAG, IncidentKind.MISSING_AT_COUNT,
    IncidentKind.NOT_RECEIVED,
})  # fmt: skip
"""Incidents that are a case from their first minute; any other becomes one when it is closed as a loss."""
OWED: Final = tuple(step for step in CaseStep if step is not CaseStep.NOT_LOST)
NEEDS: Final[Mapping[CaseStep, CaseStep]] = {
    CaseStep.REISSUED: CaseStep.AGENCY_TOLD,
    CaseStep.DECIDED: CaseStep.RECORDED,
    CaseStep.AGREED: CaseStep.DECIDED,
    CaseStep.PAID: CaseStep.AGREED,
}
WITHIN: Final[Mapping[CaseStep, timedelta]] = {
    CaseStep.CALLED: timedelta(hours=24),
    CaseStep.SEARCHED: timedelta(days=3),  # [assumption], as all below but the last
    CaseStep.RECORDED: timedelta(days=3),
    CaseStep.AGENCY_TOLD: timedelta(days=5),
    CaseStep.DECIDED: timedelta(days=15),
    CaseStep.AGREED: timedelta(days=20),
    CaseStep.REISSUED: timedelta(days=30),
    CaseStep.PAID: timedelta(
        days=30
    ),  # Decree 47/2011; counted from the case's first minute, which is the strictest reading
}
TIMES_THE_CHARGE: Final = 4
"""Decree 47/2011: what a total loss is worth at least."""


def due_at(opened_at: datetime, step: CaseStep) -> datetime:
    return opened_at + WITHIN[step]


def owed(done: Collection[CaseStep]) -> list[CaseStep]:
    """What is still to be done; nothing once the paper was found whole."""
    return [] if CaseStep.NOT_LOST in done else [step for step in OWED if step not in done]


def overdue(opened_at: datetime, done: Collection[CaseStep], now: datetime) -> list[CaseStep]:
    return [step for step in owed(done) if due_at(opened_at, step) < now]


def check_step(step: CaseStep, done: Mapping[CaseStep, str], by: str) -> None:
    """`done`: each step with whoever did it. Raises `case_step_early`, `case_step_done` or `case_one_hand`."""
    if step in done or CaseStep.NOT_LOST in done:
        raise DomainError("case_step_done", kind="conflict")
    before = NEEDS.get(step)
    if before is not None and before not in done:
        raise DomainError("case_step_early", kind="conflict", before=before)
    if step is CaseStep.AGREED and done[CaseStep.DECIDED] == by:
        raise DomainError("case_one_hand", kind="forbidden")


def least_amount(kind: str, postage: int, fault: FaultSide | None = None) -> int:
    """Đồng that may be decided at the least: a loss is worth four charges; damage is weighed by people, and nobody's fault."""
    return 0 if kind == IncidentKind.DAMAGED or fault is FaultSide.NOBODY else TIMES_THE_CHARGE * postage


def ends_unharmed(kind: str, verdict: Verdict) -> bool:
    """Whether an incident closed with this word leaves nothing owed: never where a paper is damaged."""
    return verdict is not Verdict.LOST and kind != IncidentKind.DAMAGED
