"""A citizen asked to be called: at which request, by when, and who has called; the number is the request's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, IntKey
from app.models.office import Office
from app.models.request import ServiceRequest


class CallbackWish(Base):
    """One open wish a request: who presses twice is called once."""

    __tablename__ = "callback_wish"
    __table_args__ = (
        Index("ix_callback_wish_open", "request_id", unique=True, postgresql_where=text("done_at is null")),
    )

    id: Mapped[IntKey]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    request: Mapped[ServiceRequest] = relationship()
    office: Mapped[Office] = relationship()
