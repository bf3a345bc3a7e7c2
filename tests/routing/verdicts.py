"""What the compiled search says of a route beside what Python's rules say: on random orders of random problems."""

import random
from collections.abc import Iterator

from routing.engines.sisr.instance import SisrInstance, knows
from routing.model import HOUR_KM, Model
from routing.problem import Problem
from routing.tours import breaks_rule
from routing.trips import price
from tests.routing.days import small_problem
from tests.routing.mixed import mixed_problem

ROUTES = 8
LONGEST = 6


def problem_of(number: int) -> Problem:
    """Return the problem of this number; every second one has rules of every kind."""
    return (mixed_problem if number % 2 else small_problem)(random.Random(f"verdict {number}"))


def disagreements(number: int) -> Iterator[str]:
    """Yield every verdict and every price that differs, of whole routes and of one more job in each of their places."""
    model, rng = Model(problem_of(number)), random.Random(number)
    if not knows(model):
        return
    with SisrInstance(model) as instance:
        for _ in range(ROUTES):
            v = rng.randrange(len(model.vehicles))
            tour = rng.sample(range(len(model.jobs)), rng.randint(1, min(LONGEST, len(model.jobs))))
            yield from (f"problem {number}: {told}" for told in _of_route(instance, v, tour))
            yield from (f"problem {number}: {told}" for told in _of_insertion(instance, v, tour[0], tour[1:]))


def _of_route(instance: SisrInstance, v: int, tour: list[int]) -> Iterator[str]:
    model, dear = instance.model, instance.judged(v, tour)
    rule = breaks_rule(model, v, tour)
    if (rule is None) != (dear is not None):
        yield f"vehicle {v} on {tour}: {rule} in Python, price {dear}"
    if rule is None and dear is not None:
        dong, exact = dear * instance.unit // HOUR_KM, price(model, v, tour) + model.route_visits(v, tour)
        if dong != exact:
            yield f"vehicle {v} on {tour}: {exact} đồng in Python, {dong} compiled"


def _of_insertion(instance: SisrInstance, v: int, j: int, tour: list[int]) -> Iterator[str]:
    model = instance.model
    if tour and breaks_rule(model, v, tour) is not None:
        return
    before = instance.judged(v, tour) or 0 if tour else 0
    for after in range(len(tour) + 1):
        grown = [*tour[:after], j, *tour[after:]]
        rule, growth = breaks_rule(model, v, grown), instance.taken(v, tour, j, after)
        if (rule is None) != (growth is not None):
            yield f"vehicle {v} on {tour}, job {j} after {after}: {rule} in Python, growth {growth}"
        if growth is not None and before + growth != instance.judged(v, grown):
            yield f"vehicle {v} on {tour}, job {j} after {after}: growth {growth} is not that of the route"
