"""The parts that compare plans at equal CPU: one office, towns, regions, the province, and public instances."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from routing.evaluate import evaluate
from routing.problem import Problem
from tests.bench.routing.days import gia_lai
from tests.bench.routing.paired import Runner, Trial, say, verdict
from tests.bench.routing.public import read
from tests.bench.routing.results import Row, circumstances

WITH_RULES = ("auto", "auto without CP-SAT", "OR-Tools", "VROOM 5")
"""PyVRP knows neither breaks nor several windows: it takes part on days without rules."""
PLAIN = (*WITH_RULES, "PyVRP")
MOST_VROOM = 300
"""Stops beyond which VROOM needs longer than any but the longest budget: there it takes part once."""
BEST_KNOWN: Mapping[str, int] = {"PR11A": 6_655_548, "R1_10_1": 530_261}


@dataclass(frozen=True, slots=True)
class Options:
    """``short``: a form that runs in minutes. ``instances``: the folder of public instances."""

    short: bool = False
    instances: Path | None = None
    reference_s: float = 60.0


def offices(runner: Runner, options: Options) -> None:
    """T2: single offices of 10 to 80 stops, half a CPU second, beside the best that a long run of all engines finds."""
    trials = [office(number) for number in range(1, (6 if options.short else 60) + 1)]
    for trial in trials:
        runner.pair(trial, [*(WITH_RULES if trial.seed % 2 == 0 else PLAIN), "insertion"])
    for trial in trials:
        reference(runner, trial, 6.0 if options.short else options.reference_s)


def office(number: int) -> Trial:
    """Return one office's day; every second one has rules."""
    stops, rules = 10 + random.Random(f"office/{number}").randrange(71), number % 2 == 0
    day = gia_lai(stops, 1, number, rules=rules)
    return Trial("offices", f"{stops} stops{' with rules' if rules else ''}", day, 0.5, number)


def complete(runner: Runner, options: Options) -> None:
    """Serve with OR-Tools alone, in half a CPU second, whatever can be served of 135 offices; auto shows what can be."""
    for number in range(1, (5 if options.short else 135) + 1):
        runner.pair(replace(office(number), part="complete"), ["auto", "OR-Tools in our parts"])


def reference(runner: Runner, trial: Trial, seconds: float) -> None:
    """Note the best of long runs: the product by three seeds, and each engine with the product's warm start."""
    code, key = "any", {"part": trial.part, "instance": trial.instance, "seed": trial.seed}
    if runner.results.find(**key, contestant="reference") is not None:
        return
    long = [
        runner.run(
            Trial("reference", trial.instance, trial.problem, seconds / 6, trial.seed + 1000 * n), name, seconds / 6
        )
        for n, name in enumerate(("auto", "auto", "auto", "PyVRP in our parts", "PyVRP in our parts", "VROOM 5"))
    ]
    plans = [row for row in long if row["objective"] is not None]
    if plans:
        best = min(plans, key=lambda row: (row["weight_left"], row["objective"]))
        found = {**best, **key, "contestant": "reference", "seconds": seconds, "code": code, "budget_s": seconds}
        runner.results.append(found)


def towns(runner: Runner, options: Options) -> None:
    """T3: 300 stops, 10 offices, any courier may come."""
    _sizes(runner, "towns", (300, 10), [(2.0 if options.short else 10.0, 2 if options.short else 10)], ["insertion"])


def regions(runner: Runner, options: Options) -> None:
    """T4: 1,000 stops, 25 offices, any courier may come; fewer days for the longer budgets."""
    budgets = [(2.0, 2)] if options.short else [(2.0, 10), (10.0, 10), (30.0, 10)]
    _sizes(runner, "regions", (1000, 25), budgets, ["PyVRP in our parts"])


def _sizes(
    runner: Runner, part: str, size: tuple[int, int], budgets: Sequence[tuple[float, int]], more: Sequence[str]
) -> None:
    for seconds, seeds in budgets:
        for seed in range(1, seeds + 1):
            rules = seed % 2 == 0
            day = gia_lai(*size, seed, rules=rules, assignment="free")
            trial = Trial(part, "with rules" if rules else "plain", day, seconds, seed)
            names = [*(WITH_RULES if rules else PLAIN), *more]
            slow = size[0] > MOST_VROOM and seconds < budgets[-1][0]
            runner.pair(trial, [name for name in names if not (slow and name == "VROOM 5")])


PAPERS = (("home", "home", "collections"), ("collections", "free", "collections"), ("transfers", "free", "transfers"))
"""Instance, assignment and kind of the three ways of planning one province."""


def province(runner: Runner, options: Options) -> None:
    """T5: the province by home offices, with free collections, and with transfers; engines alone in our parts."""
    stops, offices_, seconds = (1000, 25, 4.0) if options.short else (5000, 135, 60.0)
    for seed in range(1, 2 if options.short else 4):
        for instance, assignment, kind in PAPERS:
            day = gia_lai(stops, offices_, seed, rules=seed % 2 == 0, assignment=assignment, kind=kind)  # type: ignore[arg-type]  # words of the table above
            controls = (
                [] if assignment == "home" else ["auto without CP-SAT", "PyVRP in our parts", "VROOM in our parts"]
            )
            trial = Trial("province", f"{instance} {stops}", day, seconds, seed, children=2)
            runner.pair(trial, ["auto", *controls])


def large(runner: Runner, options: Options) -> None:
    """T6: 10,000 stops at 220 offices: seconds of two cores, so twice as much CPU."""
    stops, offices_ = (2000, 60) if options.short else (10_000, 220)
    for seconds in (4.0, 12.0) if options.short else (15.0, 120.0, 600.0):
        day = gia_lai(stops, offices_, 1, rules=True, assignment="home")
        runner.pair(Trial("large", f"{stops} stops", day, 2 * seconds, 1, children=2), ["auto"])


def public(runner: Runner, options: Options) -> None:
    """T8: instances with best-known costs; the judge must give these costs to the published routes."""
    if options.instances is None:
        say("public: no INSTANCES=DIR, nothing run")
        return
    for name, best in BEST_KNOWN.items():
        instance = read(options.instances / f"{name}.vrp", options.instances / f"{name}.sol")
        judged = evaluate(instance.problem, instance.published)
        if judged.violations or judged.key != (0, best):
            raise SystemExit(f"{name}: the judge says {judged.key} of the published routes, not (0, {best})")
        _published(runner, name, instance.problem, verdict(instance.problem, judged))
        for seed in range(1, 2 if options.short else 11):
            trial = Trial("public", name, instance.problem, 2.0 if options.short else 20.0, seed)
            runner.pair(trial, ["auto", "PyVRP", "OR-Tools"])


def _published(runner: Runner, name: str, problem: Problem, told: Row) -> None:
    del problem
    key: dict[str, Any] = {"part": "public", "instance": name, "contestant": "published", "seconds": 0.0, "seed": 0}
    if runner.results.find(**key) is None:
        zero = {"budget_s": 0.0, "cpu_s": 0.0, "wall_s": 0.0, "work_s": 0.0, "peak_mb": 0, "ended": "itself"}
        runner.results.append({**key, "code": "any", **told, **zero, **circumstances()})
