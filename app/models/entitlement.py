"""Results that somebody asked for by a code alone, and results that lie ready before anybody asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, IntKey
from app.models.office import Desk
from app.models.request import Dossier


class Entitlement(Base):
    """Whether who asked may have it. The dossier has its code from `asked_code` once that is confirmed, and not before."""

    __tablename__ = "entitlement"
    __table_args__ = (
        CheckConstraint("state in ('to_confirm', 'proved', 'denied')", name="state"),
        CheckConstraint("placed_by in ('desk', 'exchange', 'prefix', 'home')", name="placed_by"),
        Index("ix_entitlement_open", "asked_code", postgresql_where=text("state = 'to_confirm'")),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    asked_code: Mapped[str]
    state: Mapped[str] = mapped_column(default="to_confirm")
    placed_by: Mapped[str]  # who named the dossier's desk
    owner_id_last4: Mapped[str | None]  # for the exchange to compare; emptied by the decision
    seen: Mapped[str | None]  # what the exchange's answer came to
    asked_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]  # the exchange was asked
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]
    dossier: Mapped[Dossier] = relationship()


class WaitingResult(Base):
    """A result that a desk entered before anybody may have it brought; kept until it is packed."""

    __tablename__ = "waiting_result"

    id: Mapped[IntKey]
    code: Mapped[str] = mapped_column(unique=True)  # of the dossier
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), index=True)
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]
    desk: Mapped[Desk] = relationship()
