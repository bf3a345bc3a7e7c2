"""A problem compiled for computing: places by number, matrices as rows, and who may serve what.

Used by the judge and by every engine, so that all of them read the same rules. Imports no solver.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from routing.problem import UNREACHABLE, Ints, Job, Point, Problem, Vehicle

HOUR_KM = 3_600_000
"""Denominator of a route's cost: đồng per km over metres and đồng per hour over seconds, in one exact fraction."""

Place = tuple[int | None, Point | None]
Rows = list[list[int]]
RELOAD = -1
"""Among the jobs of an order: back at the office, where the bag is filled again. Orders without it are tours; ``routing.trips``
says where a tour needs it.
"""
NOWHERE = 0
"""The place of a start or end that is not given: every way from or to it is empty."""


def may_serve(problem: Problem, vehicle: Vehicle, job: Job) -> bool:
    """Say whether the rules of offices, locks and skills let this vehicle serve this job."""
    return not refusals(problem, vehicle, job)


def refusals(problem: Problem, vehicle: Vehicle, job: Job) -> tuple[str, ...]:
    """Name the rules that keep the vehicle from the job: any of ``locked``, ``skills``, ``office``."""
    checks = (
        ("locked", job.vehicle is None or job.vehicle == vehicle.id),
        ("skills", job.skills <= vehicle.skills),
        ("office", _office_agrees(problem, vehicle, job)),
    )
    return tuple(name for name, fine in checks if not fine)


def _office_agrees(problem: Problem, vehicle: Vehicle, job: Job) -> bool:
    if job.origin is not None and any(job.delivery) and job.origin != vehicle.office:
        return False
    at_home = job.office is None or job.office == vehicle.office
    if problem.assignment == "home" or not job.movable or at_home:
        return at_home
    return _onward(problem, vehicle, job) is not None


def _onward(problem: Problem, vehicle: Vehicle, job: Job) -> int | None:
    if problem.onward is None or job.desk is None or vehicle.office is None:
        return 0
    return problem.onward.metres(vehicle.office, job.desk)


def onward_metres(problem: Problem, vehicle: Vehicle, job: Job) -> int:
    """Return the metres from the serving office to the competent desk (0 where no way is known or needed)."""
    return _onward(problem, vehicle, job) or 0


@dataclass(frozen=True, slots=True)
class Matrices:
    """Travel of one profile and speed between the places of a model: seconds, metres, and đồng where given."""

    seconds: Rows
    metres: Rows
    costs: Rows | None


class Model:
    """Numbered jobs, vehicles and places of one problem, small enough for one matrix (an office, a cluster)."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.jobs: tuple[Job, ...] = problem.jobs
        self.vehicles: tuple[Vehicle, ...] = problem.vehicles
        self.job_index = {job.id: number for number, job in enumerate(self.jobs)}
        self.vehicle_index = {vehicle.id: number for number, vehicle in enumerate(self.vehicles)}
        self.places: list[Place] = [(None, None)]
        given = [vehicle.profile in problem.tables for vehicle in self.vehicles]
        self.by_index, self.by_point = any(given), not (given and all(given))
        numbers: dict[Place, int] = {(None, None): NOWHERE}
        self.at = [self._number(numbers, (job.location_index, job.location)) for job in self.jobs]
        self.start_at = [self._number(numbers, (v.start_index, v.start)) for v in self.vehicles]
        self.end_at = [self._number(numbers, (v.end_index, v.end)) for v in self.vehicles]
        self._arrays: dict[str, tuple[Ints, Ints, Ints | None]] = {}
        self._matrices: dict[tuple[str, float], Matrices] = {}
        self.travel = [self._travel(vehicle) for vehicle in self.vehicles]
        self.dimensions = max((len(v.capacity) for v in self.vehicles), default=0)

    def only(self, numbers: Sequence[int]) -> "Model":
        """Return the model of these jobs alone, in this order; vehicles, places and ways stay."""
        fewer = self._like(tuple(self.jobs[j] for j in numbers), self.vehicles)
        fewer.at = [self.at[j] for j in numbers]
        fewer.job_index = {job.id: number for number, job in enumerate(fewer.jobs)}
        fewer.__dict__.pop("onward", None)
        return fewer

    def with_rules(self, *, job: Job | None = None, vehicles: Sequence[Vehicle] | None = None) -> "Model":
        """Return the model with other rules for job 0 or for the vehicles; places and ways stay."""
        jobs = self.jobs if job is None else (job, *self.jobs[1:])
        return self._like(jobs, self.vehicles if vehicles is None else tuple(vehicles))

    def _like(self, jobs: tuple[Job, ...], vehicles: tuple[Vehicle, ...]) -> "Model":
        like = copy(self)
        like.problem, like.jobs, like.vehicles = replace(self.problem, jobs=jobs, vehicles=vehicles), jobs, vehicles
        for name in ("allowed", "kinds", "cut"):
            like.__dict__.pop(name, None)
        like.__dict__["prices"] = self.prices  # computed once for all copies
        return like

    def _number(self, numbers: dict[Place, int], place: Place) -> int:
        """Return the number of a place; what no vehicle's travel times look at tells no places apart."""
        key = (place[0] if self.by_index else None, place[1] if self.by_point else None)
        if key not in numbers:
            numbers[key] = len(self.places)
            self.places.append(place)
        return numbers[key]

    def _travel(self, vehicle: Vehicle) -> Matrices:
        key = (vehicle.profile, vehicle.speed_factor)
        if key not in self._matrices:
            seconds, metres, costs = self._profile(vehicle.profile)
            if vehicle.speed_factor != 1.0:
                scaled = np.floor(seconds / vehicle.speed_factor + 0.5)
                seconds = np.where(seconds >= UNREACHABLE, UNREACHABLE, np.minimum(scaled, UNREACHABLE)).astype(
                    np.int64
                )
            self._matrices[key] = Matrices(seconds.tolist(), metres.tolist(), None if costs is None else costs.tolist())
        return self._matrices[key]

    def _profile(self, profile: str) -> tuple[Ints, Ints, Ints | None]:
        """Return (seconds, metres, đồng) between all places; row and column 0 are nowhere."""
        if profile not in self._arrays:
            count = len(self.places)
            table = self.problem.tables.get(profile)
            blank = np.zeros((count, count), dtype=np.int64)
            if table is not None:
                index = [place[0] or 0 for place in self.places[1:]]
                parts = [table.durations, table.distances, table.costs]
                blocks = [None if part is None else part[np.ix_(index, index)] for part in parts]
                far = table.durations[np.ix_(index, index)] >= UNREACHABLE  # however far: nothing larger enters a sum
                blocks = [None if block is None else np.where(far, UNREACHABLE, block) for block in blocks]
            else:
                points = [place[1] or (0.0, 0.0) for place in self.places[1:]]
                blocks = [*self.problem.travel_times.block(profile, points, points), None]
            seconds, metres, costs = (_framed(blank, block) for block in blocks)
            self._arrays[profile] = (
                blank if seconds is None else seconds,
                blank if metres is None else metres,
                costs,
            )
        return self._arrays[profile]

    @cached_property
    def allowed(self) -> list[frozenset[int]]:
        """For each vehicle the jobs that offices, locks and skills let it serve."""
        return [
            frozenset(j for j, job in enumerate(self.jobs) if may_serve(self.problem, vehicle, job))
            for vehicle in self.vehicles
        ]

    @cached_property
    def prices(self) -> list[Rows]:
        """The costs of all ways by vehicle, in đồng × ``HOUR_KM``; vehicles of one kind share their rows."""
        kinds: dict[tuple[str, float, int, int], Rows] = {}
        for vehicle, travel in zip(self.vehicles, self.travel, strict=True):
            key = (vehicle.profile, vehicle.speed_factor, vehicle.per_km, vehicle.per_hour)
            if key not in kinds:
                kinds[key] = _priced(travel, vehicle)
        return [kinds[v.profile, v.speed_factor, v.per_km, v.per_hour] for v in self.vehicles]

    @cached_property
    def kinds(self) -> list[int]:
        """For each vehicle the first one that is the same to every job: same ways, times, limits, costs and rules."""
        first: dict[object, int] = {}
        kinds: list[int] = []
        for v, vehicle in enumerate(self.vehicles):
            alike = replace(vehicle, id=0, description="", start=None, end=None, start_index=None, end_index=None)
            rests = tuple((rest.windows, rest.service, rest.max_load) for rest in vehicle.breaks)
            plain = replace(alike, breaks=(), steps=None, skills=frozenset())
            usual = frozenset(j for j, job in enumerate(self.jobs) if job.stranger and vehicle.id in job.usual)
            rules = (self.allowed[v], usual)
            kinds.append(first.setdefault((plain, self.start_at[v], self.end_at[v], rests, rules), v))
        return kinds

    @cached_property
    def cut(self) -> dict[tuple[int, tuple[int, ...]], Any]:
        """What ``routing.trips`` found of tours so far, by vehicle and jobs."""
        return {}

    @cached_property
    def onward(self) -> list[list[int]]:
        """Metres of the onward leg by vehicle and job."""
        return [[onward_metres(self.problem, v, job) for job in self.jobs] for v in self.vehicles]

    def onward_price(self, v: int, j: int) -> int:
        """Đồng of the onward leg of job ``j`` served by vehicle ``v``."""
        onward = self.problem.onward
        return onward.price(self.onward[v][j]) if onward is not None else 0

    def stranger_price(self, v: int, j: int) -> int:
        """Đồng that it costs that vehicle ``v`` serves job ``j`` where another one usually comes."""
        job = self.jobs[j]
        return job.stranger if job.usual and self.vehicles[v].id not in job.usual else 0

    def visit_price(self, v: int, j: int) -> int:
        """Đồng of the visit beside the ride: the onward leg, and the price of a stranger."""
        return self.onward_price(v, j) + self.stranger_price(v, j)

    def price(self, v: int, a: int, b: int) -> int:
        """Return the cost of the way from place ``a`` to ``b`` in đồng × ``HOUR_KM``."""
        return self.prices[v][a][b]

    def task(self, v: int, j: int, before: int) -> tuple[int, int]:
        """Return (setup, service) seconds of job ``j`` by vehicle ``v`` coming from place ``before``.

        Setup falls away when the courier is already at the place (VROOM's rule).
        """
        if j == RELOAD:
            return 0, self.vehicles[v].reload
        job, kind = self.jobs[j], self.vehicles[v].type
        setup = 0 if before == self.at[j] else job.setup_per_type.get(kind, job.setup)
        return setup, job.service_per_type.get(kind, job.service)

    def legs(self, v: int, sequence: Sequence[int]) -> list[tuple[int, int]]:
        """Return the pairs of places that the vehicle drives between, start and end included."""
        stops = [self.start_at[v], *(self.place(v, j) for j in sequence), self.end_at[v]]
        return list(pairwise(stops))

    def place(self, v: int, j: int) -> int:
        """Return where job ``j`` is, or the vehicle's office for ``RELOAD``."""
        return self.start_at[v] if j == RELOAD else self.at[j]

    def route_price(self, v: int, sequence: Sequence[int]) -> int:
        """Return the exact cost of a route in đồng, onward legs apart; 0 for an empty one."""
        return self.vehicles[v].fixed + self.ridden_price(v, sequence) // HOUR_KM if sequence else 0

    def ridden_price(self, v: int, sequence: Sequence[int]) -> int:
        """Return the cost of the ways and the work of a route in đồng × ``HOUR_KM``."""
        vehicle, legs = self.vehicles[v], self.legs(v, sequence)
        exact = sum(self.price(v, a, b) for a, b in legs)
        if vehicle.per_task_hour:
            work = sum(sum(self.task(v, j, a)) for j, (a, _) in zip(sequence, legs, strict=False) if j != RELOAD)
            exact += vehicle.per_task_hour * 1000 * work
        return exact

    def route_onward(self, v: int, sequence: Sequence[int]) -> int:
        """Return the đồng of the onward legs of a route."""
        return sum(self.onward_price(v, j) for j in sequence) if self.problem.onward is not None else 0

    def route_strangers(self, v: int, sequence: Sequence[int]) -> int:
        """Return the đồng of the visits of a route where another courier usually comes."""
        return sum(self.stranger_price(v, j) for j in sequence)

    def route_visits(self, v: int, sequence: Sequence[int]) -> int:
        """Return the đồng of a route's visits beside the ride: what its ``cost`` leaves out."""
        return self.route_onward(v, sequence) + self.route_strangers(v, sequence)


def _priced(travel: Matrices, vehicle: Vehicle) -> Rows:
    if travel.costs is not None:
        return [[cost * HOUR_KM for cost in row] for row in travel.costs]
    per_metre, per_second = vehicle.per_km * 3600, vehicle.per_hour * 1000
    return [
        [per_metre * metres + per_second * seconds for metres, seconds in zip(*rows, strict=True)]
        for rows in zip(travel.metres, travel.seconds, strict=True)
    ]


def _framed(blank: Ints, block: Ints | None) -> Ints | None:
    if block is None:
        return None
    framed = blank.copy()
    framed[1:, 1:] = block
    return framed


def load_at(amounts: Sequence[int], dimension: int) -> int:
    """Return one dimension of a load; a missing one is zero."""
    return amounts[dimension] if dimension < len(amounts) else 0
