"""What a partner may look at of its subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import OutboxMessage, Subscriber

HIGHEST_ID = 2**31 - 1


def subscriptions_of(session: Session, partner_id: int) -> Sequence[Subscriber]:
    """Those that have not ended, the oldest first."""
    theirs = select(Subscriber).where(Subscriber.partner_id == partner_id, Subscriber.ended_at.is_(None))
    return session.scalars(theirs.order_by(Subscriber.id)).all()


def subscription_of(session: Session, partner_id: int, subscription_id: int, *, lock: bool = False) -> Subscriber:
    """Raises `not_found`, for another partner's and for an ended one as well."""
    wanted = select(Subscriber).where(
        Subscriber.id == min(subscription_id, HIGHEST_ID),
        Subscriber.partner_id == partner_id,
        Subscriber.ended_at.is_(None),
    )
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise DomainError("not_found", kind="not_found")
    return found


def deliveries_of(session: Session, subscriber: Subscriber, before: int | None, limit: int) -> Sequence[OutboxMessage]:
    """The newest first, at most `limit`; `before`: the number of the last one seen."""
    theirs = select(OutboxMessage).where(OutboxMessage.link == subscriber.link)
    if before is not None:
        theirs = theirs.where(OutboxMessage.number < before)
    return session.scalars(theirs.order_by(OutboxMessage.number.desc()).limit(limit)).all()


def delivery_of(session: Session, subscriber: Subscriber, outbox_message_id: UUID) -> OutboxMessage:
    """Raises `not_found` for what was told to somebody else."""
    wanted = select(OutboxMessage).where(OutboxMessage.id == outbox_message_id, OutboxMessage.link == subscriber.link)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise DomainError("not_found", kind="not_found")
    return found
