"""Calls from the courier's phone, at an errand: when, and to which of its telephones; never a number."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.acts import WhomCalled
from app.models.base import Base, IntKey, enum_of
from app.models.office import Courier


class PhoneCall(Base):
    """The call button was pressed. What counts as a try to reach somebody; that they spoke, nobody knows from it."""

    __tablename__ = "phone_call"

    id: Mapped[IntKey]
    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"), index=True)
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"))
    whom: Mapped[WhomCalled] = mapped_column(enum_of(WhomCalled, "whom_called"))
    operation_id: Mapped[str] = mapped_column(unique=True)
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    courier: Mapped[Courier] = relationship()
