"""Who may be called to translate at a door."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, IntKey


class Interpreter(Base):
    """Named by the operator, as agreed with the person; `units` empty: for the whole province."""

    __tablename__ = "interpreter"

    id: Mapped[IntKey]
    code: Mapped[str] = mapped_column(unique=True)  # the operator's own, no name
    name: Mapped[str | None]
    phone: Mapped[str | None]
    tongues: Mapped[list[str]] = mapped_column(ARRAY(String))
    units: Mapped[list[str]] = mapped_column(ARRAY(String))
    closed_at: Mapped[datetime | None]
