"""Plan a day: parts to solver children, the best of each put together, judged and explained."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from routing import decompose
from routing.balance import Search, even_out
from routing.decompose import Part
from routing.engines import chain
from routing.engines.chain import Found
from routing.engines.interface import Limit
from routing.evaluate import Evaluation, evaluate, to_plan
from routing.explain import explain
from routing.fingerprint import problem_hash
from routing.plan import Balance, Plan
from routing.pool import SolverPool
from routing.problem import Job, Problem
from routing.tasks import ASSIGN, Task
from routing.validate import Fault, Invalid, validate

SECONDS_PER_STOP = {"home": 0.005, "free": 0.01}
"""Default wall seconds of search per stop on two cores: 15 s for 3,000 stops at their own offices."""
STAGES = (0.5, 0.5, 1.0)
"""Of the time that is left, what each stage under ``free`` takes: offices, clusters, shifted clusters."""
ASSIGNING = 0.15
"""Part of the time in which CP-SAT gives offices to jobs that have none."""

PROVING = 2.0
"""Seconds of explanation from which on CP-SAT proves changes, too: loading it takes half of one."""
EVENING_OUT = 1 / 3
"""Part of the time that evening out the hours takes, where it is asked for."""

Progress = Callable[[int, int], None]
Take = Callable[[Part, Found | None], None]
Run = Callable[[Sequence[Part], float | None, Take], None]


def solve(  # noqa: PLR0913  the arguments of ``routing.solve``
    problem: Problem,
    *,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    engine: str,
    pool: SolverPool | None,
    on_progress: Progress | None,
    explain_seconds: float,
    balance: int | None = None,
) -> Plan:
    """See ``routing.solve``."""
    faults = [*validate(problem), *_engine_faults(engine)]
    if faults:
        raise Invalid(faults)
    if seconds is None:
        seconds = max(1.0, SECONDS_PER_STOP[problem.assignment] * len(problem.jobs))
    day = _Day(problem, seconds, iterations, seed, engine, on_progress or (lambda _done, _total: None), balance)
    if problem.jobs:
        day.plan(pool)
    judged = day.judged()
    until = None if iterations is not None else time.monotonic() + explain_seconds
    prove = engine == "auto" and iterations is None and explain_seconds >= PROVING
    left = explain(problem, judged.sequences, judged.unserved, until=until, prove=prove)
    plan = to_plan(judged, left, engine=engine, seed=seed, problem_hash=problem_hash(problem))
    return replace(plan, engines=dict(sorted(day.gains.items())), balance=day.evened)


def _engine_faults(engine: str) -> list[Fault]:
    if engine not in chain.NAMES:
        return [Fault("engine", "engine", f"there is no engine {engine!r}: use one of {', '.join(chain.NAMES)}")]
    if not chain.available(engine):
        return [Fault("engine", "engine", f"{engine} is not installed: pip install 'tannha[engines]'")]
    return []


@dataclass(slots=True)
class _Day:
    """The routes found so far for the whole problem, and how they are improved."""

    problem: Problem
    seconds: float
    iterations: int | None
    seed: int
    engine: str
    on_progress: Progress
    balance: int | None = None
    evened: Balance | None = None
    sequences: dict[int, Sequence[int]] = field(default_factory=dict)
    gains: dict[str, int] = field(default_factory=dict)
    offices: dict[int, int] = field(default_factory=dict)
    deadline: float | None = None
    done: int = 0
    total: int = 0

    def plan(self, pool: SolverPool | None) -> None:
        """Search in children; insertion alone needs none."""
        if self.engine == "insertion":
            self.begin()
            self.search(self.here)
            return
        with nullcontext(pool) if pool is not None else SolverPool() as children:
            children.wait_ready()
            self.begin()
            if decompose.lacks_offices(self.problem):
                self.give_offices(children)
            self.search(lambda parts, deadline, take: self.away(children, parts, deadline, take))

    def search(self, run: Run) -> None:
        """Make the routes, then even out their hours where that is asked for."""
        whole = self.deadline
        if self.balance is not None:
            self.deadline = self.until(1.0 - EVENING_OUT)
        self.stages(lambda parts, deadline: run(parts, deadline, self.take))
        self.deadline = whole
        if self.balance is not None:
            self.sequences, self.evened = even_out(self.problem, self.judged(), self.balance, self.found_by(run))

    def found_by(self, run: Run) -> Search:
        """Return what searches parts and hands the answers over instead of putting them into the day."""

        def search(parts: Sequence[Part], share: float) -> dict[int, Found]:
            answers: dict[int, Found] = {}
            numbers = {id(part): number for number, part in enumerate(parts)}

            def take(part: Part, found: Found | None) -> None:
                if found is not None:
                    answers[numbers[id(part)]] = found

            run(parts, self.until(share), take)
            return answers

        return search

    def begin(self) -> None:
        """Start the clock."""
        self.deadline = None if self.iterations is not None else time.monotonic() + self.seconds

    def give_offices(self, pool: SolverPool) -> None:
        """Let CP-SAT say which office a job without one belongs to at first."""
        task = Task(0, self.problem, None, None, self.seed, ASSIGN)
        pool.run([task], self.take_offices, self.until(ASSIGNING))

    def take_offices(self, _task: Task, found: Found | None) -> None:
        """Keep the offices given; without an answer the day stays in one piece."""
        if found is not None:
            self.offices = {job: office for office, jobs in found.sequences.items() for job in jobs}

    def stages(self, run: Callable[[Sequence[Part], float | None], None]) -> None:
        """Offices first; where stops may change office then clusters of them, twice along different lines."""
        seated = decompose.given(self.problem, self.offices)
        seats = {job.id: job.office for job in seated.jobs}
        offices = decompose.by_office(seated, _planned(self.problem))
        free = len(offices) > 1 and (self.problem.assignment == "free" or bool(self.offices))
        self.total = len(offices)
        run(offices, self.until(STAGES[0] if free else 1.0))
        for stage, shifted in ((1, False), (2, True)) if free else ():
            parts = decompose.by_neighbourhood(self.problem, self.sequences, seats, shifted=shifted)
            self.total += len(parts)
            run(parts, self.until(STAGES[stage]))

    def until(self, part: float) -> float | None:
        """Return the moment at which the given part of the time that is left is over."""
        now = time.monotonic()
        return None if self.deadline is None else now + part * max(0.0, self.deadline - now)

    def away(self, pool: SolverPool, parts: Sequence[Part], deadline: float | None, take: Take) -> None:
        """Search the parts in children."""
        tasks = [
            Task(number, part.problem, self.seconds, self.iterations, self.seed, self.engine, part.start)
            for number, part in enumerate(parts)
        ]
        if deadline is None:
            tasks = [replace(task, seconds=None) for task in tasks]
        pool.run(tasks, lambda task, found: take(parts[task.number], found), deadline)

    def here(self, parts: Sequence[Part], deadline: float | None, take: Take) -> None:
        """Search the parts by insertion in this process."""
        for number, part in enumerate(parts):
            left = None if deadline is None else max(0.0, deadline - time.monotonic()) / (len(parts) - number)
            found = chain.search(part.problem, Limit.of(left, self.iterations), self.seed, "insertion", part.start)
            take(part, found)

    def take(self, part: Part, found: Found | None) -> None:
        """Put the routes of a part into the day; without an answer its start stands, or insertion makes one."""
        if found is None and part.start is None:
            found = self.inserted(part)
        if found is not None:
            for vehicle in part.problem.vehicles:
                self.sequences.pop(vehicle.id, None)
            self.sequences |= found.sequences
            for name, gain in found.gains.items():
                self.gains[name] = self.gains.get(name, 0) + gain
        self.done += 1
        self.on_progress(self.done, self.total)

    def inserted(self, part: Part) -> Found:
        """Return insertion's answer for a part."""
        return chain.search(part.problem, Limit.of(0.0, None), self.seed, "insertion", None)

    def judged(self) -> Evaluation:
        """Judge the day; routes that break a promise make way for insertion's."""
        # in the order of the vehicles, not in that in which children happened to finish
        ordered = {v.id: self.sequences[v.id] for v in self.problem.vehicles if v.id in self.sequences}
        judged = evaluate(self.problem, ordered)
        if not judged.violations:
            return judged
        broken = {fault.vehicle for fault in judged.violations}
        kept = {v: jobs for v, jobs in judged.sequences.items() if v not in broken}
        jobs = _without(self.problem, kept.values())
        vehicles = tuple(vehicle for vehicle in self.problem.vehicles if vehicle.id in broken)
        mended = self.inserted(Part(replace(self.problem, vehicles=vehicles, jobs=jobs))) if vehicles else None
        return evaluate(self.problem, {**kept, **(mended.sequences if mended else {})})


def _planned(problem: Problem) -> dict[int, Sequence[int]]:
    """Return the start that the vehicles' own steps describe, as far as it names jobs of the problem, each once."""
    free = {job.id for job in problem.jobs}
    planned: dict[int, Sequence[int]] = {}
    for vehicle in problem.vehicles:
        named = [step.id for step in vehicle.steps or () if step.type == "job"]
        tour = [number for number in dict.fromkeys(named) if number is not None and number in free]
        free -= set(tour)
        if tour:
            planned[vehicle.id] = tour
    return planned


def _without(problem: Problem, tours: Iterable[Sequence[int]]) -> tuple[Job, ...]:
    served = {job for tour in tours for job in tour}
    return tuple(job for job in problem.jobs if job.id not in served)
