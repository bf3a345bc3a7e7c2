"""A route as something to choose: what the masters of ``routing.assign`` are given and give back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A route that keeps its promises: the kind of vehicle, what is visited in order, the stops served, the cost.

    A stop may be visited in several ways (windows apart from each other): ``visits`` says in which.
    """

    kind: int
    visits: tuple[int, ...]
    stops: tuple[int, ...]
    cost: int
