"""PyVRP and VROOM as anybody would use them: the whole problem, from their own start, nothing of ours around them.

Each reports its plans as orders of job ids by vehicle id. What they know: shifts, windows, loads, skills and offices, and
VROOM also breaks and several windows; the days of the bench ask for nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.model import may_serve
from routing.problem import HORIZON, Ints, Problem, Vehicle

HOUR_KM = 3_600_000
SCALE = 10
"""Units of cost in a đồng: a rounded way is at most 0.05 đồng off."""
NEVER = 10**8
"""Units of cost of a way that no rule allows: dearer than any plan of these days' routes."""

INFEASIBLE = 2**62
"""PyVRP gives a plan that breaks rules the largest integer as its cost."""

Tours = Mapping[int, Sequence[int]]
Report = Callable[[Tours | None], None]
"""Takes a plan, or ``None`` to say that there is one which will come with a later report."""
Matrix = NDArray[Any]
Seat = tuple[float, float] | int


@dataclass(frozen=True, slots=True)
class Ways:
    """Places of a whole problem: the vehicles' seats first, then the jobs; one profile for all."""

    seats: tuple[Seat, ...]
    seconds: Ints
    cost: Ints
    """đồng × SCALE."""
    numbered: bool
    """Whether tables by number tell the ways; places may have coordinates beside."""

    @classmethod
    def of(cls, problem: Problem) -> Ways:
        """Compute the whole matrix at once (8 bytes a pair and kind), or read it where tables are given."""
        first, table = problem.vehicles[0], problem.tables.get(problem.vehicles[0].profile)
        numbered = table is not None
        seats = tuple(dict.fromkeys(_seat_of(vehicle, numbered=numbered) for vehicle in problem.vehicles))
        if table is None:
            points: list[Any] = [*seats, *(job.location for job in problem.jobs if job.location is not None)]
            seconds, metres = problem.travel_times.block(first.profile, points, points)
        else:
            index = np.ix_(*2 * [[*seats, *(job.location_index or 0 for job in problem.jobs)]])
            seconds, metres = table.durations[index], table.distances[index]
            if table.costs is not None:
                return cls(seats, seconds, table.costs[index] * SCALE, numbered)
        exact = first.per_km * metres * 3600 + first.per_hour * 1000 * seconds
        return cls(seats, seconds, (exact * SCALE + HOUR_KM // 2) // HOUR_KM, numbered)

    def seat(self, vehicle: Vehicle) -> int:
        """Return the number of a vehicle's place."""
        return self.seats.index(_seat_of(vehicle, numbered=self.numbered))


def _seat_of(vehicle: Vehicle, *, numbered: bool) -> Seat:
    """Return where a vehicle starts: by the number that its table knows, else by coordinates."""
    return vehicle.start_index or 0 if numbered or vehicle.start is None else vehicle.start


def crews(problem: Problem) -> dict[object, list[Vehicle]]:
    """Group vehicles that are the same to an engine."""
    found: dict[object, list[Vehicle]] = {}
    for v in problem.vehicles:
        same = v.start, v.start_index, v.office, v.skills, v.window, v.capacity, v.fixed, v.max_duration
        found.setdefault(same, []).append(v)
    return found


def refusals_of(problem: Problem, vehicle: Vehicle) -> tuple[bool, ...]:
    """Say for each job whether the vehicle may not serve it."""
    if problem.assignment == "free" and problem.onward is None and not any(job.skills for job in problem.jobs):
        return (False,) * len(problem.jobs)
    return tuple(not may_serve(problem, vehicle, job) for job in problem.jobs)


def pyvrp(problem: Problem, seconds: float, seed: int, report: Report) -> None:
    """Search until this process has worked so long; the moment of the first feasible plan is told."""
    library: Any = import_module("pyvrp")

    until = time.process_time() + seconds
    groups, data = _pyvrp_data(problem)
    feasible: list[bool] = []

    def stop(best_cost: int) -> bool:
        if not feasible and best_cost < INFEASIBLE:
            feasible.append(True)
            report(None)
        return time.process_time() >= until

    best = library.solve(data, stop, seed=seed, collect_stats=False, display=False).best
    if not best.is_feasible():
        return
    free = [list(group) for group in groups]
    report(
        {
            free[route.vehicle_type()].pop(0).id: [problem.jobs[act.idx].id for act in route if act.is_client()]
            for route in best.routes()
            if route.num_clients()
        }
    )


def _pyvrp_data(problem: Problem) -> tuple[list[list[Vehicle]], Any]:
    library: Any = import_module("pyvrp")

    ways, groups = Ways.of(problem), list(crews(problem).values())
    first, profiles = len(ways.seats), dict.fromkeys(refusals_of(problem, group[0]) for group in groups)
    numbers = {refused: number for number, refused in enumerate(profiles)}
    distances = []
    for refused in profiles:
        cost = ways.cost.copy()
        cost[:, first:][:, np.array(refused, dtype=bool)] = NEVER
        np.fill_diagonal(cost, 0)
        distances.append(cost)
    origin = min(vehicle.window[0] for vehicle in problem.vehicles)
    types = [
        library.VehicleType(
            len(group),
            capacity=list(group[0].capacity),
            start_depot=ways.seat(group[0]),
            end_depot=ways.seat(group[0]),
            fixed_cost=SCALE * group[0].fixed,
            tw_early=group[0].window[0] - origin,
            tw_late=group[0].window[1] - origin,
            profile=numbers[refusals_of(problem, group[0])],
            **({} if group[0].max_duration is None else {"shift_duration": group[0].max_duration}),
        )
        for group in groups
    ]
    clients = [
        library.Client(
            first + number,
            delivery=list(job.delivery) or [0],
            pickup=list(job.pickup) or [0],
            service_duration=job.service,
            tw_early=max(0, job.windows[0][0] - origin),
            tw_late=job.windows[0][1] - origin,
        )
        for number, job in enumerate(problem.jobs)
    ]
    data = library.ProblemData(
        locations=[library.Location(0, 0) for _ in range(first + len(clients))],
        clients=clients,
        depots=[library.Depot(number) for number in range(first)],
        vehicle_types=types,
        distance_matrices=distances,
        duration_matrices=[ways.seconds] * len(distances),
    )
    return groups, data


def vroom(problem: Problem, seconds: float, seed: int, report: Report) -> None:
    """Explore at level 5 until done: no limit of VROOM's bounds its construction, so it ends when it ends."""
    library: Any = import_module("vroom")

    del seconds, seed
    ways = Ways.of(problem)
    first, instance = len(ways.seats), library.Input()
    instance.set_durations_matrix("car", ways.seconds.astype(np.uint32))
    instance.set_distances_matrix("car", ways.cost.astype(np.uint32))
    instance.set_costs_matrix("car", (ways.cost // SCALE).astype(np.uint32))
    refused = {id(v): refusals_of(problem, group[0]) for group in crews(problem).values() for v in group}
    bound = any(any(row) for row in refused.values())
    for vehicle in problem.vehicles:
        instance.add_vehicle(
            library.Vehicle(
                vehicle.id,
                start=ways.seat(vehicle),
                end=ways.seat(vehicle),
                capacity=list(vehicle.capacity),
                skills={n for n, no in enumerate(refused[id(vehicle)], start=1) if not no} if bound else set(),
                time_window=_vroom_windows([vehicle.window])[0],
                breaks=[library.Break(rest.id, _vroom_windows(rest.windows), rest.service) for rest in vehicle.breaks],
                costs=library.VehicleCosts(fixed=vehicle.fixed),
            )
        )
    for number, job in enumerate(problem.jobs):
        instance.add_job(
            library.Job(
                job.id,
                first + number,
                default_service=job.service,
                delivery=list(job.delivery) or [0],
                pickup=list(job.pickup) or [0],
                skills={number + 1} if bound else set(),
                time_windows=_vroom_windows(job.windows),
            )
        )
    solution = instance.solve(exploration_level=5, nb_threads=1)
    tours: dict[int, list[int]] = {}
    for act in solution._routes_numpy():
        if act["type"].decode().rstrip("\0") == "job":
            tours.setdefault(int(act["vehicle_id"]), []).append(int(act["id"]))
    report(tours)


def _vroom_windows(windows: Sequence[tuple[int, int]]) -> list[Any]:
    library: Any = import_module("vroom")

    return [library.TimeWindow(early, min(late, 2**31)) for early, late in windows if late < HORIZON or early == 0]
