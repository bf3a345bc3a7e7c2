"""A network that no plan has seen: villages on a grid of winding roads, rivers with few bridges, slow passes.

Made from a seed for the area of a day. Distances run along the roads (Dijkstra), times by the speed of each road.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.problem import Ints, Point

METRES_A_DEGREE = 111_195.0
STEP_M = 500.0
"""Metres between crossings."""
KMH_ROAD, KMH_TRACK, KMH_PASS = 42.0, 27.0, 18.0
WINDING = (1.05, 1.35)
"""A road is so much longer than the straight line between its ends."""
MISSING = 0.08
"""Part of the grid's roads that were never built."""
BRIDGES_EVERY_M, RIVERS_EVERY_M = 4_000.0, 9_000.0
HIGH = 0.85
"""Above this height (0 to 1) a road is a pass."""
OFF_ROAD_KMH = 20.0
FERRY = 2.0
"""Where no road leads, a field track and a ferry go so much farther than the straight line."""
NEAR_M = 750.0
"""Doors of one hamlet, on one bank, are joined by paths."""

FARTHEST = 40_000
"""Crossings looked at before a place counts as out of reach."""

Node = tuple[int, int]


@dataclass(slots=True)
class Roads:
    """Travel times over the network; ``block`` as in ``routing.problem.TravelTimes``."""

    seed: int
    ways: dict[Node, dict[Node, tuple[float, float]]] = field(default_factory=dict)
    """Seconds and metres to each neighbour."""

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """Return (seconds, metres): to the nearest crossing, along the roads, and from the last one."""
        del profile
        seconds = np.zeros((len(sources), len(targets)), dtype=np.int64)
        metres = np.zeros_like(seconds)
        ends = [self.snap(point) for point in targets]
        for a, source in enumerate(sources):
            reached = self.reach(self.snap(source)[0], {node for node, _ in ends})
            for b, end in enumerate(ends):
                if source != targets[b]:
                    seconds[a, b], metres[a, b] = self.way(source, targets[b], reached.get(end[0]))
        return seconds, metres

    def way(self, source: Point, target: Point, along: tuple[float, float] | None) -> tuple[int, int]:
        """Return seconds and metres from door to door: by a path where they are near, else along the roads."""
        (first, off), (last, rest) = self.snap(source), self.snap(target)
        straight = math.dist(plane(source), plane(target))
        if straight < NEAR_M and self.bank(first) == self.bank(last):
            return round(WINDING[1] * straight * 3.6 / OFF_ROAD_KMH), round(WINDING[1] * straight)
        if along is None:
            return round(FERRY * straight * 3.6 / OFF_ROAD_KMH), round(FERRY * straight)
        return round(along[0] + (off + rest) * 3.6 / OFF_ROAD_KMH), round(along[1] + off + rest)

    def snap(self, point: Point) -> tuple[Node, float]:
        """Return the nearest crossing and the metres to it."""
        x, y = plane(point)
        node = round(x / STEP_M), round(y / STEP_M)
        return node, math.hypot(x - node[0] * STEP_M, y - node[1] * STEP_M)

    def reach(self, start: Node, wanted: set[Node]) -> dict[Node, tuple[float, float]]:
        """Return seconds and metres of the fastest way to the wanted crossings (Dijkstra)."""
        done: dict[Node, tuple[float, float]] = {}
        missing, queue = set(wanted), [(0.0, 0.0, start)]
        while queue and missing and len(done) < FARTHEST:
            time, length, node = heapq.heappop(queue)
            if node in done:
                continue
            done[node] = time, length
            missing.discard(node)
            for other, (more, metres) in self.around(node).items():
                if other not in done:
                    heapq.heappush(queue, (time + more, length + metres, other))
        return done

    def around(self, node: Node) -> dict[Node, tuple[float, float]]:
        """Return the roads at a crossing, made when first asked for."""
        if node not in self.ways:
            steps = ((1, 0), (-1, 0), (0, 1), (0, -1))
            roads = {other: self.road(node, other) for dx, dy in steps for other in [(node[0] + dx, node[1] + dy)]}
            self.ways[node] = {other: road for other, road in roads.items() if road is not None}
        return self.ways[node]

    def road(self, a: Node, b: Node) -> tuple[float, float] | None:
        """Return seconds and metres of the road between two crossings, the same both ways, if there is one."""
        low, high = min(a, b), max(a, b)
        rng = random.Random(f"{self.seed}/{low}/{high}")
        winding, main = rng.uniform(*WINDING), low[0] % 4 == 0 == high[0] % 4 or low[1] % 4 == 0 == high[1] % 4
        bridge = low[1] % round(BRIDGES_EVERY_M / STEP_M) == 0
        if self.bank(low) != self.bank(high) and not bridge:
            return None
        if not main and not bridge and rng.random() < MISSING:
            return None
        metres = STEP_M * winding
        speed = KMH_PASS if self.height(low) > HIGH else KMH_ROAD if main else KMH_TRACK
        return metres * 3.6 / speed, metres

    def bank(self, node: Node) -> int:
        """Return between which rivers a crossing lies; rivers run north and south in bends."""
        bend = 1_500 * math.sin(node[1] * STEP_M / 5_000 + self.seed)
        return math.floor((node[0] * STEP_M + bend) / RIVERS_EVERY_M)

    def height(self, node: Node) -> float:
        """Return the height of the land, 0 to 1."""
        x, y = node[0] * STEP_M / 12_000, node[1] * STEP_M / 15_000
        return 0.5 + 0.25 * math.sin(x + self.seed) + 0.25 * math.cos(y + 2 * self.seed)


def plane(point: Point) -> tuple[float, float]:
    """Return metres east and north."""
    return point[0] * METRES_A_DEGREE * math.cos(math.radians(13.8)), point[1] * METRES_A_DEGREE
