"""Bags, incidents, closed days, and the second side's word on a hand-over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.custody import EventKind, Holder
from app.domain.day_book import BookStep, CloseReason, ReopenReason
from app.models.base import Base, IntKey, UuidKey, enum_of
from app.models.parcel import Parcel


class Bag(Base):
    """Parcels travelling together under one seal, with a manifest. Custody still moves parcel by parcel."""

    __tablename__ = "bag"

    id: Mapped[UuidKey]
    code: Mapped[str] = mapped_column(unique=True)
    from_holder: Mapped[Holder] = mapped_column(enum_of(Holder, "from_holder"))
    from_id: Mapped[str]
    to_holder: Mapped[Holder] = mapped_column(enum_of(Holder, "to_holder"))
    to_id: Mapped[str]
    seal_number: Mapped[str] = mapped_column(unique=True)
    operation_id: Mapped[str] = mapped_column(unique=True)  # of the closing: a second press makes no second bag
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str | None]
    seal_whole: Mapped[bool | None]
    items: Mapped[list[BagItem]] = relationship(back_populates="bag", order_by="BagItem.position")


class BagItem(Base):
    __tablename__ = "bag_item"

    bag_id: Mapped[UUID] = mapped_column(ForeignKey("bag.id"), primary_key=True)
    parcel_id: Mapped[UUID] = mapped_column(ForeignKey("parcel.id"), primary_key=True, index=True)
    position: Mapped[int]
    found: Mapped[bool | None]  # at opening: None while the bag is closed
    bag: Mapped[Bag] = relationship(back_populates="items")
    parcel: Mapped[Parcel] = relationship()


class CustodyConfirmation(Base):
    """The other side's answer to a hand-over that one side recorded on its phone; `agreed` False opens an incident."""

    __tablename__ = "custody_confirmation"

    event_id: Mapped[int] = mapped_column(ForeignKey("custody_event.id"), primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    agreed: Mapped[bool]


class StrayScan(Base):
    """A scan of an envelope nobody knows yet: kept, a task for a person, and taken into the chain once it is known."""

    __tablename__ = "stray_scan"
    __table_args__ = (
        UniqueConstraint("operation_id", "code"),
        Index("ix_stray_scan_open", "code", postgresql_where=text("settled_at is null")),
    )

    id: Mapped[IntKey]
    code: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(enum_of(EventKind, "event_kind"))
    giver: Mapped[Holder] = mapped_column(enum_of(Holder, "giver"))
    giver_id: Mapped[str | None]
    taker: Mapped[Holder] = mapped_column(enum_of(Holder, "taker"))
    taker_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    actor: Mapped[str]
    operation_id: Mapped[str]
    device: Mapped[str] = mapped_column(default="")
    seq: Mapped[int] = mapped_column(default=0)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    ended: Mapped[bool] = mapped_column(default=False)  # by a phone that was signed out: no chain takes it by itself
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[
        str | None
    ]  # "chain": taken into the parcel's chain; "claim": became one; else the person who explained it
    note: Mapped[str | None]  # what that person said


class Incident(Base):
    """Something went wrong with a paper: open until a person has written what came of it."""

    __tablename__ = "incident"

    id: Mapped[IntKey]
    kind: Mapped[str]  # domain.incident.IncidentKind
    parcel_code: Mapped[str]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    operation_id: Mapped[str | None] = mapped_column(unique=True)
    note: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    resolution: Mapped[str | None]
    names_struck_at: Mapped[datetime | None]  # from then on note and resolution tell what happened, and to nobody


class DayClose(Base):
    """The signed balance of one holder's day; with anything out or open only the manager may sign, and says why."""

    __tablename__ = "day_close"
    __table_args__ = (UniqueConstraint("holder", "holder_id", "day"),)

    id: Mapped[IntKey]
    holder: Mapped[Holder] = mapped_column(enum_of(Holder, "holder"))
    holder_id: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    balance: Mapped[dict[str, Any]]
    even: Mapped[bool]
    incidents: Mapped[list[dict[str, Any]]]
    signed_by: Mapped[str]
    signed_at: Mapped[datetime]
    reason: Mapped[CloseReason | None] = mapped_column(
        enum_of(CloseReason, "close_reason")
    )  # of closing early or uneven


class DayBookEvent(Base):
    """What became of a signed day: opened again, signed again. Only added to; the signatures before it stand as they are."""

    __tablename__ = "day_book_event"
    __table_args__ = (
        UniqueConstraint("close_id", "number"),
        CheckConstraint("(balance is not null) = (kind = 'signed_again')", name="signed"),
    )

    id: Mapped[IntKey]
    close_id: Mapped[int] = mapped_column(ForeignKey("day_close.id"))
    number: Mapped[int]
    kind: Mapped[BookStep] = mapped_column(enum_of(BookStep, "book_step"))
    close_reason: Mapped[CloseReason | None] = mapped_column(enum_of(CloseReason, "close_reason"))
    reopen_reason: Mapped[ReopenReason | None] = mapped_column(enum_of(ReopenReason, "reopen_reason"))
    by: Mapped[str]
    at: Mapped[datetime]
    balance: Mapped[dict[str, Any] | None]
    even: Mapped[bool | None]
    incidents: Mapped[list[dict[str, Any]] | None]
