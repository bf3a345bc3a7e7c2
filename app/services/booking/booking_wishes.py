"""Somebody whom no code reaches asks to be called; the office that serves the commune calls, books, and says how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.booking_wish import MOST_TRIES, OPEN_AT_MOST, TRIES_APART, AskForCall, WishResult
from app.domain.errors import DomainError
from app.models import BookingWish, Office, ServiceRequest
from app.queries.reference.calendar import calendar
from app.queries.reference.units import office_of
from app.services import audit
from app.services.booking.callbacks import call_due
from app.unit_of_work import UnitOfWork

KIND: Final = "booking_wish"


@dataclass(frozen=True, slots=True)
class CallPromised:
    office: Office
    due_at: datetime


def ask(work: UnitOfWork, asked: AskForCall, now: datetime) -> CallPromised:
    """One open wish a telephone: who asks again is called once, by the office of the commune that was named last.

    The answer is made of the form and the clock alone: it is the same whether the number had asked before or not. Who calls
    by it is counted before (`app.services.staff.access.count_without_code`). Raises `no_office`, `calls_of_office`.
    """
    office = office_of(work, asked.unit_code)
    if _open_of(work, office) >= OPEN_AT_MOST:
        raise DomainError("calls_of_office", kind="too_many", field="phone", office=office.name)
    due = call_due(now, calendar(work))
    wanted = {
        "office_id": office.id, "unit_code": asked.unit_code, "kind": asked.kind,
        "procedures": list(asked.procedures), "day": asked.day,
    }  # fmt: skip
    row = insert(BookingWish).values(phone=asked.phone, asked_at=now, due_at=due, tries=0, **wanted)
    row = row.on_conflict_do_update(index_elements=["phone"], index_where=BookingWish.done_at.is_(None), set_=wanted)
    wish_id = work.scalar(row.returning(BookingWish.id))
    audit.record(work, "citizen:web", "booking_wish.asked", KIND, wish_id, now, office=office.id)
    return CallPromised(office, due)


def _open_of(work: UnitOfWork, office: Office) -> int:
    waiting = select(func.count()).where(BookingWish.office_id == office.id, BookingWish.done_at.is_(None))
    return work.scalar(waiting) or 0


def booked(work: UnitOfWork, wish: BookingWish, request: ServiceRequest, by: str, now: datetime) -> None:
    """The call ended in this request. Safe to repeat."""
    _end(work, wish, WishResult.BOOKED, by, now, request)


def unwanted(work: UnitOfWork, wish: BookingWish, by: str, now: datetime) -> None:
    _end(work, wish, WishResult.UNWANTED, by, now)


def not_reached(work: UnitOfWork, wish: BookingWish, by: str, now: datetime) -> bool:
    """Nobody answered: called again later, after the third time no more. True: it was the last. Raises `tried_just_now`."""
    if wish.done_at is not None:
        return wish.result is WishResult.NOT_REACHED
    if wish.tried_at is not None and now - wish.tried_at < TRIES_APART:
        raise DomainError("tried_just_now", kind="conflict", field="call_result")
    wish.tries, wish.tried_at = wish.tries + 1, now
    if wish.tries >= MOST_TRIES:
        _end(work, wish, WishResult.NOT_REACHED, by, now)
        return True
    wish.due_at = call_due(now, calendar(work))
    audit.record(work, by, "booking_wish.tried", KIND, wish.id, now, tries=wish.tries)
    return False


def _end(
    work: UnitOfWork,
    wish: BookingWish,
    result: WishResult,
    by: str,
    now: datetime,
    request: ServiceRequest | None = None,
) -> None:
    """The number is needed no longer than until here."""
    if wish.done_at is not None:
        return
    wish.done_at, wish.done_by, wish.result, wish.phone = now, by, result, None
    wish.request_id = request.id if request is not None else None
    audit.record(work, by, "booking_wish.ended", KIND, wish.id, now, result=result.value)
