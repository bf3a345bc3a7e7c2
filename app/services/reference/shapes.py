"""Shapes of the units out of an operator's GeoJSON: polygons read strictly, mended where they cross themselves, made light.

Neighbours are made light together, so that their borders still agree. Beside them, whatever a point lies in is asked in
`app/queries/reference/shapes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shapely import MultiPolygon, Point, Polygon, coverage_simplify, make_valid, set_precision
from shapely.errors import ShapelyError
from shapely.geometry import shape

from app.services.reference.catalogue import EAST, NORTH, SOUTH, WEST
from app.services.reference.files import BadReference, json_of

GRID: Final = 0.00001  # degrees, about a metre
JUDGING: Final = 0.0002  # degrees that a border may move, about 20 m
DRAWING: Final = 0.003  # about 300 m: a picture of a commune on a telephone
MENDED_AT_MOST: Final = 0.01  # of the area; what changes more when mended is not what somebody drew
AWAY_AT_MOST: Final = 0.1  # degrees from the unit's own point, about 11 km: beyond, two codes were mixed up

Coordinates = list[list[list[list[float]]]]


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """One unit's ground: coordinates of a MultiPolygon (degrees), to judge by and to draw; the sides of the first."""

    unit_code: str
    west: float
    south: float
    east: float
    north: float
    shape: Coordinates
    drawn: Coordinates


def read_shapes(path: Path, points: Mapping[str, tuple[float, float]]) -> tuple[ShapeRow, ...]:
    """Return the shapes of all these units (code → the unit's own lon, lat): one feature a unit with its `code`.

    A feature is a Polygon or a MultiPolygon in degrees (WGS 84). Raises BadReference naming file, feature and field.
    """
    collection = json_of(path)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features:
        raise BadReference(path.name, "the whole file", "features", "a FeatureCollection with features is expected")
    found: dict[str, MultiPolygon] = {}
    for number, feature in enumerate(features, 1):
        code, ground = _feature(path, f"feature {number}", feature)
        _check_feature(path, f"feature {number}", code, ground, points, found)
        found[code] = ground
    missing = sorted(points.keys() - found.keys())
    if missing:
        some = ", ".join(missing[:5])
        raise BadReference(path.name, "the whole file", "code", f"{len(missing)} unit(s) have no shape: {some}")
    light, drawn = (coverage_simplify(list(found.values()), by) for by in (JUDGING, DRAWING))
    return tuple(_row(code, judged, shown) for code, judged, shown in zip(found, light, drawn, strict=True))


def _feature(path: Path, where: str, feature: Any) -> tuple[str, MultiPolygon]:
    match feature:
        case {
            "geometry": {"type": "Polygon" | "MultiPolygon"} as geometry,
            "properties": {"code": str() | int() as code},
        }:
            return str(code).strip(), _ground(path, where, geometry)
        case {"geometry": {"type": str() as kind}, "properties": {"code": _}}:
            raise BadReference(
                path.name, where, "geometry", f"a Polygon or MultiPolygon is expected, not a {kind[:20]}"
            )
        case _:
            raise BadReference(path.name, where, "code", "a Polygon or MultiPolygon with the property code is expected")


def _ground(path: Path, where: str, geometry: dict[str, Any]) -> MultiPolygon:
    try:
        told = shape(geometry)
        mended = set_precision(told if told.is_valid else make_valid(told), GRID)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise BadReference(path.name, where, "geometry", "its coordinates are no rings of [lon, lat]") from None
    parts = [part for part in getattr(mended, "geoms", [mended]) if isinstance(part, Polygon | MultiPolygon)]
    flat = [one for part in parts for one in getattr(part, "geoms", [part]) if not one.is_empty]
    ground = MultiPolygon(flat)
    if ground.is_empty or abs(ground.area - told.area) > MENDED_AT_MOST * told.area:
        raise BadReference(path.name, where, "geometry", "its ring crosses itself or holds no ground: draw it anew")
    return ground


def _check_feature(
    path: Path,
    where: str,
    code: str,
    ground: MultiPolygon,
    points: Mapping[str, tuple[float, float]],
    found: Mapping[str, MultiPolygon],
) -> None:
    if code not in points:
        raise BadReference(path.name, where, "code", f"no such code: {code[:20]}")
    if code in found:
        raise BadReference(path.name, where, "code", f"{code} has a shape already")
    west, south, east, north = ground.bounds
    if not (west >= WEST and east <= EAST and south >= SOUTH and north <= NORTH):
        problem = f"reaches {west:.2f} … {east:.2f}, {south:.2f} … {north:.2f}: [lon, lat] in degrees is expected"
        raise BadReference(path.name, where, "geometry", problem)
    away = ground.distance(Point(points[code]))
    if away > AWAY_AT_MOST:
        problem = f"lies {away * 111:.0f} km from {code}: is the code another unit's?"
        raise BadReference(path.name, where, "geometry", problem)


def _row(code: str, judged: Any, drawn: Any) -> ShapeRow:
    west, south, east, north = judged.bounds
    return ShapeRow(code, west, south, east, north, _coordinates(judged), _coordinates(drawn))


def _coordinates(ground: Polygon | MultiPolygon) -> Coordinates:
    polygons = ground.geoms if isinstance(ground, MultiPolygon) else [ground]
    return [[_ring(ring.coords) for ring in (one.exterior, *one.interiors)] for one in polygons]


def _ring(points: Any) -> list[list[float]]:
    return [[round(x, 5), round(y, 5)] for x, y in points]
