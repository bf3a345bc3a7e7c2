"""Prove by CP-SAT how little a change of the rules must be, when the route that takes the stop may be put in any order.

The standing order may need 40 minutes where another order of the same stops needs 10. For short routes
(``ExplainParams.proved``) with one window a stop, no setup and at most one break the smallest amount is found exactly;
others keep the standing order's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ortools.sat.python import cp_model

from routing.model import Model
from routing.problem import UNREACHABLE
from routing.timing import breaks_of, departure_bound

Kind = Literal["window", "shift"]


@dataclass(frozen=True, slots=True)
class LeastChange:
    """The smallest amount (s) with an order of the route that keeps every other promise; ``exact``: none is smaller."""

    amount: int
    order: tuple[int, ...]
    exact: bool


def provable(model: Model, v: int, jobs: Sequence[int], most: int) -> bool:
    """Say whether a route of these jobs, ``most`` of them, is within what the model of ``least`` knows."""
    rests = breaks_of(model, v)
    plain = len(rests) <= 1 and all(len(rest.windows) == 1 and rest.max_load is None for rest in rests)
    vehicle = model.vehicles[v]
    bounds = (vehicle.max_travel_time, vehicle.max_distance, vehicle.max_duration)
    simple = all(len(model.jobs[j].windows) == 1 and not sum(model.task(v, j, -1)[:1]) for j in jobs)
    plain = plain and vehicle.max_trips == 1
    return plain and simple and len(jobs) <= most and all(bound is None for bound in bounds)


def least(model: Model, v: int, jobs: Sequence[int], kind: Kind, most: int, work: float) -> LeastChange | None:
    """Return the least change of ``kind`` for job 0 (its window at both ends, or the end of the shift) up to ``most``
    seconds with which the vehicle serves all ``jobs``, or ``None`` where no order does.

    ``work``: CP-SAT's own measure, about seconds, after which the least so far is told (``exact`` says which).
    """
    route = _Circuit(model, v, list(jobs), kind, most)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = work
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    status = solver.solve(route.cp)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    return LeastChange(int(solver.value(route.amount)), route.order(solver), status == cp_model.OPTIMAL)


class _Circuit:
    """One courier's route as a circuit: node 0 is the office, node n the n-th of the jobs."""

    def __init__(self, model: Model, v: int, jobs: list[int], kind: Kind, most: int) -> None:
        self.model, self.v, self.jobs, self.cp = model, v, jobs, cp_model.CpModel()
        self.amount = self.cp.new_int_var(0, most, "")
        self.start, end = departure_bound(model, v, jobs), model.vehicles[v].window[1]
        self.last = end + (most if kind == "shift" else 0)
        self.begins = [self.moment() for _ in jobs]
        self.home = self.moment()
        self.cp.add(self.home <= end + (self.amount if kind == "shift" else 0))
        for begin, j in zip(self.begins, jobs, strict=True):
            early, late = model.jobs[j].windows[0]
            wider = self.amount if kind == "window" and j == 0 else 0
            self.cp.add(begin >= early - wider)
            self.cp.add(begin <= late + wider)
        self.rest_at = self.moment()
        self.rests: list[cp_model.IntVar] = []
        self.arcs: list[tuple[int, int, cp_model.IntVar]] = []
        self.connect()
        self.cp.minimize(self.amount)

    def moment(self) -> cp_model.IntVar:
        return self.cp.new_int_var(self.start, max(self.start, self.last), "")

    def connect(self) -> None:
        """Join every two nodes; a break may be taken on one of the ways that are ridden."""
        rests = breaks_of(self.model, self.v)
        if rests:
            early, late = rests[0].windows[0]
            self.cp.add(self.rest_at >= early)
            self.cp.add(self.rest_at <= late)
        for a in range(len(self.jobs) + 1):
            for b in range(len(self.jobs) + 1):
                if a != b:
                    self.join(a, b, rests[0].service if rests else None)
        self.cp.add_circuit(self.arcs)
        if rests:
            self.cp.add_exactly_one(self.rests)

    def join(self, a: int, b: int, rest: int | None) -> None:
        model, v = self.model, self.v
        here = model.start_at[v] if a == 0 else model.at[self.jobs[a - 1]]
        there = model.end_at[v] if b == 0 else model.at[self.jobs[b - 1]]
        drive = model.travel[v].seconds[here][there]
        ridden = self.cp.new_bool_var("")
        self.arcs.append((a, b, ridden))
        if drive >= UNREACHABLE:
            self.cp.add(ridden == 0)
            return
        leaves = self.start if a == 0 else self.begins[a - 1] + sum(model.task(v, self.jobs[a - 1], here))
        arrives = self.home if b == 0 else self.begins[b - 1]
        self.cp.add(arrives >= leaves + drive).only_enforce_if(ridden)
        if rest is None:
            return
        taken = self.cp.new_bool_var("")
        self.rests.append(taken)
        self.cp.add_implication(taken, ridden)
        self.cp.add(self.rest_at >= leaves).only_enforce_if(taken)
        self.cp.add(arrives >= leaves + drive + rest).only_enforce_if(taken)
        self.cp.add(arrives >= self.rest_at + rest).only_enforce_if(taken)

    def order(self, solver: cp_model.CpSolver) -> tuple[int, ...]:
        following = {a: b for a, b, ridden in self.arcs if solver.boolean_value(ridden)}
        order, node = [], following[0]
        while node:
            order.append(self.jobs[node - 1])
            node = following[node]
        return tuple(order)
