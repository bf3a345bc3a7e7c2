"""The browsers that are told of a request's news, and the one of a courier's phone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import PushSubscription


def endpoints_of(session: Session, request_id: UUID) -> Sequence[str]:
    mine = PushSubscription.request_id == request_id
    return session.scalars(select(PushSubscription.endpoint).where(mine).order_by(PushSubscription.id)).all()


def endpoint_of_phone(session: Session, device_id: UUID) -> str | None:
    return session.scalar(select(PushSubscription.endpoint).where(PushSubscription.device_id == device_id))
