"""Who takes part: the product whole, in parts or without a library, and each engine alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self

import routing
from routing.pool import SolverPool
from routing.problem import Problem
from routing.search_params import SearchParams
from tests.bench.routing import clock
from tests.bench.routing.alone import Report
from tests.routing.days import province

COMPILED = ("routing.engines.sisr.library",)
CP_SAT = ("ortools.sat.python", "ortools.sat.python.cp_model")


class Contestant(Protocol):
    """A context, warm when entered; ``run`` reports plans (job ids by vehicle id), the last one counts."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...
    def run(self, problem: Problem, seconds: float, seed: int, report: Report, within: float | None = None) -> None:
        """Use about ``seconds`` of CPU in all; the product answers ``within`` so many seconds."""
        ...

    def pids(self) -> Sequence[int]:
        """Return the processes that work for it."""
        ...


class Product:
    """``routing.solve`` with warm children."""

    def __init__(
        self,
        children: int,
        *,
        work_clock: bool,
        params: SearchParams,
        engine: str = "auto",
        blocked: Sequence[str] = (),
    ) -> None:
        self.count, self.engine, self.params = children, engine, params
        clock.block(*blocked)
        if work_clock:
            clock.rule(clock.WorkClock(self.pids))
        self.pool: SolverPool | None = None

    def __enter__(self) -> Self:
        self.pool = SolverPool(self.count, self.params.processes)
        for _ in range(self.count):  # every child searches once
            routing.solve(province(2 * self.count, 24 * self.count, 1), seconds=0.2, pool=self.pool)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.pool is not None:
            self.pool.close()

    def pids(self) -> Sequence[int]:
        return self.pool.pids if self.pool is not None else ()

    def run(self, problem: Problem, seconds: float, seed: int, report: Report, within: float | None = None) -> None:
        solve = routing.solve if seconds else partial(routing.solve, explain_seconds=0.0)  # reasons only
        plan = solve(
            problem,
            seconds=seconds,
            deadline=within,
            seed=seed,
            engine=self.engine,
            pool=self.pool,
            params=self.params,
        )
        report({route.vehicle: route.job_ids for route in plan.routes})


class Alone:
    """An engine without anything of ours."""

    def __init__(self, children: int, *, work_clock: bool, params: SearchParams, engine: str) -> None:
        del children, work_clock, params
        self.engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None

    def pids(self) -> Sequence[int]:
        return ()

    def run(self, problem: Problem, seconds: float, seed: int, report: Report, within: float | None = None) -> None:
        del within
        from tests.bench.routing import alone, alone_ortools  # noqa: PLC0415  engines are loaded by who runs them

        search = {"pyvrp": alone.pyvrp, "vroom": alone.vroom, "ortools": alone_ortools.ortools}[self.engine]
        search(problem, seconds, seed, report)


CONTESTANTS: Mapping[str, Callable[..., Any]] = {
    "auto": Product,
    "auto without CP-SAT": partial(Product, blocked=CP_SAT),
    "auto without sisr": partial(Product, blocked=COMPILED),
    "insertion": partial(Product, engine="insertion"),
    "sisr in our parts": partial(Product, engine="sisr"),
    "PyVRP in our parts": partial(Product, engine="pyvrp"),
    "VROOM in our parts": partial(Product, engine="vroom"),
    "OR-Tools in our parts": partial(Product, engine="ortools"),
    "PyVRP": partial(Alone, engine="pyvrp"),
    "VROOM 5": partial(Alone, engine="vroom"),
    "OR-Tools": partial(Alone, engine="ortools"),
}
"""By the name in the table. "In our parts": the product's decomposition with that engine alone searching each part."""
OURS = ("auto", "auto without CP-SAT", "auto without sisr", "insertion")
