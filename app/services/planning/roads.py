"""The same day along real roads: a place that they do not reach is that place's fault, and nobody else's.

A home off the roads is left out with that reason. A desk or an office off the roads is a bundled point that is wrong: its
ways alone are straight lines, and the plan's page names it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.loading import LoadedProblem, measure_onward
from routing.matrix import PartlyStraight
from routing.problem import Point, TravelTimes


class Roads(TravelTimes, Protocol):
    """Travel times by road, which also know who lies off them."""

    def off_roads(self, profile: str, places: Sequence[Point]) -> list[bool]:
        """Say of each place whether no road is near it."""
        ...


def by_road(loaded: LoadedProblem, roads: Roads) -> LoadedProblem:
    """The same day along these roads. They may ask a server and wait for it: call it with no transaction open.

    Where most homes and most places in all lie off the roads, these are of another province: the day stays on straight lines.
    """
    offices = {seat for entry in loaded.problem.vehicles for seat in (entry.start, entry.end) if seat is not None}
    homes = {job.location for job in loaded.problem.jobs if job.location is not None}
    places = sorted(offices | homes | set(loaded.onward_ends.desks.values()))
    off = {place for place, is_off in zip(places, roads.off_roads(ASSUMPTIONS.profile, places), strict=True) if is_off}
    if all(2 * len(off & some) > len(some) for some in (homes, set(places))):
        return replace(loaded, no_roads="roads_elsewhere")
    onward, off_road = measure_onward(loaded.onward_ends, roads, otherwise=loaded.problem.onward)
    straight = loaded.problem.travel_times
    ways = PartlyStraight(roads, straight, frozenset(offices & off)) if offices & off else roads
    reached = _without_homes(loaded, off)
    return replace(
        reached,
        problem=replace(reached.problem, travel_times=ways, onward=onward),
        off_road=off_road,
        offices_off_road=tuple(number for number, seat in loaded.onward_ends.offices.items() if seat in off),
    )


def _without_homes(loaded: LoadedProblem, off: Collection[Point]) -> LoadedProblem:
    gone = {job.id for job in loaded.problem.jobs if job.location in off}
    unreachable = [(errand, "unreachable") for job in sorted(gone) for errand in loaded.visits[job].errand_ids]
    return loaded.without(gone, unreachable)
