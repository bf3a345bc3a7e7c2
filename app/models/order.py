"""An order at a postal carrier: for accounting when our couriers carry, for the carrying itself when theirs do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, UuidKey
from app.models.errand import Errand
from app.models.parcel import Parcel
from app.models.request import Dossier


class CarrierOrder(Base):
    """`number` is made of what the order is for, `{dossier code}-{TG|KQ|LC}{nn}`: a retry is never a second order."""

    __tablename__ = "carrier_order"
    __table_args__ = (
        CheckConstraint(
            "state in ('wanted', 'placed', 'cancel_wanted', 'cancel_waiting', 'cancelled', 'refused', 'closed')",
            name="state",
        ),
        CheckConstraint("executed_by in ('own', 'carrier')", name="executed_by"),
        CheckConstraint("least(state_fee, postage, remittance) >= 0", name="money"),
    )

    id: Mapped[UuidKey]
    number: Mapped[str] = mapped_column(unique=True)
    link: Mapped[str] = mapped_column(ForeignKey("link.name"), index=True)
    customer_code: Mapped[str]
    purpose: Mapped[str]  # TG | KQ | LC
    attempt: Mapped[int]
    executed_by: Mapped[str]  # own: our phone is the truth | carrier: their events are
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    errand_id: Mapped[UUID | None] = mapped_column(ForeignKey("errand.id"), index=True)
    parcel_id: Mapped[UUID | None] = mapped_column(ForeignKey("parcel.id"))
    state: Mapped[str] = mapped_column(default="wanted", index=True)
    item_code: Mapped[str | None]  # the operator's waybill number, or one of our pool
    carrier_id: Mapped[str | None]
    weight_g: Mapped[int]
    state_fee: Mapped[int] = mapped_column(default=0)
    postage: Mapped[int] = mapped_column(default=0)
    remittance: Mapped[int] = mapped_column(default=0)
    milestone: Mapped[str | None]  # the last, by the time of the event; a final one is never moved back
    milestone_at: Mapped[datetime | None]
    milestone_final: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime | None]  # when the carrier's side was last read
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    dossier: Mapped[Dossier] = relationship()
    errand: Mapped[Errand | None] = relationship()
    parcel: Mapped[Parcel | None] = relationship()


class WaybillUse(Base):
    """The next unused number of a carrier's pool, by its index."""

    __tablename__ = "waybill_use"

    link: Mapped[str] = mapped_column(ForeignKey("link.name"), primary_key=True)
    next_index: Mapped[int] = mapped_column(default=0)
