"""The outcome table as a courier chooses from it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.outcome import DONE
from app.models import OutcomeCode

# said by the citizen on the tracking page, by the desk, or by the counter: not at a citizen's door
ELSEWHERE = frozenset({DONE, "CANCELLED", "RESCHEDULED", "DESK_CLOSED", "NOT_READY"})


def at_the_door(session: Session) -> Sequence[OutcomeCode]:
    """Current codes for a visit that was not done, in the table's order of reason."""
    rows = session.scalars(select(OutcomeCode).where(OutcomeCode.current).order_by(OutcomeCode.label)).all()
    return [row for row in rows if row.code not in ELSEWHERE]
