"""Cut a day into parts that can be searched alone: offices, and clusters of neighbouring offices."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from routing.problem import Job, Point, Problem, Vehicle

CLUSTER = 150
"""Stops of a cluster: PyVRP converges on so many within seconds (routing notes: ~200 stops)."""
LARGE = 300
"""Stops that are still searched in one piece when nothing cuts the day."""
MIDDLE, THIRD = 0.5, 1 / 3

Office = int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day and the plan to improve on (job ids by vehicle id)."""

    problem: Problem
    start: Mapping[int, Sequence[int]] | None = None


def by_office(problem: Problem, start: Mapping[int, Sequence[int]]) -> list[Part]:
    """Return the offices, each alone, with what ``start`` says about their jobs.

    Where nothing tells offices apart (one office, or vehicles or jobs without one), the day is one part.
    """
    crews = crews_by_office(problem)
    if len(crews) <= 1 or None in crews or any(_homeless(problem, crews, job) for job in problem.jobs):
        return [Part(problem, start or None)] if problem.jobs else []
    errands: dict[Office, list[Job]] = {office: [] for office in crews}
    for job in problem.jobs:
        if job.office in errands:
            errands[job.office].append(job)
    return [
        _part(replace(problem, assignment="home"), crews[office], jobs, start)
        for office, jobs in errands.items()
        if jobs
    ]


def _homeless(problem: Problem, crews: Mapping[Office, Sequence[Vehicle]], job: Job) -> bool:
    """Say whether no office is the job's own: it has none, or one without couriers that others may stand in for."""
    return job.office is None or (problem.assignment == "free" and job.movable and job.office not in crews)


def _part(
    problem: Problem, vehicles: Sequence[Vehicle], jobs: Sequence[Job], start: Mapping[int, Sequence[int]]
) -> Part:
    inside = {job.id for job in jobs}
    held = {vehicle.id: [job for job in start.get(vehicle.id, ()) if job in inside] for vehicle in vehicles}
    kept = {v: tour for v, tour in held.items() if tour}
    return Part(replace(problem, vehicles=tuple(vehicles), jobs=tuple(jobs)), kept or None)


def crews_by_office(problem: Problem) -> dict[Office, list[Vehicle]]:
    """Return the vehicles of each office."""
    crews: dict[Office, list[Vehicle]] = {}
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


def lacks_offices(problem: Problem) -> bool:
    """Say whether jobs must be given to offices first: several offices, and too many stops for one search."""
    crews = crews_by_office(problem)
    several = len(crews) > 1 and None not in crews and len(problem.jobs) > LARGE
    return several and any(_homeless(problem, crews, job) for job in problem.jobs)


def by_neighbourhood(
    problem: Problem, sequences: Mapping[int, Sequence[int]], seats: Mapping[int, Office], *, shifted: bool
) -> list[Part]:
    """Return clusters of neighbouring offices with the routes that they drive now.

    ``shifted`` cuts along other lines, so that what was a border lies inside a cluster the second time. A job that
    nobody serves belongs to the cluster of its office in ``seats``.
    """
    crews, jobs = crews_by_office(problem), {job.id: job for job in problem.jobs}
    office_of = {job: vehicle.office for vehicle in problem.vehicles for job in sequences.get(vehicle.id, ())}
    held: dict[Office, list[Job]] = {office: [] for office in crews}
    for number, job in jobs.items():
        office = office_of.get(number, seats.get(number))
        if office in held:
            held[office].append(job)
    points = {office: _seat(crew) for office, crew in crews.items()}
    sizes = {office: len(held[office]) for office in crews}
    parts = []
    for cluster in _halves(
        sorted(crews, key=lambda office: (office is None, office or 0)), points, sizes, THIRD if shifted else MIDDLE
    ):
        vehicles = tuple(vehicle for office in cluster for vehicle in crews[office])
        errands = tuple(job for office in cluster for job in held[office])
        if errands and len(cluster) > 1:
            parts.append(_part(problem, vehicles, errands, sequences))
    return parts


def _seat(crew: Sequence[Vehicle]) -> Point:
    return crew[0].start or crew[0].end or (float(crew[0].start_index or 0), 0.0)


def _halves(
    offices: Sequence[Office], points: Mapping[Office, Point], sizes: Mapping[Office, int], first_cut: float
) -> Iterator[Sequence[Office]]:
    """Split along the longer side until a part is small: first at ``first_cut`` of the stops, then in the middle."""
    total = sum(sizes[office] for office in offices)
    if total <= CLUSTER or len(offices) <= 2:  # noqa: PLR2004  a pair is the smallest neighbourhood
        yield offices
        return
    spread = [max(points[o][axis] for o in offices) - min(points[o][axis] for o in offices) for axis in (0, 1)]
    axis = 0 if spread[0] >= spread[1] else 1
    ranked = sorted(offices, key=lambda office: (points[office][axis], office or 0))
    sums = list(accumulate(sizes[office] for office in ranked))
    cut = min(1 + bisect_left(sums, total * first_cut), len(ranked) - 1)
    for half in (ranked[:cut], ranked[cut:]):
        yield from _halves(half, points, sizes, MIDDLE)
