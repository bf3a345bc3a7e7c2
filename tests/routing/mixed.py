"""Random small problems with everything that the format knows, mixed: what `small_problem` has, and the rest on top."""

import random
from dataclasses import replace

import numpy as np

from routing.problem import UNREACHABLE, Break, Ints, Job, Onward, PlannedStep, Problem, TravelTable, Vehicle
from tests.routing.days import HOUR, small_problem

TEA = Break(2, ((15 * HOUR, 15 * HOUR + 1800), (16 * HOUR, 16 * HOUR + 1800)), 600)
PROFILES = ("car", "motorbike")


def mixed_problem(rng: random.Random) -> Problem:
    """A few stops under every kind of rule: also two loads, breaks by load, onward legs, matrices, costs, a start."""
    problem = small_problem(rng)
    vehicles = tuple(_vehicle(rng, vehicle) for vehicle in problem.vehicles)
    jobs = tuple(_job(rng, job) for job in problem.jobs)
    problem = replace(problem, vehicles=vehicles, jobs=jobs)
    if rng.random() < 0.3:
        ways = {(a, b): rng.randint(0, 30_000) for a in (1, 2) for b in (1, 2, 3) if rng.random() < 0.8}
        problem = replace(problem, onward=Onward(ways, per_km=rng.choice((0, 400))))
    if rng.random() < 0.3:
        problem = _tabled(rng, problem)
    if rng.random() < 0.3:
        problem = _started(rng, problem)
    problem = replace(problem, vehicles=tuple(_trips(rng, vehicle) for vehicle in problem.vehicles))
    return _with_strangers(rng, problem) if rng.random() < 0.3 else problem


def _vehicle(rng: random.Random, vehicle: Vehicle) -> Vehicle:
    breaks = vehicle.breaks
    if rng.random() < 0.3 and vehicle.window[1] >= 17 * HOUR:
        breaks = (*breaks, TEA)
    limit = rng.choice((None, None, None, (rng.randint(0, 6), rng.randint(2, 9))))
    return replace(
        vehicle,
        capacity=(vehicle.capacity[0] + rng.randint(0, 12), rng.randint(4, 15)),
        skills=vehicle.skills | rng.choice((frozenset(), frozenset({1, 2}))),
        office=rng.choice((vehicle.office, 1)),
        breaks=tuple(replace(rest, max_load=limit) for rest in breaks),
        profile=rng.choice(PROFILES),
        max_duration=rng.choice((None, vehicle.max_duration, 4 * HOUR)),
        description=rng.choice(("", "xe máy")),
    )


def _trips(rng: random.Random, vehicle: Vehicle) -> Vehicle:
    """Some vehicles fill their bags again, and these are small."""
    trips = rng.choice((1, 1, 2, 3))
    if trips == 1 or (vehicle.start, vehicle.start_index) == (None, None):
        return vehicle
    there = replace(vehicle, end=vehicle.start, end_index=vehicle.start_index)
    room = rng.choice((vehicle.capacity, (4, 4)))
    return replace(there, max_trips=trips, reload=rng.choice((0, 900)), capacity=room)


def _job(rng: random.Random, job: Job) -> Job:
    return replace(
        job,
        delivery=(*job.delivery, rng.randint(0, 2)),
        pickup=(*job.pickup, rng.randint(0, 2)),
        setup_per_type={"bike": 60} if rng.random() < 0.2 else {},
        office=rng.choice((job.office, job.office, 1, None)),
        origin=rng.choice((job.origin, None, None)),
        vehicle=rng.choice((job.vehicle, None, None)),
        desk=rng.choice((None, 1, 2, 3)),
        movable=rng.random() < 0.7,
        description=rng.choice(("", "hẻm 3")),
    )


def _with_strangers(rng: random.Random, problem: Problem) -> Problem:
    """Some doors have their usual couriers, one or more, and a price for the others."""
    ids = [vehicle.id for vehicle in problem.vehicles]
    jobs = tuple(
        replace(
            job, usual=frozenset(rng.sample(ids, rng.randint(0, len(ids)))), stranger=rng.choice((0, 5_000, 60_000))
        )
        for job in problem.jobs
    )
    return replace(problem, jobs=jobs)


def _tabled(rng: random.Random, problem: Problem) -> Problem:
    """The same places by index, some of them one place, with a matrix for each profile; some ways are missing."""
    size = rng.randint(2, len(problem.jobs) + 2)
    jobs = tuple(replace(job, location_index=rng.randrange(size)) for job in problem.jobs)
    tables = {profile: _table(rng, size) for profile in PROFILES}
    vehicles = []
    for vehicle in problem.vehicles:
        plain = tables[vehicle.profile].costs is not None
        start, end = (rng.randrange(size) if place is not None else None for place in (vehicle.start, vehicle.end))
        priced = replace(vehicle, per_hour=3600, per_km=0) if plain else vehicle
        vehicles.append(replace(priced, start_index=start, end_index=end))
    return replace(problem, jobs=jobs, vehicles=tuple(vehicles), tables=tables)


def _table(rng: random.Random, size: int) -> TravelTable:
    def matrix(most: int) -> Ints:
        rows = [[0 if a == b else rng.randint(0, most) for b in range(size)] for a in range(size)]
        return np.array(rows, dtype=np.int64)

    seconds = matrix(3600)
    if rng.random() < 0.3:
        a, b = rng.randrange(size), rng.randrange(size)
        seconds[a, b] = 0 if a == b else UNREACHABLE
    return TravelTable(seconds, matrix(30_000), matrix(50_000) if rng.random() < 0.3 else None)


def _started(rng: random.Random, problem: Problem) -> Problem:
    """A start made elsewhere, good or bad: some jobs in some order on some vehicles."""
    ids = [job.id for job in problem.jobs]
    rng.shuffle(ids)
    vehicles = []
    for vehicle in problem.vehicles:
        taken, ids = ids[: (cut := rng.randint(0, 3))], ids[cut:]
        vehicles.append(replace(vehicle, steps=tuple(PlannedStep("job", number) for number in taken)))
    return replace(problem, vehicles=tuple(vehicles))
