"""How the time of a plan is divided: what first routes take, when all ends, and when a round still pays.

Seconds are of CPU, over all processes; only ``ends`` is a moment of the wall clock.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from routing.day_params import TimeParams
from routing.engines.interface import wall


@dataclass(slots=True)
class TimeBudget:
    """The time of one plan of so many ``stops``: by ``iterations``, or until ``deadline`` on the clock of what was computed.

    ``within``: seconds of the wall clock after which all ends, from the call on; without it they are ``time.within`` times
    the seconds of CPU, from the moment somebody searches.
    """

    stops: int
    seconds: float
    params: TimeParams
    iterations: int | None = None
    within: float | None = None
    clock: Callable[[], float] = time.thread_time
    wall: Callable[[], float] = wall
    deadline: float | None = None
    ends: float | None = None
    called: float = 0.0
    began: float = 0.0

    def __post_init__(self) -> None:
        self.called = self.wall()

    def begin(self) -> None:
        """Start the clocks; a first plan takes what it takes, however little time is given."""
        params, now = self.params, self.wall()
        self.began = self.clock()
        if self.iterations is not None:
            return
        least = params.beginning_least * self.stops
        judging = params.judging * self.stops
        self.deadline = self.began + max(params.searched * self.seconds, self.seconds - judging, least)
        if self.within is None:
            self.ends = now + params.within * max(self.seconds, least)
        else:
            end = self.called + max(params.searched * self.within, self.within - judging)
            self.ends = max(end, now + params.beginning_awaited * self.stops)

    def searched(self) -> float:
        """CPU seconds since the beginning."""
        return self.clock() - self.began

    def to_start(self) -> float | None:
        """Return how long the first child may take to start: as long as it does, where nobody said by when all is done."""
        return None if self.within is None else max(0.0, self.called + self.within - self.wall())

    def hurried(self) -> bool:
        """Say whether there is time for insertion only, and so little to insert that no child is asked."""
        least = self.params.beginning_least * self.stops
        return self.stops <= self.params.hurried_stops and self.iterations is None and self.seconds < least

    def left(self) -> float:
        """CPU seconds until the deadline, none after the end of all, never negative; none where iterations count."""
        if self.deadline is None or (self.ends is not None and self.wall() >= self.ends):
            return 0.0
        return max(0.0, self.deadline - self.clock())

    def until(self, part: float) -> float | None:
        """Return the moment at which the given part of the time that is left is over."""
        return None if self.deadline is None else self.clock() + part * self.left()

    @contextmanager
    def part(self, part: float) -> Iterator[None]:
        """Let what is done meanwhile have the given part of the time that is left, on both clocks: the rest is for what follows."""
        deadline, ends = self.deadline, self.ends
        self.deadline = self.until(part)
        if ends is not None:
            now = self.wall()
            self.ends = now + part * max(0.0, ends - now)
        try:
            yield
        finally:
            self.deadline, self.ends = deadline, ends

    def by_work(self, cpu_seconds: float, last: float | None) -> float | None:
        """Return the moment at which so much has been computed, ``last`` at the latest."""
        return None if last is None else min(last, self.clock() + cpu_seconds)

    def beginning(self, stops: int) -> float:
        """Return the part of the time that is left in which the first routes are made: all, where no round follows."""
        if self.deadline is None:
            return 1.0
        params, left = self.params, max(0.01, self.left())
        wanted = min(params.beginning_most * left, params.beginning * stops)
        first = max(wanted, params.beginning_least * stops)
        return first / left if left - first > params.round_least * stops else 1.0

    def goes_on(self, stops: int, turn: int) -> bool:
        """Say whether another round is due, and worth its setting out."""
        params = self.params
        return turn < params.rounds if self.deadline is None else self.left() > params.round_least * stops

    def rounds(self, stops: int, effort: int, *, whole: bool) -> int:
        """Return how many rounds of such effort fit into what is left, one at least; ``whole``: nothing is cut."""
        each = self.params.whole_round if whole else self.params.round
        return max(1, round(self.left() / (each * effort * stops)))
