"""Every fault of a problem at once, each with a code and the path of the field (in VROOM's names)."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from routing.matrix import Geodesic
from routing.problem import (
    HORIZON,
    UNREACHABLE,
    Break,
    Job,
    Onward,
    PlannedStep,
    Point,
    Problem,
    TravelTable,
    Vehicle,
    Window,
    in_order,
)

MOST_DONG = 10**10
"""No price is larger; sums then stay within 64 bits in every engine."""
MOST_RATE = 10**8
"""No đồng per km or hour is larger."""
LARGEST_ID = 2**53
MOST_TRIPS = 3
"""No vehicle has more trips a day: every way to cut a tour into that many is looked at."""


@dataclass(frozen=True, slots=True)
class ProblemFault:
    """What is wrong where: ``path`` such as ``jobs[3].time_windows[0]``, ``message`` a sentence with the way out."""

    code: str
    path: str
    message: str


class Invalid(ValueError):
    """A problem that cannot be understood; ``faults`` names everything that is wrong with it."""

    def __init__(self, faults: Sequence[ProblemFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in self.faults))


ProblemFaults = Iterator[ProblemFault]


def validate(problem: Problem) -> list[ProblemFault]:
    """Return all faults of a problem; an empty list says that it can be planned."""
    return list(_faults(problem))


def _faults(problem: Problem) -> ProblemFaults:
    yield from _ids("vehicles", [vehicle.id for vehicle in problem.vehicles])
    yield from _ids("jobs", [job.id for job in problem.jobs])
    if problem.jobs and not problem.vehicles:
        yield ProblemFault("no_vehicles", "vehicles", "there are jobs but no vehicle: add at least one")
    for profile, table in problem.tables.items():
        yield from _table(f"matrices.{profile}", table)
    width = max((len(vehicle.capacity) for vehicle in problem.vehicles), default=0)
    for number, vehicle in enumerate(problem.vehicles):
        yield from _vehicle(f"vehicles[{number}]", vehicle, problem, width)
    yield from _steps(problem)
    if problem.onward is not None:
        yield from _onward(problem.onward)
    known = {vehicle.id for vehicle in problem.vehicles}
    for number, job in enumerate(problem.jobs):
        yield from _job(f"jobs[{number}]", job, problem, width)
        if job.vehicle is not None and job.vehicle not in known:
            yield ProblemFault("unknown_vehicle", f"jobs[{number}].vehicle", f"there is no vehicle {job.vehicle}")
        for vehicle_id in sorted(job.usual - known):
            yield ProblemFault("unknown_vehicle", f"jobs[{number}].usual", f"there is no vehicle {vehicle_id}")


def _ids(name: str, ids: Sequence[int]) -> ProblemFaults:
    seen: set[int] = set()
    for number, value in enumerate(ids):
        yield from _within(f"{name}[{number}].id", value, LARGEST_ID)
        if value in seen:
            yield ProblemFault(
                "duplicate_id", f"{name}[{number}].id", f"the id {value} is used twice: give each its own"
            )
        seen.add(value)


def _table(path: str, table: TravelTable) -> ProblemFaults:
    size = table.durations.shape[0]
    for name, matrix in (("durations", table.durations), ("distances", table.distances), ("costs", table.costs)):
        if matrix is None:
            continue
        if matrix.ndim != 2 or matrix.shape != (size, size):  # noqa: PLR2004  rows and columns
            yield ProblemFault("shape", f"{path}.{name}", f"must be {size} rows of {size} numbers, not {matrix.shape}")
        elif size and int(matrix.min()) < 0:
            row, column = divmod(int(matrix.argmin()), size)
            yield ProblemFault("negative", f"{path}.{name}[{row}][{column}]", "must not be negative")
        elif size and name == "costs" and int(matrix.max()) > MOST_DONG:
            row, column = divmod(int(matrix.argmax()), size)
            yield ProblemFault("range", f"{path}.{name}[{row}][{column}]", f"must be from 0 to {MOST_DONG}")


def _vehicle(path: str, vehicle: Vehicle, problem: Problem, width: int) -> ProblemFaults:
    table = problem.tables.get(vehicle.profile)
    yield from _ends(path, vehicle, table)
    yield from _profile(path, vehicle, problem, table)
    yield from _windows(f"{path}.time_window", [vehicle.window])
    yield from _amounts(f"{path}.capacity", vehicle.capacity, width)
    yield from _amounts(f"{path}.skills", sorted(vehicle.skills), None)
    yield from _within(f"{path}.costs.fixed", vehicle.fixed, MOST_DONG)
    for name in ("per_hour", "per_km", "per_task_hour"):
        yield from _within(f"{path}.costs.{name}", getattr(vehicle, name), MOST_RATE)
    for name in ("max_tasks", "max_travel_time", "max_distance", "max_duration"):
        yield from _within(f"{path}.{name}", getattr(vehicle, name), HORIZON)
    if not 0 < vehicle.speed_factor <= 5:  # noqa: PLR2004  VROOM's range
        yield ProblemFault("range", f"{path}.speed_factor", "must be above 0 and at most 5")
    yield from _breaks(path, vehicle, width)
    yield from _trips(path, vehicle)


def _trips(path: str, vehicle: Vehicle) -> ProblemFaults:
    yield from _within(f"{path}.reload", vehicle.reload, HORIZON)
    if not 1 <= vehicle.max_trips <= MOST_TRIPS:
        yield ProblemFault("range", f"{path}.max_trips", f"must be from 1 to {MOST_TRIPS}")
    start, end = (vehicle.start_index, vehicle.start), (vehicle.end_index, vehicle.end)
    if vehicle.max_trips > 1 and (start == (None, None) or start != end):
        message = "more than one trip needs a start that is the end, too: the bag is filled there"
        yield ProblemFault("no_reload_place", f"{path}.max_trips", message)


def _ends(path: str, vehicle: Vehicle, table: TravelTable | None) -> ProblemFaults:
    for name, index, point in (("start", vehicle.start_index, vehicle.start), ("end", vehicle.end_index, vehicle.end)):
        if index is not None or point is not None:
            yield from _place(f"{path}.{name}", index, point, table)
    if (vehicle.start, vehicle.start_index, vehicle.end, vehicle.end_index) == (None, None, None, None):
        yield ProblemFault("no_place", f"{path}.start", "give a start or an end")


def _profile(path: str, vehicle: Vehicle, problem: Problem, table: TravelTable | None) -> ProblemFaults:
    known = problem.travel_times.profiles if isinstance(problem.travel_times, Geodesic) else None
    if table is None and known is not None and vehicle.profile not in known:
        names = ", ".join(sorted({*known, *problem.tables}))
        yield ProblemFault(
            "unknown_profile", f"{path}.profile", f"there is no profile {vehicle.profile!r}: use one of {names}"
        )
    if table is not None and table.costs is not None and (vehicle.per_hour != 3600 or vehicle.per_km):  # noqa: PLR2004 - VROOM's default: one đồng a second
        yield ProblemFault(
            "costs_twice", f"{path}.costs", "a costs matrix replaces per_hour and per_km: leave them out"
        )
    elif table is not None and _dearest(table, vehicle) > MOST_DONG:
        message = f"the dearest way in matrices.{vehicle.profile} would cost more than {MOST_DONG} đồng"
        yield ProblemFault("too_dear", f"{path}.costs", message)


def _dearest(table: TravelTable, vehicle: Vehicle) -> int:
    """Return about the đồng of the dearest way that exists."""
    if table.distances.shape != table.durations.shape or not table.durations.size:
        return 0
    there = table.durations < UNREACHABLE
    seconds, metres = (int(np.max(m, where=there, initial=0)) for m in (table.durations, table.distances))
    return vehicle.per_km * metres // 1000 + vehicle.per_hour * seconds // 3600


def _breaks(path: str, vehicle: Vehicle, width: int) -> ProblemFaults:
    before = 0
    yield from _ids(f"{path}.breaks", [rest.id for rest in vehicle.breaks])
    for number, rest in enumerate(vehicle.breaks):
        for fault in _break(f"{path}.breaks[{number}]", rest, vehicle, width):
            before += 1
            yield fault
    if before or not vehicle.breaks:
        return
    time = vehicle.window[0]
    for rest in in_order(vehicle.breaks):
        begin = next((max(time, early) for early, late in rest.windows if time <= late), HORIZON)
        time = begin + rest.service
    if time > vehicle.window[1]:
        message = "the breaks, one after another, do not fit into the vehicle's time_window"
        yield ProblemFault("breaks_outside_shift", f"{path}.breaks", message)


def _break(path: str, rest: Break, vehicle: Vehicle, width: int) -> ProblemFaults:
    wrong = list(_windows(f"{path}.time_windows", rest.windows))
    yield from wrong
    yield from _within(f"{path}.service", rest.service, HORIZON)
    if rest.max_load is not None:
        yield from _amounts(f"{path}.max_load", rest.max_load, width)
    if wrong or rest.service < 0:
        return
    opens, closes = vehicle.window
    if not any(max(early, opens) <= min(late, closes - rest.service) for early, late in rest.windows):
        yield ProblemFault(
            "break_outside_shift", path, "the break does not fit into the vehicle's time_window: move or shorten it"
        )


def _job(path: str, job: Job, problem: Problem, width: int) -> ProblemFaults:
    profiles = {vehicle.profile for vehicle in problem.vehicles}
    if job.location is None and job.location_index is None:
        yield ProblemFault(
            "no_place", f"{path}.location", "give coordinates [lon, lat] (or location_index with matrices)"
        )
    for profile in sorted(profiles) if (job.location, job.location_index) != (None, None) else ():
        yield from _place(f"{path}.location", job.location_index, job.location, problem.tables.get(profile))
    yield from _windows(f"{path}.time_windows", job.windows)
    if problem.vehicles:
        yield from _amounts(f"{path}.delivery", job.delivery, width)
        yield from _amounts(f"{path}.pickup", job.pickup, width)
    yield from _amounts(f"{path}.skills", sorted(job.skills), None)
    for name in ("service", "setup", "release"):
        yield from _within(f"{path}.{name}", getattr(job, name), HORIZON)
    for name, table in (("service_per_type", job.service_per_type), ("setup_per_type", job.setup_per_type)):
        for kind, value in table.items():
            yield from _within(f"{path}.{name}.{kind}", value, HORIZON)
    yield from _within(f"{path}.prize", job.prize, MOST_DONG)
    yield from _within(f"{path}.stranger", job.stranger, MOST_DONG)
    yield from _within(f"{path}.priority", job.priority, 100)


def _place(path: str, index: int | None, point: Point | None, table: TravelTable | None) -> ProblemFaults:
    if table is not None:
        size = table.durations.shape[0]
        if index is None:
            yield ProblemFault("no_index", f"{path}_index", "is needed, because matrices are given")
        elif not 0 <= index < size:
            yield ProblemFault("index", f"{path}_index", f"must be from 0 to {size - 1}, the size of the matrices")
    elif point is None:
        yield ProblemFault("no_place", path, "give coordinates [lon, lat]: there are no matrices for an index")
    elif not (all(map(math.isfinite, point)) and abs(point[0]) <= 180 and abs(point[1]) <= 90):  # noqa: PLR2004 - degrees
        yield ProblemFault("coordinates", path, "must be [lon, lat] in degrees, longitude first")


def _windows(path: str, windows: Sequence[Window]) -> ProblemFaults:
    if not windows:
        yield ProblemFault("empty", path, "must hold at least one window: leave it out when the time is open")
    last = -1
    for number, (early, late) in enumerate(windows):
        where = f"{path}[{number}]" if path.endswith("s") else path
        if not 0 <= early <= late <= HORIZON:
            yield ProblemFault("window", where, "must be [from, to] with 0 ≤ from ≤ to")
        elif early <= last:
            yield ProblemFault("overlap", where, "windows must follow one another without overlap")
        last = max(last, late)


def _amounts(path: str, amounts: Sequence[int], width: int | None) -> ProblemFaults:
    if width is not None and amounts and len(amounts) != width:
        yield ProblemFault("size", path, f"must hold {width} numbers, as the capacities do")
    yield from (fault for n, amount in enumerate(amounts) for fault in _within(f"{path}[{n}]", amount, HORIZON))


def _steps(problem: Problem) -> ProblemFaults:
    """A planned route must be one: known ids, each once, the start first and the end last."""
    jobs, seen = {job.id for job in problem.jobs}, set[int]()
    for number, vehicle in enumerate(problem.vehicles):
        rests = {rest.id for rest in vehicle.breaks}
        for place, step in enumerate(vehicle.steps or ()):
            path = f"vehicles[{number}].steps[{place}]"
            known, done = (jobs, seen) if step.type == "job" else (rests, set[int]())
            if step.type in {"job", "break"} and step.id not in known:
                yield ProblemFault("unknown_step", f"{path}.id", f"there is no {step.type} {step.id}")
            elif step.id in done:
                yield ProblemFault("duplicate_step", f"{path}.id", f"the job {step.id} is planned twice")
            yield from _order(path, vehicle, place)
            yield from _step_times(path, step)
            if step.type == "job" and step.id is not None:
                seen.add(step.id)
        taken = [step.id for step in vehicle.steps or () if step.type == "break"]
        if len(set(taken)) < len(taken):
            yield ProblemFault("duplicate_step", f"vehicles[{number}].steps", "a break is planned twice")


def _order(path: str, vehicle: Vehicle, place: int) -> ProblemFaults:
    steps = vehicle.steps or ()
    misplaced = {"start": place > 0, "end": place < len(steps) - 1}
    if misplaced.get(steps[place].type, False):
        yield ProblemFault("order", f"{path}.type", "a start comes first and an end last")


def _step_times(path: str, step: PlannedStep) -> ProblemFaults:
    for name in ("service_at", "service_after", "service_before"):
        yield from _within(f"{path}.{name}", getattr(step, name), HORIZON)
    early, late = step.bounds
    if early > late:
        yield ProblemFault("window", path, "service_at, service_after and service_before leave no time")


def _onward(onward: Onward) -> ProblemFaults:
    yield from _within("onward.per_km", onward.per_km, MOST_RATE)
    for (office, desk), metres in onward.distances.items():
        if not 0 <= metres < UNREACHABLE:
            path = f"onward.distances[{office}, {desk}]"
            yield ProblemFault("range", path, f"must be from 0 to {UNREACHABLE - 1}: leave a pair without a way out")


def _within(path: str, value: int | None, most: int) -> Iterable[ProblemFault]:
    if value is not None and not 0 <= value <= most:
        yield ProblemFault("range", path, f"must be from 0 to {most}")
