"""The parts that compare plans at equal CPU: one office, towns, regions, the province, and public instances."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from routing.evaluate import evaluate
from routing.fingerprint import problem_hash
from tests.bench.routing.days import gia_lai
from tests.bench.routing.harder import Hardship, harder
from tests.bench.routing.paired import Runner, Trial, say, verdict
from tests.bench.routing.public import read
from tests.bench.routing.references import Reference, References
from tests.bench.routing.results import Row, circumstances

WITH_RULES = ("auto", "auto without CP-SAT", "OR-Tools", "VROOM 5")
"""PyVRP knows neither breaks nor several windows: it takes part on days without rules."""
PLAIN = (*WITH_RULES, "PyVRP")
OFFICES = 60
LONG = ("auto", "auto", "auto", "sisr in our parts", "PyVRP in our parts", "OR-Tools in our parts", "VROOM 5")
"""Who looks for the best plan of an office, in equal parts of the time; VROOM ends when it ends."""
MOST_VROOM = 300
"""Stops beyond which VROOM needs longer than any but the longest budget: there it takes part once."""


@dataclass(frozen=True, slots=True)
class Options:
    """``short``: a form that runs in minutes. ``instances``: the folder of public instances."""

    short: bool = False
    instances: Path | None = None
    reference_s: float = 60.0


def offices(runner: Runner, options: Options) -> None:
    """T2: single offices of 10 to 80 stops, half a CPU second and a whole one, beside the best plans known of them."""
    trials = [office(number) for number in range(1, (6 if options.short else OFFICES) + 1)]
    for trial in trials:
        for seconds in (0.5, 1.0):
            timed, plain = replace(trial, seconds=seconds), trial.seed % 2
            runner.pair(timed, [*(PLAIN if plain else WITH_RULES), *(["insertion"] if seconds < 1 else [])])
    for trial in trials:
        reference(runner, trial, 6.0 if options.short else options.reference_s)


def office(number: int) -> Trial:
    """Return one office's day: every second one has rules, half of all tight shifts, a third mixed fleets, a fifth streets."""
    stops, rules = 10 + random.Random(f"office/{number}").randrange(71), number % 2 == 0
    hardship = Hardship(tight=number % 4 in {0, 1}, mixed=number % 3 == 0, streets=number % 5 == 0)
    day = harder(gia_lai(stops, 1, number, rules=rules), number, hardship)
    return Trial("offices", f"{stops} stops{' with rules' if rules else ''}{hardship}", day, 0.5, number)


def complete(runner: Runner, options: Options) -> None:
    """Serve with OR-Tools alone, in half a CPU second, whatever can be served of 135 offices; auto shows what can be."""
    for number in range(1, (5 if options.short else 135) + 1):
        runner.pair(replace(office(number), part="complete"), ["auto", "OR-Tools in our parts"])


def reference(runner: Runner, trial: Trial, seconds: float) -> None:
    """Note the best plan known: the frozen one, unless a run of this bench found a better one.

    Where nobody looked so long yet, all engines do, the product by three seeds.
    """
    key = {"part": trial.part, "instance": trial.instance, "seed": trial.seed}
    name, frozen = problem_hash(trial.problem), runner.references
    if name not in frozen.known or frozen.known[name].budget_s < seconds:
        for n, engine in enumerate(LONG):
            long = replace(trial, part="reference", seconds=seconds / len(LONG), seed=trial.seed + 1000 * n)
            _offer(frozen, name, runner.run(long, engine, long.seconds))
        if name in frozen.known:
            frozen.offer(name, replace(frozen.known[name], budget_s=seconds))
    for row in [row for row in runner.results.of(trial.part) if key.items() <= row.items()]:
        _offer(frozen, name, row)
    if name in frozen.known:
        best = frozen.known[name]
        told = {"problem": name, "objective": best.objective, "weight_left": best.weight_left, "left": best.weight_left}
        row = {**key, "contestant": "reference", "seconds": best.budget_s, "code": name[:10], **told}
        if runner.results.find(**row) is None:
            runner.results.append({**row, "first_cpu_s": None, "budget_s": best.budget_s, **circumstances()})


def _offer(frozen: References, name: str, row: Row) -> None:
    """Offer a plan of the problem of this name; what was called alike before the generator changed is another one."""
    mine = row.get("problem") == name and row["contestant"] != "reference"
    if mine and row["objective"] is not None and not row["violations"]:
        of = {"instance": row["instance"], "found_by": row["contestant"], "commit": row["commit"]}
        frozen.offer(name, Reference(weight_left=row["weight_left"], objective=row["objective"], budget_s=0.0, **of))


def towns(runner: Runner, options: Options) -> None:
    """T3: 300 stops, 10 offices, any courier may come; half of the days with tight shifts."""
    _sizes(runner, "towns", (300, 10), [(2.0 if options.short else 10.0, 2 if options.short else 10)], ["insertion"])


def regions(runner: Runner, options: Options) -> None:
    """T4: 1,000 stops, 25 offices, any courier may come; half of the days with mixed fleets."""
    budgets = [(2.0, 2)] if options.short else [(10.0, 10), (2.0, 10), (30.0, 10)]
    _sizes(runner, "regions", (1000, 25), budgets, ["PyVRP in our parts"])


def _sizes(
    runner: Runner, part: str, size: tuple[int, int], budgets: Sequence[tuple[float, int]], more: Sequence[str]
) -> None:
    for seconds, seeds in budgets:
        for seed in range(1, seeds + 1):
            rules, hard = seed % 2 == 0, seed % 4 in {0, 1}
            hardship = Hardship(tight=hard) if part == "towns" else Hardship(mixed=hard)
            day = harder(gia_lai(*size, seed, rules=rules, assignment="free"), seed, hardship)
            trial = Trial(part, f"{'with rules' if rules else 'plain'}{hardship}", day, seconds, seed)
            names = [*(WITH_RULES if rules else PLAIN), *more]
            slow = size[0] > MOST_VROOM and seconds < max(longest for longest, _ in budgets)
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
    """T8: each instance of a folder that has a solution beside it; the judge must give the published routes their cost."""
    if options.instances is None:
        say("public: no INSTANCES=DIR, nothing run")
        return
    files = [file for file in sorted(options.instances.glob("*.vrp")) if file.with_suffix(".sol").exists()]
    for number in range(1, 2 if options.short else 11):
        for file in files:
            instance = read(file, file.with_suffix(".sol"))
            judged = evaluate(instance.problem, instance.published)
            if judged.violations or judged.key != (0, instance.best):
                raise SystemExit(
                    f"{file.stem}: the judge says {judged.key} of the published routes, not {instance.best}"
                )
            _published(runner, file.stem, verdict(instance.problem, judged))
            trial = Trial("public", file.stem, instance.problem, 2.0 if options.short else 20.0, number)
            runner.pair(trial, ["auto", "PyVRP", "OR-Tools"])


def _published(runner: Runner, name: str, told: Row) -> None:
    key: dict[str, Any] = {"part": "public", "instance": name, "contestant": "published", "seconds": 0.0, "seed": 0}
    if runner.results.find(**key) is None:
        zero = {"budget_s": 0.0, "cpu_s": 0.0, "wall_s": 0.0, "work_s": 0.0, "peak_mb": 0, "ended": "itself"}
        runner.results.append({**key, "code": "any", **told, **zero, **circumstances()})
