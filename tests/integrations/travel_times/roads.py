"""Roads that look like roads: villages in hills, joined by winding ways, a river with few bridges; as OSM XML."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from xml.etree.ElementTree import Element, SubElement, tostring

WEST, SOUTH = 108.0, 13.9
SIDE = 0.6  # degrees: some 65 km
RIVER_LON = WEST + SIDE / 2
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Roads:
    """`villages` are nodes of the roads; `ways` the winding roads between two of them; `island` has no road at all."""

    villages: tuple[Point, ...]
    ways: tuple[tuple[Point, ...], ...]
    island: Point


def make_roads(villages: int, seed: int, bridges: int = 2) -> Roads:
    """A tree over the villages and some shortcuts; only `bridges` roads cross the river."""
    random = Random(seed)
    places = [(WEST + random.random() * SIDE, SOUTH + random.random() * SIDE) for _ in range(villages)]
    banks = [[place for place in places if (place[0] < RIVER_LON) is west] for west in (True, False)]
    edges = [edge for bank in banks for edge in (*_tree(bank), *_shortcuts(bank, random))]
    across = sorted(((a, b) for a in banks[0] for b in banks[1]), key=lambda pair: math.dist(*pair))
    edges += across[: bridges * 3 : 3]
    ways = tuple(tuple(_winding(a, b, random)) for a, b in edges)
    return Roads(tuple(places), ways, (WEST + SIDE * 3, SOUTH - SIDE))


def _tree(places: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Prim's: every village is reached, with as little road as can be."""
    reached, waiting = list(places[:1]), list(places[1:])
    while waiting:
        a, b = min(((a, b) for a in reached for b in waiting), key=lambda pair: math.dist(*pair))
        yield a, b
        reached.append(b)
        waiting.remove(b)


def _shortcuts(places: Sequence[Point], random: Random) -> Iterator[tuple[Point, Point]]:
    for place in places:
        if random.random() < 0.3:
            near = sorted(places, key=lambda other: math.dist(place, other))[2:5]
            yield place, random.choice(near)


def _winding(a: Point, b: Point, random: Random) -> Iterator[Point]:
    steps = max(2, int(math.dist(a, b) / 0.005))
    for step in range(steps + 1):
        part = step / steps
        sway = 0.002 * math.sin(math.pi * part) * random.uniform(-1, 1)
        yield a[0] + (b[0] - a[0]) * part + sway, a[1] + (b[1] - a[1]) * part - sway


def as_osm(roads: Roads) -> bytes:
    """OpenStreetMap's XML; ends of ways that lie on one village share its node."""
    root = Element("osm", version="0.6", generator="tannha tests")
    ids: dict[Point, str] = {}
    for way in roads.ways:
        for place in way:
            if place not in ids:
                ids[place] = str(len(ids) + 1)
                SubElement(root, "node", id=ids[place], lon=f"{place[0]:.7f}", lat=f"{place[1]:.7f}", version="1")
    for number, way in enumerate(roads.ways, start=1):
        element = SubElement(root, "way", id=str(number), version="1")
        for place in way:
            SubElement(element, "nd", ref=ids[place])
        SubElement(element, "tag", k="highway", v="tertiary")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
