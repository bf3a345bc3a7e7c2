"""Whom a citizen named to receive a result instead."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class NamedReceiver(Base):
    """One a request, the last that was named. Erasing empties name and digits."""

    __tablename__ = "named_receiver"
    __table_args__ = (CheckConstraint("relation in ('family', 'authorised')", name="relation"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"), primary_key=True)
    name: Mapped[str | None]
    relation: Mapped[str]
    id_last4: Mapped[str | None]  # of an identity paper
    named_at: Mapped[datetime]
    named_by: Mapped[str]
