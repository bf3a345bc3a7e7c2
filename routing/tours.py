"""Routes under change: what may stand where, what it costs, and the cheapest place for one more stop."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from routing.evaluate import Key
from routing.model import HOUR_KM, Model, load_at
from routing.problem import Vehicle
from routing.timing import Search, departure_bound
from routing.trips import breaks_promise, overloaded, price, split

Tour = list[int]
Tours = Mapping[int, Sequence[int]]
"""Job numbers in order by vehicle number, as in a ``Model``."""


def breaks_rule(model: Model, v: int, sequence: Sequence[int]) -> str | None:
    """Name the first rule that this order of jobs breaks for the vehicle: "allowed", "max_tasks", "capacity", "max_travel",
    "time"; or ``None``.
    """
    vehicle = model.vehicles[v]
    if not model.allowed[v].issuperset(sequence):
        return "allowed"
    if vehicle.max_tasks is not None and len(sequence) > vehicle.max_tasks:
        return "max_tasks"
    return breaks_promise(model, v, sequence)


def _bounded(vehicle: Vehicle) -> bool:
    """Say whether the vehicle has a bound on its whole route beside loads, times and the number of tasks."""
    bounds = (vehicle.max_travel_time, vehicle.max_distance, vehicle.max_duration)
    return any(bound is not None for bound in bounds)


class Spot(NamedTuple):
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
        self.searches: dict[int, Search] = {}
        self.bounds = [_bounded(vehicle) for vehicle in model.vehicles]
        width = range(model.dimensions)
        self.amounts = [[load_at(job.delivery, d) + load_at(job.pickup, d) for d in width] for job in model.jobs]
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
        return price(self.model, v, tour) + self.model.route_visits(v, tour)

    def spots(self, j: int) -> list[Spot]:
        """Return every place for a job, feasible or not; of equal unused vehicles only the first."""
        seen: set[int] = set()
        spots: list[Spot] = []
        for v, tour in self.tours.items():
            if j not in self.model.allowed[v]:
                continue
            if not tour:
                if (kind := self.model.kinds[v]) in seen:
                    continue
                seen.add(kind)
            spots += self.spots_in(v, j)
        return spots

    def spots_in(self, v: int, j: int) -> list[Spot]:
        """Return the places for a job in one route."""
        model, tour = self.model, self.tours[v]
        prices, at = model.prices[v], model.at
        place = at[j]
        onto = prices[place]
        base = model.visit_price(v, j) * HOUR_KM
        if not tour:  # a vehicle that stays at home drives nothing, whatever lies between its start and its end
            base += model.vehicles[v].fixed * HOUR_KM + prices[model.start_at[v]][model.end_at[v]]
        stops = [model.start_at[v], *[at[other] for other in tour], model.end_at[v]]
        spots = [
            Spot(base + prices[before][place] + onto[after] - prices[before][after], v, position)
            for position, (before, after) in enumerate(pairwise(stops))
        ]
        return self.with_work(spots, j) if model.vehicles[v].per_task_hour else spots

    def with_work(self, spots: Sequence[Spot], j: int) -> list[Spot]:
        """Add the price of setup and service, and of the next job's setup, which only another place asks for."""
        priced = []
        for spot in spots:
            model, v, tour = self.model, spot.v, self.tours[spot.v]
            before = model.at[tour[spot.position - 1]] if spot.position else model.start_at[v]
            work = sum(model.task(v, j, before))
            if spot.position < len(tour):
                following = tour[spot.position]
                work += model.task(v, following, model.at[j])[0] - model.task(v, following, before)[0]
            priced.append(spot._replace(delta=spot.delta + model.vehicles[v].per_task_hour * 1000 * work))
        return priced

    def cheapest(self, j: int, vehicles: Iterable[int] | None = None) -> Spot | None:
        """Return the cheapest feasible place for a job (worth its prize if it has one), or ``None``."""
        spots = self.spots(j) if vehicles is None else [spot for v in vehicles for spot in self.spots_in(v, j)]
        heapify(spots)
        prize = self.model.jobs[j].prize
        worth = None if prize is None else prize * HOUR_KM
        while spots:
            spot = heappop(spots)
            if worth is not None and spot.delta > worth:
                return None
            if self.accepts(spot, j):
                priced = self.priced(spot, j)
                if priced.delta <= spot.delta or (not spots and worth is None):
                    return priced
                heappush(spots, priced)
        return None

    def priced(self, spot: Spot, j: int, standing: Model | None = None) -> Spot:
        """Return the spot with what its tour costs more however it is then cut; a vehicle of one trip has it right already.

        ``standing``: the rules by which the tour is cut without the job.
        """
        model, v, tour = self.model, spot.v, self.tours[spot.v]
        if model.vehicles[v].max_trips == 1 or not tour:
            return spot
        before = model.ridden_price(v, split(standing or model, v, tour))
        after = model.ridden_price(v, split(model, v, self.with_job(spot, j)))
        return spot._replace(delta=after - before + model.visit_price(v, j) * HOUR_KM)

    def accepts(self, spot: Spot, j: int) -> bool:
        """Say whether the route of a spot breaks no rule with the job there (``breaks_rule``, with a memory)."""
        model, v, bound = self.model, spot.v, self.bounds[spot.v]
        job, most = model.jobs[j], model.vehicles[v].max_tasks
        if most is not None and len(self.tours[v]) >= most:
            return False
        tour, search = self.with_job(spot, j), self.search(v)
        if bound or search is None or (job.release is not None and job.release > model.vehicles[v].window[0]):
            return breaks_rule(model, v, tour) is None
        crowded = model.dimensions and self.crowded(v, tour)
        if not crowded and j in model.allowed[v] and search.takes(j, spot.position):
            return True
        return model.vehicles[v].max_trips > 1 and breaks_rule(model, v, tour) is None

    def crowded(self, v: int, tour: Sequence[int]) -> bool:
        """Say whether the bag gets too full; all loads together fitting is the common case."""
        model, capacity = self.model, self.model.vehicles[v].capacity
        totals = [sum(self.amounts[j][d] for j in tour) for d in range(model.dimensions)]
        return any(total > load_at(capacity, d) for d, total in enumerate(totals)) and overloaded(model, v, tour)

    def search(self, v: int) -> Search | None:
        """Return the timing of a route as it stands, computed once; ``None`` where breaks depend on loads."""
        known = self.searches.get(v)
        if known is None or known.sequence != self.tours[v]:
            known = Search(self.model, v, self.tours[v])
            known.run(departure_bound(self.model, v, self.tours[v]))
            self.searches[v] = known
        return known if known.loads is None else None

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
                price(self.model, v, without[i]),
            ),
        )
        return tour[ranked[0]]
