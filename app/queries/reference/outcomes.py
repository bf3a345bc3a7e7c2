"""The outcome table as a courier chooses from it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind
from app.domain.outcome import DONE
from app.models import OutcomeCode

# met at a desk, where our visits don't go: what is fetched there comes with the office's round
ELSEWHERE = frozenset({DONE, "DESK_CLOSED", "NOT_READY"})
WITH_A_RESULT = frozenset({"NOT_ENTITLED", "REFUSED_ERROR", "REFUSED_OTHER", "SEAL_BROKEN"})
BEFORE_ANYTHING = frozenset({"CANCELLED"})  # a result is refused, or held for its owner, but not called off
USUAL_FIRST = (
    "ABSENT",
    "RESCHEDULED",
    "NO_CONTACT",
    "PAPERS_MISSING",
    "PAPERS_WRONG",
    "NOT_ENTITLED",
    "ADDR_WRONG",
    "NO_ACCESS",
)


def at_any_door(session: Session) -> Sequence[OutcomeCode]:
    """Current codes that a courier may choose at some door, the usual ones first."""
    rows = session.scalars(select(OutcomeCode).where(OutcomeCode.current).order_by(OutcomeCode.label)).all()
    place = {code: number for number, code in enumerate(USUAL_FIRST)}
    return sorted((row for row in rows if row.code not in ELSEWHERE), key=lambda row: place.get(row.code, len(place)))


def visits_of(code: str) -> list[ErrandKind]:
    """The kinds of visit at which this code may be chosen."""
    barred = WITH_A_RESULT, BEFORE_ANYTHING
    return [kind for kind in ErrandKind if code not in barred[kind is not ErrandKind.COLLECT]]
