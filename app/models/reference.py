"""Small dated tables that the operator replaces without a release: tariff, outcomes, calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.tariff import Direction, ZoneClass
from app.models.base import Base, IntKey, enum_of


class TariffRate(Base):
    __tablename__ = "tariff_rate"
    __table_args__ = (UniqueConstraint("direction", "zone_class", "weight_to_g", "step_g", "valid_from"),)

    id: Mapped[IntKey]
    direction: Mapped[Direction] = mapped_column(enum_of(Direction, "direction"))
    zone_class: Mapped[ZoneClass] = mapped_column(enum_of(ZoneClass, "zone_class"))
    weight_to_g: Mapped[int]
    price: Mapped[int]
    step_g: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str]
    together: Mapped[bool] = mapped_column(default=False)  # envelopes of one visit to one desk are one sending


class RemittanceFee(Base):
    """What the post takes for carrying a state fee to the desk, a dossier."""

    __tablename__ = "remittance_fee"

    id: Mapped[IntKey]
    price: Mapped[int]
    valid_from: Mapped[date] = mapped_column(unique=True)
    legal_basis: Mapped[str]


class OutcomeCode(Base):
    __tablename__ = "outcome_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    current: Mapped[bool] = mapped_column(default=True)
    label: Mapped[str]
    citizen_text: Mapped[str]
    evidence: Mapped[list[str]]
    counts: Mapped[bool]
    next_actor: Mapped[str]


class CalendarDay(Base):
    """A holiday, a working Saturday, or (with a unit) a day on which one commune is closed."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("day", "unit_code", postgresql_nulls_not_distinct=True),)

    id: Mapped[IntKey]
    day: Mapped[date]
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    kind: Mapped[str]  # holiday | working | closed
    name: Mapped[str]
