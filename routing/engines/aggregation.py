"""Neighbouring stops as one: a smaller instance, whose plan is a good beginning for the search of single stops.

Stops of one hamlet with the same windows and rules are visited one after another in nearly every good plan, but a
search that moves one or two stops at a time seldom carries a whole hamlet to another courier or to another hour. So
short groups of such stops become one client each, the search decides about groups, and its plan is written out stop
by stop: at the same cost and times, because a group keeps its order. (Only a bag that is fuller in mid-group than at
both its ends goes unseen; the search of single stops mends that.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyvrp

from routing.engine_params import GroupParams
from routing.engines.pyvrp_search import PyvrpInstance, clients_of
from routing.problem import Ints

StopGroup = list[int]
"""Jobs in the order in which they are visited."""


class StopGroups:
    """Makes groups of an instance's jobs: every job is in one, alone where nothing alike is near."""

    def __init__(self, instance: PyvrpInstance, params: GroupParams) -> None:
        self.instance, self.params, self.first = instance, params, len(instance.depots)
        self.seconds: Ints = np.max(
            [instance.data.duration_matrix(p) for p in range(instance.data.num_profiles)], axis=0
        )

    def of_nothing(self) -> list[StopGroup]:
        """Grow groups at both ends, always by the nearest stop."""
        alike: dict[tuple[object, ...], list[int]] = {}
        for j in range(len(self.instance.model.jobs)):
            alike.setdefault(self.likeness(j), []).append(j)
        return [group for jobs in alike.values() for group in self.grown(jobs)]

    def grown(self, free: list[int]) -> Iterator[StopGroup]:
        while free:
            group, spent = [free.pop(0)], 0
            while free and len(group) < self.params.stops:
                ends = ((group[0], 0), (group[-1], len(group)))
                way, j, position = min((self.way(end, j), j, at) for end, at in ends for j in free)
                spent += way + self.work(group[-1])
                if way > self.params.near or spent > self.longest(group[0]) or not self.light([*group, j]):
                    break
                group.insert(position, j)
                free.remove(j)
            yield group

    def along(self, solution: pyvrp.Solution) -> list[StopGroup]:
        """Cut the routes of a plan into groups, so that the plan itself is one of groups; what it leaves out stays alone."""
        groups = [group for route in solution.routes() for group in self.cut(clients_of(route))]
        served = {j for group in groups for j in group}
        return groups + [[j] for j in range(len(self.instance.model.jobs)) if j not in served]

    def cut(self, clients: Sequence[int]) -> Iterator[StopGroup]:
        group: StopGroup = []
        spent, before = 0, -1
        for client in clients:
            j = self.instance.job_of[client]
            if group:
                spent += self.way(group[-1], j) + self.work(group[-1])
                near = self.way(group[-1], j) <= self.params.near and spent <= self.longest(j)
                if not (
                    near
                    and len(group) < self.params.stops
                    and self.piece(before) == self.piece(client)
                    and self.likeness(group[-1]) == self.likeness(j)
                ):
                    yield group
                    group, spent = [], 0
            group.append(j)
            before = client
        if group:
            yield group

    def piece(self, client: int) -> int:
        return client - self.instance.first_of[self.instance.job_of[client]]

    def likeness(self, j: int) -> tuple[object, ...]:
        """What all stops of a group have in common."""
        instance, model = self.instance, self.instance.model
        client = instance.clients[instance.first_of[j]]
        rules = tuple((j in model.allowed[kind], model.visit_price(kind, j)) for kind in instance.kinds)
        return tuple(instance.pieces[j]), client.release_time, client.prize, client.required, rules

    def longest(self, j: int) -> int:
        return min([self.params.longest, *((late - early) // 2 for early, late in self.instance.pieces[j])])

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

    def span(self, group: StopGroup) -> int:
        """Seconds from the first service of a group to its last."""
        return sum(self.way(a, b) + self.work(a) for a, b in pairwise(group))


@dataclass(frozen=True, slots=True)
class AggregatedInstance:
    """An instance of groups, and the ways from single stops and back."""

    instance: PyvrpInstance
    groups: Sequence[StopGroup]
    data: pyvrp.ProblemData
    first_of: Sequence[int]
    """By group, its first client; one for each piece of the windows follows."""

    @classmethod
    def of(cls, stop_groups: StopGroups, groups: Sequence[StopGroup]) -> "AggregatedInstance":
        """Merge the clients of each group."""
        instance = stop_groups.instance
        clients: list[pyvrp.Client] = []
        client_groups: list[pyvrp.ClientGroup] = []
        first_of = []
        for number, group in enumerate(groups):
            first_of.append(len(clients))
            pieces = max(1, len(instance.pieces[group[0]]))
            if pieces > 1:
                required = instance.groups[instance.clients[instance.first_of[group[0]]].group or 0].required
                client_groups.append(
                    pyvrp.ClientGroup(list(range(len(clients), len(clients) + pieces)), required=required)
                )
            client_group = len(client_groups) - 1 if pieces > 1 else None
            clients += [_merged(stop_groups, group, number, piece, client_group) for piece in range(pieces)]
        distances, durations = _matrices(instance, groups)
        data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(stop_groups.first + len(groups))],
            clients=clients,
            depots=instance.data.depots(),
            vehicle_types=instance.data.vehicle_types(),
            distance_matrices=distances,  # type: ignore[arg-type]  # its stub says int for a shape
            duration_matrices=durations,  # type: ignore[arg-type]  # its stub says int for a shape
            groups=client_groups,
        )
        return cls(instance, groups, data, first_of)

    def expand(self, solution: pyvrp.Solution) -> pyvrp.Solution:
        """Write a plan of groups out stop by stop."""
        group_of = [number for number, first in enumerate(self.first_of) for _ in range(first, self._after(number))]
        data, first_of = self.instance.data, self.instance.first_of
        routes = []
        for route in solution.routes():
            clients = clients_of(route)
            places = [(self.groups[group_of[client]], client - self.first_of[group_of[client]]) for client in clients]
            visits = [first_of[j] + piece for group, piece in places for j in group]
            routes.append(pyvrp.Route(data, visits, route.vehicle_type()))
        return pyvrp.Solution(data, routes)

    def aggregate(self, solution: pyvrp.Solution) -> pyvrp.Solution:
        """Return a plan of single stops as one of groups that were cut along it."""
        head_of = {group[0]: number for number, group in enumerate(self.groups)}
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


def _merged(
    stop_groups: StopGroups, group: StopGroup, number: int, piece: int, client_group: int | None
) -> pyvrp.Client:
    """One client of a group: the work and the loads of all, due when the first is and early enough for the last."""
    instance = stop_groups.instance
    parts = [instance.clients[instance.first_of[j] + piece] for j in group]
    first = parts[0]
    return pyvrp.Client(
        stop_groups.first + number,
        delivery=[sum(amounts) for amounts in zip(*(part.delivery for part in parts), strict=True)],
        pickup=[sum(amounts) for amounts in zip(*(part.pickup for part in parts), strict=True)],
        service_duration=sum(part.service_duration for part in parts),
        tw_early=first.tw_early,
        tw_late=max(first.tw_early, first.tw_late - stop_groups.span(group)),
        release_time=first.release_time,
        prize=sum(part.prize for part in parts),
        required=first.required,
        group=client_group,
    )


def _matrices(instance: PyvrpInstance, groups: Sequence[StopGroup]) -> tuple[list[Ints], list[Ints]]:
    """From the last stop of a group to the first of the next; the ways inside are paid on the way in, driven on the way out."""
    data, depots = instance.data, len(instance.depots)
    out = np.array([*range(depots), *(depots + group[-1] for group in groups)])
    into = np.array([*range(depots), *(depots + group[0] for group in groups)])
    legs = [[(depots + a, depots + b) for a, b in pairwise(group)] for group in groups]
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
