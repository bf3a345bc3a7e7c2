"""Which office is nearest: areas drawn from points, never called boundaries (docs/platform.md, "Places")."""

from __future__ import annotations

from functools import lru_cache

from shapely import MultiPoint, Polygon, voronoi_polygons

Ring = list[list[float]]
Spot = tuple[str, float, float]  # office id, lon, lat

MARGIN = 0.12
"""Degrees beyond the outermost offices that still count as somebody's area."""
DECIMALS = 4


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


def neighbourhood(spots: tuple[Spot, ...], office: str) -> list[dict[str, object]]:
    """GeoJSON features of one office's area (`own`) and of those that touch it, for the map of a phone without a network."""
    rings: dict[str, Ring] = {str(area["office"]): area["ring"] for area in nearest_office_areas(spots)}  # type: ignore[misc]  # a ring by construction
    corners = {_corner(point) for point in rings.get(office, [])}
    near = [one for one, ring in rings.items() if corners & {_corner(point) for point in ring}]
    return [
        {
            "type": "Feature",
            "properties": {"office": one, "own": one == office},
            "geometry": {"type": "Polygon", "coordinates": [rings[one]]},
        }
        for one in near
    ]


def _corner(point: list[float]) -> tuple[float, float]:
    return point[0], point[1]
