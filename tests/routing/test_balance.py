"""The dial for the balance of hours: met where it can be met, priced, and never at the cost of a stop."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

import routing
from routing.balance import hours, spread, widest
from routing.evaluate import evaluate
from routing.plan import Plan
from routing.pool import SolverPool
from routing.problem import ALWAYS, Problem
from tests.routing.days import province

HOUR = 3600
UNEVEN = province(1, 40, seed=5)
OPEN = replace(UNEVEN, jobs=tuple(replace(job, windows=ALWAYS, service=2 * job.service) for job in UNEVEN.jobs))


def plan(problem: Problem, balance: int | None = None) -> Plan:
    return routing.solve(problem, engine="insertion", iterations=8, balance=balance)


@pytest.fixture(scope="module")
def pool() -> Iterator[SolverPool]:
    with SolverPool(1) as children:
        yield children


def test_hours_leave_the_lunch_break_out() -> None:
    route = next(route for route in plan(UNEVEN).routes if any(step.type == "break" for step in route.steps))
    assert hours(route) == route.span - HOUR


@pytest.mark.parametrize("most", [HOUR, HOUR // 2, HOUR // 4])
def test_the_working_days_of_an_office_differ_by_no_more_than_asked(most: int) -> None:
    free, even = plan(OPEN), plan(OPEN, most)
    assert len(free.routes) == len(even.routes) == 2
    assert widest(even.routes) <= most < spread(free.routes)
    assert (even.violations, even.unassigned) == ((), ())


def test_the_price_is_the_difference_to_the_plan_before() -> None:
    free, even = plan(OPEN), plan(OPEN, HOUR // 2)
    assert even.balance is not None
    assert even.balance.before == spread(free.routes)
    assert even.balance.after == spread(even.routes) <= HOUR // 2
    assert even.balance.distance_delta == even.distance - free.distance
    assert even.balance.cost_delta == even.objective - free.objective > 0
    assert (even.balance.offices, even.balance.unmet) == (1, 0)


def test_a_plan_that_is_even_enough_is_left_alone() -> None:
    free, same = plan(UNEVEN), plan(UNEVEN, 24 * HOUR)
    assert same.routes == free.routes
    assert same.balance is not None
    assert (same.balance.offices, same.balance.cost_delta) == (0, 0)


def test_where_windows_forbid_it_the_evenest_plan_stands_and_the_office_is_counted() -> None:
    first, second = UNEVEN.vehicles
    short = replace(second, window=(second.window[0], second.window[0] + HOUR), breaks=())
    problem = replace(OPEN, vehicles=(first, short))
    even = plan(problem, 60)
    assert even.balance is not None
    assert even.balance.unmet == 1
    assert even.balance.after == widest(even.routes)
    assert evaluate(problem, even).violations == ()


def test_offices_are_evened_out_each_for_itself_and_the_same_seed_gives_the_same_plan() -> None:
    problem = province(3, 120, seed=8)
    one, other = plan(problem, HOUR), plan(problem, HOUR)
    assert one == other
    assert one.violations == ()
    assert one.balance is not None
    assert one.balance.after <= one.balance.before


def test_solver_children_even_out_too(pool: SolverPool) -> None:
    even = routing.solve(OPEN, iterations=200, pool=pool, balance=HOUR)
    assert even.balance is not None
    assert even.balance.offices == 1
    assert even.balance.after <= HOUR < even.balance.before
    assert (even.violations, even.unassigned) == ((), ())
