"""Why a stop was left out: the first rule that keeps it from every courier, found by trying.

First alone: could any courier serve this stop and nothing else? If so, in the plan as it is: which rule refuses
the cheapest places, and would it be dearer than its prize?
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from routing.day_params import ExplainParams
from routing.model import HOUR_KM, Model, refusals
from routing.nearby import nearby
from routing.plan import Reason, Unassigned
from routing.problem import ALWAYS, HORIZON, UNREACHABLE, Job, Problem, Vehicle
from routing.relax import relax
from routing.timing import departure_bound, fit
from routing.tours import Tours, TourSet, breaks_rule

SAME: Mapping[str | None, Reason] = {"max_tasks": "max_tasks", "capacity": "capacity", "max_travel": "max_travel"}


def explain(
    problem: Problem,
    sequences: Mapping[int, Sequence[int]],
    left: Sequence[int],
    *,
    until: float | None = None,
    prove: bool = False,
    params: ExplainParams = ExplainParams(),
) -> tuple[Unassigned, ...]:
    """Return a reason for each job id of ``left``, given the job ids of each used vehicle id.

    The cheapest change that would let it in is told with it; after ``until`` (``time.monotonic``) only the reason is.
    ``prove``: see ``routing.relax``. ``params``: how far is looked. Raises ``KeyError`` for an id of no job.
    """
    jobs = {job.id: job for job in problem.jobs}
    why = _reasons(problem, sequences, [jobs[number] for number in left], params)
    return tuple(
        Unassigned(
            number, why[number], relax(problem, sequences, jobs[number], until=until, prove=prove, params=params)
        )
        for number in left
    )


def _reasons(
    problem: Problem, sequences: Mapping[int, Sequence[int]], left: Sequence[Job], params: ExplainParams
) -> dict[int, Reason]:
    """Return by job id why these jobs are not in these routes; neighbours are looked at in one model."""
    jobs = {job.id: job for job in problem.jobs}
    reasons: dict[int, Reason] = {}
    corners: dict[tuple[int, ...], tuple[list[Vehicle], list[Job]]] = {}
    for job in left:
        willing = [vehicle for vehicle in problem.vehicles if not refusals(problem, vehicle, job)]
        if willing:
            nearest = nearby(problem, job, willing, {}, params.nearby)[0]
            key = (nearest.id, *(vehicle.id for vehicle in willing))
            corners.setdefault(key, (willing, []))[1].append(job)
        else:
            reasons[job.id] = _nobody(problem, job)
    for willing, neighbours in corners.values():
        able = nearby(problem, neighbours[0], willing, sequences, params.nearby)
        company = [jobs[number] for vehicle in able for number in sequences.get(vehicle.id, ())]
        model = Model(replace(problem, vehicles=able, jobs=(*neighbours, *company)))
        place = {job.id: at for at, job in enumerate(company, start=1)}
        tours = {v: [place[number] for number in sequences.get(vehicle.id, ())] for v, vehicle in enumerate(able)}
        others = range(len(neighbours), len(model.jobs))
        reasons |= {
            job.id: _reason(model.only([at, *others]), tours, params.places) for at, job in enumerate(neighbours)
        }
    return reasons


def _reason(model: Model, tours: Tours, places: int) -> Reason:
    """Return why job 0 of the model is not in these routes."""
    alone = [_alone(model, v) for v in range(len(model.vehicles))]
    if None not in alone:
        return _commonest([name for name in alone if name is not None])
    return _in_company(model, tours, places)


def _nobody(problem: Problem, job: Job) -> Reason:
    """Name the rule that turns away even the couriers whom the other rules would let through."""
    refusals_by_vehicle = [refusals(problem, vehicle, job) for vehicle in problem.vehicles]
    nearest = min(refusals_by_vehicle, key=len, default=("office",))
    names: dict[str, Reason] = {"locked": "locked", "skills": "skill", "office": "unreachable"}
    return names[nearest[0]]


def _alone(model: Model, v: int) -> Reason | None:
    """Return what keeps the vehicle from serving job 0 and nothing else, or ``None``."""
    vehicle, job, travel = model.vehicles[v], model.jobs[0], model.travel[v]
    if any(travel.seconds[a][b] >= UNREACHABLE for a, b in model.legs(v, [0])):
        return "unreachable"
    rule = breaks_rule(model, v, [0])
    if rule is None:
        return _priced_out(model, v, job)
    if rule in SAME:
        return SAME[rule]
    return _time_reason(model, vehicle, job)


def _priced_out(model: Model, v: int, job: Job) -> Reason | None:
    price = model.route_price(v, [0]) + model.route_visits(v, [0])
    return "dearer_than_prize" if job.prize is not None and price > job.prize and len(model.jobs) == 1 else None


def _time_reason(model: Model, vehicle: Vehicle, job: Job) -> Reason:
    """Find which of release, window and shift, when lifted, lets the job in."""
    lifted: tuple[tuple[Reason, Vehicle, Job], ...] = (
        ("release", vehicle, replace(job, release=None)),
        ("window", vehicle, replace(job, windows=ALWAYS)),
        ("shift", _all_day(vehicle), job),
    )
    for name, courier, stop in lifted:
        if (name != "release" or job.release is not None) and _fits(model, courier, stop):
            return name
    return "shift"


def _all_day(vehicle: Vehicle) -> Vehicle:
    return replace(vehicle, window=(0, HORIZON), breaks=(), max_duration=None)


def _fits(model: Model, vehicle: Vehicle, job: Job) -> bool:
    alone = Model(replace(model.problem, vehicles=(vehicle,), jobs=(replace(job, vehicle=None),)))
    return breaks_rule(alone, 0, [0]) is None


def _in_company(model: Model, tours: Tours, places: int) -> Reason:
    """Look at so many of the cheapest places in the plan: what refuses most of them, or is it the price?"""
    job, company = model.jobs[0], TourSet(model, tours)
    time_short = _TimeShort(model)
    refused: list[Reason] = []
    for spot in sorted(company.spots(0))[:places]:
        if job.prize is not None and spot.delta > job.prize * HOUR_KM:
            return _commonest(refused) if refused else "dearer_than_prize"
        refused.append(_refusal(model, time_short, spot.v, company.with_job(spot, 0)))
    return _commonest(refused)


def _refusal(model: Model, time_short: "_TimeShort", v: int, sequence: Sequence[int]) -> Reason:
    rule = breaks_rule(model, v, sequence)
    if rule in SAME:
        return SAME[rule]
    vehicle, job = model.vehicles[v], model.jobs[0]
    if vehicle.max_trips > 1:
        return _lifted_in_company(model, v, sequence)
    bound = departure_bound(model, v, sequence)
    if job.release is not None and any(job.delivery) and bound == job.release > vehicle.window[0]:
        return "release"
    return time_short.of(v, [j for j in sequence if j], bound)


def _lifted_in_company(model: Model, v: int, sequence: Sequence[int]) -> Reason:
    """Find which of release and window of job 0, when lifted, lets it into a tour of several trips."""
    job = model.jobs[0]
    others = [j for j in sequence if j]
    if job.release is not None and breaks_rule(model.with_rules(job=replace(job, release=None)), v, sequence) is None:
        return "release"
    open_day = model.with_rules(job=replace(job, windows=ALWAYS))
    tours = ([*others[:at], 0, *others[at:]] for at in range(len(others) + 1))
    return "window" if any(breaks_rule(open_day, v, tour) is None for tour in tours) else "shift"


class _TimeShort:
    """Tells the stop's window from the courier's shift, once for each route: all its places answer alike."""

    def __init__(self, model: Model) -> None:
        self.open_day = model.with_rules(job=replace(model.jobs[0], windows=ALWAYS))
        self.known: dict[int, Reason] = {}

    def of(self, v: int, others: Sequence[int], bound: int) -> Reason:
        """Say what keeps job 0 out of this route at any hour of the day, or else its window."""
        if v not in self.known:
            places = range(len(others) + 1)
            room = any(fit(self.open_day, v, [*others[:at], 0, *others[at:]], bound) for at in places)
            self.known[v] = "window" if room else "shift"
        return self.known[v]


def _commonest(names: Sequence[Reason]) -> Reason:
    return Counter(names).most_common(1)[0][0] if names else "shift"
