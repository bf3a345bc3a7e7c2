"""OR-Tools routing: every rule in one model, breaks and side constraints included; complete on its own.

Matrices and vectors are registered, never Python callbacks: those left every stop unserved on half of the trials.
The matrix solve holds the GIL and may overrun, which is why the caller runs it in a child that can be killed.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.engine_params import EngineParams
from routing.engines import insertion
from routing.engines.interface import Limit
from routing.model import HOUR_KM, RELOAD, Model, load_at
from routing.problem import UNREACHABLE, Break, Ints, Window
from routing.search_params import SearchParams
from routing.timing import breaks_of
from routing.tours import Tours
from routing.trips import split

FROM_ZERO, FREE, OPTIONAL, IGNORE_INACTIVE = (
    True,
    False,
    False,
    True,
)  # OR-Tools takes no keywords: a sum starts at 0 or anywhere


def solve(model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams) -> Tours | None:
    """Search from ``start``, or from a construction of its own where ``start`` is empty or not accepted.

    Its own knows no second trip (a reload alone only costs): such days begin with insertion's routes.
    """
    if not model.jobs or not model.vehicles:
        return None
    if not any(start.values()) and any(vehicle.max_trips > 1 for vehicle in model.vehicles):
        start = insertion.construct(model, {}, params.engines, quick=True).used
    return _OrtoolsInstance(model, seed, params.engines).search(limit, start)


class _OrtoolsInstance:
    """A model in OR-Tools' words: jobs are nodes 0…n-1, then a start and an end for each vehicle, then its reloads."""

    def __init__(self, model: Model, seed: int, params: EngineParams) -> None:
        self.model, self.n, count, self.params = model, len(model.jobs), len(model.vehicles), params
        starts, ends = [self.n + 2 * v for v in range(count)], [self.n + 2 * v + 1 for v in range(count)]
        self.refiller = [v for v, vehicle in enumerate(model.vehicles) for _ in range(vehicle.max_trips - 1)]
        refills = range(self.n + 2 * count, self.n + 2 * count + len(self.refiller))
        self.manager = pywrapcp.RoutingIndexManager(refills.stop, count, starts, ends)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.solver = self.routing.solver()
        self.solver.ReSeed(seed)
        self.kinds = sorted(set(model.kinds))
        ends_at = [place for pair in zip(model.start_at, model.end_at, strict=True) for place in pair]
        self.at = np.array([*model.at, *ends_at, *(model.start_at[v] for v in self.refiller)])
        self.reload = np.array([model.vehicles[v].reload for v in self.refiller], dtype=np.int64)
        self.origin = min(vehicle.window[0] for vehicle in model.vehicles)
        self.horizon = max(vehicle.window[1] for vehicle in model.vehicles) - self.origin
        self.index = [self.manager.NodeToIndex(j) for j in range(self.n)]
        self.refills = [self.manager.NodeToIndex(node) for node in refills]
        self._costs()
        self._times()
        self._bounds()
        if not self._ample():
            self._loads()
        self._options()

    def _block(self, rows: Sequence[Sequence[int]]) -> Ints:
        block: Ints = np.array(rows, dtype=np.int64)[np.ix_(self.at, self.at)]
        return block

    def _by_kind(self, matrix_of_kind: dict[int, Ints]) -> list[int]:
        """Register one matrix per kind of vehicle; return the evaluator of each vehicle."""
        numbers = {kind: self.routing.RegisterTransitMatrix(matrix.tolist()) for kind, matrix in matrix_of_kind.items()}
        return [numbers[kind] for kind in self.model.kinds]

    def _costs(self) -> None:
        model, blocks = self.model, {}
        for kind in self.kinds:
            price = self._block(model.prices[kind])
            visits = np.zeros(len(self.at), dtype=np.int64)
            visits[: self.n] = [model.visit_price(kind, j) for j in range(self.n)]
            far = self._block(model.travel[kind].seconds) >= UNREACHABLE
            blocks[kind] = np.where(far, 0, (price + HOUR_KM // 2) // HOUR_KM) + visits
        for v, evaluator in enumerate(self._by_kind(blocks)):
            self.routing.SetArcCostEvaluatorOfVehicle(evaluator, v)
            self.routing.SetFixedCostOfVehicle(model.vehicles[v].fixed, v)
        fixed = max(vehicle.fixed for vehicle in model.vehicles)
        dearest = max(int(block.max()) for block in blocks.values())
        self.duty = 4 * dearest + fixed + sum(job.prize or 0 for job in model.jobs) + 1

    def _work(self, v: int) -> list[int]:
        return [sum(self.model.task(v, j, -1)) for j in range(self.n)]

    def _times(self) -> None:
        model, blocks = self.model, {}
        for kind in self.kinds:
            seconds = self._block(model.travel[kind].seconds)
            work = np.zeros(len(self.at), dtype=np.int64)
            work[: self.n] = self._work(kind)
            work[len(work) - len(self.reload) :] = self.reload
            blocks[kind] = np.where(seconds >= UNREACHABLE, self.horizon + 1, seconds + work[:, None])
        evaluators = self._by_kind(blocks)
        self.routing.AddDimensionWithVehicleTransits(evaluators, self.horizon, self.horizon, FREE, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for j, job in enumerate(model.jobs):
            self._windows(self.time.CumulVar(self.index[j]), job.windows)
        for v, vehicle in enumerate(model.vehicles):
            for end in (self.routing.Start(v), self.routing.End(v)):
                self.time.CumulVar(end).SetRange(vehicle.window[0] - self.origin, vehicle.window[1] - self.origin)
            if vehicle.max_duration is not None:
                self.time.SetSpanUpperBoundForVehicle(min(self.horizon, vehicle.max_duration), v)
            self._breaks(v)
        self._releases()

    def _windows(self, start: pywrapcp.IntVar, windows: Sequence[Window]) -> None:
        early, late = windows[0][0] - self.origin, windows[-1][1] - self.origin
        start.SetRange(min(max(0, early), self.horizon), max(0, min(late, self.horizon)))
        for (_, closed), (opened, _) in pairwise(windows):
            if opened - closed > 1:
                start.RemoveInterval(closed + 1 - self.origin, opened - 1 - self.origin)

    def _breaks(self, v: int) -> None:
        rests = breaks_of(self.model, v)
        if not rests:
            return
        work = self._work(v)
        visits = [0] * self.routing.Size()
        for j, index in enumerate(self.index):
            visits[index] = work[j]
        for index, seconds in zip(self.refills, self.reload.tolist(), strict=True):
            visits[index] = seconds
        intervals = [self._interval(rest, f"{v}/{number}") for number, rest in enumerate(rests)]
        self.time.SetBreakIntervalsOfVehicle(intervals, v, visits)

    def _interval(self, rest: Break, name: str) -> pywrapcp.IntervalVar:
        early, late = rest.windows[0][0] - self.origin, rest.windows[-1][1] - self.origin
        interval = self.solver.FixedDurationIntervalVar(
            max(0, early), max(0, min(late, self.horizon)), rest.service, OPTIONAL, f"break {name}"
        )
        self._windows(interval.StartExpr().Var(), rest.windows)
        return interval

    def _releases(self) -> None:
        """A route leaves after the release of every delivery that it carries."""
        if self.refills:
            self._releases_of_trips()
            return
        for j, job in enumerate(self.model.jobs):
            if job.release is None or not any(job.delivery) or job.release <= self.origin:
                continue
            for v in range(len(self.model.vehicles)):
                carried = self.solver.IsEqualCstVar(self.routing.VehicleVar(self.index[j]), v)
                leaves = self.time.CumulVar(self.routing.Start(v))
                self.solver.Add(leaves >= carried * min(job.release - self.origin, self.horizon))

    def _releases_of_trips(self) -> None:
        """Each stop knows when the trip it lies in left the office."""
        self.routing.AddConstantDimensionWithSlack(0, self.horizon, self.horizon, FREE, "left")
        left = self._only_at_refills("left")
        for v in range(len(self.model.vehicles)):
            start = self.routing.Start(v)
            self.solver.Add(left.CumulVar(start) == self.time.CumulVar(start))
        for index, seconds in zip(self.refills, self.reload.tolist(), strict=True):
            leaves = left.CumulVar(index) + left.SlackVar(index)
            self.solver.Add(leaves == self.time.CumulVar(index) + seconds * self.routing.ActiveVar(index))
        for index, job in zip(self.index, self.model.jobs, strict=True):
            if job.release is not None and any(job.delivery) and job.release > self.origin:
                left.CumulVar(index).SetMin(min(job.release - self.origin, self.horizon))

    def _only_at_refills(self, name: str) -> pywrapcp.RoutingDimension:
        """Return a sum that changes by itself only where a bag is filled again."""
        dimension = self.routing.GetDimensionOrDie(name)
        for index in (*self.index, *(self.routing.Start(v) for v in range(len(self.model.vehicles)))):
            dimension.SlackVar(index).SetValue(0)
        return dimension

    def _bounds(self) -> None:
        """Tasks, travel time and distance in all, only where some vehicle bounds them."""
        model = self.model
        far = {kind: self._block(model.travel[kind].seconds) >= UNREACHABLE for kind in self.kinds}
        if any(vehicle.max_travel_time is not None for vehicle in model.vehicles):
            blocks = {k: np.where(far[k], 0, self._block(model.travel[k].seconds)) for k in self.kinds}
            self._bound("travel", blocks, [vehicle.max_travel_time for vehicle in model.vehicles])
        if any(vehicle.max_distance is not None for vehicle in model.vehicles):
            blocks = {k: np.where(far[k], 0, self._block(model.travel[k].metres)) for k in self.kinds}
            self._bound("distance", blocks, [vehicle.max_distance for vehicle in model.vehicles])
        if any(vehicle.max_tasks is not None for vehicle in model.vehicles):
            tasks = [self.n if vehicle.max_tasks is None else vehicle.max_tasks for vehicle in model.vehicles]
            evaluator = self._vector([1] * self.n)
            self.routing.AddDimensionWithVehicleCapacity(evaluator, 0, tasks, FROM_ZERO, "tasks")

    def _bound(self, name: str, blocks: dict[int, Ints], most: Sequence[int | None]) -> None:
        ceiling = sum(int(block.max()) for block in blocks.values()) * (self.n + 1) + 1
        limits = [ceiling if bound is None else min(bound, ceiling) for bound in most]
        self.routing.AddDimensionWithVehicleTransitAndCapacity(self._by_kind(blocks), 0, limits, FROM_ZERO, name)

    def _vector(self, values: Sequence[int], refill: int = 0) -> int:
        """Register an amount per job, and one for all reloads (nothing at starts and ends)."""
        ends = [0] * (len(self.at) - self.n - len(self.refills))
        return int(self.routing.RegisterUnaryTransitVector([*values, *ends, *[refill] * len(self.refills)]))

    def _filled(self, name: str, values: Sequence[int], bags: Sequence[int]) -> None:
        """Sum up what a bag holds of one kind; after a reload the sum begins again."""
        most = max(bags) if self.refills else 0
        self.routing.AddDimensionWithVehicleCapacity(self._vector(values, -most), most, list(bags), FROM_ZERO, name)
        if self.refills:
            self._only_at_refills(name)

    def _ample(self) -> bool:
        """Say whether all the loads together fit into the smallest bag: then no load needs watching."""
        model = self.model
        for d in range(model.dimensions):
            amounts = sum(load_at(job.delivery, d) + load_at(job.pickup, d) for job in model.jobs)
            if amounts > min(load_at(vehicle.capacity, d) for vehicle in model.vehicles):
                return False
        return True

    def _loads(self) -> None:
        for d in range(self.model.dimensions):
            out = [load_at(job.delivery, d) for job in self.model.jobs]
            back = [load_at(job.pickup, d) for job in self.model.jobs]
            capacity = [load_at(vehicle.capacity, d) for vehicle in self.model.vehicles]
            if not any(out) or not any(back):
                self._filled(f"load {d}", [a + b for a, b in zip(out, back, strict=True)], capacity)
            else:
                self._mixed_load(d, out, back, capacity)

    def _mixed_load(self, d: int, out: Sequence[int], back: Sequence[int], capacity: Sequence[int]) -> None:
        """Deliveries leave the bag while pickups enter it: exact in small models, a safe split in large ones."""
        exact = self.n <= self.params.exact_loads
        share = 1.0 if exact else sum(out) / (sum(out) + sum(back))
        outward = [round(bag * share) for bag in capacity]
        inward = capacity if exact else [bag - part for bag, part in zip(capacity, outward, strict=True)]
        if exact and self.refills:
            self._mixed_load_of_trips(d, out, back, capacity)
            return
        self._filled(f"out {d}", out, outward)
        if not exact:
            self._filled(f"back {d}", back, inward)
            return
        change = self._vector([b - a for a, b in zip(out, back, strict=True)])
        self.routing.AddDimensionWithVehicleCapacity(change, 0, capacity, FREE, f"load {d}")
        taken, load = self.routing.GetDimensionOrDie(f"out {d}"), self.routing.GetDimensionOrDie(f"load {d}")
        for v in range(len(capacity)):
            self.solver.Add(load.CumulVar(self.routing.Start(v)) == taken.CumulVar(self.routing.End(v)))

    def _mixed_load_of_trips(self, d: int, out: Sequence[int], back: Sequence[int], bags: Sequence[int]) -> None:
        """What is still to be given is nothing before each reload; what is on board is at least that after it."""
        most, change = max(bags), [b - a for a, b in zip(out, back, strict=True)]
        given = self._vector([-a for a in out])
        self.routing.AddDimensionWithVehicleCapacity(given, most, list(bags), FREE, f"to give {d}")
        self.routing.AddDimensionWithVehicleCapacity(
            self._vector(change, -most), 2 * most, list(bags), FREE, f"load {d}"
        )
        to_give, load = self._only_at_refills(f"to give {d}"), self._only_at_refills(f"load {d}")
        for v in range(len(bags)):
            start = self.routing.Start(v)
            self.solver.Add(load.CumulVar(start) == to_give.CumulVar(start))
            to_give.CumulVar(self.routing.End(v)).SetValue(0)
        for index in self.refills:
            to_give.CumulVar(index).SetValue(0)
            self.solver.Add(load.CumulVar(index) - most + load.SlackVar(index) == to_give.SlackVar(index))

    def _options(self) -> None:
        """Let each job be left out at its price, and only its vehicles serve it."""
        for j, job in enumerate(self.model.jobs):
            price = self.duty * (job.priority + 1) if job.prize is None else job.prize
            self.routing.AddDisjunction([self.index[j]], price)
            allowed = [v for v in range(len(self.model.vehicles)) if j in self.model.allowed[v]]
            if len(allowed) < len(self.model.vehicles):
                self.routing.VehicleVar(self.index[j]).SetValues([-1, *allowed])
        for index, v in zip(self.refills, self.refiller, strict=True):
            self.routing.AddDisjunction([index], 0)
            self.routing.VehicleVar(index).SetValues([-1, v])

    def search(self, limit: Limit, start: Tours) -> Tours | None:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        methods = routing_enums_pb2.LocalSearchMetaheuristic
        if limit.iterations is not None:
            parameters.local_search_metaheuristic = methods.GREEDY_DESCENT
            parameters.solution_limit = max(1, limit.iterations)
            parameters.ClearField(
                "lns_time_limit"
            )  # of the wall clock: on a busy machine another plan would come of it
        else:
            parameters.local_search_metaheuristic = methods.GUIDED_LOCAL_SEARCH
            parameters.time_limit.FromMilliseconds(max(1, int(limit.left() * 1000)))
            parameters.lns_time_limit.FromMilliseconds(self.params.neighbourhood_ms)
        self.routing.CloseModelWithParameters(parameters)
        assignment = self._from(start, parameters) or self.routing.SolveWithParameters(parameters)
        return self._tours(assignment) if assignment is not None else None

    def _from(self, start: Tours, parameters: object) -> pywrapcp.Assignment | None:
        if not any(start.values()):
            return None
        routes = [self._stops(v, start.get(v, ())) for v in range(len(self.model.vehicles))]
        hint = self.routing.ReadAssignmentFromRoutes(routes, IGNORE_INACTIVE)
        return self.routing.SolveFromAssignmentWithParameters(hint, parameters) if hint is not None else None

    def _stops(self, v: int, tour: Sequence[int]) -> list[int]:
        refills = (index for index, owner in zip(self.refills, self.refiller, strict=True) if owner == v)
        return [next(refills) if j == RELOAD else self.index[j] for j in split(self.model, v, tour)]

    def _tours(self, assignment: pywrapcp.Assignment) -> Tours:
        tours: dict[int, list[int]] = {}
        for v in range(len(self.model.vehicles)):
            index, jobs = assignment.Value(self.routing.NextVar(self.routing.Start(v))), []
            while not self.routing.IsEnd(index):
                if (node := self.manager.IndexToNode(index)) < self.n:
                    jobs.append(node)
                index = assignment.Value(self.routing.NextVar(index))
            if jobs:
                tours[v] = jobs
        return tours
