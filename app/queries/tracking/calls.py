"""Calls that couriers made at the visits of a request: when, to whom; no number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import PhoneCall


def calls_of(session: Session, errand_ids: Collection[UUID]) -> Sequence[PhoneCall]:
    """In the order of time, each with its courier."""
    made = select(PhoneCall).where(PhoneCall.errand_id.in_(errand_ids)).options(joinedload(PhoneCall.courier))
    return session.scalars(made.order_by(PhoneCall.occurred_at, PhoneCall.id)).all()
