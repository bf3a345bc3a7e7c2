"""One part of a day (an office, a cluster) through the engines: each improves on the best before it.

Runs in a solver child. Every improvement is reported at once, so that a child that is killed loses only what came after
its last report. Where time is short the answer is never worse than insertion's; where there is enough, the search does
not wait for insertion.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module

from routing.decompose import Subproblem
from routing.engine_params import PipelineParams
from routing.engines import insertion
from routing.engines.interface import Engine, Limit
from routing.evaluate import Key
from routing.model import Model
from routing.problem import Problem
from routing.search_params import SearchParams
from routing.tours import Tours, TourSet, breaks_rule

log = logging.getLogger(__name__)

MODULES: Mapping[str, str] = {
    "sisr": "routing.engines.sisr.search",
    "vroom": "routing.engines.vroom_start",
    "pyvrp": "routing.engines.pyvrp_search",
    "ortools": "routing.engines.ortools_routing",
}
ONE_TRIP = frozenset({"pyvrp", "vroom"})
"""Engines that are not asked about days with second trips."""
NAMES = ("auto", "insertion", *sorted(MODULES))


def available(name: str) -> bool:
    """Say whether an engine's library is there (pyvrp and vroom are extras, sisr is compiled where that is possible)."""
    return name in {"auto", "insertion"} or _load(name) is not None


def vroom_seconds(jobs: int, params: PipelineParams) -> float:
    """Return about how long VROOM's construction takes."""
    return (params.vroom_small_pair if jobs <= params.vroom_small else params.vroom_pair) * jobs**2


def _load(name: str) -> Engine | None:
    try:
        engine: Engine = import_module(MODULES[name]).solve
    except ImportError:
        return None
    return engine


@dataclass(frozen=True, slots=True)
class Incumbent:
    """The best orders so far (job ids by vehicle id), their key, and the đồng that each engine took off the plan before it;
    nothing for the one that served somebody more, or made the first.
    """

    sequences: Mapping[int, Sequence[int]]
    key: Key
    gains: Mapping[str, int] = field(default_factory=dict)


Report = Callable[[Incumbent], None]


def search(part: Subproblem, limit: Limit, seed: int, engine: str, params: SearchParams) -> Incumbent:
    """Run the engines on one part and return the best."""
    hurry = quick(limit, engine, len(part.problem.jobs), params)
    pipeline = Pipeline(part.problem, seed, part.start, lambda _: None, params, quick=hurry)
    return pipeline.run(limit, engine, reduce_fleet=part.reduce_fleet)


def quick(limit: Limit, engine: str, jobs: int, params: SearchParams) -> bool:
    """Say whether the first routes shall come at once: others search from them, or there is no time for more."""
    return engine == "auto" or limit.left() < params.pipeline.all_orders * jobs


class Pipeline:
    """The incumbent and the road of the engines over it."""

    def __init__(
        self,
        problem: Problem,
        seed: int,
        start: Mapping[int, Sequence[int]] | None,
        report: Report,
        params: SearchParams,
        *,
        quick: bool = False,
    ) -> None:
        self.model, self.seed, self.report, self.params = Model(problem), seed, report, params
        self.unlike = False  # somebody else searches the same part
        self.quick, self.cold, self.broken = quick, not start, False
        self.single = all(vehicle.max_trips == 1 for vehicle in problem.vehicles)
        strangers = any(job.usual and job.stranger for job in problem.jobs)
        self.cells = len(set(self.model.kinds)) * len(self.model.places) ** 2 if strangers else 0
        self.gains: dict[str, int] = {}
        self.failed: list[str] = []
        self.begin = {
            self.model.vehicle_index[v]: [self.model.job_index[j] for j in jobs] for v, jobs in (start or {}).items()
        }
        self.best = TourSet(self.model, {})
        self.key, self.hopeless = self.best.key(), 0

    def has(self, name: str) -> bool:
        """Say whether an engine is there, knows how many trips the day has, and has room for its couriers' matrices."""
        fits = name != "pyvrp" or self.cells <= 1_000 * self.params.pipeline.pyvrp_cells
        return available(name) and fits and (self.single or name not in ONE_TRIP)

    def insert(self) -> None:
        """Have first routes: the start, and insertion's for what it leaves out."""
        tours = insertion.construct(self.model, self.begin, self.params.engines, quick=self.quick)
        self.hopeless = sum(self.model.jobs[j].priority + 1 for j in tours.left if self.fits_nobody(j))
        if (key := tours.key()) <= self.key:
            self.best, self.key = tours, key
        self.report(self.incumbent())

    def fits_nobody(self, j: int) -> bool:
        """Say whether a mandatory job could not even be served alone: no engine need try."""
        if self.model.jobs[j].prize is not None:
            return False
        return all(breaks_rule(self.model, v, [j]) is not None for v in sorted(set(self.model.kinds)))

    @property
    def wanting(self) -> bool:
        """Whether a mandatory job that could be served is still left out."""
        return self.key[0] > self.hopeless

    def incumbent(self) -> Incumbent:
        """Return the incumbent by ids."""
        model = self.model
        ids = {model.vehicles[v].id: [model.jobs[j].id for j in tour] for v, tour in self.best.used.items()}
        return Incumbent(ids, self.key, dict(self.gains))

    def run(self, limit: Limit, engine: str, *, reduce_fleet: bool = False) -> Incumbent:
        """Let the named engine, or in ``auto`` all of them in turn, improve the incumbent."""
        if engine == "auto" and self.serves_all_at_once(limit):
            return self.incumbent()
        self.insert()
        if self.model.jobs and self.model.vehicles and limit.left() >= self.params.pipeline.least:
            if engine == "auto" and reduce_fleet:
                self.polish(limit, reduce_fleet=True)
            elif engine == "auto":
                self.portfolio(limit)
            else:
                self.ask(engine, limit)
        return self.incumbent()

    def serves_all_at_once(self, limit: Limit) -> bool:
        """Let the search begin without insertion's routes, or with a start; say whether it serves everybody."""
        params = self.params.pipeline
        if self.may_recreate(limit):
            if not self.cold:
                self.insert()  # a start is a floor
            handed = params.handed if self.may_hand_over() else 0.0
            self.ask("sisr", limit.share(params.sisr * (1.0 - handed)))
            served = bool(self.best.used) and not self.wanting
            if served and handed:
                self.cold = False
                self.polish(limit.share(params.polish))
            return served
        if not self.may_begin_with_nothing(limit):
            return False
        self.polish(limit.share(params.polish))
        if not self.best.used or self.wanting:
            return False
        self.mend(limit)
        return True

    def may_recreate(self, limit: Limit) -> bool:
        """Say whether the compiled search shall do it all; where it leaves somebody out, the others come after it.

        Beside another one PyVRP is the better second, but not with breaks, which it does not know.
        """
        if not (self.model.jobs and available("sisr") and limit.left() >= self.params.pipeline.least):
            return False
        return not self.unlike or self.breaks or not self.has("pyvrp")

    def may_hand_over(self) -> bool:
        """Say whether PyVRP shall go on from the compiled search's plan: routes of one depot are all neighbours, and long."""
        several = len({(at, self.model.end_at[v]) for v, at in enumerate(self.model.start_at)}) > 1
        few = len(self.model.jobs) < self.params.pipeline.handed_from
        return not (several or few or self.breaks) and self.has("pyvrp")

    @property
    def breaks(self) -> bool:
        """Whether anybody takes one."""
        return any(vehicle.breaks for vehicle in self.model.vehicles)

    def may_begin_with_nothing(self, limit: Limit) -> bool:
        """Say whether the search shall begin without insertion's routes: it looks at them no more once it serves everybody.

        They take a tenth of the half second that an office gets. Where the search then fails to serve everybody, they come
        after it.
        """
        jobs, params = range(len(self.model.jobs)), self.params.pipeline
        enough = len(jobs) >= params.nothing_from and limit.left() >= params.nothing_stop * len(jobs)
        fast = self.cold and enough and not self.affords_vroom(limit)
        return fast and self.has("pyvrp") and not any(self.fits_nobody(j) for j in jobs)

    def affords_vroom(self, limit: Limit) -> bool:
        """Say whether there is time for VROOM's start."""
        params = self.params.pipeline
        given = params.vroom * min(params.vroom_most, limit.left())
        return self.cold and vroom_seconds(len(self.model.jobs), params) < given

    def portfolio(self, limit: Limit) -> None:
        """VROOM starts, PyVRP searches; OR-Tools takes what breaks or what is still left out."""
        params = self.params.pipeline
        if len(self.model.jobs) > 1:
            if self.affords_vroom(limit):
                self.ask("vroom", limit.share(params.vroom))
            wanted = self.wanting
            self.polish(limit.share(params.polish_wanting if wanted else params.polish))
            if wanted and not self.wanting and limit.left() > params.ortools_least:
                self.polish(limit.share(params.polish))
        self.mend(limit)

    def mend(self, limit: Limit) -> None:
        """Let OR-Tools try where something breaks or is left out, and insertion after it."""
        params = self.params.pipeline
        if limit.left() > params.ortools_least and (not self.has("pyvrp") or self.broken or self.wanting):
            self.ask("ortools", limit.share(params.ortools_wanting if self.wanting else 1.0))
        if self.wanting:
            self.ask("insertion", limit.share(params.insertion_wanting))

    def polish(self, limit: Limit, *, reduce_fleet: bool = False) -> None:
        """Let PyVRP search in phases: from the incumbent, or from nothing where that is only insertion's."""
        if not self.has("pyvrp"):
            return
        from routing.engines import polish  # noqa: PLC0415  an extra that may be missing

        used = self.best.used
        try:
            answers = (
                polish.reduce_fleet(self.model, limit, self.seed, used, self.params)
                if reduce_fleet
                else polish.polish(self.model, limit, self.seed, used, self.params, cold=self.cold)
            )
            for name, answer in answers:
                self.consider(name, answer)
            self.cold = False
        except Exception:
            log.exception("engine pyvrp failed on %d jobs", len(self.model.jobs))
            self.failed.append("pyvrp")

    def ask(self, name: str, limit: Limit) -> None:
        """Let one engine answer and keep what is better."""
        params = self.params.pipeline
        engine = insertion.solve if name == "insertion" else _load(name)
        if engine is None or (name == "vroom" and vroom_seconds(len(self.model.jobs), params) > limit.left()):
            return
        start: Tours = {} if name == "ortools" and len(self.model.jobs) <= params.cold_ortools else self.best.used
        told = {"found": partial(self.consider, name)} if name == "sisr" else {}
        try:
            answer = engine(self.model, limit, self.seed, start, self.params, **told)
        except Exception as error:
            # a library's own limits (a size, a value) must not cost the day the engines that come after
            log.warning("engine %s failed on %d jobs: %s", name, len(self.model.jobs), type(error).__name__)
            log.debug("engine %s", name, exc_info=True)
            self.failed.append(name)
            return
        if answer is not None:
            self.consider(name, answer)

    def consider(self, name: str, answer: Tours) -> None:
        """Mend an answer where it breaks a rule, and keep it if the judge finds it better."""
        tours = TourSet(self.model, answer)
        if any(tour and breaks_rule(self.model, v, tour) is not None for v, tour in tours.tours.items()):
            self.broken = True
            tours.drop_infeasible()
        tours.place(insertion.by_duty(self.model, sorted(tours.left)))
        key = tours.key()
        if key >= self.key:
            return
        if key[0] == self.key[0]:
            self.gains[name] = self.gains.get(name, 0) + self.key[1] - key[1]
        else:
            self.gains.setdefault(name, 0)
        self.best, self.key = tours, key
        self.report(self.incumbent())
