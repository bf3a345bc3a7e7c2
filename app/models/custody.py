"""The custody chain: append-only in the database too (triggers in `app.models.guards`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.custody import EventBody, EventKind, Holder, Move, Party
from app.models.base import Base, IntKey, enum_of
from app.models.parcel import Parcel


class CustodyEvent(Base):
    __tablename__ = "custody_event"
    __table_args__ = (
        UniqueConstraint("parcel_id", "event_no"),
        Index("ix_custody_event_taker", "taker", "taker_id"),  # a holder's book is read from both sides
        Index("ix_custody_event_giver", "giver", "giver_id"),
    )

    id: Mapped[IntKey]
    parcel_id: Mapped[UUID] = mapped_column(ForeignKey("parcel.id"))
    event_no: Mapped[int]
    kind: Mapped[EventKind] = mapped_column(enum_of(EventKind, "event_kind"))
    giver: Mapped[Holder] = mapped_column(enum_of(Holder, "giver"))
    giver_id: Mapped[str | None]
    taker: Mapped[Holder] = mapped_column(enum_of(Holder, "taker"))
    taker_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]  # "staff:12", "courier:3", "system"
    operation_id: Mapped[str]
    device: Mapped[str] = mapped_column(default="")
    seq: Mapped[int] = mapped_column(default=0)
    commitments: Mapped[list[str]]
    previous: Mapped[str]
    hash: Mapped[str]
    parcel: Mapped[Parcel] = relationship()

    def body(self) -> EventBody:
        return EventBody(
            parcel_id=str(self.parcel_id),
            event_no=self.event_no,
            kind=self.kind,
            giver=Party(self.giver, self.giver_id),
            taker=Party(self.taker, self.taker_id),
            occurred_at=self.occurred_at,
            received_at=self.received_at,
            actor=self.actor,
            operation_id=self.operation_id,
            commitments=tuple(self.commitments),
            previous=self.previous,
            device=self.device,
            seq=self.seq,
        )

    def move(self) -> Move:
        return Move(
            giver=Party(self.giver, self.giver_id),
            taker=Party(self.taker, self.taker_id),
            occurred_at=self.occurred_at,
            device=self.device,
            seq=self.seq,
            event_no=self.event_no,
            begins=self.kind is EventKind.SEALED,
            astray=self.taker is Holder.CITIZEN and self.taker_id is not None,
        )


class CustodyEvidence(Base):
    """The personal side of an event: names, positions, signatures. Erasing empties payload and salt; the commitment stays."""

    __tablename__ = "custody_evidence"

    commitment: Mapped[str] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID | None] = mapped_column(ForeignKey("applicant.id"), index=True)
    kind: Mapped[str]  # receiver | signature | position | witness …
    salt: Mapped[str | None]
    payload: Mapped[dict[str, Any] | None]
    erased_at: Mapped[datetime | None]


class CustodyDigest(Base):
    """What an office's chains were at the end of a day: Ed25519-signed, chained to the office's last digest."""

    __tablename__ = "custody_digest"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    id: Mapped[IntKey]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    heads: Mapped[list[dict[str, Any]]]  # [{parcel, no, head}], by parcel
    previous: Mapped[str]
    hash: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[str]
    made_at: Mapped[datetime]


class CustodyGap(Base):
    """The story of a parcel has a hole: a task for a person until a late event, or a signed word, closes it."""

    __tablename__ = "custody_gap"

    id: Mapped[IntKey]
    parcel_id: Mapped[UUID] = mapped_column(ForeignKey("parcel.id"), index=True)
    opened_by_event: Mapped[int]
    opened_at: Mapped[datetime]
    closed_by_event: Mapped[int | None]
    closed_at: Mapped[datetime | None]
