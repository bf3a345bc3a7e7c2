"""Travel times that never answer in a child, as a broken road server would; run as a program, a plan that hangs."""

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import routing
from routing.matrix import Geodesic
from routing.pool import SolverPool
from routing.problem import Ints, Point
from tests.routing.days import province


@dataclass(frozen=True)
class Stuck:
    """Geodesic in the process that made it, silent in every other."""

    home: int = field(default_factory=os.getpid)

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """Return the block, or wait for ever."""
        if os.getpid() != self.home:
            threading.Event().wait()
        return Geodesic().block(profile, sources, targets)


def main() -> None:
    """Start a plan that hangs in its children, and say which they are."""
    with SolverPool(2) as pool:
        pool.wait_ready()
        sys.stdout.write(" ".join(map(str, pool.pids)) + "\n")
        sys.stdout.flush()
        routing.solve(replace(province(4, 40, 1), travel_times=Stuck()), iterations=10**9, pool=pool)


if __name__ == "__main__":
    main()
