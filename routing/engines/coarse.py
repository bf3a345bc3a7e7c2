"""Neighbouring stops as one: a smaller instance, whose plan is a good beginning for the search of single stops.

Stops of one hamlet with the same windows and rules are visited one after another in nearly every good plan, but a
search that moves one or two stops at a time seldom carries a whole hamlet to another courier or to another hour. So
short chains of such stops become one client each, the search decides about chains, and its plan is written out stop
by stop: at the same cost and times, because a chain keeps its order. (Only a bag that is fuller in mid-chain than at
both its ends goes unseen; the search of single stops mends that.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyvrp

from routing.engines.pyvrp_search import Instance, clients_of
from routing.problem import Ints

NEAR_S = 300
"""Seconds of driving between two stops of a chain, at most."""
LONGEST_S = 3_600
"""Seconds from a chain's first service to its last, at most; and never more than half of their window."""
MOST = 4
"""Stops of a chain, at most (measured: with 6 and more a courier too many is used now and then)."""

Chain = list[int]
"""Jobs in the order in which they are visited."""


class Chains:
    """Makes chains of an instance's jobs: every job is in one, alone where nothing alike is near."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.first = instance, len(instance.depots)
        self.seconds: Ints = np.max(
            [instance.data.duration_matrix(p) for p in range(instance.data.num_profiles)], axis=0
        )

    def of_nothing(self) -> list[Chain]:
        """Grow chains at both ends, always by the nearest stop."""
        alike: dict[tuple[object, ...], list[int]] = {}
        for j in range(len(self.instance.model.jobs)):
            alike.setdefault(self.likeness(j), []).append(j)
        return [chain for jobs in alike.values() for chain in self.grown(jobs)]

    def grown(self, free: list[int]) -> Iterator[Chain]:
        while free:
            chain, spent = [free.pop(0)], 0
            while free and len(chain) < MOST:
                ends = ((chain[0], 0), (chain[-1], len(chain)))
                way, j, position = min((self.way(end, j), j, at) for end, at in ends for j in free)
                spent += way + self.work(chain[-1])
                if way > NEAR_S or spent > self.longest(chain[0]) or not self.light([*chain, j]):
                    break
                chain.insert(position, j)
                free.remove(j)
            yield chain

    def along(self, solution: pyvrp.Solution) -> list[Chain]:
        """Cut the routes of a plan into chains, so that the plan itself is one of chains; what it leaves out stays alone."""
        chains = [chain for route in solution.routes() for chain in self.cut(clients_of(route))]
        served = {j for chain in chains for j in chain}
        return chains + [[j] for j in range(len(self.instance.model.jobs)) if j not in served]

    def cut(self, clients: Sequence[int]) -> Iterator[Chain]:
        chain: Chain = []
        spent, before = 0, -1
        for client in clients:
            j = self.instance.job_of[client]
            if chain:
                spent += self.way(chain[-1], j) + self.work(chain[-1])
                near = self.way(chain[-1], j) <= NEAR_S and spent <= self.longest(j) and len(chain) < MOST
                if not (
                    near and self.piece(before) == self.piece(client) and self.likeness(chain[-1]) == self.likeness(j)
                ):
                    yield chain
                    chain, spent = [], 0
            chain.append(j)
            before = client
        if chain:
            yield chain

    def piece(self, client: int) -> int:
        return client - self.instance.first_of[self.instance.job_of[client]]

    def likeness(self, j: int) -> tuple[object, ...]:
        """What all stops of a chain have in common."""
        instance, model = self.instance, self.instance.model
        client = instance.clients[instance.first_of[j]]
        rules = tuple((j in model.allowed[kind], model.onward_price(kind, j)) for kind in instance.kinds)
        return tuple(instance.pieces[j]), client.release_time, client.prize, client.required, rules

    def longest(self, j: int) -> int:
        return min([LONGEST_S, *((late - early) // 2 for early, late in self.instance.pieces[j])])

    def light(self, jobs: Sequence[int]) -> bool:
        """Say whether the stops fill no more than half of anybody's bag."""
        data = self.instance.data
        parts = [self.instance.clients[self.instance.first_of[j]] for j in jobs]
        loads = zip(*([*part.delivery, *part.pickup] for part in parts), strict=True)
        bags = [min(bag) for bag in zip(*(kind.capacity for kind in data.vehicle_types()), strict=True)]
        return all(2 * sum(load) <= bag for load, bag in zip(loads, [*bags, *bags], strict=True))

    def way(self, a: int, b: int) -> int:
        return int(self.seconds[self.first + a, self.first + b])

    def work(self, j: int) -> int:
        return self.instance.clients[self.instance.first_of[j]].service_duration

    def span(self, chain: Chain) -> int:
        """Seconds from the first service of a chain to its last."""
        return sum(self.way(a, b) + self.work(a) for a, b in pairwise(chain))


@dataclass(frozen=True, slots=True)
class Coarse:
    """An instance of chains, and the ways from single stops and back."""

    instance: Instance
    chains: Sequence[Chain]
    data: pyvrp.ProblemData
    first_of: Sequence[int]
    """By chain, its first client; one for each piece of the windows follows."""

    @classmethod
    def of(cls, maker: Chains, chains: Sequence[Chain]) -> "Coarse":
        """Merge the clients of each chain."""
        instance = maker.instance
        clients: list[pyvrp.Client] = []
        groups: list[pyvrp.ClientGroup] = []
        first_of = []
        for number, chain in enumerate(chains):
            first_of.append(len(clients))
            pieces = max(1, len(instance.pieces[chain[0]]))
            if pieces > 1:
                required = instance.groups[instance.clients[instance.first_of[chain[0]]].group or 0].required
                groups.append(pyvrp.ClientGroup(list(range(len(clients), len(clients) + pieces)), required=required))
            group = len(groups) - 1 if pieces > 1 else None
            clients += [_merged(maker, chain, number, piece, group) for piece in range(pieces)]
        distances, durations = _matrices(instance, chains)
        data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(maker.first + len(chains))],
            clients=clients,
            depots=instance.data.depots(),
            vehicle_types=instance.data.vehicle_types(),
            distance_matrices=distances,  # type: ignore[arg-type]  # its stub says int for a shape
            duration_matrices=durations,  # type: ignore[arg-type]
            groups=groups,
        )
        return cls(instance, chains, data, first_of)

    def fine(self, solution: pyvrp.Solution) -> pyvrp.Solution:
        """Write a plan of chains out stop by stop."""
        chain_of = [number for number, first in enumerate(self.first_of) for _ in range(first, self._after(number))]
        data, first_of = self.instance.data, self.instance.first_of
        routes = []
        for route in solution.routes():
            clients = clients_of(route)
            places = [(self.chains[chain_of[client]], client - self.first_of[chain_of[client]]) for client in clients]
            visits = [first_of[j] + piece for chain, piece in places for j in chain]
            routes.append(pyvrp.Route(data, visits, route.vehicle_type()))
        return pyvrp.Solution(data, routes)

    def rough(self, solution: pyvrp.Solution) -> pyvrp.Solution:
        """Return a plan of single stops as one of chains that were cut along it."""
        head_of = {chain[0]: number for number, chain in enumerate(self.chains)}
        routes = [
            pyvrp.Route(self.data, list(self._heads(route, head_of)), route.vehicle_type())
            for route in solution.routes()
        ]
        return pyvrp.Solution(self.data, routes)

    def _heads(self, route: pyvrp.Route, head_of: Mapping[int, int]) -> Iterator[int]:
        instance = self.instance
        for client in clients_of(route):
            j = instance.job_of[client]
            if j in head_of:
                yield self.first_of[head_of[j]] + client - instance.first_of[j]

    def _after(self, number: int) -> int:
        return self.first_of[number + 1] if number + 1 < len(self.first_of) else len(self.data.clients())


def _merged(maker: Chains, chain: Chain, number: int, piece: int, group: int | None) -> pyvrp.Client:
    """One client of a chain: the work and the loads of all, due when the first is and early enough for the last."""
    instance = maker.instance
    parts = [instance.clients[instance.first_of[j] + piece] for j in chain]
    first = parts[0]
    return pyvrp.Client(
        maker.first + number,
        delivery=[sum(amounts) for amounts in zip(*(part.delivery for part in parts), strict=True)],
        pickup=[sum(amounts) for amounts in zip(*(part.pickup for part in parts), strict=True)],
        service_duration=sum(part.service_duration for part in parts),
        tw_early=first.tw_early,
        tw_late=max(first.tw_early, first.tw_late - maker.span(chain)),
        release_time=first.release_time,
        prize=sum(part.prize for part in parts),
        required=first.required,
        group=group,
    )


def _matrices(instance: Instance, chains: Sequence[Chain]) -> tuple[list[Ints], list[Ints]]:
    """From the last stop of a chain to the first of the next; the ways inside are paid on the way in, driven on the way out."""
    data, depots = instance.data, len(instance.depots)
    out = np.array([*range(depots), *(depots + chain[-1] for chain in chains)])
    into = np.array([*range(depots), *(depots + chain[0] for chain in chains)])
    legs = [[(depots + a, depots + b) for a, b in pairwise(chain)] for chain in chains]
    distances, durations = [], []
    for profile in range(data.num_profiles):
        distance, duration = data.distance_matrix(profile), data.duration_matrix(profile)
        paid = np.array([sum(int(distance[leg]) for leg in inside) for inside in legs], dtype=np.int64)
        driven = np.array([sum(int(duration[leg]) for leg in inside) for inside in legs], dtype=np.int64)
        distances.append(distance[np.ix_(out, into)])
        durations.append(duration[np.ix_(out, into)])
        distances[-1][:, depots:] += paid
        durations[-1][depots:, :] += driven[:, None]
        np.fill_diagonal(distances[-1], 0)
        np.fill_diagonal(durations[-1], 0)
    return distances, durations
