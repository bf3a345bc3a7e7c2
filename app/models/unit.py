"""Administrative units: the 135 of today and the 373 old names they came from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Unit(Base):
    """A commune or ward of two-level Gia Lai; in service from a date, or not yet (NULL)."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    short_name: Mapped[str]
    kind: Mapped[str]  # commune | ward
    lon: Mapped[float]
    lat: Mapped[float]
    area_km2: Mapped[float | None]
    side: Mapped[str]  # west (old Gia Lai) | east (old Bình Định)
    zone: Mapped[str]  # postage zone: the old district of most of its old communes
    in_service_from: Mapped[date | None]

    @property
    def ward(self) -> bool:
        return self.kind == "ward"


class UnitShape(Base):
    """Where a unit's ground ends, as the operator's file tells: `shape` judges pins, `drawn` (coarser) is for maps.

    Both are coordinates of a GeoJSON MultiPolygon; the four sides (degrees) are those of `shape`.
    """

    __tablename__ = "unit_shape"

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    shape: Mapped[list[Any]] = mapped_column(JSONB)
    drawn: Mapped[list[Any]] = mapped_column(JSONB)


class RoadLayer(Base):
    """The roads of a unit as its maps draw them (`integrations/travel_times/road_layer.py`): JSON, packed by gzip."""

    __tablename__ = "road_layer"

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    digest: Mapped[str]  # of the JSON: SHA-256
    packed: Mapped[bytes]


class FormerUnit(Base):
    """A commune's name before 1 July 2025: people still use it."""

    __tablename__ = "former_unit"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    district: Mapped[str]


class FormerUnitSuccessor(Base):
    """Old → new; a split commune has several rows."""

    __tablename__ = "former_unit_successor"

    former_code: Mapped[str] = mapped_column(ForeignKey("former_unit.code"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True, index=True)
