"""What the citizen of a request was told, and whether it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload

from app.clock import LOCAL, local_day
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.models import Errand, Message, Sending, ServiceRequest, Slot, StaffAccount
from app.queries.visible import Offices, within

CALL_FROM: Final = time(17, 30)  # of the evening before: then somebody calls who is not known to be told
MORNING: Final = time(7, 0)  # nobody is called before; messages of the night go out then
ON_ITS_WAY: Final = timedelta(minutes=30)
AWAITED: Final = (ErrandState.SCHEDULED, ErrandState.PLANNED)


def of_request(session: Session, request: ServiceRequest) -> Sequence[Message]:
    """Newest first."""
    wanted = select(Message).where(Message.request_id == request.id)
    return session.scalars(wanted.order_by(Message.created_at.desc(), Message.id)).all()


def to_call(session: Session, now: datetime, office_ids: Offices = None) -> Sequence[tuple[Message, Errand]]:
    """The evening's messages that are not known to have arrived, while the visit is still ahead: from 17:30 on somebody calls.

    What an operator took that never reports counts as arrived: nobody will ever know more.
    """
    clock, today = now.astimezone(LOCAL).time(), local_day(now)
    if clock < MORNING:
        return []
    days = [today] if clock < CALL_FROM else [today, today + timedelta(days=1)]
    wanted = (
        select(Message, Errand)
        .join(Errand, Errand.id == Message.errand_id)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(
            Slot.day.in_(days),
            Slot.ends_at > now,
            Message.created_at <= now - ON_ITS_WAY,
            Errand.state.in_(AWAITED),
            Message.trigger == func.concat("evening_before:", Errand.id, ":", Errand.slot_id),
            _not_arrived(),
            *within(Errand.office_id, office_ids),
        )
        .options(joinedload(Errand.request), joinedload(Errand.office))
        .order_by(Slot.starts_at, Message.id)
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def _not_arrived() -> ColumnElement[bool]:
    reported = exists().where(Sending.message_id == Message.id, Sending.reports).correlate(Message)
    return (Message.state == "queued") | (Message.state.in_(["taken", "sent"]) & reported)


def callers(session: Session) -> dict[int, str]:
    """Who calls for an office: its manager by name."""
    managers = select(StaffAccount.office_id, StaffAccount.name).where(
        StaffAccount.role == Role.OFFICE_MANAGER, StaffAccount.active, StaffAccount.office_id.is_not(None)
    )
    found = session.execute(managers.order_by(StaffAccount.id.desc()))
    return {office_id: name for office_id, name in found if office_id is not None}
