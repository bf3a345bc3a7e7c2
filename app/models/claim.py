"""What a phone told without standing: kept whole, moving nothing until the office that answers has looked."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.operation import OperationKind
from app.models.base import Base, IntKey, enum_of
from app.models.device import Device, Operation
from app.models.errand import Errand
from app.models.office import Courier, Office
from app.models.parcel import Parcel


class Claim(Base):
    """One envelope of one operation, or the operation's errand alone; what was said lies sealed in its payload."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("operation_id", "code"),
        CheckConstraint("(settled_at is null) = (confirmed is null)", name="settled"),
        Index("ix_claim_open", "office_id", postgresql_where=text("settled_at is null")),
        Index("ix_claim_device_received", "device_id", "received_at"),
    )

    id: Mapped[IntKey]
    operation_id: Mapped[UUID] = mapped_column(ForeignKey("operation.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # that answers for it
    day: Mapped[date]  # on which it came: one task a phone, office and day
    kind: Mapped[OperationKind] = mapped_column(enum_of(OperationKind, "operation_kind"))
    errand_id: Mapped[UUID | None] = mapped_column(ForeignKey("errand.id"), index=True)  # which confirming moves
    parcel_id: Mapped[UUID | None] = mapped_column(ForeignKey("parcel.id"), index=True)
    code: Mapped[str] = mapped_column(default="")  # as it was scanned
    word: Mapped[str] = mapped_column(
        default=""
    )  # the act in codes: "courier:3>office_safe:7", an outcome, an incident's kind
    elsewhere: Mapped[bool]  # of another office than the phone's
    occurred_at: Mapped[datetime]  # by our clock
    received_at: Mapped[datetime]
    confirmed: Mapped[bool | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    note: Mapped[str | None]
    operation: Mapped[Operation] = relationship()
    device: Mapped[Device] = relationship()
    courier: Mapped[Courier] = relationship()
    office: Mapped[Office] = relationship()
    errand: Mapped[Errand | None] = relationship()
    parcel: Mapped[Parcel | None] = relationship()


class PlannedBefore(Base):
    """A visit that stood on a published route and was taken off it: a phone without a network still goes there.

    Written by a trigger (`app.models.guards`), whoever changes a plan. Without foreign keys: a plan that is changed must not
    wait for the visits that phones are telling of. Ended by age (`app.services.retention`).
    """

    __tablename__ = "planned_before"

    errand_id: Mapped[UUID] = mapped_column(primary_key=True)
    courier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
