"""A safe counted by surprise. Rows are only added: who asked, what was scanned at first, and what was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, IntKey
from app.models.office import Office


class SurpriseCount(Base):
    """Whoever stands above an office asks it to count its safe now."""

    __tablename__ = "surprise_count"

    id: Mapped[IntKey]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    office: Mapped[Office] = relationship()
    first: Mapped[FirstScan | None] = relationship()
    result: Mapped[SafeCount | None] = relationship(back_populates="surprise")


class FirstScan(Base):
    """What was scanned before it was said what is missing, and what was said then: codes of envelopes, sorted."""

    __tablename__ = "first_scan"

    surprise_id: Mapped[int] = mapped_column(ForeignKey("surprise_count.id"), primary_key=True)
    found: Mapped[list[str]]
    missing: Mapped[list[str]]
    by: Mapped[str]
    at: Mapped[datetime]


class SafeCount(Base):
    """What was scanned, and what the register had there at that moment: codes of envelopes, sorted."""

    __tablename__ = "safe_count"

    surprise_id: Mapped[int] = mapped_column(ForeignKey("surprise_count.id"), primary_key=True)
    expected: Mapped[list[str]]
    found: Mapped[list[str]]
    by: Mapped[str]
    at: Mapped[datetime]
    surprise: Mapped[SurpriseCount] = relationship(back_populates="result")

    @property
    def missing(self) -> list[str]:
        return sorted(set(self.expected) - set(self.found))

    @property
    def told(self) -> list[str]:
        """Scanned only after it had been named as missing."""
        return sorted(set(self.found) & set(self.surprise.first.missing)) if self.surprise.first is not None else []

    @property
    def strange(self) -> list[str]:
        """Lies there, and is written down elsewhere or nowhere."""
        return sorted(set(self.found) - set(self.expected))
