"""Invented days: random small problems for properties, and a whole province for measuring."""

import math
import random
from dataclasses import replace

from routing.matrix import Geodesic
from routing.problem import ALWAYS, Break, Job, Problem, Vehicle

HOUR = 3600
LUNCH = (Break(1, ((11 * HOUR, 13 * HOUR),), 60 * 60, "lunch"),)
COURIER = Vehicle(
    0,
    capacity=(60,),
    window=(7 * HOUR, 17 * HOUR),
    breaks=LUNCH,
    fixed=100_000,
    per_hour=35_000,
    per_km=1_500,
    profile="motorbike",
)
SLOTS = (
    (7 * HOUR, 11 * HOUR + 1800),
    (13 * HOUR, 17 * HOUR),
    *((hour * HOUR, (hour + 2) * HOUR) for hour in (7, 9, 13, 15)),
)


def office_day(office: int, stops: int, seed: int, first_job: int = 1) -> tuple[list[Vehicle], list[Job]]:
    """One office: couriers = max(1, ⌈stops/28⌉), stops in hamlets around it, half-day and two-hour windows."""
    rng = random.Random(f"{seed}/{office}")
    lon, lat = 107.4 + rng.random() * 1.8, 12.9 + rng.random() * 1.6
    couriers = [
        replace(COURIER, id=office * 100 + n, start=(lon, lat), end=(lon, lat), office=office)
        for n in range(max(1, math.ceil(stops / 28)))
    ]
    hamlets = [(lon + rng.gauss(0, 0.03), lat + rng.gauss(0, 0.03)) for _ in range(5)]
    jobs = []
    for number in range(stops):
        x, y = rng.choice(hamlets)
        kind = rng.random()
        jobs.append(
            Job(
                first_job + number,
                (round(x + rng.gauss(0, 0.006), 6), round(y + rng.gauss(0, 0.006), 6)),
                service=rng.choice((240, 420, 600)),
                delivery=(int(kind < 0.7),),
                pickup=(int(kind > 0.6),),
                windows=(SLOTS[rng.choices(range(6), (4, 4, 1, 1, 1, 1))[0]],),
                office=office,
                desk=office,
            )
        )
    return couriers, jobs


def province(offices: int, stops: int, seed: int) -> Problem:
    """A day of many offices; urban ones are busier."""
    rng = random.Random(seed)
    weights = [rng.choice((1, 1, 1, 2, 4)) * (0.7 + 0.6 * rng.random()) for _ in range(offices)]
    counts = [max(1, round(stops * weight / sum(weights))) for weight in weights]
    counts[0] += stops - sum(counts)
    vehicles: list[Vehicle] = []
    jobs: list[Job] = []
    for office, count in enumerate(counts, start=1):
        couriers, errands = office_day(office, count, seed, len(jobs) + 1)
        vehicles += couriers
        jobs += errands
    return Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home")


def small_problem(rng: random.Random) -> Problem:
    """A few stops with every kind of rule: windows, breaks, skills, prizes, releases, locks, limits, offices."""
    vehicles = [_small_vehicle(rng, number) for number in range(rng.randint(1, 3))]
    jobs = [_small_job(rng, number, len(vehicles)) for number in range(1, rng.randint(1, 8) + 1)]
    return Problem(tuple(vehicles), tuple(jobs), Geodesic(), rng.choice(("home", "free")))


def _point(rng: random.Random) -> tuple[float, float]:
    return round(108 + rng.random() * 0.2, 5), round(14 + rng.random() * 0.2, 5)


def _small_vehicle(rng: random.Random, number: int) -> Vehicle:
    home = _point(rng)
    open_ended = rng.choice((None, None, None, None, "start", "end"))
    begin = rng.choice((0, 7 * HOUR))
    return Vehicle(
        number,
        start=None if open_ended == "start" else home,
        end=None if open_ended == "end" else home,
        office=rng.choice((1, 2, None)),
        capacity=(rng.randint(2, 12),),
        skills=frozenset(rng.sample((1, 2), rng.randint(0, 2))),
        window=(begin, rng.choice((12, 17, 20)) * HOUR),
        breaks=LUNCH if rng.random() < 0.5 else (),
        fixed=rng.choice((0, 50_000)),
        per_hour=rng.choice((3600, 30_000)),
        per_km=rng.choice((0, 2_000)),
        per_task_hour=rng.choice((0, 0, 1_000)),
        speed_factor=rng.choice((1.0, 1.0, 0.8, 1.5)),
        max_tasks=rng.choice((None, None, 3)),
        max_travel_time=rng.choice((None, None, 2 * HOUR)),
        max_distance=rng.choice((None, None, 90_000)),
        max_duration=rng.choice((None, None, 5 * HOUR)),
        type=rng.choice(("", "bike")),
    )


def _small_job(rng: random.Random, number: int, vehicles: int) -> Job:
    early = rng.randint(7, 14) * HOUR
    one = (early, early + rng.randint(1, 4) * HOUR)
    two = (one[1] + HOUR, one[1] + 2 * HOUR)
    return Job(
        number,
        _point(rng),
        service=rng.choice((0, 300, 900)),
        setup=rng.choice((0, 0, 120)),
        delivery=(rng.randint(0, 3),),
        pickup=(rng.randint(0, 3),),
        windows=rng.choice((ALWAYS, (one,), (one, two))),
        skills=frozenset(rng.sample((1, 2), rng.choice((0, 0, 1)))),
        priority=rng.choice((0, 0, 10)),
        prize=rng.choice((None, None, None, 20_000)),
        release=rng.choice((None, None, 9 * HOUR)),
        office=rng.choice((1, 2, None)),
        origin=rng.choice((None, None, 1)),
        vehicle=rng.choice((None, None, None, rng.randrange(vehicles))),
        service_per_type={"bike": 200} if rng.random() < 0.2 else {},
    )


def bag_day(stops: int, seed: int, *, bag: int, trips: int, couriers: int, late: float = 0.0) -> Problem:
    """An office whose bags bind: a few letters fit in; ``late``: this part of afternoon deliveries arrives at ten."""
    vehicles, jobs = office_day(1, stops, seed=seed)
    rng = random.Random(f"bags {seed}")
    crew = (replace(vehicles[0], id=n, capacity=(bag,), max_trips=trips, reload=600) for n in range(couriers))
    afternoon = (any(job.delivery) and job.windows[0][0] >= 13 * HOUR for job in jobs)
    held = (
        replace(job, release=10 * HOUR if after and rng.random() < late else None)
        for job, after in zip(jobs, afternoon, strict=True)
    )
    return Problem(tuple(crew), tuple(held), Geodesic(), "home")
