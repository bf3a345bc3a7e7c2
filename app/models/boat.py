"""Boats to the communes that no road reaches."""

from __future__ import annotations

from datetime import time

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base
from app.models.unit import Unit


class BoatDay(Base):
    """A weekday on which couriers can be in a commune by boat, and its hours there. A commune without any is reached by road."""

    __tablename__ = "boat_day"
    __table_args__ = (
        CheckConstraint("weekday between 1 and 7", name="weekday"),
        CheckConstraint("first_at < last_at", name="order"),
    )

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1: Monday
    first_at: Mapped[time]
    last_at: Mapped[time]
    crossing_minutes: Mapped[int]
    pier_lon: Mapped[float]
    pier_lat: Mapped[float]
    unit: Mapped[Unit] = relationship()
