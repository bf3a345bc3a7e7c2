"""Postage, state fee, remittance: integer đồng, never one number."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.tariff import ChargeKind, Direction
from app.models.base import Base, IntKey, enum_of


class Charge(Base):
    __tablename__ = "charge"
    __table_args__ = (CheckConstraint("amount is null or amount >= 0", name="amount"),)

    id: Mapped[IntKey]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"), index=True)
    dossier_id: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id"))
    errand_id: Mapped[UUID | None] = mapped_column(ForeignKey("errand.id"))
    kind: Mapped[ChargeKind] = mapped_column(enum_of(ChargeKind, "charge_kind"))
    direction: Mapped[Direction | None] = mapped_column(enum_of(Direction, "charge_direction"))
    amount: Mapped[int | None]  # NULL: the desk will tell
    upper_amount: Mapped[int | None]  # never more than this at the door
    basis: Mapped[str]
    discount: Mapped[str] = mapped_column(default="none")
    paid_at: Mapped[datetime | None]
