"""How somebody can be reached: what they chose, what has worked so far, and what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.identity import Channel
from app.domain.sending import SendingState
from app.models import Message, Sending, ServiceRequest
from app.models.message import BROWSER
from app.queries.tracking.unsent import is_beside

ARRIVED = (SendingState.DELIVERED,)
FAILED = (SendingState.FAILED,)


class NextTry(StrEnum):
    NOTHING = "nothing"  # what there is works
    CALL = "call"
    HELPER = "helper"  # by the helper's telephone
    LETTER = "letter"  # by hand, or at the door: nothing else is known, or wanted


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """What one operator came to with this person: so many messages arrived, so many did not; of some it tells nothing.

    An operator that was away did not fail at this person.
    """

    channel: str
    arrived: int
    failed: int
    sent: int
    reports: bool


@dataclass(frozen=True, slots=True)
class CitizenReach:
    chosen: Channel
    records: Sequence[ChannelRecord]
    next_try: NextTry


def reach_of(session: Session, request: ServiceRequest) -> CitizenReach:
    """Of whom this request's messages go to; messages of the last 90 days are kept, whatever request they were about."""
    phones = {one for one in (request.applicant.phone, request.helper_phone, request.applicant.email) if one}
    counted = (
        select(
            Sending.channel,
            func.count().filter(Sending.state.in_(ARRIVED)),
            func.count().filter(Sending.state.in_(FAILED), Sending.code.is_distinct_from("away")),
            func.count(),
            func.bool_or(Sending.reports),
        )
        .join(Message, Message.id == Sending.message_id)
        .where(or_(Message.recipient.in_(phones), and_(Message.request_id == request.id, _to_a_browser())))
        .group_by(Sending.channel)
        .order_by(Sending.channel)
    )
    records = [ChannelRecord(*row) for row in session.execute(counted)]
    return CitizenReach(request.channel, records, _next_try(session, request))


def _to_a_browser() -> ColumnElement[bool]:
    return func.coalesce(Message.recipient, "").startswith(BROWSER)


def _next_try(session: Session, request: ServiceRequest) -> NextTry:
    newest = (
        select(Message.state)
        .where(Message.request_id == request.id, ~is_beside())
        .order_by(Message.created_at.desc(), Message.id)
        .limit(1)
    )
    if request.channel is Channel.NONE:
        return NextTry.LETTER
    if session.scalar(newest) != "failed" and request.channel is not Channel.VOICE:
        return NextTry.NOTHING  # also where somebody has called meanwhile
    if request.applicant.phone is not None:
        return NextTry.CALL
    return NextTry.HELPER if request.helper_phone is not None else NextTry.LETTER
