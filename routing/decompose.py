"""Cut a day into the parts that it has by itself: offices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.problem import Job, Onward, Problem, TravelTable, Vehicle

OfficeId = int | None


@dataclass(frozen=True, slots=True)
class Subproblem:
    """A part of a day and the plan to improve on (job ids by vehicle id).

    ``reduce_fleet``: to be improved above all by doing without couriers.
    """

    problem: Problem
    start: Mapping[int, Sequence[int]] | None = None
    reduce_fleet: bool = False


def by_office(problem: Problem, start: Mapping[int, Sequence[int]]) -> list[Subproblem]:
    """Return the offices, each alone, with what ``start`` says about their jobs.

    Where nothing tells offices apart (one office, or vehicles or jobs without one), the day is one part.
    """
    crews = crews_by_office(problem)
    if len(crews) <= 1 or None in crews or any(_homeless(problem, crews, job) for job in problem.jobs):
        return [Subproblem(problem, start or None)] if problem.jobs else []
    errands: dict[OfficeId, list[Job]] = {office: [] for office in crews}
    for job in problem.jobs:
        if job.office in errands:
            errands[job.office].append(job)
    return [
        part_of(replace(problem, assignment="home"), crews[office], jobs, start)
        for office, jobs in errands.items()
        if jobs
    ]


def _homeless(problem: Problem, crews: Mapping[OfficeId, Sequence[Vehicle]], job: Job) -> bool:
    """Say whether no office is the job's own: it has none, or one without couriers that others may stand in for."""
    return job.office is None or (problem.assignment == "free" and job.movable and job.office not in crews)


def part_of(
    problem: Problem, vehicles: Sequence[Vehicle], jobs: Sequence[Job], start: Mapping[int, Sequence[int]]
) -> Subproblem:
    """Return the part of some vehicles and jobs, with what ``start`` says about them; it travels to a child, so it
    carries no more of the onward legs and tables than it needs.
    """
    inside = {job.id for job in jobs}
    held = {vehicle.id: [job for job in start.get(vehicle.id, ()) if job in inside] for vehicle in vehicles}
    kept = {v: tour for v, tour in held.items() if tour}
    smaller = replace(problem, vehicles=tuple(vehicles), jobs=tuple(jobs), onward=_onward(problem, vehicles, jobs))
    return Subproblem(_cut_tables(smaller) if problem.tables else smaller, kept or None)


def _onward(problem: Problem, vehicles: Sequence[Vehicle], jobs: Sequence[Job]) -> Onward | None:
    if problem.onward is None:
        return None
    offices, desks = {vehicle.office for vehicle in vehicles}, {job.desk for job in jobs}
    pairs = ((office, desk) for office in offices for desk in desks if office is not None and desk is not None)
    known = problem.onward.distances
    return replace(problem.onward, distances={pair: known[pair] for pair in pairs if pair in known})


def _cut_tables(problem: Problem) -> Problem:
    """Keep the rows and columns of the places that are left, under new numbers."""
    ends = [index for vehicle in problem.vehicles for index in (vehicle.start_index, vehicle.end_index)]
    places = sorted({index for index in [*ends, *(job.location_index for job in problem.jobs)] if index is not None})
    number: dict[int | None, int | None] = {None: None} | {index: n for n, index in enumerate(places)}
    block = np.ix_(places, places)
    tables = {
        profile: TravelTable(
            table.durations[block], table.distances[block], None if table.costs is None else table.costs[block]
        )
        for profile, table in problem.tables.items()
    }
    vehicles = tuple(
        replace(vehicle, start_index=number[vehicle.start_index], end_index=number[vehicle.end_index])
        for vehicle in problem.vehicles
    )
    jobs = tuple(replace(job, location_index=number[job.location_index]) for job in problem.jobs)
    return replace(problem, vehicles=vehicles, jobs=jobs, tables=tables)


def crews_by_office(problem: Problem) -> dict[OfficeId, list[Vehicle]]:
    """Return the vehicles of each office."""
    crews: dict[OfficeId, list[Vehicle]] = {}
    for vehicle in problem.vehicles:
        crews.setdefault(vehicle.office, []).append(vehicle)
    return crews


def given(problem: Problem, offices: Mapping[int, int]) -> Problem:
    """Return the problem with an office for each job: of ``routing.assign`` where it gave one, else its own.

    Under ``free`` a delivery belongs to the office where it lies.
    """

    def office(job: Job) -> int | None:
        lies = job.origin if problem.assignment == "free" and job.movable and any(job.delivery) else None
        return lies if lies is not None else offices.get(job.id, job.office)

    return replace(problem, jobs=tuple(replace(job, office=office(job)) for job in problem.jobs))


def lacks_offices(problem: Problem, most: int) -> bool:
    """Say whether jobs must be given to offices first: several offices, and more than ``most`` stops, too many for one search."""
    crews = crews_by_office(problem)
    several = len(crews) > 1 and None not in crews and len(problem.jobs) > most
    return several and any(_homeless(problem, crews, job) for job in problem.jobs)
