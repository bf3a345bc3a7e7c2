"""Where a tour is cut into trips: which stops of an order lie before the courier is back at the office for the next bag.

Cuts are derived, never searched: of the ways to cut a tour that keep every promise, one with the fewest reloads is taken, of
those the cheapest, of equals the one with the latest cuts. More reloads than the bag asks for are looked at only where something
may come of them: a release that a later trip would wait for, or a break that asks for a light bag.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from routing.model import RELOAD, Model, load_at
from routing.problem import UNREACHABLE
from routing.timing import departure_bound, fit, keeps_span, released

Cuts = tuple[int, ...]
"""The numbers of stops served before each reload, ascending."""
Rule = Literal["capacity", "max_travel", "time"]
MOST_KNOWN = 20_000
"""Tours whose cuts a model remembers."""


@dataclass(frozen=True, slots=True)
class Trips:
    """A tour with ``RELOAD`` where it is cut, and the first rule that every way to cut it breaks, if there is one."""

    stops: tuple[int, ...]
    broken: Rule | None


def split(model: Model, v: int, tour: Sequence[int]) -> list[int]:
    """Return the tour with its reloads; where no cuts keep all promises, with those that break the least of the bag's."""
    return list(tour) if model.vehicles[v].max_trips == 1 else list(trips_of(model, v, tour).stops)


def price(model: Model, v: int, tour: Sequence[int]) -> int:
    """Return the exact cost of a tour in đồng, its reloads included, onward legs apart."""
    return model.route_price(v, split(model, v, tour))


def breaks_promise(model: Model, v: int, tour: Sequence[int]) -> Rule | None:
    """Name the first rule of bag, way or time that the tour breaks however it is cut, or ``None``."""
    if model.vehicles[v].max_trips == 1:
        return "capacity" if overloaded(model, v, tour) else _on_the_way(model, v, tour)
    return trips_of(model, v, tour).broken


def overloaded(model: Model, v: int, tour: Sequence[int]) -> bool:
    """Say whether one bag is too small for the tour somewhere on its way."""
    return _reach(model, v, tour, 0) < len(tour)


def trips_of(model: Model, v: int, tour: Sequence[int]) -> Trips:
    """Cut the tour; what was found is remembered with the model."""
    key = (v, tuple(tour))
    if key not in model.cut:
        if len(model.cut) >= MOST_KNOWN:
            model.cut.clear()
        model.cut[key] = _found(model, v, tour)
    known: Trips = model.cut[key]
    return known


def _found(model: Model, v: int, tour: Sequence[int]) -> Trips:
    least: tuple[int, ...] | None = None
    rules: list[Rule] = []
    more = _may_need_more(model, v, tour)
    for reloads in range(model.vehicles[v].max_trips):
        for cuts in _by_price(model, v, tour, reloads):
            stops = with_reloads(tour, cuts)
            least = least or stops
            rule = _on_the_way(model, v, stops)
            if rule is None:
                return Trips(stops, None)
            rules.append(rule)
        if rules and not more:
            break
    if least is None:
        return Trips(with_reloads(tour, _as_late_as_may_be(model, v, tour)), "capacity")
    return Trips(least, max(rules))  # "time" where the way alone would have been kept


def _may_need_more(model: Model, v: int, tour: Sequence[int]) -> bool:
    vehicle = model.vehicles[v]
    return released(model, tour) > vehicle.window[0] or any(rest.max_load is not None for rest in vehicle.breaks)


def _on_the_way(model: Model, v: int, stops: Sequence[int]) -> Rule | None:
    vehicle = model.vehicles[v]
    if (vehicle.max_travel_time is not None or vehicle.max_distance is not None) and _too_far(model, v, stops):
        return "max_travel"
    if vehicle.max_duration is not None:
        return None if keeps_span(model, v, stops) else "time"
    return None if fit(model, v, stops, departure_bound(model, v, stops)) is not None else "time"


def _too_far(model: Model, v: int, stops: Sequence[int]) -> bool:
    vehicle, travel, legs = model.vehicles[v], model.travel[v], model.legs(v, stops)
    seconds = sum(travel.seconds[a][b] for a, b in legs)
    metres = sum(travel.metres[a][b] for a, b in legs)
    most_seconds = UNREACHABLE if vehicle.max_travel_time is None else vehicle.max_travel_time
    most_metres = UNREACHABLE if vehicle.max_distance is None else vehicle.max_distance
    return seconds > most_seconds or metres > most_metres


def with_reloads(tour: Sequence[int], cuts: Cuts) -> tuple[int, ...]:
    """Return the tour with ``RELOAD`` at these cuts."""
    bounds = (0, *cuts, len(tour))
    first, *others = (tour[a:b] for a, b in pairwise(bounds))
    return (*first, *(stop for trip in others for stop in (RELOAD, *trip)))


def _by_price(model: Model, v: int, tour: Sequence[int], reloads: int) -> list[Cuts]:
    """Return the ways to cut the tour so often that the bag holds each trip, the cheapest first."""
    ways = list(_held(model, v, tour, reloads))
    if len(ways) > 1:
        dearer = [0, *(_price_of_cut(model, v, tour, at) for at in range(1, len(tour)))]
        ways.sort(key=lambda cuts: (sum(dearer[at] for at in cuts), [-at for at in cuts]))
    return ways


def _held(model: Model, v: int, tour: Sequence[int], reloads: int, begin: int = 0) -> Iterator[Cuts]:
    reach = _reach(model, v, tour, begin)
    if reloads == 0:
        if reach == len(tour):
            yield ()
        return
    for at in range(min(reach, len(tour) - reloads), begin, -1):
        following = list(_held(model, v, tour, reloads - 1, at))
        if not following:
            return  # with more before it, it holds even less
        yield from ((at, *others) for others in following)


def _reach(model: Model, v: int, tour: Sequence[int], begin: int) -> int:
    """Return up to where the bag holds one trip that begins there (its most on board grows with every stop)."""
    capacity, end = model.vehicles[v].capacity, len(tour)
    for d in range(model.dimensions):
        room, most, picked = load_at(capacity, d), 0, 0
        for at in range(begin, end):
            job = model.jobs[tour[at]]
            picked += load_at(job.pickup, d)
            most = max(most + load_at(job.delivery, d), picked)
            if most > room:
                end = at
                break
    return end


def _price_of_cut(model: Model, v: int, tour: Sequence[int], at: int) -> int:
    """Return what a reload before the stop there adds to the price of the tour, in đồng × ``HOUR_KM``."""
    before, after, office = model.at[tour[at - 1]], model.at[tour[at]], model.start_at[v]
    detour = model.price(v, before, office) + model.price(v, office, after) - model.price(v, before, after)
    setups = model.task(v, tour[at], office)[0] - model.task(v, tour[at], before)[0]
    return detour + model.vehicles[v].per_task_hour * 1000 * setups


def _as_late_as_may_be(model: Model, v: int, tour: Sequence[int]) -> Cuts:
    cuts: list[int] = []
    while len(cuts) + 1 < model.vehicles[v].max_trips:
        at = _reach(model, v, tour, cuts[-1] if cuts else 0)
        if at >= len(tour) or at <= (cuts[-1] if cuts else 0):
            break
        cuts.append(at)
    return tuple(cuts)
