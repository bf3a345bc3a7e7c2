"""Dossiers between desks, and the rounds of the vans that carry their bags."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.custody import Holder
from app.models.bag import Bag
from app.models.base import Base, IntKey, UuidKey, enum_of
from app.models.office import Desk
from app.models.parcel import Parcel
from app.models.request import Dossier


class Round(Base):
    """A van's tour over offices and desks, by a timetable entered by hand."""

    __tablename__ = "round"

    id: Mapped[IntKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    weekdays: Mapped[list[dict[str, Any]]]  # [{"day": 1}] Monday … [{"day": 7}] Sunday
    active: Mapped[bool] = mapped_column(default=True)
    calls: Mapped[list[RoundCall]] = relationship(
        back_populates="round", order_by="RoundCall.position", cascade="all, delete-orphan"
    )


class RoundCall(Base):
    """Where the van stops and when, by the clock of Gia Lai."""

    __tablename__ = "round_call"
    __table_args__ = (UniqueConstraint("round_id", "position"),)

    id: Mapped[IntKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    position: Mapped[int]
    holder: Mapped[Holder] = mapped_column(enum_of(Holder, "call_holder"))  # office_safe | desk
    holder_id: Mapped[str]
    at: Mapped[str]  # "07:30"
    round: Mapped[Round] = relationship(back_populates="calls")


class Transfer(Base):
    """A dossier on its way from the desk that holds its papers to another; tracked in the same custody chain."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("kind in ('boundary_free', 'vertical', 'result_back')", name="kind"),
        CheckConstraint("state in ('wanted', 'packed', 'under_way', 'arrived', 'cancelled')", name="state"),
        Index(
            "ux_transfer_open",
            "dossier_id",
            unique=True,
            postgresql_where=text("state in ('wanted', 'packed', 'under_way')"),
        ),
    )

    id: Mapped[UuidKey]
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str]
    from_desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), index=True)
    to_desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), index=True)
    state: Mapped[str] = mapped_column(default="wanted")
    parcel_id: Mapped[UUID | None] = mapped_column(ForeignKey("parcel.id"))
    bag_id: Mapped[UUID | None] = mapped_column(ForeignKey("bag.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))
    wanted_at: Mapped[datetime]
    expected_at: Mapped[datetime | None]  # by the round's timetable
    left_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    dossier: Mapped[Dossier] = relationship()
    from_desk: Mapped[Desk] = relationship(foreign_keys=[from_desk_id])
    to_desk: Mapped[Desk] = relationship(foreign_keys=[to_desk_id])
    parcel: Mapped[Parcel | None] = relationship()
    bag: Mapped[Bag | None] = relationship()
    round: Mapped[Round | None] = relationship()
