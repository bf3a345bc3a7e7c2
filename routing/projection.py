"""Where stops and couriers lie on a flat map, so that neighbours can be told without a matrix of the province."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from routing.problem import Ints, Point, Problem

GOLDEN = math.pi * (3 - math.sqrt(5))
"""Radians between the axes of one cut and the next: no two cuts of a search run alike."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Flat positions: of jobs by id, and of vehicles (their start, else their end) by id."""

    job_points: dict[int, Point]
    vehicle_points: dict[int, Point]

    @classmethod
    def of(cls, problem: Problem) -> "Projection":
        """Lay the problem out by its coordinates or, where matrices are all there is, by the ways from two far places."""
        jobs = [(job.location, job.location_index) for job in problem.jobs]
        vehicles = [
            (v.start, v.start_index) if (v.start or v.start_index is not None) else (v.end, v.end_index)
            for v in problem.vehicles
        ]
        places = _by_matrix(problem, [*jobs, *vehicles]) or _by_coordinates([point for point, _ in [*jobs, *vehicles]])
        count = len(jobs)
        return cls(
            {job.id: place for job, place in zip(problem.jobs, places[:count], strict=True)},
            {vehicle.id: place for vehicle, place in zip(problem.vehicles, places[count:], strict=True)},
        )


def _by_coordinates(points: Sequence[Point | None]) -> list[Point]:
    known = [point for point in points if point is not None]
    middle = sum(lat for _, lat in known) / max(1, len(known))
    squeeze = math.cos(math.radians(middle))
    return [(point[0] * squeeze, point[1]) if point is not None else (0.0, 0.0) for point in points]


def _by_matrix(problem: Problem, places: Sequence[tuple[Point | None, int | None]]) -> list[Point] | None:
    if not problem.tables or any(index is None for point, index in places if point is None):
        return None
    if all(point is not None for point, _ in places):
        return None
    table: Ints = problem.tables[min(problem.tables)].durations
    index = [number or 0 for _, number in places]
    first = int(np.argmax(table[index[0]]))
    second = int(np.argmax(table[first]))
    return [(float(table[first, number]), float(table[second, number])) for number in index]


def barycentre(points: Iterable[Point]) -> Point:
    """Return the barycentre."""
    known = list(points)
    return sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known)


def squared_distance(a: Point, b: Point) -> float:
    """Return the squared distance."""
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def pieces(points: Sequence[Point], weights: Sequence[int], count: int, turn: int) -> list[list[int]]:
    """Cut the points into ``count`` groups of about equal weight along axes that turn with ``turn``."""
    angle = turn * GOLDEN
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    turned = [(x * along[0] + y * along[1], x * across[0] + y * across[1]) for x, y in points]
    return list(_halves(list(range(len(points))), turned, weights, count))


def _halves(members: list[int], points: Sequence[Point], weights: Sequence[int], count: int) -> Iterable[list[int]]:
    if count <= 1 or len(members) <= 1:
        if members:
            yield members
        return
    spread = [max(points[m][axis] for m in members) - min(points[m][axis] for m in members) for axis in (0, 1)]
    axis = 0 if spread[0] >= spread[1] else 1
    ranked = sorted(members, key=lambda m: (points[m][axis], m))
    goal, reached, cut = sum(weights[m] for m in members) * (count // 2) / count, 0.0, 0
    while cut < len(ranked) - 1 and (cut == 0 or reached + weights[ranked[cut]] / 2 <= goal):
        reached += weights[ranked[cut]]
        cut += 1
    yield from _halves(ranked[:cut], points, weights, count // 2)
    yield from _halves(ranked[cut:], points, weights, count - count // 2)
