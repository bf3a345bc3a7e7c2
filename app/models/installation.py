"""The installation itself: which life of its database this is, and which of its secrets are in use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UuidKey


class Epoch(Base):
    """One life of the database: a restored one begins another, and phones send again what they still hold."""

    __tablename__ = "epoch"

    id: Mapped[UuidKey]
    began_at: Mapped[datetime]
    cause: Mapped[str]  # installed, restored


class KnownSecret(Base):
    """A secret by its fingerprint: a process that was given others says so at its start, instead of serving with them."""

    __tablename__ = "known_secret"

    kind: Mapped[str] = mapped_column(primary_key=True)  # web, signing, files
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
    current: Mapped[bool]  # written with today
    retired_at: Mapped[datetime | None]  # another took its place
    released_at: Mapped[datetime | None]  # nothing needs it any more: it may leave the list


class DigestKey(Base):
    """A public key that digests were signed with, kept for ever. One whose private half is gone is believed because a
    younger key of ours signed it."""

    __tablename__ = "digest_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]  # 32 bytes, hex
    endorsed_by: Mapped[str | None]
    endorsement: Mapped[str | None]
