"""Connections to outside systems: the one-stop exchange, a postal carrier, a subscriber's endpoint."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Link(Base):
    """One connection: its breaker, its rate, and when it last answered. `name`: `one_stop`, `vnpost`, `webhook:3`."""

    __tablename__ = "link"

    name: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=True)  # False: configured no longer, or switched off by a person
    rate_per_minute: Mapped[int | None]  # None: as fast as they answer
    tokens: Mapped[float] = mapped_column(default=0.0)
    tokens_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    open_until: Mapped[datetime | None]  # the breaker: nobody calls before
    last_ok_at: Mapped[datetime | None]
    last_fault_at: Mapped[datetime | None]
    last_fault: Mapped[str | None]  # kind and reason, never their sentence: that may name a citizen
    credit: Mapped[int | None] = mapped_column(BigInteger)  # what is left of what was paid, where an operator says so
    credit_unit: Mapped[str | None]
    credit_low: Mapped[int | None] = mapped_column(BigInteger)  # below it a person has to pay in
    credit_at: Mapped[datetime | None]


class FeedCursor(Base):
    """How far an append-only feed was read: one cursor a customer code, never backwards."""

    __tablename__ = "feed_cursor"

    link: Mapped[str] = mapped_column(ForeignKey("link.name"), primary_key=True)
    customer_code: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str]
    read_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]  # when it last brought anything
