"""Run contestants on the same day at equal CPU time, judged by ``routing.evaluate``, and never twice."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from routing.evaluate import Evaluation, evaluate
from routing.fingerprint import problem_hash
from routing.problem import Problem
from routing.search_params import SearchParams
from tests.bench.routing.contestants import CONTESTANTS, OURS
from tests.bench.routing.figures import bootstrap, geometric_mean
from tests.bench.routing.references import References
from tests.bench.routing.results import Results, Row, circumstances, code_of
from tests.bench.routing.seat import Order, Seats, Sitting

MINUTES = 40
"""A part stops after so long; the next call goes on where it stopped."""
FAIR = 0.97
"""A control's stored run counts as equal when it had at least so much of our CPU."""
UNBOUNDED = 100_000.0
KNOWN = 100
"""Stops of a problem, at most, whose best plan is kept under the problem's name."""
DAYS = "tests/bench/routing/days.py", "tests/bench/routing/harder.py", "tests/bench/routing/streets.py"
PRODUCT = ("routing/**/*.py", "routing/**/*.cpp", "routing/**/*.h", *DAYS)
CONTROLS = ("tests/bench/routing/alone*.py", *DAYS)


class OutOfTime(Exception):
    """The part has used its minutes."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One day for all. ``seconds``: CPU for each contestant; ``children``: solver processes of the product."""

    part: str
    instance: str
    problem: Problem
    seconds: float
    seed: int
    children: int = 1
    work_clock: bool = True


@dataclass(slots=True)
class Runner:
    """Runs what is not in the results yet."""

    results: Results
    seats: Seats
    until: float = field(default_factory=lambda: time.monotonic() + 60 * MINUTES)
    references: References = field(default_factory=lambda: References(Path("/dev/null")))

    def pair(self, trial: Trial, names: Sequence[str]) -> list[Row]:
        """Run our contestants first, then the controls with at least the CPU that ours used."""
        rows: list[Row] = []
        budget = trial.seconds
        for name in sorted(names, key=lambda name: name not in OURS):
            row = self.run(trial, name, budget if name not in OURS else trial.seconds)
            if name == "auto":
                budget = max(budget, row["cpu_s"])
            rows.append(row)
        return rows

    def run(self, trial: Trial, name: str, budget: float) -> Row:
        """Return the stored run or make it."""
        code = code_of(*CONTROLS) if name in {"PyVRP", "VROOM 5", "OR-Tools"} else self.code(*PRODUCT)
        key = {
            "part": trial.part,
            "instance": trial.instance,
            "contestant": name,
            "seconds": trial.seconds,
            "seed": trial.seed,
            "code": code,
        }
        known = self.results.find(**key)
        if known is not None and known["budget_s"] >= FAIR * budget:
            return known
        self.in_time()
        sitting = self.sit(trial, name, budget)
        row = self.results.append(
            {**key, "budget_s": round(budget, 3), **told(trial.problem, sitting), **circumstances()}
        )
        say(line(row))
        return row

    def code(self, *patterns: str) -> str:
        """Return a short name for the product as it is run here: its files, and the parameters that are set."""
        changed = settings(self.seats.params)
        return " ".join([code_of(*patterns), *changed])

    def in_time(self) -> None:
        """Raise ``OutOfTime`` when the part has used its minutes."""
        if time.monotonic() > self.until:
            raise OutOfTime

    def sit(self, trial: Trial, name: str, budget: float) -> Sitting:
        """Run a contestant on a trial."""
        return self.seats.sit(_order(trial, name, budget))


def settings(params: SearchParams) -> list[str]:
    """Return what differs from the defaults, as ``--set`` takes it."""
    before = dict(SearchParams().named())
    return [
        f"{name}={list(value) if isinstance(value, tuple) else value}"
        for name, value in params.named()
        if value != before[name]
    ]


def _order(trial: Trial, name: str, budget: float) -> Order:
    """OR-Tools knows wall time only, so it is ended from outside; PyVRP reads its CPU; VROOM ends when it ends."""
    order = Order(name, trial.problem, budget, trial.seed, trial.children, trial.work_clock)
    if name == "OR-Tools":
        return replace(order, seconds=UNBOUNDED, most_cpu=budget)
    return order


def told(problem: Problem, sitting: Sitting) -> Row:
    """Return what the judge says of a run, and what it took."""
    judged = evaluate(problem, sitting.tours) if sitting.tours is not None else None
    return {
        **(verdict(problem, judged) if judged is not None else {"objective": None}),
        "cpu_s": sitting.cpu_s,
        "wall_s": sitting.wall_s,
        "work_s": sitting.work_s,
        "first_cpu_s": sitting.first_cpu_s,
        "first_wall_s": sitting.first_wall_s,
        "peak_mb": sitting.peak_mb,
        "ended": sitting.ended,
        **({"problem": problem_hash(problem)} if len(problem.jobs) <= KNOWN else {}),
    }


def verdict(problem: Problem, judged: Evaluation) -> Row:
    """Return the figures of a judged plan: đồng, metres, seconds."""
    fixed = {vehicle.id: vehicle.fixed for vehicle in problem.vehicles}
    weight, objective = judged.key
    return {
        "objective": objective,
        "variable": objective - sum(fixed[route.vehicle] for route in judged.routes),
        "left": len(judged.unserved),
        "weight_left": weight,
        "violations": len(judged.violations),
        "couriers": len(judged.routes),
        "drivers": [route.vehicle for route in judged.routes],
        "km": round(judged.distance / 1000, 1),
        "hours": round(judged.duration / 3600, 2),
        "onward_km": round(judged.onward_distance / 1000, 1),
    }


def line(row: Row) -> str:
    """Return a row for the eye."""
    first = f"{row['part']} {row['instance']} {row['seconds']:g} s seed {row['seed']} {row['contestant']:22}"
    if row["objective"] is None:
        return f"{first} no plan ({row['ended']}), cpu {row['cpu_s']:.1f} s"
    return (
        f"{first} {row['objective']:>12,} left {row['left']} broken {row['violations']} couriers {row['couriers']} "
        f"cpu {row['cpu_s']:.2f} wall {row['wall_s']:.2f} s {row['peak_mb']} MB load {row.get('load', 0)}"
    )


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Versus:
    """Ours against one control over all pairs. ``worse``: pairs in which we left more out; ``none``: it had no plan."""

    control: str
    ratios: list[float]
    variable: list[float]
    worse: int
    better: int
    none: int
    cpu: tuple[float, float]


def versus(rows: Sequence[Row], control: str, ours: str = "auto") -> Versus:
    """Pair the rows of one part and budget by instance and seed."""
    mine = {(row["instance"], row["seed"], row["seconds"]): row for row in rows if row["contestant"] == ours}
    theirs = {(row["instance"], row["seed"], row["seconds"]): row for row in rows if row["contestant"] == control}
    pairs = [(mine[key], theirs[key]) for key in mine.keys() & theirs.keys() if mine[key]["objective"] is not None]
    both = [(a, b) for a, b in pairs if b["objective"] is not None]
    fair = [(a, b) for a, b in both if a["weight_left"] <= b["weight_left"]]
    count = max(1, len(both))
    return Versus(
        control,
        [a["objective"] / b["objective"] for a, b in fair],
        [a["variable"] / b["variable"] for a, b in fair],
        len(both) - len(fair),
        sum(a["weight_left"] < b["weight_left"] for a, b in both),
        len(pairs) - len(both),
        (sum(a["cpu_s"] for a, _ in both) / count, sum(b["cpu_s"] for _, b in both) / count),
    )


def summary(rows: Sequence[Row], control: str, ours: str = "auto") -> str:
    """Return one line: ratio with interval, variable cost, CPU of both."""
    found = versus(rows, control, ours)
    if not found.ratios:
        return f"{ours} / {control}: no pair ({found.none} without a plan)"
    return (
        f"{ours} / {control}: {bootstrap(found.ratios)} variable {geometric_mean(found.variable):.3f} "
        f"n={len(found.ratios)} cpu {found.cpu[0]:.2f} / {found.cpu[1]:.2f} s; we left more out {found.worse}, "
        f"it left more out {found.better}, it had no plan {found.none}"
    )


def check(names: Sequence[str]) -> None:
    """Refuse unknown contestants; ``SystemExit`` names those there are."""
    unknown = [name for name in names if name not in CONTESTANTS]
    if unknown:
        raise SystemExit(f"unknown: {', '.join(unknown)}; there are {', '.join(CONTESTANTS)}")
