"""One part of a day (an office, a cluster) through the engines: each improves on the best before it.

Runs in a solver child. Every improvement is reported at once, so that a child that is killed loses only what came after
its last report. Where time is short the answer is never worse than insertion's; where there is enough, the search does
not wait for insertion.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from routing.engines import insertion
from routing.engines.interface import Engine, Limit
from routing.evaluate import Key
from routing.model import Model
from routing.problem import Problem
from routing.tours import Tours, TourSet, breaks_rule

log = logging.getLogger(__name__)

MODULES: Mapping[str, str] = {
    "vroom": "routing.engines.vroom_start",
    "pyvrp": "routing.engines.pyvrp_search",
    "ortools": "routing.engines.ortools_routing",
}
NAMES = ("auto", "insertion", *sorted(MODULES))
COLD = 200
"""Up to this many jobs OR-Tools' own construction beats a start from insertion (measured: 2 to 8 %)."""

VROOM_PACE = ((40, 1e-4), (10**9, 2.2e-4))
"""VROOM's construction takes about so many s × n² up to n jobs, whatever its limit says (measured): with less it is not asked."""
LEAST = 0.03
"""Seconds below which OR-Tools' model is not even built."""
FEW, WITHOUT = 10, 0.005
"""Jobs, and seconds for each, from which the search begins without insertion's routes."""
LEAST_SEARCH = 0.005
"""Seconds below which the first plan stands: building the search's instance takes longer."""
ALL_ORDERS = 0.004
"""Seconds per job from which insertion tries all its orders before it improves the best."""
VROOM_SHARE = 0.25
"""Part of the time that VROOM's construction may take."""
VROOM_MOST = 2.0
"""Seconds beyond which its start is not worth the wait, however long the search."""


def available(name: str) -> bool:
    """Say whether an engine's library is installed (pyvrp and vroom are extras)."""
    return name in {"auto", "insertion"} or _load(name) is not None


def vroom_seconds(jobs: int) -> float:
    """Return about how long VROOM's construction takes."""
    return next(pace for most, pace in VROOM_PACE if jobs <= most) * jobs**2


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


def search(
    problem: Problem,
    limit: Limit,
    seed: int,
    engine: str,
    start: Mapping[int, Sequence[int]] | None,
    *,
    reduce_fleet: bool = False,
) -> Incumbent:
    """Run the engines on one part and return the best; ``reduce_fleet``: above all by doing without couriers."""
    first = Pipeline(problem, seed, start, lambda _: None, quick=quick(limit, engine, len(problem.jobs)))
    return first.run(limit, engine, reduce_fleet=reduce_fleet)


def quick(limit: Limit, engine: str, jobs: int) -> bool:
    """Say whether the first routes shall come at once: others search from them, or there is no time for more."""
    return engine == "auto" or limit.left() < ALL_ORDERS * jobs


class Pipeline:
    """The incumbent and the road of the engines over it."""

    def __init__(
        self,
        problem: Problem,
        seed: int,
        start: Mapping[int, Sequence[int]] | None,
        report: Report,
        *,
        quick: bool = False,
    ) -> None:
        self.model, self.seed, self.report = Model(problem), seed, report
        self.quick, self.cold, self.broken = quick, not start, False
        self.gains: dict[str, int] = {}
        self.failed: list[str] = []
        self.begin = {
            self.model.vehicle_index[v]: [self.model.job_index[j] for j in jobs] for v, jobs in (start or {}).items()
        }
        self.best = TourSet(self.model, {})
        self.key, self.hopeless = self.best.key(), 0

    def insert(self) -> None:
        """Have first routes: the start, and insertion's for what it leaves out."""
        tours = insertion.construct(self.model, self.begin, quick=self.quick)
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
        if engine == "auto" and self.may_begin_with_nothing(limit):
            self.polish(limit.share(0.95))
            if self.best.used and not self.wanting:
                self.mend(limit)
                return self.incumbent()
        self.insert()
        if self.model.jobs and self.model.vehicles and limit.left() >= LEAST_SEARCH:
            if engine == "auto" and reduce_fleet:
                self.polish(limit, reduce_fleet=True)
            elif engine == "auto":
                self.portfolio(limit)
            else:
                self.ask(engine, limit)
        return self.incumbent()

    def may_begin_with_nothing(self, limit: Limit) -> bool:
        """Say whether the search shall begin without insertion's routes: it looks at them no more once it serves everybody.

        They take a tenth of the half second that an office gets. Where the search then fails to serve everybody, they come
        after it.
        """
        jobs = range(len(self.model.jobs))
        fast = self.cold and len(jobs) >= FEW and limit.left() >= WITHOUT * len(jobs) and not self.affords_vroom(limit)
        return fast and available("pyvrp") and not any(self.fits_nobody(j) for j in jobs)

    def affords_vroom(self, limit: Limit) -> bool:
        """Say whether there is time for VROOM's start."""
        return self.cold and vroom_seconds(len(self.model.jobs)) < VROOM_SHARE * min(VROOM_MOST, limit.left())

    def portfolio(self, limit: Limit) -> None:
        """VROOM starts, PyVRP searches; OR-Tools takes what breaks or what is still left out."""
        if len(self.model.jobs) > 1:
            if self.affords_vroom(limit):
                self.ask("vroom", limit.share(0.25))
            wanted = self.wanting
            self.polish(limit.share(0.6 if wanted else 0.95))
            if wanted and not self.wanting and limit.left() > LEAST:
                self.polish(limit.share(0.95))
        self.mend(limit)

    def mend(self, limit: Limit) -> None:
        """Let OR-Tools try where something breaks or is left out, and insertion after it."""
        if limit.left() > LEAST and (not available("pyvrp") or self.broken or self.wanting):
            self.ask("ortools", limit.share(0.7 if self.wanting else 1.0))
        if self.wanting:
            self.ask("insertion", limit.share(0.5))

    def polish(self, limit: Limit, *, reduce_fleet: bool = False) -> None:
        """Let PyVRP search in phases: from the incumbent, or from nothing where that is only insertion's."""
        if not available("pyvrp"):
            return
        from routing.engines import polish  # noqa: PLC0415  an extra that may be missing

        used = self.best.used
        try:
            answers = (
                polish.reduce_fleet(self.model, limit, self.seed, used)
                if reduce_fleet
                else polish.polish(self.model, limit, self.seed, used, cold=self.cold)
            )
            for name, answer in answers:
                self.consider(name, answer)
            self.cold = False
        except Exception:
            log.exception("engine pyvrp failed on %d jobs", len(self.model.jobs))
            self.failed.append("pyvrp")

    def ask(self, name: str, limit: Limit) -> None:
        """Let one engine answer and keep what is better."""
        engine = insertion.solve if name == "insertion" else _load(name)
        if engine is None or (name == "vroom" and vroom_seconds(len(self.model.jobs)) > limit.left()):
            return
        start: Tours = {} if name == "ortools" and len(self.model.jobs) <= COLD else self.best.used
        try:
            answer = engine(self.model, limit, self.seed, start)
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
