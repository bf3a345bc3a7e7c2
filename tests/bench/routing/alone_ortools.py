"""OR-Tools routing alone, as tuned as its documentation and our traps allow, on the whole problem.

Parallel cheapest insertion, guided local search, registered matrices; every better plan is reported when it is found,
because its time limit is overrun and whoever runs it must be able to kill it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.problem import Problem, Vehicle
from tests.bench.routing.alone import SCALE, Report, Ways, crews, refusals_of

FROM_ZERO, FREE, OPTIONAL = True, False, False  # OR-Tools takes no keywords
EXACT_LOADS = 80
"""Up to so many jobs a bag's load is exact; beyond, the bag is split between deliveries and pickups."""


def ortools(problem: Problem, seconds: float, seed: int, report: Report) -> None:
    """Report every better plan; ends by itself some time after ``seconds`` of wall clock."""
    _Search(problem, seed, report).run(seconds)


class _Search:
    def __init__(self, problem: Problem, seed: int, report: Report) -> None:
        self.problem, self.report, self.best = problem, report, -1
        ways, count = Ways.of(problem), len(problem.vehicles)
        self.n, first = len(problem.jobs), len(ways.seats)
        starts, ends = [self.n + 2 * v for v in range(count)], [self.n + 2 * v + 1 for v in range(count)]
        self.manager = pywrapcp.RoutingIndexManager(self.n + 2 * count, count, starts, ends)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.routing.solver().ReSeed(seed)
        self.index = [self.manager.NodeToIndex(j) for j in range(self.n)]
        seats = [ways.seat(vehicle) for vehicle in problem.vehicles]
        at = np.array([*range(first, first + self.n), *(seat for seat in seats for _ in (0, 1))])
        self.origin = min(vehicle.window[0] for vehicle in problem.vehicles)
        self.horizon = max(vehicle.window[1] for vehicle in problem.vehicles) - self.origin
        cost = ways.cost[np.ix_(at, at)] // SCALE
        self.dearest = int(cost.max())
        evaluator = self.routing.RegisterTransitMatrix(cost.tolist())
        self.routing.SetArcCostEvaluatorOfAllVehicles(evaluator)
        for v, vehicle in enumerate(problem.vehicles):
            self.routing.SetFixedCostOfVehicle(vehicle.fixed, v)
        self.times(ways.seconds[np.ix_(at, at)])
        self.loads()
        self.rules()

    def times(self, seconds: np.ndarray) -> None:
        work = np.array([*(job.service for job in self.problem.jobs), *[0] * (len(seconds) - self.n)])
        evaluator = self.routing.RegisterTransitMatrix((seconds + work[:, None]).tolist())
        self.routing.AddDimension(evaluator, self.horizon, self.horizon, FREE, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for index, job in zip(self.index, self.problem.jobs, strict=True):
            start = self.time.CumulVar(index)
            windows = [(max(0, a - self.origin), min(b - self.origin, self.horizon)) for a, b in job.windows]
            start.SetRange(windows[0][0], windows[-1][1])
            for (_, closed), (opened, _) in pairwise(windows):
                start.RemoveInterval(closed + 1, opened - 1)
        visits = [0] * self.routing.Size()
        for index, job in zip(self.index, self.problem.jobs, strict=True):
            visits[index] = job.service
        for v, vehicle in enumerate(self.problem.vehicles):
            self.shift(v, vehicle, visits)

    def shift(self, v: int, vehicle: Vehicle, visits: list[int]) -> None:
        for end in (self.routing.Start(v), self.routing.End(v)):
            self.time.CumulVar(end).SetRange(vehicle.window[0] - self.origin, vehicle.window[1] - self.origin)
        if vehicle.max_duration is not None:
            self.time.SetSpanUpperBoundForVehicle(vehicle.max_duration, v)
        if vehicle.breaks:
            solver = self.routing.solver()
            rests = [
                solver.FixedDurationIntervalVar(
                    rest.windows[0][0] - self.origin,
                    rest.windows[-1][1] - self.origin,
                    rest.service,
                    OPTIONAL,
                    f"{v}/{number}",
                )
                for number, rest in enumerate(vehicle.breaks)
            ]
            self.time.SetBreakIntervalsOfVehicle(rests, v, visits)

    def vector(self, amounts: list[int]) -> int:
        return int(self.routing.RegisterUnaryTransitVector([*amounts, *[0] * (2 * len(self.problem.vehicles))]))

    def loads(self) -> None:
        out = [sum(job.delivery) for job in self.problem.jobs]
        back = [sum(job.pickup) for job in self.problem.jobs]
        bags = [sum(vehicle.capacity) for vehicle in self.problem.vehicles]
        if self.n > EXACT_LOADS or not any(back):
            share = sum(out) / max(1, sum(out) + sum(back))
            outward = [round(bag * share) for bag in bags]
            inward = [bag - part for bag, part in zip(bags, outward, strict=True)]
            self.routing.AddDimensionWithVehicleCapacity(self.vector(out), 0, outward, FROM_ZERO, "out")
            self.routing.AddDimensionWithVehicleCapacity(self.vector(back), 0, inward, FROM_ZERO, "back")
            return
        change = [b - a for a, b in zip(out, back, strict=True)]
        self.routing.AddDimensionWithVehicleCapacity(self.vector(out), 0, bags, FROM_ZERO, "out")
        self.routing.AddDimensionWithVehicleCapacity(self.vector(change), 0, bags, FREE, "load")
        taken, load = self.routing.GetDimensionOrDie("out"), self.routing.GetDimensionOrDie("load")
        for v in range(len(bags)):
            begin = load.CumulVar(self.routing.Start(v))
            self.routing.solver().Add(begin == taken.CumulVar(self.routing.End(v)))

    def rules(self) -> None:
        refused = {v.id: refusals_of(self.problem, group[0]) for group in crews(self.problem).values() for v in group}
        dear = 4 * self.dearest + max(vehicle.fixed for vehicle in self.problem.vehicles) + 1
        for j, index in enumerate(self.index):
            self.routing.AddDisjunction([index], dear)
            able = [v for v, vehicle in enumerate(self.problem.vehicles) if not refused[vehicle.id][j]]
            if len(able) < len(self.problem.vehicles):
                self.routing.VehicleVar(index).SetValues([-1, *able])

    def run(self, seconds: float) -> None:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
        parameters.lns_time_limit.FromMilliseconds(50)
        self.routing.CloseModelWithParameters(parameters)
        self.routing.AddAtSolutionCallback(self.found)
        self.routing.SolveWithParameters(parameters)

    def found(self) -> None:
        """Report the current plan where it is the best so far."""
        cost = self.routing.CostVar().Max()
        if 0 <= self.best <= cost:
            return
        self.best, tours = cost, {}
        for v, vehicle in enumerate(self.problem.vehicles):
            index, jobs = self.routing.NextVar(self.routing.Start(v)).Value(), []
            while not self.routing.IsEnd(index):
                jobs.append(self.problem.jobs[self.manager.IndexToNode(index)].id)
                index = self.routing.NextVar(index).Value()
            if jobs:
                tours[vehicle.id] = jobs
        self.report(tours)
