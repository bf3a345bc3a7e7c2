"""Days of Gia Lai, invented from a seed: real units, hamlets around them, couriers and windows of a post office.

How many couriers an office has and when they work: one for every 28 stops, 07:00 to 17:00 with an hour's rest that
begins between 11:00 and 13:00 (on days with rules).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from integrations.geocoding import former_units, units
from routing.matrix import Geodesic
from routing.problem import Assignment, Job, Onward, Point, Problem, Vehicle
from tests.routing.days import COURIER, HOUR, LUNCH, SLOTS

UNITS = 135
"""Offices since 2025; a day with more of them is one of before, when former communes had offices of their own."""
STOPS_A_COURIER = 28
RADIUS_KM = 8.0
METRES_A_DEGREE = 111_195.0
TWO_HALVES = ((7 * HOUR, 9 * HOUR), (15 * HOUR, 17 * HOUR))
BOUNDARY_FREE, DUE_TOMORROW, SKILLED, SECOND_WINDOW = 0.7, 0.15, 0.1, 0.15
"""Parts of stops: procedures that any desk receives; papers that no round brings in time; needing skill 1; 2 windows."""
REACH_M = 60_000
"""A paper goes no farther by the vans of one night."""
ONWARD_PER_KM = 200
"""đồng for a paper's kilometre in the vans [assumption]."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an office lies, how far around it people live, and how much of a day's work is theirs."""

    point: Point
    radius_km: float
    weight: float


def gia_lai(
    stops: int, offices: int, seed: int, *, rules: bool = False, assignment: Assignment = "home", kind: str = ""
) -> Problem:
    """Return a day of so many stops at so many offices.

    ``rules``: with lunch breaks, skills and second windows. ``kind``: ``""``: a stop is served by its own office under
    ``home`` and by any under ``free``; ``collections``: under ``free`` only what the law lets go elsewhere does, each
    paper pays its onward leg, deliveries stay; ``transfers``: deliveries go, too, where a van brings them in time.
    """
    rng = random.Random(f"{seed}/{stops}/{offices}/{rules}")
    seats = _seats(offices, rng)
    day = replace(around(seats, stops, rng, rules=rules), assignment=assignment)
    return _bound(day, [seat.point for seat in seats], seed, kind) if kind else day


def around(seats: Sequence[Seat], stops: int, rng: random.Random, *, rules: bool) -> Problem:
    """Return a day of these offices, each with stops by its weight, at least one."""
    counts = shares([seat.weight for seat in seats], stops)
    vehicles: list[Vehicle] = []
    jobs: list[Job] = []
    for office, (seat, count) in enumerate(zip(seats, counts, strict=True), start=1):
        vehicles += _couriers(office, seat.point, count, rules=rules)
        jobs += [
            _stop(rng, office, seat, hamlets, rules=rules) for hamlets in [_hamlets(rng, seat)] for _ in range(count)
        ]
    numbered = tuple(replace(job, id=number) for number, job in enumerate(jobs, start=1))
    return Problem(tuple(vehicles), numbered, Geodesic(), "home")


def _seats(offices: int, rng: random.Random) -> list[Seat]:
    """Neighbouring offices: a post office's day is never scattered over the province."""
    parts: dict[str, int] = {}
    for former in former_units():
        parts[former.unit_codes[0]] = parts.get(former.unit_codes[0], 0) + 1
    if offices > UNITS:
        known = [Seat((unit.lon, unit.lat), 3.0, 2.0 if unit.kind != "commune" else 1.0) for unit in former_units()]
    else:
        known = [
            Seat(
                (unit.lon, unit.lat),
                min(RADIUS_KM, 0.5 * math.sqrt(unit.area_km2 / math.pi)),
                parts.get(unit.code, 1) * (2.0 if unit.kind == "ward" else 1.0),
            )
            for unit in units()
        ]
    lon, lat = rng.choice(known).point
    return sorted(known, key=lambda seat: math.hypot(seat.point[0] - lon, seat.point[1] - lat))[:offices]


def shares(weights: Sequence[float], total: int) -> list[int]:
    """Largest remainder, at least one each."""
    spare = total - len(weights)
    exact = [spare * weight / sum(weights) for weight in weights]
    shares = [1 + math.floor(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda at: math.floor(exact[at]) - exact[at])
    for at in order[: total - sum(shares)]:
        shares[at] += 1
    return shares


def _couriers(office: int, point: Point, stops: int, *, rules: bool) -> list[Vehicle]:
    return [
        replace(
            COURIER,
            id=office * 100 + number,
            start=point,
            end=point,
            office=office,
            breaks=LUNCH if rules else (),
            skills=frozenset({1}) if rules and number == 0 else frozenset(),
        )
        for number in range(max(1, math.ceil(stops / STOPS_A_COURIER)))
    ]


def _hamlets(rng: random.Random, seat: Seat) -> list[Point]:
    return [_beside(rng, seat.point, seat.radius_km / 2) for _ in range(6)]


def _beside(rng: random.Random, point: Point, spread_km: float) -> Point:
    east, north = (max(-2.0, min(2.0, rng.gauss(0, 1))) * spread_km * 1000 for _ in range(2))
    lat = point[1] + north / METRES_A_DEGREE
    return round(point[0] + east / (METRES_A_DEGREE * math.cos(math.radians(lat))), 6), round(lat, 6)


def _stop(rng: random.Random, office: int, seat: Seat, hamlets: Sequence[Point], *, rules: bool) -> Job:
    draw, load = rng.random(), rng.choice((1, 1, 1, 2, 3))
    windows = (SLOTS[rng.choices(range(6), (4, 4, 1, 1, 1, 1))[0]],)
    job = Job(
        0,
        _beside(rng, rng.choice(hamlets), 0.04 * seat.radius_km),
        service=rng.choice((240, 420, 600)),
        delivery=(load if draw < 0.7 else 0,),
        pickup=(load if draw > 0.6 else 0,),
        windows=windows,
        office=office,
    )
    if not rules:
        return job
    skilled, twice = rng.random() < SKILLED, rng.random() < SECOND_WINDOW
    return replace(job, skills=frozenset({1} if skilled else ()), windows=TWO_HALVES if twice else windows)


def _bound(day: Problem, seats: Sequence[Point], seed: int, kind: str) -> Problem:
    """Tie papers to desks: what may go elsewhere pays the way between the serving office and its desk."""
    rng = random.Random(f"{seed}/papers")
    metres = Geodesic().block("truck", seats, seats)[1]
    ways = {(a + 1, b + 1): int(m) for a, row in enumerate(metres) for b, m in enumerate(row) if m <= REACH_M}
    jobs = []
    for job in day.jobs:
        goes = rng.random() < BOUNDARY_FREE and rng.random() >= DUE_TOMORROW
        lies = any(job.delivery)
        stays = lies and (kind != "transfers" or any(job.pickup))
        jobs.append(
            replace(
                job,
                desk=job.office,
                movable=goes and not stays,
                origin=job.office if stays or (lies and not goes) else None,
            )
        )
    return replace(day, jobs=tuple(jobs), onward=Onward(ways, ONWARD_PER_KM))
