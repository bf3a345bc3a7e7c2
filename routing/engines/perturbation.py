"""Larger steps than a search of single stops takes: a piece of a route goes elsewhere, or stops go to another hour.

Where a courier's shift is full, a stop may come in only when another goes, and a stop with two windows changes from
the morning to the afternoon only when another comes back. PyVRP's search, which takes single stops out and puts them in
again, holds on to such a plan however long it runs. So the plan is perturbed (a "kick" in LKH's
words): changed as a whole, whatever rules break, and let down by PyVRP's own moves into the nearest plan that no move
improves. The cheaper one goes on.
"""

import random
from collections.abc import Sequence
from itertools import pairwise

import pyvrp
from pyvrp.search import OPERATORS, LocalSearch, NeighbourhoodParams, compute_neighbours

from routing.engine_params import PerturbationParams
from routing.engines.interface import Limit
from routing.engines.pyvrp_search import SCALE, PyvrpInstance, clients_of

Visits = list[int]
"""The clients of one route in order."""


class Perturbation:
    """Perturbs plans of one instance."""

    def __init__(self, instance: PyvrpInstance, seed: int, params: PerturbationParams) -> None:
        data, self.params = instance.data, params
        self.instance, self.rng = instance, random.Random(seed)
        self.down = LocalSearch(
            data,
            pyvrp.RandomNumberGenerator(seed),
            compute_neighbours(data, NeighbourhoodParams(num_neighbours=params.neighbours)),
        )
        for operator in OPERATORS:
            if operator.supports(data):
                self.down.add_operator(operator(data))
        self.price = pyvrp.CostEvaluator([params.heavy * SCALE] * data.num_load_dimensions, params.late * SCALE, 0)
        self.flexible = [j for j, pieces in instance.pieces.items() if len(pieces) > 1]

    def run(self, limit: Limit, plan: pyvrp.Solution) -> pyvrp.Solution:
        """Perturb a feasible plan until the limit; return it, or what is cheaper."""
        cost, turns, each = self.price.penalised_cost(plan), 0, self.params.iterations
        while plan.routes() and limit.left() > 0 and (limit.iterations is None or turns * each < limit.iterations):
            turns += 1
            perturbed = self.down(self.perturbed(plan), self.price, exhaustive=True)
            if perturbed.is_feasible() and (price := self.price.penalised_cost(perturbed)) <= cost:
                plan, cost = perturbed, price
        return plan

    def perturbed(self, plan: pyvrp.Solution) -> pyvrp.Solution:
        """Return the plan after one perturbation; it may break any rule."""
        kinds = [route.vehicle_type() for route in plan.routes()]
        routes = [clients_of(route) for route in plan.routes()]
        if self.flexible and self.rng.random() < 0.5:  # noqa: PLR2004  a coin
            self.change_hours(routes, kinds)
        else:
            self.move_piece(routes)
        data = self.instance.data
        kept = [pyvrp.Route(data, visits, kind) for visits, kind in zip(routes, kinds, strict=True) if visits]
        return pyvrp.Solution(data, kept)

    def move_piece(self, routes: Sequence[Visits]) -> None:
        """Put two to ten stops that follow each other elsewhere, every other time in the opposite order."""
        (source,) = self.rng.choices(routes, [len(visits) for visits in routes])
        begin = self.rng.randrange(len(source))
        end = begin + self.rng.randint(2, self.params.piece)
        piece = source[begin:end]
        del source[begin:end]
        if self.rng.random() < 0.5:  # noqa: PLR2004  a coin
            piece.reverse()
        target = self.rng.choice(routes)
        place = self.rng.randint(0, len(target))
        target[place:place] = piece

    def change_hours(self, routes: Sequence[Visits], kinds: Sequence[int]) -> None:
        """Visit one to three stops in another of their windows, where that is least out of the way."""
        for j in self.rng.sample(self.flexible, min(len(self.flexible), self.rng.randint(1, 3))):
            first, pieces = self.instance.first_of[j], len(self.instance.pieces[j])
            for visits in routes:
                now = next((client for client in visits if first <= client < first + pieces), None)
                if now is not None:
                    visits.remove(now)
                    other = first + (now - first + self.rng.randrange(1, pieces)) % pieces
                    self.place(routes, kinds, other)
                    break

    def place(self, routes: Sequence[Visits], kinds: Sequence[int], client: int) -> None:
        """Put a client between two whose windows leave room for it, where it is least out of the way."""
        data, clients = self.instance.data, self.instance.clients
        new = clients[client]
        best: tuple[bool, int, int, int] | None = None
        for number, (visits, kind) in enumerate(zip(routes, kinds, strict=True)):
            vehicle = data.vehicle_type(kind)
            distances = data.distance_matrix(vehicle.profile)
            stops = [clients[other] for other in visits]
            places = [vehicle.start_depot, *(stop.location for stop in stops), vehicle.end_depot]
            for position, (before, after) in enumerate(pairwise(places)):
                late = position > 0 and stops[position - 1].tw_early > new.tw_late
                early = position < len(stops) and stops[position].tw_late < new.tw_early
                detour = int(
                    distances[before, new.location] + distances[new.location, after] - distances[before, after]
                )
                best = min(best or (True, detour, number, position), (late or early, detour, number, position))
        if best is not None:
            _, _, number, position = best
            routes[number].insert(position, client)
