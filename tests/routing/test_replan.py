from dataclasses import replace

import pytest

import routing
from routing.evaluate import evaluate
from routing.plan import Plan
from routing.problem import Problem
from routing.replan import NoRoom, check_move, insert, lock, remove
from tests.routing.days import province

PROBLEM = province(2, 60, seed=11)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return routing.solve(PROBLEM, engine="insertion", iterations=20)


def stop_of(plan: Plan, at: int = 0) -> int:
    return plan.routes[at].job_ids[1]


def company_of(plan: Plan, job: int) -> list[int]:
    office = next(j.office for j in PROBLEM.jobs if j.id == job)
    return [vehicle.id for vehicle in PROBLEM.vehicles if vehicle.office == office]


def holder(plan: Plan, job: int) -> int | None:
    return next((route.vehicle for route in plan.routes if job in route.job_ids), None)


def test_a_removed_stop_is_left_out_and_put_back_at_the_cheapest_place(plan: Plan) -> None:
    job = stop_of(plan)
    without = remove(PROBLEM, plan, job)
    assert holder(without.plan, job) is None
    assert [entry.id for entry in without.plan.unassigned] == [job]
    assert without.cost_delta < 0
    back = insert(PROBLEM, without.plan, job)
    assert back.violations == ()
    assert holder(back.plan, job) is not None
    assert back.plan.objective <= plan.objective
    assert back.cost_delta == back.plan.objective - without.plan.objective


def test_a_moved_stop_changes_two_routes_and_no_other(plan: Plan) -> None:
    job = stop_of(plan)
    target = next(v for v in company_of(plan, job) if v != holder(plan, job))
    moved = check_move(PROBLEM, plan, job, target, position=0)
    assert next(route for route in moved.plan.routes if route.vehicle == target).job_ids[0] == job
    touched = {target, holder(plan, job)}
    others = [route for route in plan.routes if route.vehicle not in touched]
    assert [route for route in moved.plan.routes if route.vehicle not in touched] == others
    whole = evaluate(PROBLEM, moved.plan)
    assert (moved.plan.cost, moved.plan.distance) == (whole.cost, whole.distance)
    assert moved.distance_delta == moved.plan.distance - plan.distance
    assert moved.violations == whole.violations


def test_a_move_that_breaks_a_promise_is_made_and_says_which(plan: Plan) -> None:
    job = stop_of(plan)
    stranger = next(v.id for v in PROBLEM.vehicles if v.id not in company_of(plan, job))
    moved = check_move(PROBLEM, plan, job, stranger)
    assert ("office", job) in [(fault.cause, fault.job) for fault in moved.violations]


def test_a_stop_without_room_is_refused_with_its_reason(plan: Plan) -> None:
    job = stop_of(plan)
    heavy: Problem = replace(
        PROBLEM, jobs=tuple(replace(j, delivery=(99,)) if j.id == job else j for j in PROBLEM.jobs)
    )
    with pytest.raises(NoRoom) as refused:
        insert(heavy, remove(heavy, plan, job).plan, job)
    assert refused.value.reason == "capacity"


def test_a_lock_moves_the_stop_and_keeps_it_there(plan: Plan) -> None:
    job = stop_of(plan)
    target = next(v for v in company_of(plan, job) if v != holder(plan, job))
    locked = lock(PROBLEM, plan, job, target)
    assert holder(locked.plan, job) == target
    again = routing.solve(locked.problem, engine="insertion", iterations=20)
    assert holder(again, job) == target
    freed = lock(locked.problem, locked.plan, job, None)
    assert freed.problem == PROBLEM
    assert freed.plan.routes == locked.plan.routes


def test_unknown_stops_and_vehicles_are_errors(plan: Plan) -> None:
    with pytest.raises(KeyError):
        remove(PROBLEM, plan, 10**6)
    with pytest.raises(KeyError):
        check_move(PROBLEM, plan, stop_of(plan), 10**6)
