"""A citizen asks to be called; the office that serves the door calls, and says so."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from app.clock import LOCAL, at, local_day
from app.domain.errors import DomainError
from app.domain.working_days import Calendar
from app.models import Applicant, AuditEvent, CallbackWish, Errand, ServiceRequest
from app.queries.reference.calendar import calendar
from app.services import audit
from app.unit_of_work import UnitOfWork

WITHIN: Final = timedelta(hours=2)  # [assumption]
ASKED: Final = "callback.asked"
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
    """Who asks twice is called once, for whichever request: the wish of this telephone that stands is given back.

    Raises `callback_without_phone`.
    """
    number = request.applicant.phone or request.helper_phone
    if number is None:
        raise DomainError("callback_without_phone")
    newest = select(Errand.office_id).where(Errand.request_id == request.id)
    office_id = work.scalars(newest.order_by(Errand.created_at.desc(), Errand.id).limit(1)).one()
    standing = _standing(work, office_id, number)
    if standing is not None:
        if standing.request_id != request.id:
            _note_once(work, request, standing.asked_at, now)
        return standing
    row = {"request_id": request.id, "office_id": office_id, "asked_at": now, "due_at": call_due(now, calendar(work))}
    made = work.scalars(insert(CallbackWish).values(row).on_conflict_do_nothing().returning(CallbackWish)).one_or_none()
    if made is not None:
        _note(work, request, now)
        return made
    return work.scalars(
        select(CallbackWish).where(CallbackWish.request_id == request.id, CallbackWish.done_at.is_(None))
    ).one()


def _note(work: UnitOfWork, request: ServiceRequest, now: datetime) -> None:
    audit.record(work, f"citizen:{request.id}", ASKED, "request", request.id, now)


def _note_once(work: UnitOfWork, request: ServiceRequest, since: datetime, now: datetime) -> None:
    """That this request asked as well: once while the wish stands, however often somebody presses."""
    mine = (AuditEvent.object_kind == "request", AuditEvent.object_id == str(request.id))
    noted = exists().where(*mine, AuditEvent.action == ASKED, AuditEvent.at >= since)
    if not work.scalar(select(noted)):
        _note(work, request, now)


def _standing(work: UnitOfWork, office_id: int, number: str) -> CallbackWish | None:
    """An office that is asked by one telephone for three requests calls it once."""
    theirs = func.coalesce(Applicant.phone, ServiceRequest.helper_phone) == number
    open_ones = (
        select(CallbackWish)
        .join(ServiceRequest, ServiceRequest.id == CallbackWish.request_id)
        .join(Applicant, Applicant.id == ServiceRequest.applicant_id)
        .where(CallbackWish.done_at.is_(None), CallbackWish.office_id == office_id, theirs)
    )
    return work.scalars(open_ones.order_by(CallbackWish.due_at, CallbackWish.id).limit(1)).first()


def called_back(work: UnitOfWork, wish: CallbackWish, by: str, now: datetime) -> None:
    """Somebody has called. Safe to repeat."""
    if wish.done_at is None:
        wish.done_at, wish.done_by = now, by
        audit.record(work, by, "callback.done", "request", wish.request_id, now)
