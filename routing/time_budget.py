"""How the time of a plan is divided: what first routes take, how long they are waited for, and when a round still pays."""

from collections.abc import Callable
from dataclasses import dataclass

from routing.engines.interface import wall

BEGINNING = 0.004
"""CPU seconds per stop that the offices or regions get before clusters of routes are searched."""
BEGINNING_MOST = 0.6
"""Part of the time that the beginning may take where time is short."""
HERE = 150
"""Stops that are inserted in this process when there is time for nothing else."""
BEGINNING_LEAST = 0.0006
"""CPU seconds per stop that the first routes take in any case."""
BEGINNING_AWAITED = 0.0014
"""CPU seconds per stop for which first routes are waited for, on a slow machine too: killing their makers takes longer."""
ROUND, ROUND_WHOLE = 0.002, 0.012
"""CPU seconds per stop in each round of clusters, and where all stops are one: cut elsewhere each time, short ones bring more."""
ROUND_LEAST = 0.001
"""CPU seconds per stop below which a round only sets out."""
TURNS = 2
"""Rounds of clusters where iterations count instead of time."""
JUDGING = 0.0003
"""Seconds per stop kept back for reading and judging the day."""


@dataclass(slots=True)
class TimeBudget:
    """The time of one plan of so many ``stops``; ``crew`` processes search at once, by ``iterations`` or until ``deadline``."""

    stops: int
    seconds: float
    iterations: int | None = None
    clock: Callable[[], float] = wall
    crew: int = 1
    deadline: float | None = None
    patience: float = 0.0

    def begin(self) -> None:
        """Start the clock; a first plan takes what it takes, however little time is given."""
        if self.iterations is None:
            searched = max(0.5 * self.seconds, self.seconds - JUDGING * self.stops)
            given = max(searched, BEGINNING_LEAST * self.stops / self.crew)
            self.deadline = self.clock() + given
            self.patience = max(0.0, BEGINNING_AWAITED * self.stops / self.crew - given)

    def hurried(self) -> bool:
        """Say whether there is time for insertion only, and so little to insert that no child is asked."""
        return self.stops <= HERE and self.iterations is None and self.seconds < BEGINNING_LEAST * self.stops

    def left(self) -> float:
        """Seconds until the deadline, never negative; none where iterations count."""
        return 0.0 if self.deadline is None else max(0.0, self.deadline - self.clock())

    def until(self, part: float) -> float | None:
        """Return the moment at which the given part of the time that is left is over."""
        return None if self.deadline is None else self.clock() + part * self.left()

    def by_work(self, cpu_seconds: float, last: float | None) -> float | None:
        """Return the moment at which the crew has worked so long, ``last`` at the latest."""
        return None if last is None else min(last, self.clock() + cpu_seconds / self.crew)

    def kill_at(self, *, first: bool) -> float | None:
        """Return when busy children make way; ``first``: they make first routes."""
        return None if self.deadline is None else self.deadline + (self.patience if first else 0.0)

    def beginning(self, stops: int) -> float:
        """Return the part of the time that is left in which the first routes are made: all, where no round follows."""
        if self.deadline is None:
            return 1.0
        left = max(0.01, self.left())
        wanted = min(BEGINNING_MOST * left, BEGINNING * stops / self.crew)
        first = max(wanted, BEGINNING_LEAST * stops / self.crew)
        return first / left if (left - first) * self.crew > ROUND_LEAST * stops else 1.0

    def goes_on(self, stops: int, turn: int) -> bool:
        """Say whether another round is due, and worth its setting out."""
        return turn < TURNS if self.deadline is None else self.left() * self.crew > ROUND_LEAST * stops

    def rounds(self, stops: int, effort: int, *, whole: bool) -> int:
        """Return how many rounds of such effort fit into what is left, one at least; ``whole``: nothing is cut."""
        each = ROUND_WHOLE if whole else ROUND
        return max(1, round(self.left() * self.crew / (each * effort * stops)))
