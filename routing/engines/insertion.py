"""Cheapest insertion, then ruin and recreate: pure Python, always answers, knows every rule of ``routing.tours``."""

import random
from collections.abc import Callable, Iterable

from routing.engine_params import EngineParams
from routing.engines.interface import Limit
from routing.evaluate import Key
from routing.model import Model
from routing.problem import ALWAYS
from routing.search_params import SearchParams
from routing.tours import Tours, TourSet


def construct(model: Model, start: Tours, params: EngineParams, *, quick: bool = False) -> TourSet:
    """Build routes by insertion in the best of three orders; a feasible ``start`` is kept.

    Where a mandatory job finds no place, the start's optional jobs make way, too, if that is better.
    ``quick``: the first order that serves every mandatory job will do, and in larger parts the first of all.
    """
    best = _best_order(model, start, params, quick=quick)
    optional = {j for tour in start.values() for j in tour if model.jobs[j].prize is not None}
    if optional and best.key()[0]:
        bound = {v: [j for j in tour if j not in optional] for v, tour in start.items()}
        best = min(best, _best_order(model, bound, params, quick=quick), key=TourSet.key)
    return best


def _best_order(model: Model, start: Tours, params: EngineParams, *, quick: bool) -> TourSet:
    best: tuple[Key, TourSet] | None = None
    orders = (_tightest, _farthest, _earliest)
    several = len(model.jobs) <= (params.one_order_quick if quick else params.one_order)
    for order in orders if several else orders[:1]:
        if quick and best is not None and best[0][0] == 0:
            break
        tours = TourSet(model, start)
        tours.drop_infeasible()
        tours.place(by_duty(model, sorted(tours.left, key=order(model))))
        if best is None or (tours.key() < best[0]):
            best = (tours.key(), tours)
    if best is None:
        raise AssertionError("there are orders")
    return best[1]


def solve(model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams) -> Tours | None:
    """Improve by taking out neighbouring stops and putting them back in another order."""
    tours = construct(model, start, params.engines, quick=True)
    improve(tours, limit, seed, params.engines)
    return tours.used


def improve(tours: TourSet, limit: Limit, seed: int, params: EngineParams) -> None:
    """Ruin and recreate until the limit; the routes never become worse."""
    model, rng = tours.model, random.Random(seed)
    near = _Neighbours(model)
    best, rounds = tours.key(), 0
    while model.jobs and limit.left() > 0 and (limit.iterations is None or rounds < limit.iterations):
        rounds += 1
        kept, left = {v: list(tour) for v, tour in tours.tours.items()}, set(tours.left)
        centre = rng.randrange(len(model.jobs))
        out = near.of(centre, rng.randint(1, min(params.ruin, len(model.jobs))))
        tours.remove(out)
        order = list(tours.left)
        rng.shuffle(order)
        tours.place(by_duty(model, order))
        key = tours.key()
        if key > best:
            tours.tours, tours.left = kept, left
        else:
            best = key


class _Neighbours:
    """Jobs by nearness (drive there and back), looked up as needed."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.known: dict[int, list[int]] = {}

    def of(self, centre: int, count: int) -> list[int]:
        if centre not in self.known:
            prices, at = self.model.prices[0], self.model.at
            here = at[centre]
            self.known[centre] = sorted(
                range(len(at)), key=lambda j: (prices[here][at[j]] + prices[at[j]][here], j != centre, j)
            )
        return self.known[centre][:count]


def by_duty(model: Model, order: Iterable[int]) -> list[int]:
    """Mandatory jobs first, by priority; within that the given order."""
    return sorted(order, key=lambda j: (model.jobs[j].prize is not None, -model.jobs[j].priority))


Ranking = Callable[[int], tuple[int, ...]]


def _tightest(model: Model) -> Ranking:
    def rank(j: int) -> tuple[int, ...]:
        windows = model.jobs[j].windows
        open_for = sum(late - early for early, late in windows) if windows != ALWAYS else ALWAYS[0][1]
        return open_for, windows[0][0], j

    return rank


def _farthest(model: Model) -> Ranking:
    return lambda j: (-(model.prices[0][model.start_at[0]][model.at[j]] if model.vehicles else 0), j)


def _earliest(model: Model) -> Ranking:
    return lambda j: (model.jobs[j].windows[0][0], model.jobs[j].windows[-1][1], j)
