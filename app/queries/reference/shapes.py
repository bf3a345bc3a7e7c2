"""In which unit a point lies, where the operator has told the units' shapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from shapely import MultiPolygon, Point, Polygon
from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from app.models import Unit, UnitShape

NEAR_M: Final = 200  # of a border nobody asks: the file's line and the telephone's fix are no better
METRES_A_DEGREE: Final = 111_195


@dataclass(frozen=True, slots=True)
class PinElsewhere:
    """A pin outside the unit that was named: in which other one (None: in none that has a shape), how far outside (m)."""

    unit: Unit | None
    outside_m: int


def elsewhere(session: Session, named: Unit, lon: float, lat: float) -> PinElsewhere | None:
    """None: it lies in the unit named or at its border, or that unit has no shape. Degrees."""
    margin = NEAR_M / METRES_A_DEGREE
    around = and_(UnitShape.west <= lon + margin, UnitShape.east >= lon - margin)
    around = and_(around, UnitShape.south <= lat + margin, UnitShape.north >= lat - margin)
    own = UnitShape.unit_code == named.code
    told = select(Unit, UnitShape.shape).join(UnitShape, UnitShape.unit_code == Unit.code)
    rows = session.execute(told.where(own | around)).all()
    return _judged(rows, named, Point(lon, lat))


def _judged(rows: Iterable[Row[Unit, list[Any]]], named: Unit, pin: Point) -> PinElsewhere | None:
    grounds: dict[str, tuple[Unit, MultiPolygon]] = {unit.code: (unit, ground(told)) for unit, told in rows}
    if named.code not in grounds:
        return None
    outside_m = grounds[named.code][1].distance(pin) * METRES_A_DEGREE
    if outside_m <= NEAR_M:
        return None
    others = (unit for unit, there in grounds.values() if unit.code != named.code and there.contains(pin))
    return PinElsewhere(next(others, None), round(outside_m))


def ground(coordinates: list[Any]) -> MultiPolygon:
    """The coordinates of a MultiPolygon, as they are kept."""
    return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in coordinates])
