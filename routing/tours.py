"""Routes under change: what may stand where, what it costs, and the cheapest place for one more stop."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from routing.evaluate import Key
from routing.model import HOUR_KM, Model, load_at
from routing.problem import UNREACHABLE
from routing.timing import best_start, departure_bound, fit, loads

Tour = list[int]
Tours = Mapping[int, Sequence[int]]
"""Job numbers in order by vehicle number, as in a ``Model``."""

RULES = ("allowed", "max_tasks", "capacity", "max_travel", "time")
"""The names by which ``breaks_rule`` tells what refuses a sequence."""


def breaks_rule(model: Model, v: int, sequence: Sequence[int]) -> str | None:
    """Name the first rule (of ``RULES``) that this order of jobs breaks for the vehicle, or ``None``."""
    vehicle = model.vehicles[v]
    if not model.allowed[v].issuperset(sequence):
        return "allowed"
    if vehicle.max_tasks is not None and len(sequence) > vehicle.max_tasks:
        return "max_tasks"
    if model.dimensions and _overloaded(model, v, sequence):
        return "capacity"
    if (vehicle.max_travel_time is not None or vehicle.max_distance is not None) and _too_far(model, v, sequence):
        return "max_travel"
    return None if _in_time(model, v, sequence) else "time"


def _overloaded(model: Model, v: int, sequence: Sequence[int]) -> bool:
    capacity = model.vehicles[v].capacity
    return any(load[d] > load_at(capacity, d) for load in loads(model, sequence) for d in range(model.dimensions))


def _too_far(model: Model, v: int, sequence: Sequence[int]) -> bool:
    vehicle, travel, legs = model.vehicles[v], model.travel[v], model.legs(v, sequence)
    seconds = sum(travel.seconds[a][b] for a, b in legs)
    metres = sum(travel.metres[a][b] for a, b in legs)
    most_seconds = UNREACHABLE if vehicle.max_travel_time is None else vehicle.max_travel_time
    most_metres = UNREACHABLE if vehicle.max_distance is None else vehicle.max_distance
    return seconds > most_seconds or metres > most_metres


def _in_time(model: Model, v: int, sequence: Sequence[int]) -> bool:
    if model.vehicles[v].max_duration is not None:
        return best_start(model, v, sequence) is not None
    return fit(model, v, sequence, departure_bound(model, v, sequence)) is not None


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place for a job in a route; ``delta`` is its price in đồng × ``HOUR_KM``."""

    delta: int
    v: int
    position: int


class TourSet:
    """All routes of a model while they are built and changed."""

    def __init__(self, model: Model, tours: Tours | None = None) -> None:
        self.model = model
        self.tours: dict[int, Tour] = {v: [] for v in range(len(model.vehicles))}
        for v, tour in (tours or {}).items():
            self.tours[v] = list(tour)
        placed = {j for tour in self.tours.values() for j in tour}
        self.left = {j for j in range(len(model.jobs)) if j not in placed}

    @property
    def used(self) -> dict[int, Tour]:
        """The routes that serve something."""
        return {v: list(tour) for v, tour in self.tours.items() if tour}

    def key(self) -> Key:
        """The objective of ``evaluate`` for these routes (all of them feasible)."""
        jobs = [self.model.jobs[j] for j in self.left]
        weight = sum(job.priority + 1 for job in jobs if job.prize is None)
        prizes = sum(job.prize for job in jobs if job.prize is not None)
        cost = sum(self.cost(v, tour) for v, tour in self.tours.items() if tour)
        return weight, cost + prizes

    def cost(self, v: int, tour: Sequence[int]) -> int:
        """Đồng of one route, onward legs included."""
        return self.model.route_price(v, tour) + self.model.route_onward(v, tour)

    def spots(self, j: int) -> Iterator[Spot]:
        """Yield every place for a job, feasible or not; of equal unused vehicles only the first."""
        seen: set[int] = set()
        for v, tour in self.tours.items():
            if j not in self.model.allowed[v]:
                continue
            if not tour:
                if (kind := self.model.kinds[v]) in seen:
                    continue
                seen.add(kind)
            yield from self.spots_in(v, j)

    def spots_in(self, v: int, j: int) -> Iterator[Spot]:
        """Yield the places for a job in one route."""
        model, tour = self.model, self.tours[v]
        prices, at = model.prices[v], model.at
        base = model.onward_price(v, j) * HOUR_KM + (0 if tour else model.vehicles[v].fixed * HOUR_KM)
        before, place = model.start_at[v], at[j]
        for position in range(len(tour) + 1):
            after = at[tour[position]] if position < len(tour) else model.end_at[v]
            yield Spot(base + prices[before][place] + prices[place][after] - prices[before][after], v, position)
            before = after

    def cheapest(self, j: int, vehicles: Iterable[int] | None = None) -> Spot | None:
        """Return the cheapest feasible place for a job (worth its prize if it has one), or ``None``."""
        spots = self.spots(j) if vehicles is None else (spot for v in vehicles for spot in self.spots_in(v, j))
        prize = self.model.jobs[j].prize
        worth = None if prize is None else prize * HOUR_KM
        for spot in sorted(spots):
            if worth is not None and spot.delta > worth:
                return None
            if breaks_rule(self.model, spot.v, self.with_job(spot, j)) is None:
                return spot
        return None

    def with_job(self, spot: Spot, j: int) -> Tour:
        """Return the route of a spot with the job in it."""
        tour = self.tours[spot.v]
        return [*tour[: spot.position], j, *tour[spot.position :]]

    def insert(self, spot: Spot, j: int) -> None:
        """Put the job there."""
        self.tours[spot.v].insert(spot.position, j)
        self.left.discard(j)

    def remove(self, jobs: Iterable[int]) -> None:
        """Take the jobs out of their routes."""
        out = set(jobs)
        for v, tour in self.tours.items():
            if not out.isdisjoint(tour):
                self.tours[v] = [j for j in tour if j not in out]
        self.left |= out

    def place(self, order: Iterable[int]) -> None:
        """Insert the jobs one after another, each at its cheapest feasible place; the rest stays left out."""
        for j in order:
            spot = self.cheapest(j)
            if spot is not None:
                self.insert(spot, j)

    def drop_infeasible(self) -> None:
        """Take out jobs, dearest detour first, until every route keeps its promises."""
        for v in range(len(self.model.vehicles)):
            self.remove(j for j in self.tours[v] if j not in self.model.allowed[v])
            while self.tours[v] and breaks_rule(self.model, v, self.tours[v]) is not None:
                self.remove([self.worst(v)])

    def worst(self, v: int) -> int:
        """Return the job whose absence makes the route feasible, or else saves most."""
        tour = self.tours[v]
        without = [[*tour[:i], *tour[i + 1 :]] for i in range(len(tour))]
        ranked = sorted(
            range(len(tour)),
            key=lambda i: (
                bool(without[i]) and breaks_rule(self.model, v, without[i]) is not None,
                self.model.route_price(v, without[i]),
            ),
        )
        return tour[ranked[0]]
