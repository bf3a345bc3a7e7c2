"""The roads of each commune out of an OpenStreetMap extract, light enough to lie on a telephone: for maps, not for times.

A layer is JSON: `{"unit": 1e-05, "lines": [[rank, lon, lat, east, north, east, north, …], …]}`; rank 0 are roads between communes,
1 streets and village roads, 2 tracks and paths; positions are whole numbers of `unit` degrees, each step from the one before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shapely import LineString, MultiPolygon, Polygon, STRtree

UNIT: Final = 0.00001  # degrees, about a metre
BEND: Final = 0.00008  # about 9 m: a picture does not show less
AROUND: Final = 0.02  # about 2 km beyond the border: the way into the next commune
MOST_BYTES: Final = 5_000_000  # of one layer, as it lies on the phone
RANKS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("motorway", "trunk", "primary", "secondary", "tertiary"), 0),
    **dict.fromkeys(("unclassified", "residential", "living_street", "service", "road"), 1),
    **dict.fromkeys(("track", "path"), 2),
}

Ground = Polygon | MultiPolygon
Ranked = tuple[int, LineString]


class ExtractUnreadable(Exception):
    """The extract is no OpenStreetMap file, or osmium is not installed: a sentence."""


def road_layers(extract: Path, grounds: Mapping[str, Ground], most_bytes: int = MOST_BYTES) -> dict[str, bytes]:
    """Return the layer of each ground (key → JSON) that any road touches; where it grows too big, without the least roads.

    `grounds`: by any key, in degrees. Raises ExtractUnreadable, OSError.
    """
    keys = list(grounds)
    tree = STRtree([grounds[key].buffer(AROUND) for key in keys])
    found: dict[str, list[Ranked]] = {}
    for rank, line in _roads(extract):
        for index in tree.query(line, predicate="intersects"):
            found.setdefault(keys[int(index)], []).append((rank, line))
    return {key: _light(lines, most_bytes) for key, lines in found.items()}


def _roads(extract: Path) -> Iterator[Ranked]:
    try:
        import osmium  # noqa: PLC0415 - an extra: only who prepares maps needs it
    except ImportError:
        raise ExtractUnreadable("osmium is not here: pip install 'osmium>=4.3,<5'") from None
    with extract.open("rb"):
        pass  # a file that is not there is an OSError, not one of osmium's
    try:
        ways = osmium.FileProcessor(str(extract)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
        for way in ways:
            kind = way.tags.get("highway") if isinstance(way, osmium.osm.Way) else None
            rank = RANKS.get(kind.removesuffix("_link")) if kind else None
            points = _points(way) if rank is not None else []
            if rank is not None and len(points) > 1:
                yield rank, LineString(points)
    except RuntimeError as error:
        raise ExtractUnreadable(f"{extract.name} is no extract of OpenStreetMap: {error}") from error


def _points(way: Any) -> list[tuple[float, float]]:
    """Nodes that were cut away have no place."""
    return [(node.lon, node.lat) for node in way.nodes if node.location.valid()]


def _light(lines: Sequence[Ranked], most_bytes: int) -> bytes:
    for least in (2, 1, 0):
        written = json.dumps(
            {"unit": UNIT, "lines": [_steps(one) for one in lines if one[0] <= least]}, separators=(",", ":")
        )
        if len(written) <= most_bytes:
            break
    else:
        written = json.dumps({"unit": UNIT, "lines": []})
    return written.encode()


def _steps(road: Ranked) -> list[int]:
    rank, line = road
    steps, before = [rank], (0, 0)
    for lon, lat in line.simplify(BEND).coords:
        here = (round(lon / UNIT), round(lat / UNIT))
        steps += [here[0] - before[0], here[1] - before[1]]
        before = here
    return steps
