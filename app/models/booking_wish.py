"""Somebody asks to be called and have a booking made: no request yet, only a number and what was chosen so far."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.booking_wish import WishResult
from app.domain.errand import RequestKind
from app.models.base import Base, IntKey, enum_of
from app.models.office import Office
from app.models.request import ServiceRequest
from app.models.unit import Unit


class BookingWish(Base):
    """One open wish a telephone; the number goes when it is closed."""

    __tablename__ = "booking_wish"
    __table_args__ = (
        Index("ix_booking_wish_open", "phone", unique=True, postgresql_where=text("done_at is null")),
        CheckConstraint("(done_at is null) = (result is null)", name="result_when_done"),
        CheckConstraint("done_at is null or phone is null", name="no_number_when_done"),
        CheckConstraint("tries between 0 and 3", name="tries"),
    )

    id: Mapped[IntKey]
    phone: Mapped[str | None]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    kind: Mapped[RequestKind] = mapped_column(enum_of(RequestKind, "wish_kind"))
    procedures: Mapped[list[str]]  # codes, as far as they were chosen
    day: Mapped[date | None]  # of the place that was chosen, if one was
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    result: Mapped[WishResult | None] = mapped_column(enum_of(WishResult, "wish_result"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_request.id"))
    office: Mapped[Office] = relationship()
    unit: Mapped[Unit] = relationship()
    request: Mapped[ServiceRequest | None] = relationship()
