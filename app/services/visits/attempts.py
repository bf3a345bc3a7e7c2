"""One try at one door: the errand is locked, begun, and closed by exactly one attempt an operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.domain.errors import DomainError, refusals
from app.domain.from_phone import FromPhone
from app.models import Attempt, Errand
from app.services.booking import errands
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """How the try ended: a versioned code, ticks and commitments (nothing personal), an invitation or not."""

    code: str
    evidence: Mapping[str, Any]
    version: int = 1
    counts: bool = False


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """Who tried, when, and under which operation."""

    courier_id: int | None  # None: at the counter
    operation_id: str
    occurred_at: datetime
    now: datetime


def stored_attempt(
    session: Session, errand_id: UUID, operation_id: str, phone: FromPhone | None = None
) -> Attempt | None:
    """The attempt that this operation has already written; a phone's operation is known by its id before it comes here."""
    if phone is not None:
        return None
    found = select(Attempt).where(Attempt.errand_id == errand_id, Attempt.operation_id == operation_id)
    return session.scalars(found).one_or_none()


STEPS_TO_THE_DOOR = {ErrandState.SCHEDULED: ErrandState.PLANNED, ErrandState.PLANNED: ErrandState.UNDER_WAY}


# the citizen comes for a result that waits at the office, whatever was arranged for it
STEPS_TO_THE_COUNTER = STEPS_TO_THE_DOOR | dict.fromkeys(
    (ErrandState.REQUESTED, ErrandState.FAILED, ErrandState.HELD), ErrandState.SCHEDULED
)


def arrive(errand: Errand, *, at_counter: bool = False) -> None:
    """The courier stands at the door, or the citizen at the counter: what was planned is under way.

    Raises `errand_step_refused` for a closed errand.
    """
    steps = STEPS_TO_THE_COUNTER if at_counter else STEPS_TO_THE_DOOR
    while errand.state in steps:
        errands.advance(errand, steps[errand.state])
    if errand.state is not ErrandState.UNDER_WAY:
        raise DomainError("errand_step_refused", current=errand.state, new=ErrandState.UNDER_WAY)


def arrive_late(errand: Errand) -> tuple[bool, list[DomainError]]:
    """The courier stood at the door, as a phone tells: move the errand by any way its table knows.

    Returns whether it is under way now, and what an online screen would have been refused with.
    """
    refused = refusals(lambda: arrive(errand))
    return not refused or not refusals(lambda: arrive(errand, at_counter=True)), refused


def leave(work: UnitOfWork, errand: Errand, door: AtTheDoor, outcome: AttemptOutcome) -> Attempt:
    """Write the attempt under the next number."""
    prefetched = work.prefetched_of(errand.id)
    attempt = Attempt(
        errand_id=errand.id,
        number=_count(errand) if prefetched is None else prefetched.next_attempt(errand.id),
        courier_id=door.courier_id,
        outcome=outcome.code,
        outcome_version=outcome.version,
        evidence=dict(outcome.evidence),
        counts=outcome.counts,
        operation_id=door.operation_id,
        occurred_at=door.occurred_at,
        received_at=door.now,
    )
    if prefetched is None:
        work.add(attempt)  # who asks for its number reads it back
    else:
        work.add_later(attempt)
    return attempt


def _count(errand: Errand) -> ScalarSelect[int]:
    """The next number, counted by the insert itself: the errand is locked."""
    numbers = select(func.coalesce(func.max(Attempt.number), 0) + 1).where(Attempt.errand_id == errand.id)
    return numbers.scalar_subquery()
