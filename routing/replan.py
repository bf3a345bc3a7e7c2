"""Replan a day that has begun: the past stands, what a courier carries stays with that courier, and a change has a price.

A late stop is first put at its cheapest place, at once; then, for as long as the caller gives, stops are taken out and
put back where that saves more than the changes it makes are worth. The answer says what was inserted, moved and left
as it was.
"""

import random
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.day_params import ReplanParams
from routing.engines.interface import Limit
from routing.evaluate import Evaluation, Sequences, evaluate
from routing.explain import explain
from routing.model import HOUR_KM, Model
from routing.plan import Unassigned
from routing.problem import Job, Point, Problem, Vehicle
from routing.search_params import SearchParams
from routing.tours import TourSet, breaks_rule

FRESH: Final = -7_001
"""A skill that only couriers who still stand at the office have: what must be loaded there waits for one of them."""


@dataclass(frozen=True, slots=True)
class CourierPosition:
    """Where a courier on the way is (the last door that counts as done) and from when free to go on.

    ``collected``: what was picked up so far, per dimension of load. ``rested``: ids of breaks already taken.
    """

    at: Point
    free: int
    collected: tuple[int, ...] = ()
    rested: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Diff:
    """What the change did to the stops, by job id; ``moved`` got another courier or another place among their company."""

    inserted: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Replanned:
    """The rest of the day after the change: ``sequences`` of all couriers, and the judged ``routes`` of those whose order
    changed. Deltas in metres, seconds of travel and đồng against the rest before it."""

    routes: Evaluation
    sequences: Sequences
    diff: Diff
    distance_delta: int
    duration_delta: int
    cost_delta: int
    by_vehicle: Mapping[int, "Delta"]
    left_out: tuple[Unassigned, ...] = ()
    polished: int = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """What a courier's rest of the day changed by: metres, seconds of travel, đồng."""

    distance: int
    duration: int
    cost: int


def rest_of_day(problem: Problem, positions: Mapping[int, CourierPosition], aboard: Iterable[int]) -> Problem:
    """Return the problem that is left: couriers on the way start where they are, with the room that is left.

    ``positions``: by vehicle id, of those who have left the office. ``aboard``: ids of jobs whose delivery is in a
    courier's bag; each must be locked to that courier (``Job.vehicle``). Other deliveries lie at the office: only who
    has not left can load them.
    """
    loaded = frozenset(aboard)
    jobs = tuple(job if job.id in loaded else from_the_office(job) for job in problem.jobs)
    vehicles = tuple(
        _on_the_way(vehicle, positions[vehicle.id]) if vehicle.id in positions else _fresh(vehicle)
        for vehicle in problem.vehicles
    )
    return replace(problem, jobs=jobs, vehicles=vehicles)


def from_the_office(job: Job) -> Job:
    """Return the job as one that only who has not left can do, where it brings something that lies at the office."""
    return replace(job, skills=job.skills | {FRESH}) if any(job.delivery) else job


def _fresh(vehicle: Vehicle) -> Vehicle:
    return replace(vehicle, skills=vehicle.skills | {FRESH})


def _on_the_way(vehicle: Vehicle, position: CourierPosition) -> Vehicle:
    room = tuple(
        max(0, most - (position.collected[d] if d < len(position.collected) else 0))
        for d, most in enumerate(vehicle.capacity)
    )
    return replace(
        vehicle,
        start=position.at,
        window=(max(vehicle.window[0], position.free), max(vehicle.window[1], position.free)),
        capacity=room,
        breaks=tuple(rest for rest in vehicle.breaks if rest.id not in position.rested),
        fixed=0,
        max_trips=1,
    )


def replan(
    problem: Problem,
    standing: Sequences,
    late: Sequence[int],
    *,
    limit: Limit | None = None,
    seed: int = 0,
    params: SearchParams = SearchParams(),
) -> Replanned:
    """Put the ``late`` jobs into the ``standing`` routes of the rest of the day, and polish until ``limit``.

    ``problem``: as ``rest_of_day`` gives it. Without a limit nothing that stands moves. Jobs that find no place are in
    ``left_out`` with a reason and the cheapest change that would let them in. What a courier who runs
    late has missed already keeps nobody from a stop: it only may not become later. ``params``: the price of a change
    (``replan``), and how far reasons are looked for (``explain``). Raises ``KeyError`` for an id that is not in ``problem``.
    """
    model = Model(problem)
    before = {model.vehicle_index[v]: [model.job_index[j] for j in tour] for v, tour in standing.items()}
    if any(tour and breaks_rule(model, v, tour) is not None for v, tour in before.items()):
        model = Model(_as_it_runs(problem, standing))
    tours = TourSet(model, before)
    wanted = [model.job_index[number] for number in late]
    tours.place(sorted(wanted, key=lambda j: -model.jobs[j].priority))
    polished = _polish(tours, before, limit, seed, params.replan) if limit is not None else 0
    answer = _answer(problem, model, tours, standing, late)
    left = [number for number in late if number not in {job for tour in answer.sequences.values() for job in tour}]
    left_out = explain(problem, answer.sequences, left, params=params.explain)
    return replace(answer, left_out=left_out, polished=polished)


def _as_it_runs(problem: Problem, standing: Sequences) -> Problem:
    """Return the problem with the promises that are late already as late as they are: no change may make them later."""
    judged = evaluate(problem, standing)
    comes = {step.id: step.arrival for route in judged.routes for step in route.steps if step.type == "job"}
    home = {route.vehicle: route.steps[-1].arrival for route in judged.routes}
    late = {fault.job for fault in judged.violations if fault.cause == "delay" and fault.job is not None}
    return replace(
        problem,
        jobs=tuple(_until(job, comes[job.id]) if job.id in late else job for job in problem.jobs),
        vehicles=tuple(
            replace(one, window=(one.window[0], max(one.window[1], home.get(one.id, 0)))) for one in problem.vehicles
        ),
    )


def _until(job: Job, moment: int) -> Job:
    early, late = job.windows[-1]
    return replace(job, windows=(*job.windows[:-1], (early, max(late, moment))))


def _polish(tours: TourSet, before: Mapping[int, Sequence[int]], limit: Limit, seed: int, params: ReplanParams) -> int:
    """Take a few stops out and put them back; keep what saves more than its changes cost. Returns the changes kept."""
    model, rng = tours.model, random.Random(seed)
    sound = {v for v, tour in tours.tours.items() if not tour or breaks_rule(model, v, tour) is None}
    free = [j for v in sound for j in tours.tours[v]] + sorted(tours.left)
    best, kept, rounds = _worth(tours, before, params.change), 0, 0
    while len(free) > 1 and limit.left() > 0 and (limit.iterations is None or rounds < limit.iterations):
        rounds += 1
        tried, left = {v: list(tour) for v, tour in tours.tours.items()}, set(tours.left)
        tours.remove(rng.sample(free, rng.randint(1, min(params.out, len(free)))))
        order = sorted(tours.left)
        rng.shuffle(order)
        tours.place(sorted(order, key=lambda j: -model.jobs[j].priority))
        worth = _worth(tours, before, params.change)
        if worth < best and all(not tour or breaks_rule(model, v, tour) is None for v, tour in _of(tours, sound)):
            best, kept = worth, kept + 1
        else:
            tours.tours, tours.left = tried, left
    return kept


def _of(tours: TourSet, vehicles: Iterable[int]) -> list[tuple[int, list[int]]]:
    return [(v, tours.tours[v]) for v in vehicles]


def _worth(tours: TourSet, before: Mapping[int, Sequence[int]], change_price: int) -> tuple[int, int]:
    weight, cost = tours.key()
    moved = sum(len(_moved(before.get(v, ()), tour)) for v, tour in tours.tours.items())
    return weight, cost + change_price * moved


def _moved(before: Sequence[int], after: Sequence[int]) -> set[int]:
    """Return the stops of ``before`` that are elsewhere now, or not in the order of the longest run that kept it."""
    place = {j: at for at, j in enumerate(before)}
    still = [j for j in after if j in place]
    return set(before) - _longest_run(still, place)


def _longest_run(stops: Sequence[int], place: Mapping[int, int]) -> set[int]:
    """Return a longest subsequence of the stops whose old places increase (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for j in stops:
        at = bisect_left(tops, place[j])
        previous[j] = ends[at - 1] if at else None
        tops[at:], ends[at:] = ([place[j], *tops[at + 1 :]], [j, *ends[at + 1 :]])
    run: set[int] = set()
    j_or_none: int | None = ends[-1] if ends else None
    while j_or_none is not None:
        run.add(j_or_none)
        j_or_none = previous[j_or_none]
    return run


def diff_of(before: Sequences, after: Sequences, late: Iterable[int]) -> Diff:
    """Compare two sets of routes stop by stop; ``late`` are the jobs that were not in the routes before."""
    new = set(late)
    moved = {j for v, tour in before.items() for j in _moved(tour, after.get(v, ()))}
    order = [j for tour in after.values() for j in tour]
    return Diff(
        inserted=tuple(j for j in order if j in new),
        moved=tuple(j for j in order if j in moved),
        unchanged=tuple(j for j in order if j not in moved and j not in new),
    )


def _answer(problem: Problem, model: Model, tours: TourSet, standing: Sequences, late: Sequence[int]) -> Replanned:
    ids = {model.vehicles[v].id: [model.jobs[j].id for j in tour] for v, tour in tours.used.items()}
    changed = [v for v in ids.keys() | standing.keys() if list(ids.get(v, ())) != list(standing.get(v, ()))]
    new = evaluate(problem, {v: ids[v] for v in sorted(changed) if v in ids})
    old = evaluate(problem, {v: standing[v] for v in sorted(changed) if v in standing})
    deltas = _deltas(model, new, old, changed)
    return Replanned(
        routes=new,
        sequences={v: tuple(tour) for v, tour in ids.items()},
        diff=diff_of(standing, ids, late),
        distance_delta=sum(delta.distance for delta in deltas.values()),
        duration_delta=sum(delta.duration for delta in deltas.values()),
        cost_delta=sum(delta.cost for delta in deltas.values()),
        by_vehicle=deltas,
    )


def _deltas(model: Model, new: Evaluation, old: Evaluation, changed: Iterable[int]) -> dict[int, Delta]:
    """Compare courier by courier; who has nothing left to do still rides home."""
    deltas = {}
    for number in changed:
        v = model.vehicle_index[number]
        after, before = (_ridden(model, v, judged) for judged in (new, old))
        deltas[number] = Delta(*(one - other for one, other in zip(after, before, strict=True)))
    return deltas


def _ridden(model: Model, v: int, judged: Evaluation) -> tuple[int, int, int]:
    route = next((route for route in judged.routes if route.vehicle == model.vehicles[v].id), None)
    if route is not None:
        return route.distance, route.duration, route.cost + route.onward_cost
    travel, a, b = model.travel[v], model.start_at[v], model.end_at[v]
    return travel.metres[a][b], travel.seconds[a][b], model.price(v, a, b) // HOUR_KM
