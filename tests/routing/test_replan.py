"""A day that has begun is changed at once, by as little as pays, and never against what a courier carries."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routing
from routing.day_params import ReplanParams
from routing.engines.interface import Limit
from routing.evaluate import evaluate
from routing.plan import Plan
from routing.problem import ALWAYS, Job, Problem
from routing.replan import CourierPosition, diff_of, replan, rest_of_day
from routing.search_params import SearchParams
from tests.routing.days import province

HOUR = 3600
DAY = province(1, 60, seed=4)
PROBLEM = replace(DAY, jobs=tuple(replace(job, windows=ALWAYS) for job in DAY.jobs))
NEW = Job(900, (DAY.vehicles[0].start[0] + 0.02, DAY.vehicles[0].start[1]) if DAY.vehicles[0].start else None,
          service=300, pickup=(1,), office=1, desk=1)  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    return routing.solve(PROBLEM, engine="insertion", iterations=10)


def noon(plan: Plan) -> tuple[Problem, dict[int, list[int]]]:
    """What is left at noon: each courier has done the first half of the route and carries the rest."""
    positions, left = {}, {}
    aboard = []
    jobs = {job.id: job for job in PROBLEM.jobs}
    for route in plan.routes:
        steps = [step for step in route.steps if step.type == "job"]
        half = len(steps) // 2
        assert steps[half - 1].location is not None
        done = [jobs[step.id or 0] for step in steps[:half]]
        positions[route.vehicle] = CourierPosition(
            steps[half - 1].location or (0.0, 0.0),
            max(12 * HOUR, steps[half - 1].departure),
            (sum(job.pickup[0] for job in done),),
            frozenset({1}),
        )
        left[route.vehicle] = [step.id or 0 for step in steps[half:]]
        aboard += [number for number in left[route.vehicle] if any(jobs[number].delivery)]
    holder = {number: vehicle for vehicle, tour in left.items() for number in tour}
    rest = tuple(
        replace(jobs[number], vehicle=holder[number] if number in aboard else None) for number in sorted(holder)
    )
    return rest_of_day(replace(PROBLEM, jobs=rest), positions, aboard), left


def with_late(problem: Problem, *late: Job) -> Problem:
    return replace(problem, jobs=(*problem.jobs, *late))


def test_a_late_collection_is_inserted_and_nothing_else_moves(plan: Plan) -> None:
    problem, left = noon(plan)
    found = replan(with_late(problem, NEW), left, [NEW.id])
    assert found.diff.inserted == (NEW.id,)
    assert found.diff.moved == ()
    assert sorted(found.diff.unchanged) == sorted(job.id for job in problem.jobs)
    assert (found.left_out, found.routes.violations) == ((), ())
    assert found.distance_delta > 0
    assert found.cost_delta > 0


def test_the_rest_of_the_day_starts_where_the_couriers_are(plan: Plan) -> None:
    problem, left = noon(plan)
    judged = evaluate(problem, left)
    assert all(route.steps[0].arrival >= 12 * HOUR for route in judged.routes)
    whole = evaluate(PROBLEM, {route.vehicle: route.job_ids for route in plan.routes})
    assert judged.distance < whole.distance


def test_a_result_in_the_safe_waits_for_a_courier_who_has_not_left(plan: Plan) -> None:
    problem, left = noon(plan)
    parcel = replace(NEW, delivery=(1,), pickup=(0,), origin=1)
    away = {vehicle.id: CourierPosition(vehicle.start or (0.0, 0.0), 12 * HOUR) for vehicle in DAY.vehicles}
    jobs = replace(problem, vehicles=DAY.vehicles, jobs=(*problem.jobs, parcel))
    all_away = rest_of_day(jobs, away, [job.id for job in problem.jobs])
    assert replan(all_away, left, [parcel.id]).left_out[0].reason == "skill"
    fresh = replace(DAY.vehicles[0], id=77)
    one_waits = replace(
        all_away, vehicles=(*all_away.vehicles, *rest_of_day(replace(DAY, vehicles=(fresh,)), {}, ()).vehicles)
    )
    assert replan(one_waits, left, [parcel.id]).sequences[77] == (parcel.id,)


def bag_of(*collected: int, room: int = 5) -> tuple[Problem, dict[int, list[int]]]:
    """One courier on the way, with one door left and so many units picked up so far, in a bag of ``room``."""
    at = DAY.vehicles[0].start or (0.0, 0.0)
    courier = replace(DAY.vehicles[0], id=1, capacity=(room,), breaks=())
    last = Job(1, at, service=300, pickup=(1,), office=1, desk=1)
    position = CourierPosition(at, 12 * HOUR, collected)
    return rest_of_day(replace(PROBLEM, vehicles=(courier,), jobs=(last,)), {1: position}, ()), {1: [1]}


def test_what_was_collected_leaves_no_room_for_a_late_stop_that_would_have_fitted_an_empty_bag() -> None:
    late = replace(NEW, pickup=(2,))
    problem, left = bag_of(2)
    assert replan(with_late(problem, late), left, [late.id]).diff.inserted == (late.id,)
    problem, left = bag_of(3)
    full = replan(with_late(problem, late), left, [late.id])
    assert full.diff.inserted == ()
    assert [(entry.id, entry.reason) for entry in full.left_out] == [(late.id, "capacity")]
    assert full.left_out[0].relaxation is not None
    assert (full.left_out[0].relaxation.kind, full.left_out[0].relaxation.amount) == ("capacity", 1)


def test_the_judge_counts_what_was_collected_when_the_standing_route_fills_the_bag() -> None:
    problem, left = bag_of(4)
    assert evaluate(problem, left).violations == ()
    problem, left = bag_of(5)
    assert [fault.cause for fault in evaluate(problem, left).violations] == ["load"]


def test_a_bag_that_holds_more_than_it_should_has_no_room_and_not_less_than_none() -> None:
    assert [vehicle.capacity for vehicle in bag_of(9)[0].vehicles] == [(0,)]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1_000))
def test_polishing_never_takes_a_carried_parcel_from_its_courier_nor_makes_the_day_dearer(seed: int) -> None:
    plan = routing.solve(PROBLEM, engine="insertion", iterations=3)
    problem, left = noon(plan)
    problem = with_late(problem, NEW)
    at_once = replan(problem, left, [NEW.id])
    polished = replan(problem, left, [NEW.id], limit=Limit(iterations=60), seed=seed)
    assert evaluate(problem, polished.sequences).violations == ()
    assert polished.cost_delta <= at_once.cost_delta
    for job in problem.jobs:
        if job.vehicle is not None:
            assert job.id in polished.sequences[job.vehicle]


def at_a_price(change: int) -> SearchParams:
    return SearchParams(replan=ReplanParams(change=change))


def test_a_high_price_on_change_leaves_the_order_alone_and_a_low_one_does_not(plan: Plan) -> None:
    problem, left = noon(plan)
    crossed = {v: list(reversed(tour)) for v, tour in left.items()}
    dear = replan(problem, crossed, [], limit=Limit(iterations=150), params=at_a_price(1_000_000))
    cheap = replan(problem, crossed, [], limit=Limit(iterations=150), params=at_a_price(0))
    assert dear.diff.moved == ()
    assert cheap.diff.moved != ()
    assert cheap.cost_delta < 0


def test_what_finds_no_place_says_why_and_what_would_help(plan: Plan) -> None:
    problem, left = noon(plan)
    gone = replace(NEW, windows=((8 * HOUR, 9 * HOUR),))
    away = replace(problem, vehicles=tuple(v for v in problem.vehicles if v.id in left))
    found = replan(with_late(away, gone), left, [gone.id])
    assert found.diff.inserted == ()
    assert (found.left_out[0].id, found.left_out[0].reason) == (NEW.id, "window")
    assert found.left_out[0].relaxation is not None


def test_a_diff_counts_the_fewest_stops_as_moved() -> None:
    found = diff_of({1: [1, 2, 3, 4], 2: [5, 6]}, {1: [2, 3, 9, 4, 1], 2: [6], 3: [5]}, [9])
    assert found.inserted == (9,)
    assert sorted(found.moved) == [1, 5]
    assert sorted(found.unchanged) == [2, 3, 4, 6]


def test_polishing_ends_with_its_time(plan: Plan) -> None:
    problem, left = noon(plan)
    began = time.monotonic()
    replan(with_late(problem, NEW), left, [NEW.id], limit=Limit.of(0.2, None))
    assert time.monotonic() - began < 5.0
