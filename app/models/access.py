"""Sign-in codes, partners' keys, answers kept for Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, IntKey


class SignInCode(Base):
    """One code a phone at a time; tries are counted in the row, and so are the codes of the last hour."""

    __tablename__ = "sign_in_code"

    phone_mac: Mapped[str] = mapped_column(primary_key=True)
    code_mac: Mapped[str]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_times: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))  # of the last hour, oldest first
    client: Mapped[str | None] = mapped_column(index=True)  # who asked, hashed; empty once the code was typed right

    @property
    def sent_at(self) -> datetime:
        """When the code that counts was sent."""
        return self.sent_times[-1]


class Partner(Base):
    """An agency or program that calls /api/v1 with a key."""

    __tablename__ = "partner"

    id: Mapped[IntKey]
    name: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    live: Mapped[bool] = mapped_column(default=False)
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))  # an agency's key: it speaks for this desk only
    next_key_hash: Mapped[str | None] = mapped_column(unique=True)  # while one key replaces the other both open
    revoked_at: Mapped[datetime | None]


class StoredAnswer(Base):
    """The answer to an Idempotency-Key: a replay gets it again, another payload 422, one in flight 409."""

    __tablename__ = "stored_answer"

    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
