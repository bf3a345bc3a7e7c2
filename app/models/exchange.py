"""What is told to outside systems, and what they tell us: each once in effect, in order, kept as it came."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, IntKey, UuidKey

WAITING = "state in ('queued', 'refused', 'parked', 'late')"


class OutboxMessage(Base):
    """One message to a link. `subject` orders: of one link and subject the next goes when the one before is settled.

    `body` holds ids, codes and times; what is personal is read from the rows at the moment of sending.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("state in ('queued', 'sent', 'refused', 'parked', 'late', 'withdrawn')", name="state"),
        Index("ix_outbox_message_waiting", "link", "subject", "number", postgresql_where=text(WAITING)),
        Index("ix_outbox_message_subject", "subject"),
        Index("ix_outbox_message_link", "link", "number"),
    )

    id: Mapped[UuidKey]  # the message's id on the wire, the same at every try
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    link: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    trigger: Mapped[str] = mapped_column(unique=True)  # told once
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    tried_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]  # when it is tried again; None: now, or never
    settled_at: Mapped[datetime | None]
    status: Mapped[int | None]  # of their last HTTP answer; None: none came
    fault: Mapped[str | None]  # Unavailable | Rejected | BadAnswer | …
    reason: Mapped[str | None]  # ours, without personal data
    said: Mapped[str | None]  # their sentence: for the person who must act, emptied after 90 days
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)  # their answer when it broke the contract; the same


class InboxMessage(Base):
    """One thing a link told us: stored raw before anyone reads it, taken once."""

    __tablename__ = "inbox_message"
    __table_args__ = (
        UniqueConstraint("link", "event_id"),
        CheckConstraint("state in ('stored', 'taken', 'ignored', 'parked')", name="state"),
        Index("ix_inbox_message_waiting", "link", "id", postgresql_where=text("state in ('stored', 'parked')")),
    )

    id: Mapped[IntKey]
    link: Mapped[str]
    event_id: Mapped[str]  # the operator's own, or made of what the line says
    kind: Mapped[str]  # carrier_event | webhook | unreadable
    subject: Mapped[str | None] = mapped_column(index=True)  # the order's number
    code: Mapped[str | None]  # the operator's code, as it came
    fields: Mapped[dict[str, Any]]  # what was read of it; nothing personal
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)  # emptied after 90 days
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="stored")
    reason: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]


class DossierStep(Base):
    """A dossier's national states, one row a step, whoever told it: the memory behind `dossier.state`."""

    __tablename__ = "dossier_step"

    id: Mapped[IntKey]
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    state: Mapped[int]
    sub_state: Mapped[int | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by: Mapped[str]  # the actor, or `one_stop`
    told_by_them: Mapped[bool] = mapped_column(default=False)  # then they need no telling
