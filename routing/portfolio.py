"""Plan a day: parts to solver children, the best of each put together, judged and explained."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from routing import decompose
from routing.balance import SearchParts, even_out
from routing.clusters import around_spare, by_region, cut
from routing.decompose import Subproblem
from routing.engines import pipeline
from routing.engines.interface import Limit
from routing.engines.pipeline import Incumbent, Pipeline
from routing.evaluate import Evaluation, evaluate, to_plan
from routing.explain import explain
from routing.fingerprint import problem_hash
from routing.floor import kept, planned
from routing.plan import HoursBalance, Plan
from routing.pool import SolverPool, weight
from routing.problem import Job, Problem
from routing.progress import Progress
from routing.projection import Projection
from routing.search_params import SearchParams
from routing.tasks import ASSIGN, SearchTask, second_searches
from routing.time_budget import TimeBudget
from routing.validate import Invalid, ProblemFault, validate

OnProgress = Callable[[int, int], None]
Take = Callable[[Subproblem, Incumbent | None], None]
Run = Callable[[Sequence[Subproblem], float | None, Take], None]
"""Search parts until a moment (or by iterations), and hand over what was found."""
Stage = Callable[[Sequence[Subproblem], float | None], None]
"""The same, for the routes of the day."""


def solve(  # noqa: PLR0913  the arguments of ``routing.solve``
    problem: Problem,
    *,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    engine: str,
    pool: SolverPool | None,
    on_progress: OnProgress | None,
    explain_seconds: float,
    params: SearchParams,
    balance: int | None = None,
    deadline: float | None = None,
) -> Plan:
    """See ``routing.solve``."""
    faults = [*validate(problem), *_engine_faults(engine)]
    if faults:
        raise Invalid(faults)
    if seconds is None:
        each = params.time.home_stop if problem.assignment == "home" else params.time.free_stop
        seconds = max(params.time.least, each * len(problem.jobs))
    budget = TimeBudget(len(problem.jobs), seconds, params.time, iterations, deadline)
    day = _DaySearch(problem, budget, seed, engine, params, on_progress or (lambda _done, _total: None), balance)
    if problem.jobs:
        day.plan(pool)
    judged = day.judged()
    until = None if iterations is not None else time.monotonic() + explain_seconds
    prove = engine == "auto" and iterations is None and explain_seconds >= params.explain.proving
    left = explain(problem, judged.sequences, judged.unserved, until=until, prove=prove, params=params.explain)
    plan = to_plan(judged, left, engine=engine, seed=seed, problem_hash=problem_hash(problem))
    searched = day.progress.told(plan.objective)
    return replace(plan, engines=dict(sorted(day.gains.items())), balance=day.evened, searched=searched)


def _engine_faults(engine: str) -> list[ProblemFault]:
    if engine not in pipeline.NAMES:
        return [
            ProblemFault("engine", "engine", f"there is no engine {engine!r}: use one of {', '.join(pipeline.NAMES)}")
        ]
    if not pipeline.available(engine):
        way_out = (
            "built: make setup, with a C++ compiler" if engine == "sisr" else "installed: pip install 'tannha[engines]'"
        )
        return [ProblemFault("engine", "engine", f"{engine} is not {way_out}")]
    return []


@dataclass(slots=True)
class _DaySearch:
    """The routes found so far for the whole problem, and how they are improved."""

    problem: Problem
    budget: TimeBudget
    seed: int
    engine: str
    params: SearchParams
    on_progress: OnProgress
    balance: int | None = None
    evened: HoursBalance | None = None
    sequences: dict[int, Sequence[int]] = field(default_factory=dict)
    gains: dict[str, int] = field(default_factory=dict)
    offices: dict[int, int] = field(default_factory=dict)
    turn: int = 0
    done: int = 0
    total: int = 0
    answered: int = 0
    value: int = 0
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.budget)

    def plan(self, pool: SolverPool | None) -> None:
        """Search in children; insertion alone needs none, and shares a large day with those that are there."""
        alone = self.engine == "insertion" and (
            pool is None or len(self.problem.jobs) <= self.params.time.hurried_stops
        )
        if alone or self.budget.hurried():
            self.budget.begin()
            self.search(self.here)
            self.progress.end(0)
            return
        with nullcontext(pool) if pool is not None else SolverPool(params=self.params.processes) as children:
            children.wait_ready(self.budget.to_start())
            self.progress.startup_s = self.budget.wall() - self.budget.called
            before = children.iterations
            self.budget.clock = lambda: time.thread_time() + children.searched()
            self.budget.begin()
            if self.wants_offices():
                self.give_offices(children)
            self.search(lambda parts, deadline, take: self.away(children, parts, deadline, take))
            self.progress.end(children.iterations - before)

    def search(self, run: Run) -> None:
        """Make the routes, then even out their hours where that is asked for."""
        with nullcontext() if self.balance is None else self.budget.part(1.0 - self.params.balance.share):
            self.stages(lambda parts, deadline: run(parts, deadline, self.take))
        if self.balance is not None:
            answers = self.answers_by(run)
            self.sequences, self.evened = even_out(
                self.problem, self.judged(), self.balance, answers, self.params.balance
            )

    def answers_by(self, run: Run) -> SearchParts:
        """Return what searches parts and hands the answers over instead of putting them into the day."""

        def search(parts: Sequence[Subproblem], share: float) -> dict[int, Incumbent]:
            answers: dict[int, Incumbent] = {}
            numbers = {id(part): number for number, part in enumerate(parts)}

            def take(part: Subproblem, incumbent: Incumbent | None) -> None:
                if incumbent is not None:
                    answers[numbers[id(part)]] = incumbent

            with self.budget.part(share):
                run(parts, self.budget.deadline, take)
            return answers

        return search

    def wants_offices(self) -> bool:
        """Say whether CP-SAT shall say first where jobs belong: those without an office, under ``free`` all."""
        if decompose.lacks_offices(self.problem, self.params.clusters.offices_from):
            return True
        several = self.problem.assignment == "free" and len(decompose.crews_by_office(self.problem)) > 1
        stops = len(self.problem.jobs)
        affordable = self.budget.iterations is not None or self.budget.seconds > self.params.offices.stop * stops
        return self.engine == "auto" and several and affordable and not planned(self.problem)

    def give_offices(self, pool: SolverPool) -> None:
        """Let CP-SAT say which office a job without one belongs to at first."""
        task = SearchTask(0, self.problem, None, None, self.seed, ASSIGN, self.params)
        seconds = None if self.budget.deadline is None else self.params.offices.share * self.budget.left()
        pool.run([task], self.take_offices, seconds, self.budget.ends)

    def take_offices(self, _task: SearchTask, incumbent: Incumbent | None) -> None:
        """Keep the offices given; without an answer the day stays in one piece."""
        if incumbent is not None:
            self.offices = {job: office for office, jobs in incumbent.sequences.items() for job in jobs}
            self.gains.setdefault("cp-sat", 0)

    def stages(self, run: Stage) -> None:
        """Search what stands alone and is small at once; begin the rest by offices or regions, then go round it."""
        homeless = decompose.lacks_offices(self.problem, self.params.clusters.offices_from)
        seated = decompose.given(self.problem, self.offices if homeless else {})
        offices = decompose.by_office(seated, planned(self.problem))
        crew, shared = len(self.problem.vehicles), self.problem.assignment == "free" or bool(self.offices)
        free = shared and any(len(part.problem.vehicles) < crew for part in offices)
        scopes = [Subproblem(self.problem)] if free else offices
        small = [scope for scope in scopes if not (free or self.goes_round(scope))]
        large = [scope for scope in scopes if free or self.goes_round(scope)]
        self.total = len(small)
        if small:
            weight = sum(len(scope.problem.jobs) for scope in small) / len(self.problem.jobs)
            run(small, self.budget.until(weight))
        if large:
            begin = offices if free else [region for scope in large for region in self.regions(scope)]
            if free and (least := kept(self.problem)) is not None and not least.unserved:
                self.sequences = dict(least.sequences)  # offices alone would lose what they do for each other
            else:
                self.total += len(begin)
                run(begin, self.budget.until(self.budget.beginning(_stops(large))))
            if self.offices and not homeless:
                self.reseat(offices, run)
            if free:
                self.reduce_fleet(run)
            self.rounds(large, run)

    def reseat(self, offices: Sequence[Subproblem], run: Stage) -> None:
        """Begin again at the offices that CP-SAT gave other jobs than their own, and keep what is cheaper."""
        at_home = {_ids(part) for part in offices}
        given = decompose.by_office(decompose.given(self.problem, self.offices), {})
        moved = {_ids(part) for part in given} ^ at_home
        if not moved:
            return
        parts = [part for part in given if _ids(part) in moved]
        touched = {v.office for part in [*offices, *parts] if _ids(part) in moved for v in part.problem.vehicles}
        vehicles = tuple(vehicle for vehicle in self.problem.vehicles if vehicle.office in touched)
        concerned = frozenset[int]().union(*moved)
        jobs = tuple(job for job in self.problem.jobs if job.id in concerned)
        there = replace(self.problem, vehicles=vehicles, jobs=jobs)
        before = {v.id: self.sequences.pop(v.id) for v in vehicles if v.id in self.sequences}
        self.total += len(parts)
        run(parts, self.budget.until(self.budget.beginning(_stops(parts))))
        after = {v.id: self.sequences[v.id] for v in vehicles if v.id in self.sequences}
        old, new = evaluate(there, before).key, evaluate(there, after).key
        if new >= old:
            for vehicle in vehicles:
                self.sequences.pop(vehicle.id, None)
            self.sequences |= before
        else:
            self.gains["cp-sat"] = self.gains.get("cp-sat", 0) + max(0, old[1] - new[1])

    def reduce_fleet(self, run: Stage) -> None:
        """Look for couriers whom the neighbours' could do without: an office's second one is often needed for few stops.

        Searches that move one or two stops at a time leave every office its own couriers.
        """
        stops, fleet = len(self.problem.jobs), self.params.fleet
        if self.engine != "auto" or stops <= self.params.clusters.one or not self.budget.goes_on(stops, 0):
            return
        projection, tried = Projection.of(self.problem), set[int]()
        last = self.budget.until(fleet.neighbours_share)
        while last is None or (self.budget.clock() < last and self.budget.left() > 0):
            clusters = around_spare(self.problem, projection, self.sequences, fleet.cluster, tried)
            if not clusters:
                return
            self.total += len(clusters)
            given = self.budget.by_work(fleet.cluster_stop * _stops(clusters), last)
            run([replace(cluster, reduce_fleet=True) for cluster in clusters], given)
            self.turn += 1

    def goes_round(self, scope: Subproblem) -> bool:
        """Say whether a part is better searched in clusters of routes than in one piece."""
        return len(scope.problem.jobs) > self.params.clusters.whole and self.engine == "auto"

    def regions(self, scope: Subproblem) -> list[Subproblem]:
        """Return what the search of a large part begins with: its plan, or else regions of it."""
        return (
            [scope]
            if scope.start
            else by_region(scope.problem, Projection.of(scope.problem), self.params.clusters.region)
        )

    def rounds(self, scopes: Sequence[Subproblem], run: Stage) -> None:
        """Search clusters of neighbouring routes, along other lines each time, until the time is over.

        Where a round brought next to nothing, the next ones look longer at larger clusters.
        """
        projections = [Projection.of(scope.problem) for scope in scopes]
        stops, clusters = _stops(scopes), self.params.clusters
        effort, begun = 1, self.turn
        while self.budget.goes_on(stops, self.turn - begun):
            parts, whole = cut(scopes, projections, self.sequences, clusters, self.turn, effort)
            self.total += len(parts)
            before, self.answered, self.value = sum(self.gains.values()), 0, 0
            run(parts, self.budget.until(1 / self.budget.rounds(stops, effort, whole=whole)))
            self.turn += 1
            if not self.answered:
                return  # nobody is there to search
            if sum(self.gains.values()) - before < clusters.still * self.value:
                effort = min(clusters.effort_most, 2 * effort)

    def away(self, pool: SolverPool, parts: Sequence[Subproblem], deadline: float | None, take: Take) -> None:
        """Search the parts in children; what they found is taken in the order of the parts, whoever was first."""
        tasks = [
            SearchTask(
                number,
                part.problem,
                self.budget.seconds,
                self.budget.iterations,
                self.seed + self.turn,
                self.engine,
                self.params,
                part.start,
                part.reduce_fleet,
            )
            for number, part in enumerate(parts)
        ]
        if deadline is None:
            tasks = [replace(task, seconds=None) for task in tasks]
        answers: dict[int, Incumbent] = {}

        def note(task: SearchTask, incumbent: Incumbent) -> None:
            self.progress.better(task.number % len(parts), incumbent.key)

        def keep(task: SearchTask, incumbent: Incumbent | None) -> None:
            number = task.number % len(parts)
            if incumbent is not None and (number not in answers or incumbent.key < answers[number].key):
                answers[number] = incumbent
            if task.number < len(parts):
                self.done += 1
                self.on_progress(self.done, self.total)

        idle = len(pool.pids) - len(tasks) if deadline is not None and self.engine == "auto" else 0
        seconds = None if deadline is None else max(0.0, deadline - self.budget.clock())
        self.progress.begin_run()
        pool.run([*tasks, *second_searches(tasks, idle)], keep, seconds, self.budget.ends, note)
        for number, part in enumerate(parts):
            take(part, answers.get(number))

    def here(self, parts: Sequence[Subproblem], deadline: float | None, take: Take) -> None:
        """Search the parts in this process, each in its share of the time."""
        weights = [weight(part.problem) for part in parts]
        for number, part in enumerate(parts):
            left = None if deadline is None else max(0.0, deadline - self.budget.clock())
            share = None if left is None else left * weights[number] / sum(weights[number:])
            take(
                part,
                None
                if self.budget.hurried()
                else self.searched(part, Limit.of(share, self.budget.iterations, self.budget.clock, self.budget.ends)),
            )
            self.done += 1
            self.on_progress(self.done, self.total)

    def searched(self, part: Subproblem, limit: Limit) -> Incumbent:
        """Return what the engine finds in this process."""
        return pipeline.search(part, limit, self.seed + self.turn, self.engine, self.params)

    def take(self, part: Subproblem, incumbent: Incumbent | None) -> None:
        """Put the routes of a part into the day; without an answer those that it has stand, or insertion makes some."""
        self.answered += incumbent is not None
        if incumbent is None and not self.stands(part):
            incumbent = self.inserted(part)
        if incumbent is not None:
            self.value += incumbent.key[1]
            for vehicle in part.problem.vehicles:
                self.sequences.pop(vehicle.id, None)
            self.sequences |= incumbent.sequences
            for name, gain in incumbent.gains.items():
                self.gains[name] = self.gains.get(name, 0) + gain

    def stands(self, part: Subproblem) -> bool:
        """Say whether the day has routes of the part already; a start that somebody gave is none before it has been taken in."""
        return part.start is not None and any(vehicle.id in self.sequences for vehicle in part.problem.vehicles)

    def inserted(self, part: Subproblem) -> Incumbent:
        """Return insertion's answer for a part, at once: its start, and what that leaves out."""
        first = Pipeline(part.problem, self.seed, part.start, lambda _: None, self.params, quick=True)
        first.insert()
        return first.incumbent()

    def judged(self) -> Evaluation:
        """Judge the day: nothing undercuts a start, unless hours were to be evened out at a price."""
        mended = self.mended()
        least = None if self.evened is not None else kept(self.problem)
        return mended if least is None or mended.key <= least.key else least

    def mended(self) -> Evaluation:
        """Judge the routes at hand; those that break a promise make way for insertion's."""
        # in the order of the vehicles, not in that in which children happened to finish
        ordered = {v.id: self.sequences[v.id] for v in self.problem.vehicles if v.id in self.sequences}
        judged = evaluate(self.problem, ordered)
        if not judged.violations:
            return judged
        broken = {fault.vehicle for fault in judged.violations}
        kept = {v: jobs for v, jobs in judged.sequences.items() if v not in broken}
        jobs = _without(self.problem, kept.values())
        vehicles = tuple(vehicle for vehicle in self.problem.vehicles if vehicle.id in broken)
        mended = self.inserted(Subproblem(replace(self.problem, vehicles=vehicles, jobs=jobs))) if vehicles else None
        return evaluate(self.problem, {**kept, **(mended.sequences if mended else {})})


def _stops(parts: Sequence[Subproblem]) -> int:
    return sum(len(part.problem.jobs) for part in parts)


def _ids(part: Subproblem) -> frozenset[int]:
    return frozenset(job.id for job in part.problem.jobs)


def _without(problem: Problem, tours: Iterable[Sequence[int]]) -> tuple[Job, ...]:
    served = {job for tour in tours for job in tour}
    return tuple(job for job in problem.jobs if job.id not in served)
