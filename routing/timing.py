"""When each act of a route happens, breaks included: exact for a given order of jobs.

A break starts inside one of its windows at any point between two jobs; the drive goes on after it. Of all
ways to place the breaks and to wait, the one that ends earliest is found (leaving later never helps, so the
earliest departure with k breaks taken is all that must be remembered); then the start is moved as late as
that end allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from routing.model import RELOAD, Model, load_at
from routing.problem import HORIZON, UNREACHABLE, Break, Window, in_order

Gaps = tuple[int, ...]
"""For each break of the vehicle, in order, the number of jobs served before it."""


def first_start(windows: Sequence[Window], now: int) -> int | None:
    """Return the first second at or after ``now`` inside a window, or ``None``."""
    for early, late in windows:
        if now <= late:
            return max(now, early)
    return None


def breaks_of(model: Model, v: int) -> tuple[Break, ...]:
    """Return the breaks of a vehicle in the order in which they are taken."""
    return in_order(model.vehicles[v].breaks)


def departure_bound(model: Model, v: int, sequence: Sequence[int]) -> int:
    """Return the earliest start of the route: the shift, and the release of every delivery on board."""
    return max(model.vehicles[v].window[0], released(model, sequence))


def released(model: Model, sequence: Sequence[int]) -> int:
    """Return when the last delivery of the first bag of an order is there (0: at once)."""
    bag = takewhile(RELOAD.__ne__, sequence)
    return max((release for j in bag if (release := model.jobs[j].release) and any(model.jobs[j].delivery)), default=0)


def refills(model: Model, v: int, sequence: Sequence[int]) -> dict[int, tuple[Window, ...]]:
    """Return by their places in an order when the bag may be filled again: until its last delivery is there it is not done."""
    service = model.vehicles[v].reload
    return {
        at: ((max(0, released(model, sequence[at + 1 :]) - service), HORIZON),)
        for at, j in enumerate(sequence)
        if j == RELOAD
    }


@dataclass(frozen=True, slots=True)
class Fit:
    """The earliest end of a route and the gaps that hold its breaks."""

    end: int
    gaps: Gaps


def fit(model: Model, v: int, sequence: Sequence[int], start: int) -> Fit | None:
    """Return the earliest feasible end when leaving at ``start``, or ``None`` where windows or shift refuse."""
    if start > model.vehicles[v].window[1]:
        return None
    return Search(model, v, sequence).run(start)


States = dict[int, tuple[int, Gaps]]
"""By the number of breaks taken: the earliest moment, and the gaps that hold them."""


class Search:
    """Forward search over (jobs done, breaks done) for one order of jobs, and for that order with one more job."""

    def __init__(self, model: Model, v: int, sequence: Sequence[int]) -> None:
        self.model, self.v, self.sequence = model, v, list(sequence)
        self.rests = breaks_of(model, v)
        self.seconds = model.travel[v].seconds
        self.loads = loads(model, sequence) if any(rest.max_load is not None for rest in self.rests) else None
        self.refills = refills(model, v, self.sequence) if RELOAD in self.sequence else {}
        self.prefixes: list[States] = []
        self.first = first_start

    def run(self, start: int) -> Fit | None:
        """Return the earliest end, or ``None``; ``prefixes`` then hold the states before each gap."""
        self.prefixes = []
        return self.follow({0: (start, ())}, self.sequence, 0, self.model.start_at[self.v], keep=True)

    def takes(self, j: int, position: int) -> bool:
        """Say whether the order stays feasible with job ``j`` at ``position`` (after ``run``; loads are not looked at)."""
        if position >= len(self.prefixes):
            return False
        here = self.model.at[self.sequence[position - 1]] if position else self.model.start_at[self.v]
        rest = [j, *self.sequence[position:]]
        return self.follow(self.prefixes[position], rest, position, here) is not None

    def follow(self, states: States, jobs: Sequence[int], first: int, here: int, *, keep: bool = False) -> Fit | None:
        """Go on from ``states`` at place ``here`` through the jobs to the end."""
        model, v = self.model, self.v
        for gap, j in enumerate(jobs, start=first):
            if keep:
                self.prefixes.append(states)
            there = model.place(v, j)
            drive = self.seconds[here][there]
            if drive >= UNREACHABLE:
                return None
            setup, service = model.task(v, j, here)
            windows, work = self.refills[gap] if j == RELOAD else model.jobs[j].windows, setup + service
            arrivals = self.cross(states, gap, drive) if self.rests else {0: (states[0][0] + drive, ())}
            states = {
                done: (begin + work, gaps)
                for done, (arrival, gaps) in arrivals.items()
                if (begin := self.first(windows, arrival)) is not None
            }
            if not states:
                return None
            here = there
        if keep:
            self.prefixes.append(states)
        return self.finish(states, first + len(jobs), self.seconds[here][model.end_at[v]])

    def finish(self, states: States, gap: int, drive: int) -> Fit | None:
        ends = self.cross(states, gap, drive) if drive < UNREACHABLE else {}
        end, gaps = ends.get(len(self.rests), (HORIZON + 1, ()))
        return Fit(end, gaps) if end <= self.model.vehicles[self.v].window[1] else None

    def cross(self, states: States, gap: int, drive: int) -> States:
        """Return the earliest arrivals after a gap, for every number of breaks that may be done by then."""
        arrivals: States = {}
        for done, (departure, gaps) in states.items():
            time, rest_of_drive, taken = departure, drive, gaps
            for count in range(done, len(self.rests) + 1):
                arrival = time + rest_of_drive
                if count not in arrivals or arrival < arrivals[count][0]:
                    arrivals[count] = (arrival, taken)
                begin = self.rest_at(count, gap, time)
                if begin is None:
                    break
                rest_of_drive = max(0, rest_of_drive - (begin - time))
                time, taken = begin + self.rests[count].service, (*taken, gap)
        return arrivals

    def rest_at(self, count: int, gap: int, time: int) -> int | None:
        """Return when the next break may begin in this gap, or ``None``."""
        if count >= len(self.rests):
            return None
        rest = self.rests[count]
        if self.loads is not None and rest.max_load is not None:
            limits = rest.max_load
            if any(load > load_at(limits, d) for d, load in enumerate(self.loads[gap]) if d < len(limits)):
                return None
        return self.first(rest.windows, time)


def loads(model: Model, sequence: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the load on leaving the start and after each job, per dimension (deliveries are loaded at the start).

    After ``RELOAD`` it is that of the next bag; what was picked up stays at the office.
    """
    if RELOAD in sequence:
        at = list(sequence).index(RELOAD)
        return [*loads(model, sequence[:at]), *loads(model, sequence[at + 1 :])]
    jobs = [model.jobs[j] for j in sequence]
    width = max([model.dimensions, *(max(len(job.delivery), len(job.pickup)) for job in jobs)], default=0)
    now = [sum(load_at(job.delivery, d) for job in jobs) for d in range(width)]
    result = [tuple(now)]
    for job in jobs:
        now = [now[d] - load_at(job.delivery, d) + load_at(job.pickup, d) for d in range(width)]
        result.append(tuple(now))
    return result


def latest_start(model: Model, v: int, sequence: Sequence[int], start: int, end: int) -> int:
    """Return the latest start that still ends by ``end``: less waiting, no later home."""
    low, high = start, end
    while low < high:
        middle = (low + high + 1) // 2
        route_fit = fit(model, v, sequence, middle)
        if route_fit is not None and route_fit.end <= end:
            low = middle
        else:
            high = middle - 1
    return low


def best_start(model: Model, v: int, sequence: Sequence[int]) -> tuple[int, Fit] | None:
    """Return (start, fit) of the earliest end with the latest start, within the longest span allowed.

    With ``max_duration`` a later end may be the earliest that some start reaches soon enough: the span of the route
    only shrinks with a later start as long as every act keeps its window, and is searched by halving piece by piece.
    """
    start, limit = departure_bound(model, v, sequence), model.vehicles[v].max_duration
    while (route_fit := fit(model, v, sequence, start)) is not None:
        latest = latest_start(model, v, sequence, start, route_fit.end)
        if limit is None or route_fit.end - latest <= limit:
            return latest, fit(model, v, sequence, latest) or route_fit
        last = _last_alike(model, v, sequence, latest)
        start = _first_short(model, v, sequence, (latest, last), limit)
    return None


def keeps_span(model: Model, v: int, sequence: Sequence[int]) -> bool:
    """Say whether some start keeps windows, breaks and ``max_duration``: what ``best_start`` finds, in far fewer tries.

    The end never comes earlier for a later start; so whatever start keeps the span is at or after ``end - limit`` of
    any start before it, and going there again and again misses none.
    """
    limit = model.vehicles[v].max_duration
    start = departure_bound(model, v, sequence)
    if limit is not None and least_span(model, v, sequence) > limit:
        return False
    before = None
    while (route_fit := fit(model, v, sequence, start)) is not None:
        span = route_fit.end - start
        if limit is None or span <= limit:
            return True
        if span == before:  # it only moves as a whole: look at all starts alike at once
            start = _first_short(model, v, sequence, (start, _last_alike(model, v, sequence, start)), limit)
        else:
            start = route_fit.end - limit
        before = span
    return False


def least_span(model: Model, v: int, sequence: Sequence[int]) -> int:
    """Return the seconds of driving, work and breaks: no start makes the route shorter than them."""
    seconds, legs = model.travel[v].seconds, model.legs(v, sequence)
    work = sum(sum(model.task(v, j, a)) for j, (a, _) in zip(sequence, legs, strict=False))
    # a break may interrupt a drive, never shorten it
    return sum(seconds[a][b] for a, b in legs) + work + sum(rest.service for rest in model.vehicles[v].breaks)


def _pattern(model: Model, v: int, sequence: Sequence[int], start: int) -> list[int] | None:
    """Return the windows that the acts fall into on every way to place the breaks, or ``None`` where the end is late."""
    search, seen = Search(model, v, sequence), []

    def first(windows: Sequence[Window], now: int) -> int | None:
        number = next((number for number, (_, late) in enumerate(windows) if now <= late), None)
        seen.append(-1 if number is None else number)
        return None if number is None else max(now, windows[number][0])

    search.first = first
    return None if search.run(start) is None else seen


def _last_alike(model: Model, v: int, sequence: Sequence[int], start: int) -> int:
    """Return the last start with the pattern of ``start``: until there the end moves by no more than the start does."""
    low, high, pattern = start, model.vehicles[v].window[1], _pattern(model, v, sequence, start)
    while low < high:
        middle = (low + high + 1) // 2
        if _pattern(model, v, sequence, middle) == pattern:
            low = middle
        else:
            high = middle - 1
    return low


def _first_short(model: Model, v: int, sequence: Sequence[int], starts: Window, limit: int) -> int:
    """Return the first of these starts whose route is no longer than ``limit``, or the one after them."""
    low, high = starts[0] + 1, starts[1] + 1
    while low < high:
        middle = (low + high) // 2
        route_fit = fit(model, v, sequence, middle)
        if route_fit is not None and route_fit.end - middle <= limit:
            high = middle
        else:
            low = middle + 1
    return low
