"""Whose ground is where: units' shapes where the operator told them, else which office is nearest, never called a boundary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shapely import MultiPoint, MultiPolygon, Polygon, voronoi_polygons
from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.models import Office, UnitShape
from app.queries.reference.shapes import ground

Ring = list[list[float]]
Spot = tuple[str, float, float]  # office id, lon, lat

Stand = tuple[str, str, float, float]  # office id, unit code, lon, lat

MARGIN = 0.12
"""Degrees beyond the outermost offices that still count as somebody's area."""
DECIMALS = 4
TOUCH = 0.0005  # degrees: what is rounded or simplified apart touches still


@dataclass(frozen=True, slots=True)
class Areas:
    """Rings to draw, each of an office; `boundaries`: they are units' borders, not the nearest office."""

    rings: Sequence[dict[str, object]]
    boundaries: bool


def areas_of(session: Session, offices: Sequence[Stand]) -> Areas:
    """The shapes of these offices' units when all of them are told: one map never mixes borders with guesses."""
    drawn = _drawn(session, [unit for _, unit, _, _ in offices])
    if any(unit not in drawn for _, unit, _, _ in offices):
        return Areas(
            nearest_office_areas(tuple((office, lon, lat) for office, _, lon, lat in offices)), boundaries=False
        )
    rings = [{"office": office, "ring": rings[0]} for office, unit, _, _ in offices for rings in drawn[unit].drawn]
    return Areas(rings, boundaries=True)


def grounds(session: Session) -> dict[str, Polygon | MultiPolygon]:
    """Each unit's ground (by code) to sort things by: its shape where it is told, else what is nearest to its office."""
    offices = session.execute(
        select(Office.unit_code, Office.lon, Office.lat)
        .where(Office.kind == "commune", Office.closed_at.is_(None))
        .order_by(Office.id)
    ).all()
    areas = nearest_office_areas(tuple((row.unit_code, row.lon, row.lat) for row in offices))
    nearest: dict[str, Polygon | MultiPolygon] = {str(area["office"]): Polygon(area["ring"]) for area in areas}  # type: ignore[arg-type]  # a ring by construction
    return nearest | {row.unit_code: ground(row.drawn) for row in session.scalars(select(UnitShape))}


def _drawn(session: Session, units: Sequence[str]) -> dict[str, UnitShape]:
    return {row.unit_code: row for row in session.scalars(select(UnitShape).where(UnitShape.unit_code.in_(units)))}


@lru_cache(maxsize=8)
def nearest_office_areas(spots: tuple[Spot, ...]) -> tuple[dict[str, object], ...]:
    """One ring `[[lon, lat], …]` an office: the points nearer to it than to any other (in degrees: a picture, no measure).

    Clipped to the hull of all offices and a margin. Computed once for a set of offices in each process.
    """
    if not spots:
        return ()
    first_at = {(lon, lat): office for office, lon, lat in reversed(spots)}  # two offices at one place share an area
    points = MultiPoint(list(first_at))
    frame = points.convex_hull.buffer(MARGIN)
    cells = voronoi_polygons(points, extend_to=frame, ordered=True).geoms if len(first_at) > 1 else [frame]
    clipped = [(office, cell.intersection(frame)) for office, cell in zip(first_at.values(), cells, strict=True)]
    return tuple({"office": office, "ring": _ring(area)} for office, area in clipped if isinstance(area, Polygon))


def _ring(area: Polygon) -> Ring:
    return [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in area.exterior.coords]


def neighbourhood(session: Session, office: Office) -> list[dict[str, Any]]:
    """GeoJSON features of one office's area (`own`) and of those beside it, for the map of a phone without a network.

    In one statement, which brings the shapes of the neighbours alone: those whose frames meet the own one's.
    """
    own = aliased(UnitShape)
    beside = and_(UnitShape.west <= own.east + TOUCH, own.west <= UnitShape.east + TOUCH)
    beside = and_(beside, UnitShape.south <= own.north + TOUCH, own.south <= UnitShape.north + TOUCH)
    rows = session.execute(
        select(Office.id, Office.lon, Office.lat, UnitShape.drawn)
        .select_from(Office)
        .outerjoin(own, own.unit_code == office.unit_code)
        .outerjoin(UnitShape, and_(UnitShape.unit_code == Office.unit_code, beside))
        .where(Office.kind == "commune", Office.closed_at.is_(None))
        .order_by(Office.id)
    ).all()
    if all(row.drawn is None for row in rows):
        return _nearest_beside(tuple((str(row.id), row.lon, row.lat) for row in rows), str(office.id))
    near = [row for row in rows if row.drawn is not None]
    return [_feature(str(row.id), str(office.id), "MultiPolygon", row.drawn) for row in near]


def _nearest_beside(spots: tuple[Spot, ...], office: str) -> list[dict[str, Any]]:
    rings: dict[str, Ring] = {str(area["office"]): area["ring"] for area in nearest_office_areas(spots)}  # type: ignore[misc]  # a ring by construction
    corners = {_corner(point) for point in rings.get(office, [])}
    near = [one for one, ring in rings.items() if corners & {_corner(point) for point in ring}]
    return [_feature(one, office, "Polygon", [rings[one]]) for one in near]


def _feature(one: str, office: str, kind: str, coordinates: list[Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"office": one, "own": one == office},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _corner(point: list[float]) -> tuple[float, float]:
    return point[0], point[1]
