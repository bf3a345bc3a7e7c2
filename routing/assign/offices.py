"""Give every stop to an office by CP-SAT: near, within the hours of its couriers, with few couriers in all.

A stop costs its share of a tour from the office and its onward leg; a courier costs what using one costs. The
answer is a start for the search, not a plan: the engines then make the routes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from routing.day_params import OfficeParams
from routing.decompose import crews_by_office
from routing.model import HOUR_KM, may_serve, onward_metres
from routing.problem import HORIZON, UNREACHABLE, Job, Point, Problem, Vehicle
from routing.projection import Projection


@dataclass(frozen=True, slots=True)
class _Offer:
    """What it takes an office to serve a stop: đồng and seconds of a courier."""

    office: int
    price: int
    seconds: int


def assign(problem: Problem, seconds: float | None, seed: int, params: OfficeParams) -> dict[int, int]:
    """Return the office of each job that some office with a known place may serve, by job id."""
    crews = {office: crew for office, crew in crews_by_office(problem).items() if office is not None}
    offers = _offers(problem, crews, params)
    model = cp_model.CpModel()
    chosen = {job: {offer: model.new_bool_var("") for offer in offered} for job, offered in offers.items() if offered}
    for choices in chosen.values():
        model.add_exactly_one(choices.values())
    costs = [offer.price * choice for choices in chosen.values() for offer, choice in choices.items()]
    work_of: dict[int, list[cp_model.LinearExprT]] = {office: [] for office in crews}
    for choices in chosen.values():
        for offer, choice in choices.items():
            work_of[offer.office].append(offer.seconds * choice)
    for office, crew in crews.items():
        work = work_of[office]
        couriers, beyond = model.new_int_var(0, len(crew), ""), model.new_int_var(0, HORIZON, "")
        model.add(sum(work) <= couriers * _hours(crew, params.open_shift) + beyond)
        costs += [couriers * crew[0].fixed, beyond * (1 + crew[0].fixed // 600)]
    model.minimize(sum(costs))
    for choices in chosen.values():
        model.add_hint(choices[min(choices, key=lambda offer: offer.price)], 1)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = params.work
    if seconds is not None:
        solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solved = solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    return {
        job: next(
            (o.office for o, choice in choices.items() if solved and solver.boolean_value(choice)), _best(choices)
        )
        for job, choices in chosen.items()
    }


def _best(choices: Mapping[_Offer, object]) -> int:
    return min(choices, key=lambda offer: offer.price).office


def _hours(crew: Sequence[Vehicle], most: int) -> int:
    opens, closes = crew[0].window
    return max(0, min(closes - opens, most) - sum(rest.service for rest in crew[0].breaks))


def _offers(problem: Problem, crews: Mapping[int, Sequence[Vehicle]], params: OfficeParams) -> dict[int, list[_Offer]]:
    """Return for each job its cheapest offices, one block of the matrix per office."""
    offers_by_job: dict[int, list[_Offer]] = {job.id: [] for job in problem.jobs}
    for office, jobs in _asked(problem, crews, params.asked).items():
        kinds = {(v.skills, v.type): v for v in crews[office]}.values()
        locked = {vehicle.id: vehicle for vehicle in crews[office]}
        able = [
            job
            for job in jobs
            if any(may_serve(problem, v, job) for v in kinds)
            or (job.vehicle in locked and may_serve(problem, locked[job.vehicle], job))
        ]
        rides = _rides(problem, crews[office][0], able)
        for job, (seconds, metres) in zip(able, rides, strict=True):
            if seconds < UNREACHABLE:
                known_here = not job.usual.isdisjoint(locked)
                offer = _offer(problem, crews[office][0], job, (seconds, metres), params.tour, known_here=known_here)
                offers_by_job[job.id].append(offer)
    own = {job.id: job.office for job in problem.jobs}
    return {
        job: [
            o
            for n, o in enumerate(sorted(offers, key=lambda o: (o.price, o.office)))
            if n < params.nearest or o.office == own[job]
        ]
        for job, offers in offers_by_job.items()
    }


def _asked(problem: Problem, crews: Mapping[int, Sequence[Vehicle]], count: int) -> dict[int, list[Job]]:
    """Return the jobs that each office is asked about: those to which it is among the ``count`` nearest, and its own."""
    projection, offices = Projection.of(problem), list(crews)
    seats = np.array([projection.vehicle_points[crews[office][0].id] for office in offices])
    doors = np.array([projection.job_points[job.id] for job in problem.jobs]).reshape(-1, 2)
    apart = ((doors[:, None, :] - seats[None, :, :]) ** 2).sum(axis=2)
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :count]
    asked: dict[int, list[Job]] = {office: [] for office in offices}
    for job, near in zip(problem.jobs, nearest.tolist(), strict=True):
        fixed = job.origin if job.origin is not None and any(job.delivery) else job.office if not job.movable else None
        choice = dict.fromkeys([*(offices[n] for n in near), job.office]) if fixed is None else [fixed]
        for office in choice:
            if office in asked:
                asked[office].append(job)
    return asked


def _rides(problem: Problem, vehicle: Vehicle, jobs: Sequence[Job]) -> list[tuple[int, int]]:
    """Return (seconds, metres) from the vehicle's place to each job."""
    table = problem.tables.get(vehicle.profile)
    if table is not None:
        seat, places = vehicle.start_index or vehicle.end_index or 0, [job.location_index or 0 for job in jobs]
        return [(int(table.durations[seat, place]), int(table.distances[seat, place])) for place in places]
    seat_point: Point = vehicle.start or vehicle.end or (0.0, 0.0)
    points = [job.location or (0.0, 0.0) for job in jobs]
    seconds, metres = problem.travel_times.block(vehicle.profile, [seat_point], points)
    return list(zip(seconds[0].tolist(), metres[0].tolist(), strict=True))


def _offer(
    problem: Problem, vehicle: Vehicle, job: Job, ride: tuple[int, int], share: float, *, known_here: bool
) -> _Offer:
    seconds, metres = ride
    tour = 2 * (vehicle.per_km * metres * 3600 + vehicle.per_hour * seconds * 1000)
    onward = onward_metres(problem, vehicle, job)
    price = int(share * tour) // HOUR_KM + (problem.onward.price(onward) if problem.onward is not None else 0)
    price += job.stranger if job.usual and not known_here else 0
    return _Offer(vehicle.office or 0, price, job.service + job.setup + int(2 * share * seconds))
