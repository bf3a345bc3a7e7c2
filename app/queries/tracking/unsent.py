"""What citizens were never told, because the operator refused it or could not be reached for hours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.models import Errand, Message, Office, ServiceRequest
from app.models.message import LETTER, NOTICE
from app.queries.visible import Offices, within

_FIRST_ERRAND: Final = (
    select(Errand.id)
    .where(Errand.request_id == Message.request_id)
    .order_by(Errand.created_at, Errand.id)
    .limit(1)
    .correlate(Message)
    .scalar_subquery()
)


def nobody_sends(today: date) -> ColumnElement[bool]:
    """Given up; or waiting since before yesterday, so that its job must be lost. What stands beside a message is nobody's task."""
    lost = and_(Message.state == "queued", Message.created_at < start_of_day(today - timedelta(days=1)))
    return and_(or_(Message.state == "failed", lost), ~is_beside())


def is_beside() -> ColumnElement[bool]:
    """A letter or a notice beside a message to a telephone, or a courier's; also when its address has been emptied."""
    return or_(Message.trigger.endswith(LETTER, autoescape=True), Message.trigger.contains(NOTICE, autoescape=True))


def unsent(session: Session, today: date, office_ids: Offices = None) -> list[tuple[Message, str, str, int]]:
    """Messages about requests, with the request's reference, and name and id of the office that answers for it."""
    wanted = (
        _placed(Message, ServiceRequest.reference, Office.name, Office.id)
        .join(Office, Office.id == Errand.office_id)
        .where(nobody_sends(today), *within(Errand.office_id, office_ids))
        .order_by(Message.created_at, Message.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(wanted)]


def office_of_message(session: Session, message_id: UUID) -> int | None:
    """The office that answers for a message; None for one about no request (a sign-in code)."""
    office_id: int | None = session.scalar(_placed(Errand.office_id).where(Message.id == message_id))
    return office_id


def _placed(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Message)
        .join(ServiceRequest, ServiceRequest.id == Message.request_id)
        .join(Errand, Errand.id == func.coalesce(Message.errand_id, _FIRST_ERRAND))
    )
