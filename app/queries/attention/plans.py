"""Plans that came to nothing, and visits that the plan in force leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from app.domain.errand import ErrandState
from app.models import Errand, Plan, Planning, PlanOffice, PlanUnserved, Slot
from app.models.plan import STOOD_IN, TIMER
from app.queries.attention.task import AttentionTask
from app.queries.visible import Offices, within


def plans_failed(session: Session, today: date, office_ids: Offices) -> Iterator[AttentionTask]:
    """Days with an order to plan that came to nothing, and none behind it that covers the same offices, nor is under way.

    Theirs who see every office, for an order may be of all. `plan_stood_in`: they ride by the draft of the evening.
    """
    if office_ids is not None:
        return
    orders = session.scalars(select(Planning).where(Planning.day >= today).order_by(Planning.day, Planning.id)).all()
    for day, of_day in groupby(orders, key=lambda order: order.day):
        failed = _uncovered(list(of_day))
        if failed is not None:
            since = failed.finished_at or failed.asked_at
            kind = "plan_stood_in" if _stood_in(session, day) else "plan_failed"
            yield AttentionTask(kind, day.strftime("%d/%m/%Y"), "", since, day=day)


def _stood_in(session: Session, day: date) -> bool:
    in_force = select(Plan.id).where(Plan.day == day, Plan.state == "published", Plan.published_by.startswith(STOOD_IN))
    return session.scalar(in_force.limit(1)) is not None


def _uncovered(orders: Sequence[Planning]) -> Planning | None:
    """The newest order of a day that failed and whose offices later orders have not all taken up."""
    taken_up: set[int] = set()
    for order in reversed(orders):
        offices = {office["id"] for office in order.office_ids or ()}
        if order.state == "failed" and not (offices and offices <= taken_up):
            return order
        if not offices or order.asked_by.startswith(TIMER):
            return None  # of every office, or of all that still needed a plan: it answers for what failed before
        taken_up |= offices
    return None


def left_out(session: Session, day: date, office_ids: Offices) -> Iterator[AttentionTask]:
    """Errands of the day that the plan in force of their office leaves out."""
    in_force = (PlanOffice.plan_id == PlanUnserved.plan_id) & (PlanOffice.office_id == Errand.office_id)
    rows = session.scalars(
        select(PlanUnserved)
        .join(PlanUnserved.errand)
        .join(PlanOffice, in_force)
        .where(
            PlanOffice.day == day,
            PlanOffice.published,
            Errand.state == ErrandState.SCHEDULED,
            Errand.slot.has(Slot.day == day),
            *within(Errand.office_id, office_ids),
        )
        .options(
            contains_eager(PlanUnserved.errand).joinedload(Errand.request),
            contains_eager(PlanUnserved.errand).joinedload(Errand.office),
        )
        .order_by(Errand.office_id, Errand.id)
    )
    for row in rows:
        yield AttentionTask("left_out", row.errand.request.reference, row.errand.office.name, day, reason=row.reason)
