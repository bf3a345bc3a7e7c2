"""PyVRP: the search. It knows no breaks, so it works on a clock from which they are cut out.

A job served after k breaks is served, on that clock, earlier by their length; each window falls into one piece
per k. A clock without breaks is a relaxation: the exact pass of ``routing.timing`` then places them for real,
and stops that do not fit go back to insertion. Vehicles that may not serve a job pay a prohibitive way to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyvrp
from pyvrp.stop import MaxIterations, MultipleCriteria, NoImprovement, StoppingCriterion

from routing.engine_params import EngineParams
from routing.engines.interface import Limit
from routing.model import HOUR_KM, Model, load_at
from routing.problem import HORIZON, UNREACHABLE, Break, Ints, Window
from routing.search_params import SearchParams
from routing.simulate import acts_of, drive
from routing.timing import best_start, breaks_of
from routing.tours import Tours

SCALE = 10
"""Cost units of the engine per đồng: a rounded way is at most 0.05 đồng off."""

NOBODY = pyvrp.IteratedLocalSearchCallbacks()
"""Watches nothing."""


def solve(model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams) -> Tours | None:
    """Search from ``start`` until the limit or until nothing has improved for long; ``None`` where there are second trips."""
    if not model.jobs or not model.vehicles or not knows(model):
        return None
    instance = PyvrpInstance(model, complete=sum(len(tour) for tour in start.values()) == len(model.jobs))
    initial = instance.solution(start) if start else None
    return instance.tours(search(instance.data, stop_at(limit, len(model.jobs), params.engines), seed, initial))


def knows(model: Model) -> bool:
    """Say whether it is asked about a problem: a vehicle's second trip is not told to it."""
    return all(vehicle.max_trips == 1 for vehicle in model.vehicles)


def search(
    data: pyvrp.ProblemData,
    stop: StoppingCriterion,
    seed: int,
    initial: pyvrp.Solution | None,
    watch: pyvrp.IteratedLocalSearchCallbacks | None = None,
    *,
    thorough: bool = True,
) -> pyvrp.Solution:
    """Run PyVRP's search once and return its best.

    ``watch`` sees every iteration. ``thorough``: every new best is searched through at once, as PyVRP does by itself;
    in short searches, where one best follows another, the time goes farther without.
    """
    params = pyvrp.SolveParams(
        ils=pyvrp.IteratedLocalSearchParams(callbacks=watch or NOBODY, exhaustive_on_best=thorough)
    )
    return pyvrp.solve(
        data, stop, seed=seed, collect_stats=False, display=False, initial_solution=initial, params=params
    ).best


def clients_of(route: pyvrp.Route) -> list[int]:
    """Return the clients of a route in order."""
    return [act.idx for act in route if act.is_client()]


def stop_at(limit: Limit, jobs: int, params: EngineParams) -> StoppingCriterion:
    """Stop at the limit, or when nothing has improved for long."""
    if limit.iterations is not None:
        return MaxIterations(limit.iterations)
    return MultipleCriteria([Until(limit), NoImprovement(params.patience + params.patience_stop * jobs)])


class Until:
    """Stop at a limit in time; PyVRP's own criterion starts its clock only with the first iteration."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit

    def __call__(self, best_cost: float) -> bool:
        """Say whether the time is over."""
        del best_cost
        self.limit.work.iterations += 1
        return self.limit.left() <= 0


@dataclass(frozen=True, slots=True)
class _BreakFreeClock:
    """One pattern of breaks: for each k the earliest end of break k, the latest start of break k + 1, the sum cut."""

    spans: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, rests: Sequence[Break]) -> "_BreakFreeClock":
        spans, earliest, cut = [], -HORIZON, 0
        for number in range(len(rests) + 1):
            latest = rests[number].windows[-1][1] if number < len(rests) else HORIZON
            spans.append((earliest, latest, cut))
            if number < len(rests):
                earliest = max(earliest, rests[number].windows[0][0]) + rests[number].service
                cut += rests[number].service
        return cls(tuple(spans))

    @property
    def cut(self) -> int:
        return self.spans[-1][2]

    def pieces(self, windows: Sequence[Window]) -> list[Window]:
        """Return what is left of the windows on this clock."""
        return [
            (low - cut, high - cut)
            for earliest, latest, cut in self.spans
            for early, late in windows
            if (low := max(early, earliest)) <= (high := min(late, latest))
        ]

    def compress(self, time: int) -> int:
        """Return the earliest reading of this clock at a real time."""
        return min(time - cut for earliest, _, cut in self.spans if earliest <= time)


def _merged(pieces: Sequence[Window]) -> list[Window]:
    merged: list[Window] = []
    for early, late in sorted((max(0, early), late) for early, late in pieces if late >= 0):
        if merged and early <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(late, merged[-1][1]))
        else:
            merged.append((early, late))
    return merged


def _distinct(distances: Sequence[Ints], durations: Sequence[Ints]) -> tuple[list[Ints], list[Ints], list[int]]:
    """Keep equal profiles once: the search keeps its books for every profile of every route (measured: 1.5 %)."""
    kept: list[int] = []
    profile_of: list[int] = []
    for number, (distance, duration) in enumerate(zip(distances, durations, strict=True)):
        same = (
            place
            for place, other in enumerate(kept)
            if np.array_equal(distance, distances[other]) and np.array_equal(duration, durations[other])
        )
        place = next(same, len(kept))
        if place == len(kept):
            kept.append(number)
        profile_of.append(place)
    return [distances[number] for number in kept], [durations[number] for number in kept], profile_of


class PyvrpInstance:
    """A model in PyVRP's words, and the way back."""

    def __init__(self, model: Model, *, complete: bool) -> None:
        self.model, self.complete = model, complete
        self.origin = min(vehicle.window[0] for vehicle in model.vehicles)
        self.clocks = [_BreakFreeClock.of(breaks_of(model, v)) for v in range(len(model.vehicles))]
        self.depots = sorted({*model.start_at, *model.end_at})
        self.kinds = sorted(set(model.kinds))
        self.members = {kind: [v for v, k in enumerate(model.kinds) if k == kind] for kind in self.kinds}
        self.clients: list[pyvrp.Client] = []
        self.groups: list[pyvrp.ClientGroup] = []
        self.job_of: list[int] = []
        self.first_of: list[int] = []
        self.pieces = {j: self._windows(j) for j in range(len(model.jobs))}
        self.dimensions = model.dimensions + any(vehicle.max_tasks is not None for vehicle in model.vehicles)
        profiles = self._profiles()
        self.duty = 4 * max((int(cost.max()) for cost, _ in profiles), default=0) + self._stakes()
        self.prohibitive = self.duty * 2 * (1 + max(job.priority for job in model.jobs))
        for j in range(len(model.jobs)):
            self._add(j)
        distances, durations = self._matrices(profiles)
        distances, durations, self.profile_of = _distinct(distances, durations)
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(len(self.depots) + len(model.jobs))],
            clients=self.clients,
            depots=[pyvrp.Depot(location) for location in range(len(self.depots))],
            vehicle_types=[self._vehicle(number, kind) for number, kind in enumerate(self.kinds)],
            distance_matrices=distances,  # type: ignore[arg-type]  # its stub says int for a shape
            duration_matrices=durations,  # type: ignore[arg-type]  # its stub says int for a shape
            groups=self.groups,
        )

    def _stakes(self) -> int:
        fixed = max(vehicle.fixed for vehicle in self.model.vehicles)
        return SCALE * (fixed + sum(job.prize or 0 for job in self.model.jobs)) + 1

    def _windows(self, j: int) -> list[Window]:
        pieces = {piece for clock in set(self.clocks) for piece in clock.pieces(self.model.jobs[j].windows)}
        shifted = [(early - self.origin, late - self.origin) for early, late in pieces]
        return [piece for piece in _merged(shifted) if piece[1] >= self._release(j)]

    def _add(self, j: int) -> None:
        model, job = self.model, self.model.jobs[j]
        required = job.prize is None and self.complete and bool(self.pieces[j])
        prize = self.duty * (job.priority + 1) if job.prize is None else SCALE * job.prize
        prize, pieces = (prize, self.pieces[j]) if self.pieces[j] else (0, [(0, 0)])
        group = len(self.groups) if len(pieces) > 1 else None
        setup, service = model.task(0, j, -1)
        first = len(self.clients)
        self.first_of.append(first)
        for early, late in pieces:
            self.clients.append(
                pyvrp.Client(
                    len(self.depots) + j,
                    delivery=[*(load_at(job.delivery, d) for d in range(model.dimensions)), 1][: self.dimensions],
                    pickup=[*(load_at(job.pickup, d) for d in range(model.dimensions)), 0][: self.dimensions],
                    service_duration=setup + service,
                    tw_early=early,
                    tw_late=late,
                    release_time=min(late, self._release(j)),
                    prize=0 if required else prize,
                    required=required and group is None,
                    group=group,
                )
            )
            self.job_of.append(j)
        if group is not None:
            self.groups.append(pyvrp.ClientGroup(list(range(first, len(self.clients))), required=required))

    def _release(self, j: int) -> int:
        job = self.model.jobs[j]
        if job.release is None or not any(job.delivery):
            return 0
        return max(0, min(clock.compress(job.release) for clock in self.clocks) - self.origin)

    def _vehicle(self, number: int, kind: int) -> pyvrp.VehicleType:
        model, vehicle, cut = self.model, self.model.vehicles[kind], self.clocks[kind].cut
        tasks = len(model.jobs) if vehicle.max_tasks is None else vehicle.max_tasks
        span = HORIZON if vehicle.max_duration is None else max(0, vehicle.max_duration - cut)
        return pyvrp.VehicleType(
            num_available=len(self.members[kind]),
            capacity=[*(load_at(vehicle.capacity, d) for d in range(model.dimensions)), tasks][: self.dimensions],
            start_depot=self.depots.index(model.start_at[kind]),
            end_depot=self.depots.index(model.end_at[kind]),
            fixed_cost=SCALE * vehicle.fixed,
            tw_early=vehicle.window[0] - self.origin,
            tw_late=max(vehicle.window[0] - self.origin, vehicle.window[1] - cut - self.origin),
            profile=self.profile_of[number],
            shift_duration=span,
        )

    def _profiles(self) -> list[tuple[Ints, Ints]]:
        """Return (cost, seconds) between depots and jobs for each kind of vehicle."""
        at = np.array([*self.depots, *self.model.at])
        known: dict[tuple[int, int], tuple[Ints, Ints]] = {}
        blocks = []
        for kind in self.kinds:
            rows, drive = self.model.prices[kind], self.model.travel[kind].seconds
            key = (id(rows), id(drive))
            if key not in known:
                price = np.array(rows, dtype=np.int64)[np.ix_(at, at)]
                seconds = np.array(drive, dtype=np.int64)[np.ix_(at, at)]
                cost = (price * SCALE + HOUR_KM // 2) // HOUR_KM
                known[key] = (np.where(seconds >= UNREACHABLE, 0, cost), seconds)
            blocks.append(known[key])
        return blocks

    def _matrices(self, profiles: list[tuple[Ints, Ints]]) -> tuple[list[Ints], list[Ints]]:
        """Add onward legs, strangers and prohibitions to the ways into each job, and uneven service to the ways out."""
        model, first, distances, durations = self.model, len(self.depots), [], []
        for kind, (cost, seconds) in zip(self.kinds, profiles, strict=True):
            into = np.array(
                [
                    SCALE * model.visit_price(kind, j) if j in model.allowed[kind] else self.prohibitive
                    for j in range(len(model.jobs))
                ],
                dtype=np.int64,
            )
            extra = np.array(
                [sum(model.task(kind, j, -1)) - sum(model.task(0, j, -1)) for j in range(len(model.jobs))],
                dtype=np.int64,
            )
            far = seconds >= UNREACHABLE
            distance = np.where(far, self.prohibitive, cost)
            distance[:, first:] += into
            duration = np.where(far, 10 * 86_400, seconds)
            duration[first:, :] = np.maximum(0, duration[first:, :] + extra[:, None])
            for matrix in (distance, duration):
                np.fill_diagonal(matrix, 0)
            distances.append(distance)
            durations.append(duration)
        return distances, durations

    def solution(self, start: Tours) -> pyvrp.Solution:
        """Return the routes of ``start``, each job by the piece of its windows in which it is really served."""
        numbers = {kind: number for number, kind in enumerate(self.kinds)}
        routes = [
            pyvrp.Route(self.data, self._visits(v, tour), numbers[self.model.kinds[v]])
            for v, tour in start.items()
            if tour
        ]
        return pyvrp.Solution(self.data, routes)

    def _visits(self, v: int, tour: Sequence[int]) -> list[int]:
        if all(len(self.pieces[j]) == 1 for j in tour):
            return [self.first_of[j] for j in tour]
        begins = self._begins(v, tour)
        visits = []
        for j in tour:
            reading, pieces = begins.get(self.model.jobs[j].id, 0), self.pieces[j]
            piece = next((n for n, (early, late) in enumerate(pieces) if early <= reading <= late), 0)
            visits.append(self.first_of[j] + piece)
        return visits

    def _begins(self, v: int, tour: Sequence[int]) -> dict[int, int]:
        placed = best_start(self.model, v, tour)
        if placed is None:
            return {}
        begins, cut = {}, 0
        for step in drive(self.model, v, acts_of(tour, placed[1].gaps), placed[0]).steps:
            if step.type == "break":
                cut += step.service
            elif step.type == "job" and step.id is not None:
                begins[step.id] = step.start - cut - self.origin
        return begins

    def tours(self, solution: pyvrp.Solution) -> Tours:
        """Return the routes by vehicle; vehicles of one kind are dealt in order."""
        free = {kind: list(members) for kind, members in self.members.items()}
        tours: dict[int, list[int]] = {}
        for route in solution.routes():
            kind = self.kinds[route.vehicle_type()]
            jobs = [self.job_of[client] for client in clients_of(route)]
            if jobs:
                tours[free[kind].pop(0)] = jobs
        return tours
