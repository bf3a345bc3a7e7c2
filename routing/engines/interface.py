"""What an engine is: a function from a compiled problem and a limit to orders of jobs, or nothing."""

import time
from dataclasses import dataclass
from typing import Protocol

from routing.model import Model
from routing.tours import Tours


@dataclass(frozen=True, slots=True)
class Limit:
    """When to stop: a ``time.monotonic()`` deadline, or a count of the engine's own iterations."""

    deadline: float | None = None
    iterations: int | None = None

    @classmethod
    def of(cls, seconds: float | None, iterations: int | None) -> "Limit":
        """Start a limit now; iterations win, so that nothing depends on time."""
        if iterations is not None:
            return cls(None, iterations)
        return cls(time.monotonic() + (seconds if seconds is not None else 1.0), None)

    def left(self) -> float:
        """Seconds until the deadline, never negative; an hour when only iterations count."""
        return 3600.0 if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def share(self, part: float) -> "Limit":
        """Return the first ``part`` of what is left."""
        if self.deadline is None:
            return self
        return Limit(time.monotonic() + part * self.left(), None)


class Engine(Protocol):
    """Improve on ``start`` (feasible) or answer alone; ``None`` when there is nothing to say in time."""

    def __call__(self, model: Model, limit: Limit, seed: int, start: Tours) -> Tours | None: ...
