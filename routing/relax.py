"""The cheapest change that would let a stop into the plan as it is, found by trying: the smallest amount of each kind of
change is searched by halving, and the kind whose price is lowest is told.

Nothing else of the plan moves: what is promised holds for the routes that stand.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from routing.day_params import ExplainParams
from routing.model import HOUR_KM, Model, refusals
from routing.nearby import nearby
from routing.plan import Relaxation
from routing.problem import HORIZON, Job, Problem, Vehicle, Window
from routing.tours import Spot, TourSet, breaks_rule
from routing.trips import price, split

Lift = Callable[[Model, int], Model]


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change: ``lift(model, amount)`` is the problem with it, ``most`` the largest amount worth telling."""

    kind: str
    unit: str
    most: int
    lift: Lift
    per_hour: int = 0  # đồng an hour of the amount: overtime is paid


def relax(
    problem: Problem,
    sequences: Mapping[int, Sequence[int]],
    job: Job,
    *,
    until: float | None = None,
    prove: bool = False,
    params: ExplainParams = ExplainParams(),
) -> Relaxation | None:
    """Return the cheapest change that lets ``job`` in, or ``None`` where none of these kinds does.

    After ``until`` (``time.monotonic``) no further kind is tried, and the cheapest found so far is told.

    ``prove``: where a short route takes the job, CP-SAT looks for the least widening of the window or the shift over
    every order of its stops (``routing.assign.proof``); else, and for long routes, the standing order decides.

    ``sequences``: job ids by vehicle id, as they stand. Kinds and units: ``window``, ``shift``, ``release`` and
    ``max_travel`` (s), ``max_distance`` (m), ``capacity`` (units of load), ``max_tasks`` (stops), ``prize`` (đồng),
    ``courier`` (one more at an office of the plan), ``office`` (m that another office's courier drives for it).
    ``cost_delta``: đồng that the plan costs more, overtime and the new courier's fixed cost included. ``params``: the
    largest amounts of a change worth telling, and how many places are looked at for each.
    """
    same = _same_office(problem, sequences, job, params, prove=prove)
    kinds = chain(same, _other_office(problem, sequences, job, params))
    relaxations: list[Relaxation] = []
    while until is None or time.monotonic() < until:
        change = next(kinds, None)
        if change is None:
            break
        relaxations.append(change)
    return min(relaxations, key=lambda one: (one.cost_delta, one.kind, one.amount), default=None)


def _same_office(
    problem: Problem, sequences: Mapping[int, Sequence[int]], job: Job, params: ExplainParams, *, prove: bool
) -> Iterator[Relaxation]:
    willing = [vehicle for vehicle in problem.vehicles if not refusals(problem, vehicle, job)]
    able = nearby(problem, job, willing, sequences, params.nearby)
    if not able:
        return
    model, tours = _local(problem, sequences, job, able)
    if (spot := _cheapest(model, tours, params.relaxed_places)) is not None:
        if job.prize is not None:  # there is room: only the price is in the way
            dong = -(-spot.delta // HOUR_KM)
            yield Relaxation("prize", max(0, dong - job.prize), "VND", dong)
        return
    for change in _changes(job, able, params):
        if (least := _least(model, tours, change, params.relaxed_places)) is not None:
            amount, spot = least
            overtime = -(-change.per_hour * amount // 3600)
            yield Relaxation(change.kind, amount, change.unit, spot.delta // HOUR_KM + overtime)
            if prove and change.kind in {"window", "shift"}:
                yield from _proved(model, tours, change, amount, params)
    yield from _one_more(problem, job, able)


def _local(
    problem: Problem, sequences: Mapping[int, Sequence[int]], job: Job, able: Sequence[Vehicle]
) -> tuple[Model, dict[int, list[int]]]:
    """Return the job (number 0) with the couriers who may serve it, and what they serve now."""
    jobs = {other.id: other for other in problem.jobs}
    company = {number for vehicle in able for number in sequences.get(vehicle.id, ())}
    model = Model(replace(problem, vehicles=tuple(able), jobs=(job, *(jobs[n] for n in sorted(company)))))
    tours = {v: [model.job_index[n] for n in sequences.get(vehicle.id, ())] for v, vehicle in enumerate(able)}
    return model, tours


def _changes(job: Job, able: Sequence[Vehicle], params: ExplainParams) -> Iterator[Change]:
    yield Change("window", "s", params.longest, _window)
    yield Change("shift", "s", params.longest, _shift, max(vehicle.per_hour for vehicle in able))
    if job.release is not None:
        yield Change("release", "s", job.release, _release)
    if any(amount for amount in (*job.delivery, *job.pickup)):
        yield Change("capacity", "", max((*job.delivery, *job.pickup)), _capacity)
    if any(vehicle.max_tasks is not None for vehicle in able):
        yield Change("max_tasks", "", 1, _max_tasks)
    if any(vehicle.max_travel_time is not None for vehicle in able):
        yield Change("max_travel", "s", params.longest, _max_travel)
    if any(vehicle.max_distance is not None for vehicle in able):
        yield Change("max_distance", "m", params.farthest, _max_distance)


def _least(model: Model, tours: Mapping[int, Sequence[int]], change: Change, places: int) -> tuple[int, Spot] | None:
    """Return the smallest amount with a place for the job, and the cheapest place at that amount."""

    def place(amount: int) -> Spot | None:
        return _cheapest(change.lift(model, amount), tours, places, model)

    best = place(change.most)
    if best is None:
        return None
    low, high = 0, change.most  # no place at low, a place at high
    while high - low > 1:
        middle = (low + high) // 2
        if (spot := place(middle)) is not None:
            high, best = middle, spot
        else:
            low = middle
    return high, best


def _cheapest(
    model: Model, tours: Mapping[int, Sequence[int]], places: int, standing: Model | None = None
) -> Spot | None:
    """Return the cheapest of so many places for job 0 that breaks no rule, whatever its prize.

    ``standing``: the rules by which the tours are cut without it.
    """
    company = TourSet(model, tours)
    for spot in sorted(company.spots(0))[:places]:
        if breaks_rule(model, spot.v, company.with_job(spot, 0)) is None:
            return company.priced(spot, 0, standing)
    return None


def _proved(
    model: Model, tours: Mapping[int, Sequence[int]], change: Change, known: int, params: ExplainParams
) -> Iterator[Relaxation]:
    """Less than the standing order needs, where another order of a short route takes the job with less."""
    from routing.assign.proof import Kind, least, provable  # noqa: PLC0415  CP-SAT loads only where it is asked

    for v, tour in tours.items():
        jobs = [0, *tour]
        if not provable(model, v, jobs, params.proved):
            continue
        kind: Kind = "window" if change.kind == "window" else "shift"
        proved = least(model, v, jobs, kind, known - 1, params.proof_work)
        if proved is None or breaks_rule(change.lift(model, proved.amount), v, proved.order) is not None:
            continue
        dong = _price(model, v, proved.order) - _price(model, v, tour)
        yield Relaxation(change.kind, proved.amount, change.unit, dong - (-change.per_hour * proved.amount // 3600))


def _price(model: Model, v: int, sequence: Sequence[int]) -> int:
    return price(model, v, sequence) + model.route_visits(v, sequence)


def _one_more(problem: Problem, job: Job, able: Sequence[Vehicle]) -> Iterator[Relaxation]:
    """One more courier like one of these, with the whole shift before him."""
    model = Model(replace(problem, vehicles=tuple(able), jobs=(job,)))
    prices = [
        model.route_price(v, [0]) + model.route_visits(v, [0])
        for v in range(len(able))
        if breaks_rule(model, v, [0]) is None
    ]
    if prices:
        yield Relaxation("courier", 1, "", min(prices))


def _other_office(
    problem: Problem, sequences: Mapping[int, Sequence[int]], job: Job, params: ExplainParams
) -> Iterator[Relaxation]:
    """A courier of another office, where only the office keeps the others away; a delivery stays where it lies."""
    others = [v for v in problem.vehicles if refusals(problem, v, job) == ("office",) and v.office is not None]
    if any(job.delivery) or not job.movable or not others:
        return
    for office in _nearest(problem, others, job, params):
        crew = [vehicle for vehicle in others if vehicle.office == office]
        model, tours = _local(problem, sequences, replace(job, office=office), crew)
        if (spot := _cheapest(model, tours, params.relaxed_places)) is not None:
            metres = _metres(model, spot.v, TourSet(model, tours).with_job(spot, 0)) - _metres(
                model, spot.v, tours[spot.v]
            )
            yield Relaxation("office", max(0, metres), "m", spot.delta // HOUR_KM)


def _nearest(problem: Problem, others: Sequence[Vehicle], job: Job, params: ExplainParams) -> list[int]:
    ranked = nearby(problem, job, others, {}, params.nearby)
    offices = [vehicle.office for vehicle in ranked if vehicle.office is not None]
    return list(dict.fromkeys(offices))[: params.offices]


def _metres(model: Model, v: int, sequence: Sequence[int]) -> int:
    legs = model.legs(v, split(model, v, sequence)) if sequence else ()
    return sum(model.travel[v].metres[a][b] for a, b in legs)


# -- the same problem with one rule lifted by an amount; the matrices are shared


def _window(model: Model, amount: int) -> Model:
    job = model.jobs[0]
    return model.with_rules(job=replace(job, windows=wider(job.windows, amount)))


def wider(windows: Sequence[Window], amount: int) -> tuple[Window, ...]:
    """Return the windows longer by ``amount`` seconds at both ends; those that meet become one."""
    merged: list[Window] = []
    for early, late in ((max(0, early - amount), min(HORIZON, late + amount)) for early, late in windows):
        if merged and early <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(late, merged[-1][1]))
        else:
            merged.append((early, late))
    return tuple(merged)


def _shift(model: Model, amount: int) -> Model:
    def longer(vehicle: Vehicle) -> Vehicle:
        most = None if vehicle.max_duration is None else vehicle.max_duration + amount
        return replace(vehicle, window=(vehicle.window[0], vehicle.window[1] + amount), max_duration=most)

    return model.with_rules(vehicles=[longer(vehicle) for vehicle in model.vehicles])


def _release(model: Model, amount: int) -> Model:
    job = model.jobs[0]
    return model.with_rules(job=replace(job, release=(job.release or 0) - amount))


def _capacity(model: Model, amount: int) -> Model:
    def roomier(vehicle: Vehicle) -> Vehicle:
        return replace(vehicle, capacity=tuple(room + amount for room in vehicle.capacity))

    return model.with_rules(vehicles=[roomier(vehicle) for vehicle in model.vehicles])


def _max_tasks(model: Model, amount: int) -> Model:
    return model.with_rules(vehicles=[replace(v, max_tasks=_lifted(v.max_tasks, amount)) for v in model.vehicles])


def _max_travel(model: Model, amount: int) -> Model:
    return model.with_rules(
        vehicles=[replace(v, max_travel_time=_lifted(v.max_travel_time, amount)) for v in model.vehicles]
    )


def _max_distance(model: Model, amount: int) -> Model:
    return model.with_rules(vehicles=[replace(v, max_distance=_lifted(v.max_distance, amount)) for v in model.vehicles])


def _lifted(bound: int | None, amount: int) -> int | None:
    return None if bound is None else bound + amount
