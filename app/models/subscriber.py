"""Who is told of our events by webhook (Standard Webhooks)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.access import Partner
from app.models.base import Base, IntKey


class Subscriber(Base):
    """One endpoint of a partner. Secrets are encrypted under the installation's key; two live while one replaces the other."""

    __tablename__ = "subscriber"

    id: Mapped[IntKey]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    url: Mapped[str]
    events: Mapped[list[str]]  # names of events; empty: all
    secret: Mapped[str]
    former_secret: Mapped[str | None]
    former_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    partner: Mapped[Partner] = relationship()

    @property
    def link(self) -> str:
        return f"webhook:{self.id}"
