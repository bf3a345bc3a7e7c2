"""What waits for a person: everything that no rule of ours will put right by itself. A module a kind of task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errand import ErrandState
from app.models import Errand, ServiceRequest, Slot
from app.queries.attention import citizens, papers, plans, visits, whole
from app.queries.attention.citizens import RECEIVER_TOLD
from app.queries.attention.plans import plans_failed
from app.queries.attention.task import AttentionTask
from app.queries.attention.visits import CHECKED, attempt_to_check
from app.queries.visible import Offices

__all__ = [
    "CHECKED",
    "RECEIVER_TOLD",
    "AttentionTask",
    "attempt_to_check",
    "booked_on",
    "offices_of_request",
    "plans_failed",
    "tasks",
]


def tasks(session: Session, day: date, now: datetime, office_ids: Offices = None) -> list[AttentionTask]:
    """Gaps and unclear facts first, then what a citizen waits for, then what the day's plan could not serve."""
    today = local_day(now)
    return [
        *plans.plans_failed(session, today, office_ids),
        *whole.codes(session, now, office_ids),
        *papers.gaps(session, office_ids),
        *papers.incidents(session, office_ids),
        *papers.from_phones(session, now, office_ids),
        *visits.unconfirmed(session, office_ids),
        *citizens.wishes(session, office_ids),
        *citizens.calls_to_book(session, office_ids),
        *citizens.receivers_untold(session, office_ids),
        *papers.cases(session, now, office_ids),
        *citizens.complaints(session, today, office_ids),
        *whole.money(session, office_ids),
        *visits.errands(session, "failed", office_ids, Errand.state == ErrandState.FAILED),
        *visits.errands(session, "held_over", office_ids, Errand.state == ErrandState.HELD, Errand.held_until < today),
        *visits.to_confirm(session, now, office_ids),
        *visits.without_slot(session, office_ids),
        *visits.errands(
            session,
            "slot_closed",
            office_ids,
            Errand.state.in_([ErrandState.SCHEDULED, ErrandState.PLANNED]),
            Errand.slot.has(Slot.closed & (Slot.day >= today)),
        ),
        *plans.left_out(session, day, office_ids),
        *citizens.not_sent(session, today, office_ids),
        *citizens.not_arrived(session, now, office_ids),
        *whole.resets(session, now, office_ids),
    ]


def offices_of_request(session: Session, request: ServiceRequest) -> Sequence[int]:
    return session.scalars(select(Errand.office_id).where(Errand.request_id == request.id).distinct()).all()


def booked_on(session: Session, unit_code: str, day: date) -> int:
    """Visits that lose their slot when the commune closes that day."""
    lost = (
        select(func.count())
        .select_from(Errand)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(
            Slot.unit_code == unit_code,
            Slot.day == day,
            Errand.state.in_([ErrandState.SCHEDULED, ErrandState.PLANNED]),
        )
    )
    return session.scalar(lost) or 0
