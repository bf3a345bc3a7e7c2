"""What an engine is: a function from a compiled problem and a limit to orders of jobs, or nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from routing.model import Model
from routing.search_params import SearchParams
from routing.tours import Tours


def wall() -> float:
    """Read the wall clock; looked up at every call, so that a bench may put another clock in its place."""
    return time.monotonic()


@dataclass(slots=True)
class Work:
    """What was done within a limit: iterations of the engines that count them."""

    iterations: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """When to stop: a deadline on a clock (wall time, or CPU time), or a count of iterations.

    ``ends``: on the wall clock, whatever the other one shows.
    """

    deadline: float | None = None
    iterations: int | None = None
    clock: Callable[[], float] = wall
    ends: float | None = None
    work: Work = field(default_factory=Work, compare=False)

    @classmethod
    def of(
        cls,
        seconds: float | None,
        iterations: int | None,
        clock: Callable[[], float] = wall,
        ends: float | None = None,
    ) -> "Limit":
        """Start a limit now; iterations win, so that nothing depends on time."""
        if iterations is not None:
            return cls(None, iterations)
        return cls(clock() + (seconds if seconds is not None else 1.0), None, clock, ends)

    def left(self) -> float:
        """Seconds until the deadline, never negative; an hour when only iterations count."""
        if self.deadline is None:
            return 3600.0
        left = self.deadline - self.clock()
        return max(0.0, left if self.ends is None else min(left, self.ends - wall()))

    def share(self, part: float) -> "Limit":
        """Return the first ``part`` of what is left."""
        return self if self.deadline is None else replace(self, deadline=self.clock() + part * self.left())


class Engine(Protocol):
    """Improve on ``start`` (feasible) or answer alone; ``None`` when there is nothing to say in time."""

    def __call__(self, model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams) -> Tours | None: ...
