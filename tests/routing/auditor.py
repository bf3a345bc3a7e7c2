"""Check a plan in VROOM's JSON against its problem in VROOM's JSON, from the format's description alone: no code of routing's."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyproj import Geod

Json = dict[str, Any]
ELLIPSOID = Geod(ellps="WGS84")
SPEEDS = {"car": 35.0, "truck": 30.0, "motorbike": 30.0, "bike": 14.0, "foot": 4.5}
NO_WAY = 2**36
REASONS = {"window", "shift", "capacity", "skill", "release", "locked", "max_tasks", "max_travel", "unreachable"}
REASONS |= {"dearer_than_prize"}
TOTALS = ("cost", "setup", "service", "duration", "waiting_time", "priority", "distance")


def audit(problem: Json, plan: Json) -> list[str]:
    """Return everything that is wrong with the plan, as sentences; empty where it keeps all promises."""
    audited = _Audit(problem, plan)
    return list(audited.faults())


@dataclass
class _Audit:
    problem: Json
    plan: Json
    jobs: dict[int, Json] = field(default_factory=dict)

    def faults(self) -> Iterator[str]:
        self.jobs = {job["id"]: job for job in self.problem["jobs"]}
        vehicles = {vehicle["id"]: vehicle for vehicle in self.problem["vehicles"]}
        used = [route["vehicle"] for route in self.plan["routes"]]
        if len(set(used)) < len(used) or not set(used) <= set(vehicles):
            yield f"vehicles {used} are unknown or used twice"
            return
        acts = [step for route in self.plan["routes"] for step in route["steps"] if step["type"] == "job"]
        if any(step["id"] not in self.jobs for step in acts):
            yield "serves a job that nobody asked for"
            return
        for route in self.plan["routes"]:
            for fault in _Walk(self, vehicles[route["vehicle"]], route).faults():
                yield f"vehicle {route['vehicle']}: {fault}"
        yield from self.whole()

    def whole(self) -> Iterator[str]:
        summary, routes, left = self.plan["summary"], self.plan["routes"], self.plan["unassigned"]
        served = [step["id"] for route in routes for step in route["steps"] if step["type"] == "job"]
        if sorted([*served, *(entry["id"] for entry in left)]) != sorted(self.jobs):
            yield "not every job is served or left out exactly once"
        yield from (f"job {e['id']} is left out for {e.get('reason')}" for e in left if e.get("reason") not in REASONS)
        for name in TOTALS:
            if summary[name] != sum(route[name] for route in routes):
                yield f"summary.{name} is {summary[name]}"
        if (summary["routes"], summary["unassigned"]) != (len(routes), len(left)):
            yield "the summary counts other routes or jobs left out"
        if summary["prizes"] != sum(self.jobs[entry["id"]].get("prize", 0) for entry in left):
            yield f"summary.prizes is {summary['prizes']}"
        if summary["violations"]:
            yield f"violations: {summary['violations']}"

    def way(self, vehicle: Json, a: Json, b: Json) -> tuple[int, int, int | None]:
        """Return (seconds, metres, đồng of a costs matrix) between two ends, each with a place or none."""
        table = self.problem.get("matrices", {}).get(vehicle.get("profile", "car"))
        factor = vehicle.get("speed_factor", 1.0)
        if not a or not b:
            return 0, 0, 0 if table is not None and "costs" in table else None
        if table is not None:
            i, j = a["index"], b["index"]
            metres = table["distances"][i][j] if "distances" in table else 0
            dong = table["costs"][i][j] if "costs" in table else None
            return _paced(table["durations"][i][j], factor), metres, dong
        times = self.problem.get("travel_times", {})
        speed = times.get("km_per_hour", SPEEDS)[vehicle.get("profile", "car")]
        long = ELLIPSOID.inv(*a["point"], *b["point"])[2] * times.get("detour", 1.35)
        return _paced(_rounded(long * 3.6 / speed), factor), _rounded(long), None

    def same_place(self, a: Json, b: Json) -> bool:
        tables = self.problem.get("matrices", {})
        given = {vehicle.get("profile", "car") in tables for vehicle in self.problem["vehicles"]}
        return bool(a) and bool(b) and all(a.get(k) == b.get(k) for k in [("point", "index")[g] for g in given])


def _paced(seconds: int, factor: float) -> int:
    return (
        NO_WAY if seconds >= NO_WAY else seconds if factor == 1.0 else min(NO_WAY, math.floor(seconds / factor + 0.5))
    )


def _rounded(value: float) -> int:
    return round(value)  # to even at halves, as everybody does


def _end(document: Json, point: str, index: str) -> Json:
    place = {"point": document.get(point), "index": document.get(index)}
    return place if place != {"point": None, "index": None} else {}


@dataclass
class _Walk:
    """One route walked step by step with a clock, a load and a meter of its own."""

    audit: _Audit
    vehicle: Json
    route: Json

    def faults(self) -> Iterator[str]:
        steps, vehicle = self.route["steps"], self.vehicle
        self.done = [self.audit.jobs[step["id"]] for step in steps if step["type"] == "job"]
        if [s["type"] for s in (steps[0], steps[-1])] != ["start", "end"] or not self.done:
            yield "does not go from a start over jobs to an end"
            return
        self.width = len(vehicle.get("capacity", ()))
        self.load = self.filled(0)
        self.time, self.here = steps[0]["arrival"], _end(vehicle, "start", "start_index")
        self.seconds = self.metres = self.dong = self.into = 0
        if self.time < max(int(vehicle.get("time_window", [0, 0])[0]), self.released(0)):
            yield f"leaves at {self.time}, before the shift or a release"
        for place, step in enumerate(steps):
            yield from (f"step {place}: {fault}" for fault in self.step(place, step))
        yield from self.rules()
        yield from self.totals()

    def bag(self, place: int) -> list[Json]:
        """Return the jobs of the trip that begins with this step."""
        steps = self.route["steps"][place + 1 :]
        ends = (at for at, step in enumerate(steps) if step["type"] in {"reload", "end"})
        return [self.audit.jobs[step["id"]] for step in steps[: next(ends)] if step["type"] == "job"]

    def filled(self, place: int) -> list[int]:
        return [sum(_at(job.get("delivery", ()), d) for job in self.bag(place)) for d in range(self.width)]

    def released(self, place: int) -> int:
        releases = (job.get("release", 0) for job in self.bag(place) if any(job.get("delivery", ())))
        return max(releases, default=0)

    def reload(self, place: int, step: Json) -> Iterator[str]:
        """Back at the start for the next bag, which is not full before its last delivery is there."""
        self.drive(_end(self.vehicle, "start", "start_index"))
        begin, long = step["arrival"] + step["waiting_time"], self.vehicle.get("reload", 0)
        if step["arrival"] != self.time or step["waiting_time"] < 0 or step["service"] != long:
            yield f"is {step}, the clock says {self.time}, the reload takes {long}"
        if begin + long < self.released(place) or not self.bag(place):
            yield f"fills the bag at {begin}, before all of it is there, or for nothing"
        self.time, self.load = begin + long, self.filled(place)

    def step(self, place: int, step: Json) -> Iterator[str]:
        acts = {"job": self.job, "break": self.rest, "reload": self.reload, "end": self.end}
        if step["type"] in acts:
            yield from acts[step["type"]](place, step)
        if (step["duration"], step["distance"]) != (self.seconds, self.metres):
            yield f"has driven {step['duration']} s and {step['distance']} m, not {self.seconds} and {self.metres}"
        if step["load"][: self.width] != self.load or any(step["load"][self.width :]):
            yield f"carries {step['load']}, not {self.load}"
        if any(load > room for load, room in zip(self.load, self.vehicle.get("capacity", ()), strict=True)):
            yield f"carries {self.load}, more than fits"

    def end(self, _place: int, step: Json) -> Iterator[str]:
        self.drive(_end(self.vehicle, "end", "end_index"))
        if step["arrival"] != self.time or step["arrival"] > self.vehicle.get("time_window", [0, NO_WAY * 16])[1]:
            yield f"ends at {step['arrival']}, the clock says {self.time}"

    def drive(self, to: Json) -> None:
        seconds, metres, dong = self.audit.way(self.vehicle, self.here, to)
        self.time += seconds - self.into
        self.seconds += seconds - self.into
        self.metres += metres
        costs = self.vehicle.get("costs", {})
        priced = costs.get("per_km", 0) * metres * 3600 + costs.get("per_hour", 3600) * seconds * 1000
        self.dong += priced if dong is None else dong * 3_600_000
        self.here, self.into = to, 0

    def job(self, _place: int, step: Json) -> Iterator[str]:
        job, kind, before = self.audit.jobs[step["id"]], self.vehicle.get("type", ""), self.here
        there = _end(job, "location", "location_index")
        if self.audit.way(self.vehicle, before, there)[0] >= NO_WAY:
            yield "there is no way"
        self.drive(there)
        setup = job.get("setup_per_type", {}).get(kind, job.get("setup", 0))
        setup = 0 if self.audit.same_place(before, there) else setup
        service = job.get("service_per_type", {}).get(kind, job.get("service", 0))
        begin = step["arrival"] + step["waiting_time"]
        if (
            step["arrival"] != self.time
            or step["waiting_time"] < 0
            or (step["setup"], step["service"]) != (setup, service)
        ):
            yield f"is {step}, the clock says {self.time}, setup {setup}, service {service}"
        if not any(a <= begin <= b for a, b in job.get("time_windows", [[0, NO_WAY * 16]])):
            yield f"job {job['id']} begins at {begin}, outside its windows"
        self.time = begin + setup + service
        self.dong += self.vehicle.get("costs", {}).get("per_task_hour", 0) * 1000 * (setup + service)
        self.load = [
            load - _at(job.get("delivery", ()), d) + _at(job.get("pickup", ()), d) for d, load in enumerate(self.load)
        ]

    def rest(self, place: int, step: Json) -> Iterator[str]:
        rest = next((rest for rest in self.vehicle.get("breaks", ()) if rest["id"] == step["id"]), None)
        following = next(s for s in self.route["steps"][place:] if s["type"] != "break")
        towards = self.audit.jobs[following["id"]] if following["type"] == "job" else self.vehicle
        ends = ("location", "location_index") if following["type"] == "job" else ("end", "end_index")
        whole = self.audit.way(self.vehicle, self.here, _end(towards, *ends))[0]
        driven = step["duration"] - self.seconds
        if rest is None or not 0 <= driven <= whole - self.into:
            yield f"break {step['id']} is unknown, or stands beside the way"
            return
        begin = step["arrival"] + step["waiting_time"]
        if step["arrival"] != self.time + driven or (step["waiting_time"] and driven < whole - self.into):
            yield f"break {step['id']} comes at {step['arrival']}, the clock says {self.time + driven}"
        if not any(a <= begin <= b for a, b in rest.get("time_windows", [[0, NO_WAY * 16]])):
            yield f"break {step['id']} begins at {begin}, outside its windows"
        if any(load > most for load, most in zip(self.load, rest.get("max_load", self.load), strict=True)):
            yield f"break {step['id']} with {self.load} on board"
        self.time, self.into = begin + rest.get("service", 0), self.into + driven
        self.seconds += driven

    def rules(self) -> Iterator[str]:
        vehicle, steps = self.vehicle, self.route["steps"]
        taken = sorted(step["id"] for step in steps if step["type"] == "break")
        if taken != sorted(rest["id"] for rest in vehicle.get("breaks", ())):
            yield f"takes the breaks {taken}"
        span = steps[-1]["arrival"] - steps[0]["arrival"]
        for name, value in (
            ("max_tasks", len(self.done)),
            ("max_trips", 1 + sum(step["type"] == "reload" for step in steps)),
            ("max_travel_time", self.seconds),
            ("max_distance", self.metres),
            ("max_duration", span),
        ):
            if value > vehicle.get(name, 1 if name == "max_trips" else value):
                yield f"{name} is {value}, more than {vehicle.get(name, 1)}"
        for job in self.done:
            if not set(job.get("skills", ())) <= set(vehicle.get("skills", ())):
                yield f"lacks the skills of job {job['id']}"
            if job.get("vehicle", vehicle["id"]) != vehicle["id"] or not self.office_may(job):
                yield f"may not serve job {job['id']}"

    def office_may(self, job: Json) -> bool:
        office, free = self.vehicle.get("office"), self.audit.problem.get("assignment", "home") == "free"
        if "origin" in job and any(job.get("delivery", ())) and job["origin"] != office:
            return False
        if job.get("office", office) == office:
            return True
        return free and job.get("movable", True) and self.onward(job) is not None

    def onward(self, job: Json) -> int | None:
        """Return the metres from this office to the job's desk, 0 where no leg is needed, none where there is no way."""
        onward, office, desk = self.audit.problem.get("onward"), self.vehicle.get("office"), job.get("desk")
        if onward is None or office is None or desk is None:
            return 0
        ways = {(a, b): metres for a, b, metres in onward.get("distances", ())}
        return ways.get((office, desk), 0 if office == desk else None)

    def totals(self) -> Iterator[str]:
        steps, costs = self.route["steps"], self.vehicle.get("costs", {})
        legs = [self.onward(job) or 0 for job in self.done]
        per_km = self.audit.problem.get("onward", {}).get("per_km", 0)
        expected = {
            "cost": costs.get("fixed", 0) + self.dong // 3_600_000,
            "setup": sum(step["setup"] for step in steps),
            "service": sum(step["service"] for step in steps),
            "waiting_time": sum(step["waiting_time"] for step in steps),
            "duration": self.seconds,
            "distance": self.metres,
            "priority": sum(job.get("priority", 0) for job in self.done),
            "onward_distance": sum(legs),
            "onward_cost": sum(per_km * leg // 1000 for leg in legs),
            "stranger_cost": sum(
                job.get("stranger", 0)
                for job in self.done
                if job.get("usual") and self.vehicle["id"] not in job["usual"]
            ),
        }
        yield from (f"{k} is {self.route.get(k, 0)}, not {v}" for k, v in expected.items() if self.route.get(k, 0) != v)


def _at(amounts: Sequence[int], dimension: int) -> int:
    return amounts[dimension] if dimension < len(amounts) else 0
