"""A citizen asks to be called; the office that serves the door calls, and says so."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.clock import LOCAL, at, local_day
from app.domain.errors import DomainError
from app.domain.working_days import Calendar
from app.models import CallbackWish, Errand, ServiceRequest
from app.queries.reference.calendar import calendar
from app.services import audit
from app.unit_of_work import UnitOfWork

WITHIN: Final = timedelta(hours=2)  # [assumption]
OPENS, LAST, NEXT_MORNING = time(7), time(15), time(9)


def call_due(now: datetime, known: Calendar) -> datetime:
    """By when somebody is called: within two hours of a working day, else at nine of the next."""
    day, hour = local_day(now), now.astimezone(LOCAL).time()
    if known.is_working(day) and hour < OPENS:
        return at(day, NEXT_MORNING)
    if known.is_working(day) and hour <= LAST:
        return now + WITHIN
    return at(known.next_working(day), NEXT_MORNING)


def ask_to_be_called(work: UnitOfWork, request: ServiceRequest, now: datetime) -> CallbackWish:
    """Who asks twice is called once: the wish that stands is given back. Raises `callback_without_phone`."""
    if (request.applicant.phone or request.helper_phone) is None:
        raise DomainError("callback_without_phone")
    newest = select(Errand.office_id).where(Errand.request_id == request.id)
    office_id = work.scalars(newest.order_by(Errand.created_at.desc(), Errand.id).limit(1)).one()
    row = {"request_id": request.id, "office_id": office_id, "asked_at": now, "due_at": call_due(now, calendar(work))}
    made = work.scalars(insert(CallbackWish).values(row).on_conflict_do_nothing().returning(CallbackWish)).one_or_none()
    if made is not None:
        audit.record(work, f"citizen:{request.id}", "callback.asked", "request", request.id, now)
        return made
    return work.scalars(
        select(CallbackWish).where(CallbackWish.request_id == request.id, CallbackWish.done_at.is_(None))
    ).one()


def called_back(work: UnitOfWork, wish: CallbackWish, by: str, now: datetime) -> None:
    """Somebody has called. Safe to repeat."""
    if wish.done_at is None:
        wish.done_at, wish.done_by = now, by
        audit.record(work, by, "callback.done", "request", wish.request_id, now)
