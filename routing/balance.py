"""Even out the working hours of the couriers of an office, at the smallest price that the search finds.

No engine balances hours. So the longest working day of an office is bounded: between the mean, where all days would
be alike, and the longest of the plan at hand. Each bound is searched again from that plan; of the plans that still
serve every stop and whose days differ by no more than asked the cheapest is kept. An upper bound is enough: what it
takes from the longest day the shorter ones do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.day_params import BalanceParams
from routing.decompose import Subproblem
from routing.engines.pipeline import Incumbent
from routing.evaluate import Evaluation, evaluate
from routing.plan import HoursBalance, Route
from routing.problem import Problem, Vehicle

SearchParts = Callable[[Sequence[Subproblem], float], Mapping[int, Incumbent]]
"""Search parts; the second argument is the share of the time left that they may take. Answers by their number."""


def hours(route: Route) -> int:
    """Return the seconds at work: from the start to the end of the route, breaks apart."""
    return route.span - sum(step.service for step in route.steps if step.type == "break")


def spread(routes: Sequence[Route]) -> int:
    """Return the seconds between the longest and the shortest working day of these routes."""
    days = [hours(route) for route in routes]
    return max(days) - min(days) if days else 0


def widest(routes: Sequence[Route]) -> int:
    """Return the largest ``spread`` within one office."""
    return max((spread(crew) for crew in _crews(routes).values()), default=0)


def _crews(routes: Sequence[Route]) -> dict[int | None, list[Route]]:
    crews: dict[int | None, list[Route]] = {}
    for route in routes:
        crews.setdefault(route.office, []).append(route)
    return crews


@dataclass(slots=True)
class _BoundedOffice:
    """One office while its bound is searched; ``best`` is the cheapest plan that is even enough."""

    problem: Problem
    before: Evaluation
    low: int
    high: int
    bound: int
    best: Evaluation | None = None
    evenest: Evaluation | None = None

    def open(self, narrow: int) -> bool:
        return self.high - self.low > narrow

    def part(self) -> Subproblem:
        """Return the office under its bound, to be searched from the plan at hand."""
        vehicles = tuple(_bounded(vehicle, self.bound) for vehicle in self.problem.vehicles)
        return Subproblem(
            replace(self.problem, vehicles=vehicles), (self.best or self.evenest or self.before).sequences
        )

    def learn(self, incumbent: Incumbent | None, most: int) -> None:
        """Take an answer; where not all is served the bound is too tight, where it is not even enough too loose."""
        judged = None if incumbent is None else evaluate(self.problem, incumbent.sequences)
        if judged is None or judged.violations or judged.unserved:
            self.low = self.bound
        elif spread(judged.routes) <= most:
            self.low = self.bound
            if self.best is None or judged.key < self.best.key:
                self.best = judged
        else:
            self.high = self.bound
            if spread(judged.routes) < spread((self.evenest or self.before).routes):
                self.evenest = judged
        self.bound = (self.low + self.high) // 2

    @property
    def after(self) -> Evaluation:
        return self.best or self.evenest or self.before


def even_out(
    problem: Problem, judged: Evaluation, most: int, search: SearchParts, params: BalanceParams
) -> tuple[dict[int, Sequence[int]], HoursBalance]:
    """Return the routes whose working days differ by at most ``most`` seconds within each office, and the price.

    ``judged``: the plan at hand. Couriers who ride stay the same ones; who stays at home is not asked. Where no bound
    is even enough the evenest plan found stands, and the office is counted in ``unmet``. ``search`` is asked once for
    each of ``params.rounds``.
    """
    crews = {office: crew for office, crew in _crews(judged.routes).items() if spread(crew) > most}
    offices = [_office(problem, crew, most) for crew in crews.values()]
    for number in range(params.rounds):
        asked = [office for office in offices if office.open(params.narrow)]
        if not asked:
            break
        answers = search([office.part() for office in asked], 1 / (params.rounds - number))
        for at, office in enumerate(asked):
            office.learn(answers.get(at), most)
    sequences: dict[int, Sequence[int]] = dict(judged.sequences)
    for office in offices:
        sequences = {v: jobs for v, jobs in sequences.items() if v not in office.before.sequences}
        sequences |= office.after.sequences
    return sequences, _account(judged, offices, most)


def _office(problem: Problem, crew: Sequence[Route], most: int) -> _BoundedOffice:
    ids, served = {route.vehicle for route in crew}, {job for route in crew for job in route.job_ids}
    own = replace(
        problem,
        vehicles=tuple(vehicle for vehicle in problem.vehicles if vehicle.id in ids),
        jobs=tuple(replace(job, prize=None) for job in problem.jobs if job.id in served),
    )
    days = [hours(route) for route in crew]
    mean, longest = sum(days) // len(days), max(days)
    before = evaluate(own, {route.vehicle: route.job_ids for route in crew})
    return _BoundedOffice(own, before, mean, longest, min(longest, mean + most // 2))


def _bounded(vehicle: Vehicle, bound: int) -> Vehicle:
    longest = bound + sum(rest.service for rest in vehicle.breaks)
    known = vehicle.max_duration
    return replace(vehicle, max_duration=longest if known is None else min(known, longest))


def _account(judged: Evaluation, offices: Sequence[_BoundedOffice], most: int) -> HoursBalance:
    return HoursBalance(
        most=most,
        before=widest(judged.routes),
        after=max(
            [spread(office.after.routes) for office in offices],
            default=widest(judged.routes),
        ),
        offices=len(offices),
        unmet=sum(office.best is None for office in offices),
        distance_delta=sum(office.after.distance - office.before.distance for office in offices),
        cost_delta=sum(office.after.key[1] - office.before.key[1] for office in offices),
    )
