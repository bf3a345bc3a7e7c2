"""A courier and a shift, as the page that edits them asks."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Courier, Shift


def courier_with_office(session: Session, courier_id: int) -> Courier | None:
    return session.scalar(select(Courier).where(Courier.id == courier_id).options(joinedload(Courier.office)))


def shift_of(session: Session, courier_id: int, day: date) -> Shift | None:
    """None: nobody has decided about that day yet."""
    return session.scalar(select(Shift).where(Shift.courier_id == courier_id, Shift.day == day))
