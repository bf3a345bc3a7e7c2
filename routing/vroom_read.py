"""Read VROOM's JSON: which keys each object may have, and what becomes of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from routing.matrix import Geodesic
from routing.plan import REASONS, Plan, Route, Step, Unassigned
from routing.problem import (
    UNREACHABLE,
    Assignment,
    Break,
    Ints,
    Job,
    Onward,
    PlannedStep,
    Problem,
    TravelTable,
    TravelTimes,
    Vehicle,
)
from routing.reader import (
    LARGEST,
    JsonReader,
    Keys,
    flag,
    integer,
    integer_set,
    integers,
    list_of,
    number,
    per_type,
    point,
    same,
    speeds,
    text,
    under,
    window,
    windows,
)
from routing.validate import Invalid

ACTS = ("start", "job", "break", "reload", "end")
MOST_DETOUR = 10.0
SLOWEST, FASTEST = 0.1, 1000.0
"""km/h within which a profile's speed lies."""


def problem_from_json(document: Any, travel_times: TravelTimes | None = None) -> Problem:
    """Return the problem of a decoded JSON document; raise ``Invalid`` with every fault of its form.

    ``travel_times`` serves places given by coordinates; without it the document's own, or geodesic ones, do.
    What a field means is left to ``routing.validate``.
    """
    reader = JsonReader()
    problem = _problem(reader, document, travel_times)
    if reader.faults or problem is None:
        raise Invalid(reader.faults)
    return problem


def plan_from_json(document: Any) -> tuple[Plan, bool]:
    """Return the order of acts of a plan (VROOM's output, or a hand-made one with as little as types and ids).

    The second value says whether the document names what it leaves out.
    """
    reader = JsonReader()
    plan = _plan(reader, document)
    if reader.faults:
        raise Invalid(reader.faults)
    return plan, "unassigned" in document


def _problem(reader: JsonReader, document: Any, travel_times: TravelTimes | None) -> Problem | None:
    members = reader.fields(document, "", DOCUMENT)
    for name in ("vehicles", "jobs"):
        if name not in members and not reader.faults:
            reader.fault("missing", name, "is required: an array")
    if reader.faults:
        return None
    jobs, times = members["jobs"], members.get("travel_times")
    home: Assignment = "home" if any(job.office is not None for job in jobs) else "free"
    _distances_wanted(reader, members["vehicles"], document.get("matrices", {}))
    return Problem(
        vehicles=members["vehicles"],
        jobs=jobs,
        travel_times=travel_times or times or Geodesic(),
        assignment=members.get("assignment", home),
        onward=members.get("onward"),
        tables=members.get("tables", {}),
    )


def _distances_wanted(reader: JsonReader, vehicles: tuple[Vehicle, ...], matrices: Mapping[str, Any]) -> None:
    """Metres that nobody gave must not count as none."""
    for place, vehicle in enumerate(vehicles):
        bare = vehicle.profile in matrices and "distances" not in matrices[vehicle.profile]
        for name, used in (("costs.per_km", vehicle.per_km != 0), ("max_distance", vehicle.max_distance is not None)):
            if bare and used:
                message = f"needs matrices.{vehicle.profile}.distances, which are missing"
                reader.fault("no_distances", f"vehicles[{place}].{name}", message)


def _plan(reader: JsonReader, document: Any) -> Plan:
    members = reader.members(document, "", "must be an object with routes")
    if not members and not isinstance(document, dict):
        return Plan()
    routes = reader.items(members.get("routes"), "routes", _route)
    left = reader.items(members.get("unassigned", []), "unassigned", _left_out)
    return Plan(routes=routes, unassigned=left)


def _assignment(reader: JsonReader, value: Any, path: str) -> str | None:
    if value not in ("home", "free"):
        reader.fault("value", path, "must be home or free")
        return None
    return str(value)


def _break(reader: JsonReader, value: Any, path: str) -> Break | None:
    rest: Break | None = reader.built(Break, value, path, BREAK)
    return rest


def _planned(reader: JsonReader, value: Any, path: str) -> PlannedStep | None:
    before, members = len(reader.faults), reader.fields(value, path, PLANNED)
    if members.get("type") not in ACTS:
        if len(reader.faults) == before:
            reader.fault("value", f"{path}.type", "must be start, job, break, reload or end")
        return None
    if members["type"] in {"job", "break"} and "id" not in members and len(reader.faults) == before:
        reader.fault("missing", f"{path}.id", "is required: a whole number")
    return PlannedStep(**members)


def _costs(reader: JsonReader, value: Any, path: str) -> dict[str, int]:
    return reader.fields(value, path, COSTS)


def _vehicle(reader: JsonReader, value: Any, path: str) -> Vehicle | None:
    def kind(*, costs: Mapping[str, Any] | None = None, **fields: Any) -> Vehicle:
        return Vehicle(**fields, **(costs or {}))

    vehicle: Vehicle | None = reader.built(kind, value, path, VEHICLE)
    return vehicle


def _job(reader: JsonReader, value: Any, path: str) -> Job | None:
    job: Job | None = reader.built(Job, value, path, JOB)
    return job


def _matrices(reader: JsonReader, value: Any, path: str) -> dict[str, TravelTable]:
    members = reader.members(value, path, "must be an object by profile")
    tables = {
        text(reader, profile, under(path, profile)): _table(reader, table, under(path, profile))
        for profile, table in members.items()
    }
    return {profile: table for profile, table in tables.items() if profile is not None and table is not None}


def _table(reader: JsonReader, value: Any, path: str) -> TravelTable | None:
    matrices = reader.fields(value, path, TABLE)
    if "durations" not in matrices:
        if isinstance(value, dict) and "durations" not in value:
            reader.fault("missing", f"{path}.durations", "is required: an array of arrays of seconds")
        return None
    seconds = matrices["durations"]
    seconds = np.where(seconds == NO_WAY, UNREACHABLE, seconds)
    return TravelTable(seconds, matrices.get("distances", np.zeros_like(seconds)), matrices.get("costs"))


def _matrix(reader: JsonReader, value: Any, path: str) -> Ints | None:
    """Return a square matrix; its first faulty row or element is named."""
    if not isinstance(value, list) or not value:
        reader.fault("type", path, "must be an array of arrays of whole numbers")
        return None
    for row_number, row in enumerate(value):
        if not isinstance(row, list) or len(row) != len(value):
            reader.fault("shape", f"{path}[{row_number}]", f"must be an array of {len(value)} numbers, one per row")
            return None
        for column, element in enumerate(row):
            if type(element) is not int or not 0 <= element < LARGEST:
                reader.fault("type", f"{path}[{row_number}][{column}]", "must be a whole number, not negative")
                return None
    return np.array(value, dtype=np.int64)


def _onward(reader: JsonReader, value: Any, path: str) -> Onward | None:
    members = reader.fields(value, path, ONWARD)
    metres_by_pair: dict[tuple[int, int], int] = {}
    for place, triple in enumerate(members.get("distances", ())):
        if len(triple) != 3:  # noqa: PLR2004  office, desk, metres
            reader.fault("type", f"{path}.distances[{place}]", "must be [office, desk, metres]")
        elif triple[:2] in metres_by_pair:
            reader.fault("duplicate", f"{path}.distances[{place}]", "gives the way of this office and desk again")
        else:
            metres_by_pair[triple[:2]] = triple[2]
    return Onward(metres_by_pair, members.get("per_km", 0))


def _triples(reader: JsonReader, value: Any, path: str) -> tuple[tuple[int, ...], ...]:
    return reader.items(value, path, integers)


def _travel_times(reader: JsonReader, value: Any, path: str) -> Geodesic | None:
    members = reader.fields(value, path, TRAVEL_TIMES)
    km_per_hour = members.get("speeds", {})
    sound = members.get("kind") == "geodesic" and 1.0 <= members.get("detour", 1.0) <= MOST_DETOUR
    if not sound or not all(SLOWEST <= speed <= FASTEST for speed in km_per_hour.values()):
        reader.fault(
            "value",
            path,
            f"must be of kind geodesic, with a detour from 1 to {MOST_DETOUR:g} "
            f"and speeds from {SLOWEST:g} to {FASTEST:g} km/h",
        )
        return None
    return Geodesic(**{name: members[name] for name in ("detour", "speeds") if name in members})


def _route(reader: JsonReader, value: Any, path: str) -> Route | None:
    members = reader.members(value, path)
    if not members:
        return None
    vehicle = integer(reader, members.get("vehicle"), f"{path}.vehicle")
    steps = reader.items(members.get("steps"), f"{path}.steps", _step)
    return None if vehicle is None else Route(vehicle, steps)


def _step(reader: JsonReader, value: Any, path: str) -> Step | None:
    members = reader.members(value, path)
    kind = members.get("type")
    if kind not in ACTS:
        reader.fault("value", f"{path}.type", "must be start, job, break, reload or end")
        return None
    acts = kind in {"job", "break"}
    return Step(kind, integer(reader, members.get("id", members.get("job")), f"{path}.id") if acts else None)


def _left_out(reader: JsonReader, value: Any, path: str) -> Unassigned | None:
    members = reader.members(value, path)
    read, reason = integer(reader, members.get("id"), f"{path}.id"), members.get("reason", "shift")
    if reason not in REASONS:
        reader.fault("value", f"{path}.reason", f"must be one of {', '.join(REASONS)}")
        return None
    return None if read is None else Unassigned(read, reason)


PLANNED: Keys = {**same(text, "type"), **same(integer, "id", "service_at", "service_after", "service_before")}
BREAK: Keys = {
    **same(integer, "id", "service"),
    **same(text, "description"),
    "time_windows": ("windows", windows),
    "max_load": ("max_load", integers),
}
COSTS: Keys = same(integer, "fixed", "per_hour", "per_km", "per_task_hour")
VEHICLE: Keys = {
    **same(integer, "id", "start_index", "end_index", "office", "max_tasks", "max_travel_time", "max_distance"),
    **same(integer, "max_duration", "max_trips", "reload"),
    **same(text, "profile", "description", "type"),
    **same(point, "start", "end"),
    "capacity": ("capacity", integers),
    "costs": ("costs", _costs),
    "skills": ("skills", integer_set),
    "time_window": ("window", window),
    "breaks": ("breaks", list_of(_break)),
    "speed_factor": ("speed_factor", number),
    "steps": ("steps", list_of(_planned)),
}
JOB: Keys = {
    **same(integer, "id", "location_index", "setup", "service", "priority", "prize", "release"),
    **same(integer, "office", "origin", "desk", "vehicle", "stranger"),
    **same(text, "description"),
    **same(flag, "movable"),
    **same(integers, "delivery", "pickup"),
    **same(per_type, "setup_per_type", "service_per_type"),
    "location": ("location", point),
    **same(integer_set, "skills", "usual"),
    "time_windows": ("windows", windows),
}
NO_WAY = 2**32 - 1
"""Seconds, 136 years: VROOM's largest duration, which makers of matrices write where no way leads."""
TABLE: Keys = same(_matrix, "durations", "distances", "costs")
ONWARD: Keys = {**same(integer, "per_km"), "distances": ("distances", _triples)}
TRAVEL_TIMES: Keys = {**same(text, "kind"), **same(number, "detour"), "km_per_hour": ("speeds", speeds)}
DOCUMENT: Keys = {
    "vehicles": ("vehicles", list_of(_vehicle)),
    "jobs": ("jobs", list_of(_job)),
    "matrices": ("tables", _matrices),
    "assignment": ("assignment", _assignment),
    "onward": ("onward", _onward),
    "travel_times": ("travel_times", _travel_times),
}
