"""What the seasons do to the ways into a commune."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base
from app.models.unit import Unit


class RoadSeason(Base):
    """Months in which rides in a commune, into it and out of it take `factor` times as long (rain, unpaved roads)."""

    __tablename__ = "road_season"
    __table_args__ = (
        CheckConstraint("first_month between 1 and 12 and last_month between 1 and 12", name="months"),
        CheckConstraint("factor > 1 and factor <= 5", name="factor"),
    )

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    first_month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_month: Mapped[int]  # before the first: the season passes the new year
    factor: Mapped[float]
    reason: Mapped[str]
    unit: Mapped[Unit] = relationship()
