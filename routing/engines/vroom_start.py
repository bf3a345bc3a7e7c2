"""VROOM: a fast start that knows windows, breaks, skills and loads; prizes, releases and spans it does not."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import vroom

from routing.engines.interface import Limit
from routing.model import HOUR_KM, Model, load_at
from routing.problem import HORIZON, UNREACHABLE, Ints, Window
from routing.search_params import SearchParams
from routing.timing import breaks_of
from routing.tours import Tours

FAR = 2**22
"""Seconds or đồng of a way that does not exist, within VROOM's 32-bit matrices."""
LATEST = 2**31
"""A window open until then counts as always open."""


def knows(model: Model) -> bool:
    """Say whether the rules of the problem are all VROOM's own; else its answer would need too much mending."""
    plain = all(
        job.prize is None and not (job.release and any(job.delivery)) and not (job.usual and job.stranger)
        for job in model.jobs
    )
    ends = all(start or end for start, end in zip(model.start_at, model.end_at, strict=True))
    return plain and ends and all(vehicle.max_duration is None and vehicle.max_trips == 1 for vehicle in model.vehicles)


def solve(model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams) -> Tours | None:
    """Construct and improve; ``start``, ``seed`` and ``params`` mean nothing to VROOM. Time bounds its search, not its start."""
    del seed, start, params
    if not model.jobs or not model.vehicles or not knows(model):
        return None
    instance = vroom.Input()
    for kind in set(model.kinds):
        seconds, metres, cost = _matrices(model, kind)
        instance.set_durations_matrix(str(kind), seconds)
        instance.set_distances_matrix(str(kind), metres)
        instance.set_costs_matrix(str(kind), cost)
    instance.add_vehicle([_vehicle(model, v) for v in range(len(model.vehicles))])
    instance.add_job([_job(model, j) for j in range(len(model.jobs))])
    level = 5 if limit.iterations is None else min(5, limit.iterations)
    timeout = None if limit.deadline is None else timedelta(seconds=max(0.01, limit.left()))
    solution = instance.solve(exploration_level=level, nb_threads=1, timeout=timeout)
    tours: dict[int, list[int]] = {}
    for act in solution._routes_numpy():  # noqa: SLF001  the public `routes` needs pandas for the same rows
        if act["type"].decode().rstrip("\0") == "job":
            tours.setdefault(int(act["vehicle_id"]), []).append(int(act["id"]))
    return tours


def _matrices(model: Model, kind: int) -> tuple[Ints, Ints, Ints]:
    """Return seconds (at the vehicle's own speed), metres and đồng between places."""
    seconds = np.array(model.travel[kind].seconds, dtype=np.int64)
    far = seconds >= UNREACHABLE
    cost = (np.array(model.prices[kind], dtype=np.int64) + HOUR_KM // 2) // HOUR_KM
    metres = np.array(model.travel[kind].metres, dtype=np.int64)
    return np.where(far, FAR, seconds), np.where(far, FAR, metres), np.where(far, FAR, cost)


def _windows(windows: Sequence[Window]) -> list[vroom.TimeWindow]:
    return [vroom.TimeWindow(early, min(late, LATEST)) for early, late in windows if early < LATEST]


def _vehicle(model: Model, v: int) -> vroom.Vehicle:
    vehicle = model.vehicles[v]
    bounds = {
        name: value
        for name, value in (
            ("max_tasks", vehicle.max_tasks),
            ("max_travel_time", vehicle.max_travel_time),
            ("max_distance", vehicle.max_distance),
        )
        if value is not None
    }
    rests = [
        vroom.Break(number, _windows(rest.windows), rest.service, max_load=rest.max_load)
        for number, rest in enumerate(breaks_of(model, v))
    ]
    return vroom.Vehicle(
        v,
        start=model.start_at[v] or None,
        end=model.end_at[v] or None,
        profile=str(model.kinds[v]),
        capacity=[load_at(vehicle.capacity, d) for d in range(model.dimensions)],
        skills=set(model.allowed[v]),
        time_window=None if vehicle.window == (0, HORIZON) else _windows([vehicle.window])[0],
        breaks=rests,
        costs=vroom.VehicleCosts(fixed=vehicle.fixed),
        type=vehicle.type,
        **bounds,
    )


def _job(model: Model, j: int) -> vroom.Job:
    """A job needs the skill of its own number: a vehicle has the numbers of all jobs that it may serve."""
    job = model.jobs[j]
    return vroom.Job(
        j,
        model.at[j],
        default_setup=job.setup,
        default_service=job.service,
        delivery=[load_at(job.delivery, d) for d in range(model.dimensions)],
        pickup=[load_at(job.pickup, d) for d in range(model.dimensions)],
        skills={j},
        priority=min(100, job.priority),
        time_windows=_windows(job.windows),
        setup_per_type=dict(job.setup_per_type),
        service_per_type=dict(job.service_per_type),
    )
