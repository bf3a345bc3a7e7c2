"""Read VROOM's JSON with a table of keys per object; every fault is found at once, no key is dropped silently."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from routing.matrix import Geodesic
from routing.plan import Plan, Route, Step, Unassigned
from routing.problem import (
    ALWAYS,
    Assignment,
    Break,
    Ints,
    Job,
    Onward,
    PlannedStep,
    Point,
    Problem,
    Table,
    TravelTimes,
    Vehicle,
    Window,
)
from routing.validate import Fault, Invalid

Check = Callable[["_Reader", Any, str], Any]
Keys = Mapping[str, tuple[str, Check]]
REFUSED = {
    "shipments": "shipments are not supported: give jobs with delivery and pickup",
    "matrix": "is VROOM's old form: use matrices.<profile>.durations",
    "amount": "is VROOM's old form: use delivery or pickup",
}
LARGEST = 2**53


def problem_from_json(document: Any, travel_times: TravelTimes | None = None) -> Problem:
    """Return the problem of a decoded JSON document; raise ``Invalid`` with every fault of its form.

    ``travel_times`` serves places given by coordinates; without it the document's own, or geodesic ones, do.
    What a field means is left to ``routing.validate``.
    """
    reader = _Reader()
    problem = reader.problem(document, travel_times)
    if reader.faults or problem is None:
        raise Invalid(reader.faults)
    return problem


def plan_from_json(document: Any) -> tuple[Plan, bool]:
    """Return the order of acts of a plan (VROOM's output, or a hand-made one with as little as types and ids).

    The second value says whether the document names what it leaves out.
    """
    reader = _Reader()
    plan = reader.plan(document)
    if reader.faults:
        raise Invalid(reader.faults)
    return plan, isinstance(document, dict) and "unassigned" in document


class _Reader:
    """Collects faults while it reads; a faulty value reads as nothing."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, code: str, path: str, message: str) -> None:
        self.faults.append(Fault(code, path or "document", message))

    def fields(self, document: Any, path: str, keys: Keys) -> dict[str, Any]:
        """Return the fields of an object by our names; unknown and refused keys are faults."""
        if not isinstance(document, dict):
            self.fault("type", path, "must be an object")
            return {}
        found = {}
        for key, value in document.items():
            where = f"{path}.{key}" if path else key
            if key in keys:
                name, check = keys[key]
                read = check(self, value, where)
                if read is not None:
                    found[name] = read
            else:
                self.fault("unsupported", where, REFUSED.get(key, "is not a key of this format"))
        return found

    def items(self, document: Any, path: str, check: Check) -> tuple[Any, ...]:
        if not isinstance(document, list):
            self.fault("type", path, "must be an array")
            return ()
        read = (check(self, value, f"{path}[{number}]") for number, value in enumerate(document))
        return tuple(value for value in read if value is not None)

    def built(self, kind: Callable[..., Any], document: Any, path: str, keys: Keys) -> Any:
        """Return an object with an id, or nothing when its id is missing."""
        before, found = len(self.faults), self.fields(document, path, keys)
        if "id" not in found:
            if len(self.faults) == before:
                self.fault("missing", f"{path}.id", "is required: a whole number")
            return None
        return kind(**found)

    def problem(self, document: Any, travel_times: TravelTimes | None) -> Problem | None:
        found = self.fields(document, "", DOCUMENT)
        for name in ("vehicles", "jobs"):
            if name not in found and not self.faults:
                self.fault("missing", name, "is required: an array")
        if self.faults:
            return None
        jobs, times = found["jobs"], found.get("travel_times")
        home: Assignment = "home" if any(job.office is not None for job in jobs) else "free"
        return Problem(
            vehicles=found["vehicles"],
            jobs=jobs,
            travel_times=travel_times or times or Geodesic(),
            assignment=found.get("assignment", home),
            onward=found.get("onward"),
            tables=found.get("tables", {}),
        )

    def plan(self, document: Any) -> Plan:
        if not isinstance(document, dict):
            self.fault("type", "", "must be an object with routes")
            return Plan()
        routes = self.items(document.get("routes"), "routes", _route)
        left = self.items(document.get("unassigned", []), "unassigned", _left_out)
        return Plan(routes=routes, unassigned=left)


def _integer(reader: _Reader, value: Any, path: str) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        reader.fault("type", path, "must be a whole number")
        return None
    return value


def _number(reader: _Reader, value: Any, path: str) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        reader.fault("type", path, "must be a number")
        return None
    return float(value)


def _text(reader: _Reader, value: Any, path: str) -> str | None:
    if not isinstance(value, str):
        reader.fault("type", path, "must be text")
        return None
    return value


def _flag(reader: _Reader, value: Any, path: str) -> bool | None:
    if not isinstance(value, bool):
        reader.fault("type", path, "must be true or false")
        return None
    return value


def _point(reader: _Reader, value: Any, path: str) -> Point | None:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  longitude, latitude
        reader.fault("type", path, "must be [lon, lat]")
        return None
    lon, lat = _number(reader, value[0], f"{path}[0]"), _number(reader, value[1], f"{path}[1]")
    return None if lon is None or lat is None else (lon, lat)


def _window(reader: _Reader, value: Any, path: str) -> Window | None:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  from, to
        reader.fault("type", path, "must be [from, to]")
        return None
    early, late = _integer(reader, value[0], f"{path}[0]"), _integer(reader, value[1], f"{path}[1]")
    return None if early is None or late is None else (early, late)


def _windows(reader: _Reader, value: Any, path: str) -> tuple[Window, ...] | None:
    return reader.items(value, path, _window) or (ALWAYS if value == [] else None)


def _integers(reader: _Reader, value: Any, path: str) -> tuple[int, ...]:
    return reader.items(value, path, _integer)


def _set(reader: _Reader, value: Any, path: str) -> frozenset[int]:
    return frozenset(reader.items(value, path, _integer))


def _per_type(reader: _Reader, value: Any, path: str) -> dict[str, int] | None:
    if not isinstance(value, dict):
        reader.fault("type", path, "must be an object of whole numbers by vehicle type")
        return None
    read = {kind: _integer(reader, seconds, f"{path}.{kind}") for kind, seconds in value.items()}
    return {kind: seconds for kind, seconds in read.items() if seconds is not None}


def _assignment(reader: _Reader, value: Any, path: str) -> str | None:
    if value not in ("home", "free"):
        reader.fault("value", path, "must be home or free")
        return None
    return str(value)


def _break(reader: _Reader, value: Any, path: str) -> Break | None:
    rest: Break | None = reader.built(Break, value, path, BREAK)
    return rest


def _planned(reader: _Reader, value: Any, path: str) -> PlannedStep | None:
    found = reader.fields(value, path, PLANNED)
    if found.get("type") not in {"start", "job", "break", "end"}:
        reader.fault("value", f"{path}.type", "must be start, job, break or end")
        return None
    return PlannedStep(**found)


def _costs(reader: _Reader, value: Any, path: str) -> dict[str, int]:
    return reader.fields(value, path, COSTS)


def _vehicle(reader: _Reader, value: Any, path: str) -> Vehicle | None:
    def kind(*, costs: Mapping[str, Any] | None = None, **fields: Any) -> Vehicle:
        return Vehicle(**fields, **(costs or {}))

    vehicle: Vehicle | None = reader.built(kind, value, path, VEHICLE)
    return vehicle


def _job(reader: _Reader, value: Any, path: str) -> Job | None:
    job: Job | None = reader.built(Job, value, path, JOB)
    return job


def _matrices(reader: _Reader, value: Any, path: str) -> dict[str, Table] | None:
    if not isinstance(value, dict):
        reader.fault("type", path, "must be an object by profile")
        return None
    tables = {profile: _table(reader, table, f"{path}.{profile}") for profile, table in value.items()}
    return {profile: table for profile, table in tables.items() if table is not None}


def _table(reader: _Reader, value: Any, path: str) -> Table | None:
    found = reader.fields(value, path, TABLE)
    if "durations" not in found:
        if isinstance(value, dict) and "durations" not in value:
            reader.fault("missing", f"{path}.durations", "is required: an array of arrays of seconds")
        return None
    return Table(found["durations"], found.get("distances", np.zeros_like(found["durations"])), found.get("costs"))


def _matrix(reader: _Reader, value: Any, path: str) -> Ints | None:
    """Return a square matrix; its first faulty row or element is named."""
    if not isinstance(value, list) or not value:
        reader.fault("type", path, "must be an array of arrays of whole numbers")
        return None
    for number, row in enumerate(value):
        if not isinstance(row, list) or len(row) != len(value):
            reader.fault("shape", f"{path}[{number}]", f"must be an array of {len(value)} numbers, one per row")
            return None
        for column, element in enumerate(row):
            if type(element) is not int or not 0 <= element < LARGEST:
                reader.fault("type", f"{path}[{number}][{column}]", "must be a whole number, not negative")
                return None
    return np.array(value, dtype=np.int64)


def _onward(reader: _Reader, value: Any, path: str) -> Onward | None:
    found = reader.fields(value, path, ONWARD)
    ways = found.get("distances", ())
    if any(len(way) != 3 for way in ways):  # noqa: PLR2004  office, desk, metres
        reader.fault("type", f"{path}.distances", "must be an array of [office, desk, metres]")
        return None
    return Onward({(office, desk): metres for office, desk, metres in ways}, found.get("per_km", 0))


def _ways(reader: _Reader, value: Any, path: str) -> tuple[tuple[int, ...], ...]:
    return reader.items(value, path, _integers)


def _travel_times(reader: _Reader, value: Any, path: str) -> Geodesic | None:
    found = reader.fields(value, path, TRAVEL_TIMES)
    speeds = found.get("speeds", {})
    if found.get("kind") != "geodesic" or found.get("detour", 1.0) < 1.0 or not all(v > 0 for v in speeds.values()):
        reader.fault("value", path, "must be of kind geodesic, with a detour of at least 1 and speeds above 0 km/h")
        return None
    return Geodesic(**{name: found[name] for name in ("detour", "speeds") if name in found})


def _speeds(reader: _Reader, value: Any, path: str) -> dict[str, float] | None:
    if not isinstance(value, dict):
        reader.fault("type", path, "must be an object of km/h by profile")
        return None
    read = {profile: _number(reader, speed, f"{path}.{profile}") for profile, speed in value.items()}
    return {profile: speed for profile, speed in read.items() if speed is not None}


def _route(reader: _Reader, value: Any, path: str) -> Route | None:
    if not isinstance(value, dict) or _integer(reader, value.get("vehicle"), f"{path}.vehicle") is None:
        return None
    return Route(value["vehicle"], reader.items(value.get("steps"), f"{path}.steps", _step))


def _step(reader: _Reader, value: Any, path: str) -> Step | None:
    if not isinstance(value, dict) or value.get("type") not in {"start", "job", "break", "end"}:
        reader.fault("value", f"{path}.type", "must be start, job, break or end")
        return None
    number = value.get("id", value.get("job"))
    acts = value["type"] in {"job", "break"}
    return Step(value["type"], _integer(reader, number, f"{path}.id") if acts else None)


def _left_out(reader: _Reader, value: Any, path: str) -> Unassigned | None:
    number = value.get("id") if isinstance(value, dict) else None
    read = _integer(reader, number, f"{path}.id")
    return None if read is None else Unassigned(read, value.get("reason", "shift"))


def _list_of(check: Check) -> Check:
    return lambda reader, value, path: reader.items(value, path, check)


def _same(check: Check, *names: str) -> dict[str, tuple[str, Check]]:
    return {name: (name, check) for name in names}


PLANNED: Keys = {**_same(_text, "type"), **_same(_integer, "id", "service_at", "service_after", "service_before")}
BREAK: Keys = {
    **_same(_integer, "id", "service"),
    **_same(_text, "description"),
    "time_windows": ("windows", _windows),
    "max_load": ("max_load", _integers),
}
COSTS: Keys = _same(_integer, "fixed", "per_hour", "per_km", "per_task_hour")
VEHICLE: Keys = {
    **_same(_integer, "id", "start_index", "end_index", "office", "max_tasks", "max_travel_time", "max_distance"),
    **_same(_integer, "max_duration"),
    **_same(_text, "profile", "description", "type"),
    **_same(_point, "start", "end"),
    "capacity": ("capacity", _integers),
    "costs": ("costs", _costs),
    "skills": ("skills", _set),
    "time_window": ("window", _window),
    "breaks": ("breaks", _list_of(_break)),
    "speed_factor": ("speed_factor", _number),
    "steps": ("steps", _list_of(_planned)),
}
JOB: Keys = {
    **_same(_integer, "id", "location_index", "setup", "service", "priority", "prize", "release"),
    **_same(_integer, "office", "origin", "desk", "vehicle"),
    **_same(_text, "description"),
    **_same(_flag, "movable"),
    **_same(_integers, "delivery", "pickup"),
    **_same(_per_type, "setup_per_type", "service_per_type"),
    "location": ("location", _point),
    "skills": ("skills", _set),
    "time_windows": ("windows", _windows),
}
TABLE: Keys = _same(_matrix, "durations", "distances", "costs")
ONWARD: Keys = {**_same(_integer, "per_km"), "distances": ("distances", _ways)}
TRAVEL_TIMES: Keys = {**_same(_text, "kind"), **_same(_number, "detour"), "km_per_hour": ("speeds", _speeds)}
DOCUMENT: Keys = {
    "vehicles": ("vehicles", _list_of(_vehicle)),
    "jobs": ("jobs", _list_of(_job)),
    "matrices": ("tables", _matrices),
    "assignment": ("assignment", _assignment),
    "onward": ("onward", _onward),
    "travel_times": ("travel_times", _travel_times),
}
