"""Random small problems and generated office days through every engine, each plan audited: nothing may be broken.

``python -m tests.bench.problems`` (``make bench PART=problems``) goes on where it stopped; ``--again`` starts over.
Rows go to ``var/bench.jsonl``: from, to, left out, faults (at most ten in full), seconds, CPU seconds.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import routing
from routing.decompose import Subproblem
from routing.engines import pipeline
from routing.engines.interface import Limit
from routing.evaluate import evaluate, to_plan
from routing.explain import explain
from routing.matrix import Geodesic
from routing.plan import Plan
from routing.pool import SolverPool
from routing.problem import Break, Problem
from routing.search_params import SearchParams
from routing.vroom_json import plan_to_json, problem_to_json
from tests.routing.auditor import audit
from tests.routing.days import HOUR, office_day
from tests.routing.mixed import mixed_problem

ENGINES = ("auto", "insertion", "ortools", "pyvrp", "sisr", "vroom", "whole")
"""Taken in turns of two, so that each meets days with more rules and without; ``whole`` is ``routing.solve``: cut into
offices, searched in a child, put together."""
OWN = {"vroom": 3}
"""Iterations for engines that read them otherwise: VROOM explores at levels to 5, where a day takes it 1.5 s."""
BATCH = {"small": 500, "office": 50}
SHOWN = 10

Make = Callable[[int], Problem]


def small(number: int) -> Problem:
    """Return the small problem of this number."""
    return mixed_problem(random.Random(f"problem {number}"))


def office(number: int) -> Problem:
    """Return the office day of this number: 1 to 80 stops; half of the days have skills, second windows and a break more."""
    rng = random.Random(f"office {number}")
    vehicles, jobs = office_day(1, rng.choice((1, 5, 10, 20, 30, 50, 80)), seed=number)
    if number % 2:
        rest = Break(2, ((15 * HOUR, 16 * HOUR),), 900)
        vehicles = [replace(v, breaks=(*v.breaks, rest), skills=frozenset({n % 2})) for n, v in enumerate(vehicles)]
        again = ((7 * HOUR, 9 * HOUR), (15 * HOUR, 17 * HOUR))
        jobs = [
            replace(
                job,
                skills=frozenset({rng.choice((0, 1))}) if rng.random() < 0.1 else frozenset(),
                windows=again if rng.random() < 0.3 else job.windows,
                prize=rng.choice((None, None, None, 15_000)),
                release=rng.choice((None, None, None, 8 * HOUR)),
            )
            for job in jobs
        ]
    return Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home")


KINDS: dict[str, tuple[Make, int, int]] = {"small": (small, 100_000, 5), "office": (office, 10_000, 15)}
"""The maker, how many, and the iterations of each."""


def planned(problem: Problem, engine: str, iterations: int, pool: SolverPool | None) -> Plan:
    """Return the plan of one engine, made here, or of the whole way through a child."""
    if engine == "whole":
        return routing.solve(problem, iterations=iterations, pool=pool)
    found = pipeline.search(Subproblem(problem, _start(problem)), Limit.of(None, iterations), 1, engine, SearchParams())
    judged = evaluate(problem, found.sequences)
    left = explain(problem, judged.sequences, judged.unserved)
    return to_plan(judged, left, engine=engine, seed=1, problem_hash="")


def _start(problem: Problem) -> dict[int, list[int]] | None:
    tours = {
        vehicle.id: [step.id for step in vehicle.steps or () if step.id is not None] for vehicle in problem.vehicles
    }
    return {v: tour for v, tour in tours.items() if tour} or None


def faults(problem: Problem, plan: Plan) -> Iterator[str]:
    """Name everything that is wrong with a plan: broken promises, wrong sums, a worse answer than its start, idleness."""
    yield from audit(problem_to_json(problem), plan_to_json(plan, problem))
    judged = evaluate(problem, plan)
    yield from (f"the judge finds {fault}" for fault in judged.violations)
    begun = evaluate(problem, _start(problem) or {})
    if not begun.violations and judged.key > begun.key:
        yield f"{judged.key} is worse than its start, {begun.key}"
    yield from _idle(problem, plan)


def _idle(problem: Problem, plan: Plan) -> Iterator[str]:
    """No courier may stay at home who could serve a mandatory stop that is left out."""
    idle = [vehicle for vehicle in problem.vehicles if vehicle.id not in {route.vehicle for route in plan.routes}]
    left = {entry.id for entry in plan.unassigned}
    for job in problem.jobs:
        if job.id in left and job.prize is None:
            for vehicle in idle:
                alone = replace(problem, vehicles=(replace(vehicle, steps=None),), jobs=(replace(job, vehicle=None),))
                locked = job.vehicle not in {None, vehicle.id}
                if not locked and not evaluate(alone, {vehicle.id: [job.id]}).violations:
                    yield f"vehicle {vehicle.id} stays at home, and could serve job {job.id}"


@dataclass
class Count:
    """What a batch found."""

    problems: int = 0
    stops: int = 0
    left_out: int = 0
    failed: list[str] = field(default_factory=list)

    def add(self, kind: str, number: int, engine: str, pool: SolverPool | None) -> None:
        """Make, solve and check one problem."""
        make, _, iterations = KINDS[kind]
        problem = make(number)
        plan = planned(problem, engine, OWN.get(engine, iterations), pool)
        self.problems += 1
        self.stops += len(problem.jobs)
        self.left_out += len(plan.unassigned)
        self.failed += [f"{kind} {number} {engine}: {fault}" for fault in faults(problem, plan)]


def engine_of(number: int) -> str:
    """Return the engine whose turn it is."""
    return ENGINES[number // 2 % len(ENGINES)]


def batch(kind: str, numbers: Iterable[int], pool: SolverPool | None) -> Count:
    """Check these problems, each by the engine whose turn it is."""
    count = Count()
    for number in numbers:
        count.add(kind, number, engine_of(number), pool)
    return count


def _rows(log: Path) -> list[dict[str, Any]]:
    if not log.exists():
        return []
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row.get("part") == "problems"]


def main(arguments: list[str] | None = None) -> int:
    """Go on until every problem was checked; return 1 when any plan of this run was at fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=sorted(KINDS))
    parser.add_argument("--minutes", type=float, default=40.0, help="stop after so long; the next run goes on")
    parser.add_argument("--again", action="store_true", help="start over")
    parser.add_argument("--results", type=Path, default=Path("var/bench.jsonl"))
    options = parser.parse_args(arguments)
    log: Path = options.results
    until, failed = time.monotonic() + 60 * options.minutes, 0
    done = [] if options.again else _rows(log)
    with SolverPool(1) as pool:
        for kind in [options.kind] if options.kind else ["small", "office"]:
            first = max((row["to"] for row in done if row["kind"] == kind), default=0)
            failed += sum(len(count.failed) for count in _run(kind, first, until, partial(batch, pool=pool), log))
    _tell(_rows(log))
    return int(failed > 0)


def _run(kind: str, first: int, until: float, check: Callable[..., Count], log: Path) -> Iterator[Count]:
    total = KINDS[kind][1]
    while first < total and time.monotonic() < until:
        last, begun, cpu = min(total, first + BATCH[kind]), time.monotonic(), time.process_time()
        count = check(kind, range(first, last))
        row = {
            "part": "problems",
            "kind": kind,
            "from": first,
            "to": last,
            "stops": count.stops,
            "left_out": count.left_out,
            "faults": len(count.failed),
            "shown": count.failed[:SHOWN],
            "seconds": round(time.monotonic() - begun, 1),
            "cpu": round(time.process_time() - cpu, 1),
        }
        log.parent.mkdir(exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        for fault in count.failed[:SHOWN]:
            sys.stdout.write(f"{fault}\n")
        first = last
        yield count


def _tell(rows: list[dict[str, Any]]) -> None:
    for kind, (_, total, _) in KINDS.items():
        mine = [row for row in rows if row["kind"] == kind]
        count, stops, wrong = (sum(row[name] for row in mine) for name in ("to", "stops", "faults"))
        count -= sum(row["from"] for row in mine)
        sys.stdout.write(f"{kind}: {count} of {total} problems, {stops} stops, {wrong} faults\n")


if __name__ == "__main__":
    sys.exit(main())
