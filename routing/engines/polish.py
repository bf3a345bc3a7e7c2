"""How ``auto`` uses PyVRP: a short cold start over groups of stops, search, attempts with one courier less, and again.

A courier too many is what a search of single moves rarely gets rid of: offices whose plan is far from the best have
one. So a route is dissolved, its courier taken away, and the search asked to make the rest do (measured at equal CPU
on offices of 50 stops: as much as four times the time brings).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyvrp
from pyvrp.stop import FirstFeasible, MaxIterations, MultipleCriteria, StoppingCriterion

from routing.columns import Column
from routing.engine_params import PhaseParams
from routing.engines.aggregation import AggregatedInstance, StopGroup, StopGroups
from routing.engines.interface import Limit
from routing.engines.perturbation import Perturbation
from routing.engines.pyvrp_search import PyvrpInstance, Until, clients_of, search, stop_at
from routing.model import Model
from routing.problem import Ints
from routing.search_params import SearchParams
from routing.tours import Tours


def polish(
    model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams, *, cold: bool
) -> Iterator[tuple[str, Tours]]:
    """Yield (engine, routes), better and better.

    ``cold`` begins with routes of the search's own and needs ``start`` only if those do not serve everybody; without a
    start nothing comes then.
    """
    phases = params.phases
    instance = PyvrpInstance(model, complete=cold or sum(len(tour) for tour in start.values()) == len(model.jobs))
    work = PhasedSearch(instance, limit, seed, params)
    best = work.begin(start, cold=cold)
    if not best.is_feasible():
        if not start:
            return
        instance = PyvrpInstance(model, complete=False)
        work = PhasedSearch(instance, limit, seed, params)
        best = work.begin(start, cold=False)
    yield "pyvrp", instance.tours(best)
    work.choosing = limit.iterations is not None or limit.left() >= phases.choice_from
    while limit.left() > 0:
        smaller_fleet = work.reduce_fleet(limit.share(params.fleet.share), best)
        if smaller_fleet is not None:
            best = smaller_fleet
            yield "pyvrp", instance.tours(best)
        best = work.again(limit.share(phases.again_groups), best)
        best = work.improve(limit.share(phases.searched if work.choosing else 1.0), best)
        yield "pyvrp", instance.tours(best)
        chosen = work.choose(limit, best) if work.choosing else None
        if chosen is not None:
            best = chosen
            yield "cp-sat", instance.tours(best)
        if limit.iterations is not None:
            return


def reduce_fleet(
    model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams
) -> Iterator[tuple[str, Tours]]:
    """Yield (engine, routes) with one courier less and one less again, then better; nothing where all are needed."""
    instance = PyvrpInstance(model, complete=sum(len(tour) for tour in start.values()) == len(model.jobs))
    work = PhasedSearch(instance, limit, seed, params)
    best = instance.solution(start)
    if not work.all_required() or not work.dispensable(instance.data, best.routes()):
        return
    fleet = params.fleet
    affordable = int(fleet.attempts_share * limit.left() / (fleet.attempt_stop * len(model.jobs)))
    work.tries = max(1, min(fleet.tries, affordable))
    smaller_fleet = work.reduce_fleet(limit.share(fleet.attempts_share), best)
    if smaller_fleet is not None:
        best = smaller_fleet
        yield "pyvrp", instance.tours(best)
    yield "pyvrp", instance.tours(work.search(limit, best))


class _Seen(pyvrp.IteratedLocalSearchCallbacks):
    """Routes of feasible plans on the way, the cheapest order for each set of stops."""

    def __init__(self, params: PhaseParams) -> None:
        self.params, self.turn = params, 0
        self.routes: dict[tuple[int, frozenset[int]], pyvrp.Route] = {}

    def on_iteration(
        self,
        current: pyvrp.Solution,
        candidate: pyvrp.Solution,
        best: pyvrp.Solution,
        cost_evaluator: pyvrp.CostEvaluator,
    ) -> None:
        """Look at every so many plans."""
        del current, best, cost_evaluator
        self.turn += 1
        if self.turn % self.params.look or not candidate.is_feasible():
            return
        for route in candidate.routes():
            key = route.vehicle_type(), frozenset(clients_of(route))
            known = self.routes.pop(key, None)
            self.routes[key] = route if known is None or route.distance_cost() < known.distance_cost() else known
            if len(self.routes) > self.params.seen:
                del self.routes[next(iter(self.routes))]

    def latest(self) -> list[pyvrp.Route]:
        """Return the routes seen, the last first."""
        return list(reversed(self.routes.values()))


@dataclass(slots=True)
class PhasedSearch:
    """One instance under search."""

    instance: PyvrpInstance
    limit: Limit
    seed: int
    params: SearchParams
    choosing: bool = False
    tries: int = field(init=False)
    seen: _Seen = field(init=False)

    def __post_init__(self) -> None:
        self.tries, self.seen = self.params.fleet.tries, _Seen(self.params.phases)

    @property
    def jobs(self) -> int:
        return len(self.instance.model.jobs)

    def all_required(self) -> bool:
        """Say whether every job must be served: else doing without a courier is only a matter of leaving jobs out."""
        return self.instance.complete and all(job.prize is None for job in self.instance.model.jobs)

    def begin(self, start: Tours, *, cold: bool) -> pyvrp.Solution:
        """Search for the first time: from ``start``, or from nothing, over groups of stops first; a better start stands."""
        limit, begun = self.limit.share(self.params.phases.first), self.instance.solution(start) if start else None
        if not cold:
            return self.search(limit, begun)
        stop_groups = StopGroups(self.instance, self.params.groups)
        aggregated = self.aggregated(stop_groups, stop_groups.of_nothing())
        initial = None
        if aggregated is not None:
            over_groups = self.over_groups(aggregated, limit.share(self.params.phases.first_groups), None)
            initial = aggregated.expand(over_groups)
        solution = self.search(limit, initial)
        rivals = [solution] if begun is None else [solution, begun]
        return min(rivals, key=lambda plan: (not plan.is_feasible(), self.cost(plan)))

    def again(self, limit: Limit, best: pyvrp.Solution) -> pyvrp.Solution:
        """Search over groups cut along the best plan; return what is better."""
        stop_groups = StopGroups(self.instance, self.params.groups)
        aggregated = self.aggregated(stop_groups, stop_groups.along(best))
        if aggregated is None or not best.is_feasible():
            return best
        solution = aggregated.expand(self.over_groups(aggregated, limit, aggregated.aggregate(best)))
        return solution if solution.is_feasible() and self.cost(solution) < self.cost(best) else best

    def aggregated(self, stop_groups: StopGroups, groups: Sequence[StopGroup]) -> AggregatedInstance | None:
        """Return the instance of these groups where it is much smaller than that of the stops."""
        return (
            AggregatedInstance.of(stop_groups, groups)
            if len(groups) <= self.params.phases.groups_worth * self.jobs
            else None
        )

    def over_groups(
        self, aggregated: AggregatedInstance, limit: Limit, initial: pyvrp.Solution | None
    ) -> pyvrp.Solution:
        """Search the smaller instance once."""
        self.seed += 1
        stop = stop_at(limit, len(aggregated.groups), self.params.engines)
        return search(aggregated.data, stop, self.seed, initial, thorough=False)

    def search(self, limit: Limit, initial: pyvrp.Solution | None) -> pyvrp.Solution:
        """Search once, every time with another seed."""
        self.seed += 1
        watch = self.seen if self.choosing else None
        stop = stop_at(limit, self.jobs, self.params.engines)
        return search(self.instance.data, stop, self.seed, initial, watch, thorough=False)

    def improve(self, limit: Limit, best: pyvrp.Solution) -> pyvrp.Solution:
        """Search, then perturb what no longer improves."""
        phases = self.params.phases
        if self.jobs > phases.perturbed_stops:
            return self.search(limit, best)
        best = self.search(limit.share(1 - phases.perturbed), best)
        self.seed += 1
        if not best.is_feasible():
            return best
        return Perturbation(self.instance, self.seed, self.params.perturbation).run(limit, best)

    def choose(self, limit: Limit, best: pyvrp.Solution) -> pyvrp.Solution | None:
        """Let CP-SAT choose among the routes seen, where it is installed and everybody is served."""
        if not self.all_required() or not best.is_feasible():
            return None
        try:
            from routing.assign.partition import choose  # noqa: PLC0415  CP-SAT is loaded where it is used
        except ImportError:
            return None
        data, hint = self.instance.data, [_column(self.instance, route) for route in best.routes()]
        available = {kind: data.vehicle_type(kind).num_available for kind in range(data.num_vehicle_types)}
        seconds = None if limit.iterations is not None else self.params.phases.choice * limit.left()
        columns = [_column(self.instance, route) for route in self.seen.latest()]
        chosen = choose(columns, hint, available, seconds, self.seed, self.params.phases)
        if chosen is None:
            return None
        return pyvrp.Solution(data, [pyvrp.Route(data, list(column.visits), column.kind) for column in chosen])

    def reduce_fleet(self, limit: Limit, best: pyvrp.Solution) -> pyvrp.Solution | None:
        """Take away couriers one by one, the one with the shortest route first; return what is cheaper, or ``None``."""
        if not self.all_required():
            return None
        cheaper, current = None, best
        cheapest = self.cost(best)
        while limit.left() > 0:
            without = self.without_one_courier(limit, current)
            if without is None:
                return cheaper
            current = without
            if self.cost(current) < cheapest:
                cheaper, cheapest = current, self.cost(current)
        return cheaper

    def without_one_courier(self, limit: Limit, plan: pyvrp.Solution) -> pyvrp.Solution | None:
        """Do without one of the shortest routes' couriers, over groups of stops where there are some."""
        stop_groups = StopGroups(self.instance, self.params.groups)
        aggregated = self.aggregated(stop_groups, stop_groups.along(plan))
        begin = plan if aggregated is None else aggregated.aggregate(plan)
        data = self.instance.data if aggregated is None else aggregated.data
        routes = sorted(begin.routes(), key=lambda route: route.num_clients())
        out = self.dispensable(data, routes)[: self.tries]
        tries = (
            self.without(limit.share(1 / (len(out) - number)), data, routes, route) for number, route in enumerate(out)
        )
        solution = next((fit for fit in tries if fit is not None), None)
        if aggregated is None or solution is None:
            return solution
        expanded = aggregated.expand(solution)
        return expanded if expanded.is_feasible() else None

    def dispensable(self, data: pyvrp.ProblemData, routes: Sequence[pyvrp.Route]) -> list[pyvrp.Route]:
        """Return the routes whose every stop the courier of another one may serve."""
        depots = [data.vehicle_type(kind).start_depot for kind in range(data.num_vehicle_types)]
        rows = [data.distance_matrix(data.vehicle_type(kind).profile)[depot] for kind, depot in enumerate(depots)]
        may = [np.asarray(row) < self.instance.prohibitive for row in rows]
        able = np.sum([may[route.vehicle_type()] for route in routes], axis=0)
        return [
            route
            for route in routes
            if all(
                able[place] - may[route.vehicle_type()][place] > 0
                for place in (data.client(client).location for client in clients_of(route))
            )
        ]

    def cost(self, solution: pyvrp.Solution) -> int:
        """Return what the search minimises, of a feasible solution."""
        return int(
            solution.distance_cost()
            + solution.duration_cost()
            + solution.fixed_vehicle_cost()
            + solution.uncollected_prizes()
        )

    def without(
        self, limit: Limit, data: pyvrp.ProblemData, routes: Sequence[pyvrp.Route], dissolved: pyvrp.Route
    ) -> pyvrp.Solution | None:
        """Return a feasible solution that does without one route's courier, or ``None``."""
        kept = [route for route in routes if route is not dissolved]
        used = Counter(route.vehicle_type() for route in kept)
        kinds = sorted(used)
        if not _enough(data, used):
            return None
        types = [data.vehicle_type(kind).replace(num_available=used[kind]) for kind in kinds]
        smaller = data.replace(vehicle_types=types)
        self.seed += 1
        begin = pyvrp.Solution(smaller, [_route(smaller, route, kinds.index(route.vehicle_type())) for route in kept])
        solution = search(smaller, self.until_feasible(limit), self.seed, begin, thorough=False)
        if not solution.is_feasible():
            return None
        return pyvrp.Solution(data, [_route(data, route, kinds[route.vehicle_type()]) for route in solution.routes()])

    def until_feasible(self, limit: Limit) -> StoppingCriterion:
        """Stop soon after the first plan that keeps the promises, or at the limit."""
        soon = _SoonAfterFeasible(self.params.fleet.ripening)
        if limit.iterations is not None:
            return MultipleCriteria([soon, MaxIterations(limit.iterations)])
        return MultipleCriteria([soon, Until(limit)])


class _SoonAfterFeasible:
    """Stop some iterations after the first feasible plan: raw, it says little about what it can become."""

    def __init__(self, ripening: int) -> None:
        self.feasible, self.ripening = FirstFeasible(), ripening
        self.since = 0

    def __call__(self, best_cost: int) -> bool:
        self.since += self.feasible(best_cost)
        return self.since > self.ripening


def _enough(data: pyvrp.ProblemData, used: Counter[int]) -> bool:
    """Say whether the shifts could hold the work and the shortest ways into all stops at all."""
    shifts = sum(
        (data.vehicle_type(kind).tw_late - data.vehicle_type(kind).tw_early) * count for kind, count in used.items()
    )
    durations: Ints = np.min([data.duration_matrix(number) for number in range(data.num_profiles)], axis=0)
    shortest = (durations + np.diag(np.full(len(durations), durations.max()))).min(axis=0)
    seen: dict[int, int] = {}
    for client in data.clients():
        seen[client.location] = client.service_duration + int(shortest[client.location])
    return sum(seen.values()) <= shifts


def _column(instance: PyvrpInstance, route: pyvrp.Route) -> Column:
    visits = tuple(clients_of(route))
    kind = route.vehicle_type()
    cost = route.distance_cost() + route.duration_cost() + instance.data.vehicle_type(kind).fixed_cost
    return Column(kind, visits, tuple(instance.job_of[visit] for visit in visits), cost)


def _route(data: pyvrp.ProblemData, route: pyvrp.Route, kind: int) -> pyvrp.Route:
    return pyvrp.Route(data, clients_of(route), kind)
