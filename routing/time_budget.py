"""How the time of a plan is divided: what first routes take, how long they are waited for, and when a round still pays."""

from collections.abc import Callable
from dataclasses import dataclass

from routing.day_params import TimeParams
from routing.engines.interface import wall


@dataclass(slots=True)
class TimeBudget:
    """The time of one plan of so many ``stops``; ``crew`` processes search at once, by ``iterations`` or until ``deadline``."""

    stops: int
    seconds: float
    params: TimeParams
    iterations: int | None = None
    clock: Callable[[], float] = wall
    crew: int = 1
    deadline: float | None = None
    patience: float = 0.0

    def begin(self) -> None:
        """Start the clock; a first plan takes what it takes, however little time is given."""
        params = self.params
        if self.iterations is None:
            searched = max(params.searched * self.seconds, self.seconds - params.judging * self.stops)
            given = max(searched, params.beginning_least * self.stops / self.crew)
            self.deadline = self.clock() + given
            self.patience = max(0.0, params.beginning_awaited * self.stops / self.crew - given)

    def hurried(self) -> bool:
        """Say whether there is time for insertion only, and so little to insert that no child is asked."""
        least = self.params.beginning_least * self.stops
        return self.stops <= self.params.hurried_stops and self.iterations is None and self.seconds < least

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
        params, left = self.params, max(0.01, self.left())
        wanted = min(params.beginning_most * left, params.beginning * stops / self.crew)
        first = max(wanted, params.beginning_least * stops / self.crew)
        return first / left if (left - first) * self.crew > params.round_least * stops else 1.0

    def goes_on(self, stops: int, turn: int) -> bool:
        """Say whether another round is due, and worth its setting out."""
        params = self.params
        return turn < params.rounds if self.deadline is None else self.left() * self.crew > params.round_least * stops

    def rounds(self, stops: int, effort: int, *, whole: bool) -> int:
        """Return how many rounds of such effort fit into what is left, one at least; ``whole``: nothing is cut."""
        each = self.params.whole_round if whole else self.params.round
        return max(1, round(self.left() * self.crew / (each * effort * stops)))
