"""Ways for planned days that differ by direction: streets of one way, rivers with few bridges, roads that were never built.

The network is that of ``roads`` (villages on a grid of winding roads), driven at one speed, so that the fastest way is the
shortest; a third of its small streets may be driven in one direction only.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.problem import Ints, Point, Problem, TravelTable
from tests.bench.routing.roads import FERRY, WINDING, Node, Roads, plane

ONE_WAY = 1 / 3
"""Part of the small streets, each eight crossings long."""
STREET = 8
MAIN = 4
"""Every so many rows and columns a main road runs: both ways."""
KMH = 30.0
NEAR_M = 250.0
"""Doors this near, on one bank, are joined by a path."""
MARGIN = 12
"""Crossings around the area of a day through which a way may lead."""
NO_ROAD = 1e7
SOURCES = 64
"""Searched at once."""
ENOUGH_M = 0.5
Floats = NDArray[np.float64]


def on_streets(day: Problem, seed: int) -> Problem:
    """Return the same day with the ways of such a network, as tables; places keep their coordinates."""
    starts = list(dict.fromkeys(v.start for v in day.vehicles if v.start is not None))
    points = [*starts, *(job.location for job in day.jobs if job.location is not None)]
    seat = {point: number for number, point in enumerate(starts)}
    vehicles = [
        replace(v, start_index=seat[v.start], end_index=seat[v.start]) for v in day.vehicles if v.start is not None
    ]
    jobs = [replace(job, location_index=len(starts) + number) for number, job in enumerate(day.jobs)]
    seconds, metres = ways(points, seed)
    tables = {vehicle.profile: TravelTable(seconds, metres) for vehicle in vehicles}
    return replace(day, vehicles=tuple(vehicles), jobs=tuple(jobs), tables=tables)


def ways(points: Sequence[Point], seed: int) -> tuple[Ints, Ints]:
    """Return (seconds, metres) between all points."""
    roads = Roads(seed)
    snapped = [roads.snap(point) for point in points]
    town = _Town.around(roads, [node for node, _ in snapped])
    nodes = list(dict.fromkeys(node for node, _ in snapped))
    number = {node: n for n, node in enumerate(nodes)}
    at, off = np.array([number[node] for node, _ in snapped]), np.array([metres for _, metres in snapped])
    along = town.between(nodes)[np.ix_(at, at)] + off[:, None] + off[None, :]
    flat = np.array([plane(point) for point in points])
    straight = np.hypot(*(flat[:, None] - flat[None]).transpose(2, 0, 1))
    banks = np.array([roads.bank(node) for node, _ in snapped])
    by_path = (straight < NEAR_M) & (banks[:, None] == banks[None])
    metres = np.where(by_path, WINDING[1] * straight, np.where(along < NO_ROAD, along, FERRY * straight))
    np.fill_diagonal(metres, 0.0)
    for over in range(len(points)):  # whoever has a path to a better street takes it
        np.minimum(metres, metres[:, over, None] + metres[None, over], out=metres)
    return np.round(metres * 3.6 / KMH).astype(np.int64), np.round(metres).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Town:
    """Metres from each crossing to the next one in each direction, ``NO_ROAD`` where none leads there; rows run east."""

    corner: Node
    east: Floats
    west: Floats
    north: Floats
    south: Floats

    @classmethod
    def around(cls, roads: Roads, nodes: Sequence[Node]) -> _Town:
        """Build the network of the area."""
        xs, ys = [node[0] for node in nodes], [node[1] for node in nodes]
        corner = min(xs) - MARGIN, min(ys) - MARGIN
        wide, high = max(xs) + MARGIN + 1 - corner[0], max(ys) + MARGIN + 1 - corner[1]
        lengths = {step: np.full((high, wide), NO_ROAD) for step in ((1, 0), (-1, 0), (0, 1), (0, -1))}
        for y in range(high):
            for x in range(wide):
                here = corner[0] + x, corner[1] + y
                for dx, dy in ((1, 0), (0, 1)):
                    if x + dx < wide and y + dy < high:
                        there, back = _street(roads, here, (here[0] + dx, here[1] + dy))
                        lengths[dx, dy][y, x] = there
                        lengths[-dx, -dy][y + dy, x + dx] = back
        return cls(corner, lengths[1, 0], lengths[-1, 0], lengths[0, 1], lengths[0, -1])

    def between(self, nodes: Sequence[Node]) -> Floats:
        """Return the metres of the shortest way between all crossings."""
        columns = np.array([node[0] - self.corner[0] for node in nodes])
        rows = np.array([node[1] - self.corner[1] for node in nodes])
        found = np.zeros((len(nodes), len(nodes)))
        for first in range(0, len(nodes), SOURCES):
            some = slice(first, min(len(nodes), first + SOURCES))
            found[some] = self.reach(rows[some], columns[some])[:, rows, columns]
        return found

    def reach(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Floats:
        """Return the metres from some crossings to all, by sweeps over the rows until none brings anything."""
        metres = np.full((len(rows), *self.east.shape), NO_ROAD)
        metres[np.arange(len(rows)), rows, columns] = 0.0
        high = self.east.shape[0]
        while True:
            before = metres.copy()
            for y in range(high):
                self.sweep(metres, y, y - 1, self.north)
            for y in reversed(range(high)):
                self.sweep(metres, y, y + 1, self.south)
            if np.max(before - metres) < ENOUGH_M:
                return metres

    def sweep(self, metres: Floats, y: int, neighbour: int, onto: Floats) -> None:
        """Enter a row from its neighbour, then drive along it both ways."""
        row = metres[:, y]
        if 0 <= neighbour < metres.shape[1]:
            np.minimum(row, metres[:, neighbour] + onto[neighbour], out=row)
        east = np.concatenate(([0.0], np.cumsum(self.east[y, :-1])))
        np.minimum(row, np.minimum.accumulate(row - east, axis=1) + east, out=row)
        west = np.concatenate(([0.0], np.cumsum(self.west[y, :0:-1])))
        turned = row[:, ::-1]
        np.minimum(turned, np.minimum.accumulate(turned - west, axis=1) + west, out=turned)


def _street(roads: Roads, a: Node, b: Node) -> tuple[float, float]:
    """Return the metres from one crossing to the next and back."""
    road = roads.road(a, b)
    if road is None:
        return NO_ROAD, NO_ROAD
    eastward = a[1] == b[1]
    line, place = (a[1], a[0]) if eastward else (a[0], a[1])
    if line % MAIN == 0 or roads.bank(a) != roads.bank(b):
        return road[1], road[1]
    rng = random.Random(f"{roads.seed}/{eastward}/{line}/{math.floor(place / STREET)}")
    if rng.random() >= ONE_WAY:
        return road[1], road[1]
    return (road[1], NO_ROAD) if rng.random() < 0.5 else (NO_ROAD, road[1])
