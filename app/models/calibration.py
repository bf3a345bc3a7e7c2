"""What days that were driven teach about travel times."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Calibration(Base):
    """One night's learning, for plans made from then on; `fitted` is routing's `Calibration` as JSON."""

    __tablename__ = "calibration"

    day: Mapped[date] = mapped_column(primary_key=True)  # the last day that it has seen
    profile: Mapped[str] = mapped_column(primary_key=True)
    legs: Mapped[int]
    days: Mapped[int]
    fitted: Mapped[dict[str, Any]]
    learned_at: Mapped[datetime]
