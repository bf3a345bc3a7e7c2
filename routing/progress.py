"""How a search went: what each moment of computing brought, and whether more of it would bring something."""

from dataclasses import dataclass, field

from routing.evaluate import Key
from routing.plan import Searched
from routing.time_budget import TimeBudget


@dataclass(slots=True)
class Progress:
    """The gains of the best answers of each part, by what the ``budget``'s clock showed when they came."""

    budget: TimeBudget
    gains: list[tuple[float, float]] = field(default_factory=list)
    best: dict[int, Key] = field(default_factory=dict)
    first: float | None = None
    iterations: int = 0
    startup_s: float = 0.0
    ended: float = 0.0

    def begin_run(self) -> None:
        """Other parts from here on: their numbers begin again."""
        self.best = {}

    def better(self, part: int, key: Key) -> None:
        """Note an answer; whoever serves somebody more has gained beyond measure."""
        now, known = self.budget.clock(), self.best.get(part)
        self.first = now if self.first is None else self.first
        if known is not None and key < known:
            self.gains.append((now, known[1] - key[1] if key[0] == known[0] else float("inf")))
        self.best[part] = key if known is None else min(key, known)

    def end(self, iterations: int) -> None:
        """The search is over."""
        self.iterations, self.ended = iterations, self.budget.clock()

    def settled(self, cost: int) -> bool | None:
        """Say whether the last quarter of what was computed brought next to nothing of the cost; ``None``: nobody searched."""
        if self.first is None:
            return None
        began, params = self.budget.began, self.budget.params
        last = began + params.early * (self.ended - began)
        return self.first <= last and sum(gain for at, gain in self.gains if at > last) <= params.settled * cost

    def told(self, cost: int) -> Searched | None:
        """Return what a plan of such cost says about its search; nothing where iterations count: it would differ every time."""
        if self.budget.iterations is not None:
            return None
        cpu_s = max(0.0, self.ended - self.budget.began)
        return Searched(round(cpu_s, 3), self.iterations, round(self.startup_s, 3), settled=self.settled(cost))
