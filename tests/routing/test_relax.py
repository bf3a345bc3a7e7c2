"""What would let a stop in, and at what price: the smallest amount, checked by trying one less."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import solve
from routing.evaluate import evaluate
from routing.matrix import Geodesic
from routing.plan import Relaxation
from routing.problem import Job, Problem, TravelTable, Vehicle
from routing.relax import relax, wider
from tests.routing.days import office_day

COURIER = Vehicle(1, start_index=0, end_index=0, capacity=(5,), window=(100, 1000), office=1, per_hour=3600)
STOP = Job(1, location_index=1, delivery=(1,), service=50, office=1)
NEIGHBOUR = Job(2, location_index=2, delivery=(1,), service=50, office=1)
MATRIX = np.array([[0, 60, 60], [60, 0, 60], [60, 60, 0]])


def day(job: Job, *couriers: Vehicle, others: Sequence[Job] = ()) -> Problem:
    vehicles = couriers or (COURIER,)
    return Problem(vehicles, (job, *others), Geodesic(), "home", tables={"car": TravelTable(MATRIX, MATRIX * 10)})


@pytest.mark.parametrize(
    ("expected", "problem", "routes"),
    [
        (Relaxation("window", 40, "s", 120), day(replace(STOP, windows=((0, 120),))), {}),
        (Relaxation("window", 110, "s", 120), day(replace(STOP, windows=((1_000, 1_050),))), {}),
        (Relaxation("shift", 20, "s", 140), day(replace(STOP, service=800), others=[NEIGHBOUR]), {}),
        (Relaxation("capacity", 1, "", 120), day(replace(STOP, delivery=(6,))), {}),
        (Relaxation("max_tasks", 1, "", 60), day(STOP, replace(COURIER, max_tasks=1), others=[NEIGHBOUR]), {1: [2]}),
        (Relaxation("max_travel", 20, "s", 120), day(STOP, replace(COURIER, max_travel_time=100)), {}),
        (Relaxation("max_distance", 200, "m", 120), day(STOP, replace(COURIER, max_distance=1_000)), {}),
        (Relaxation("prize", 110, "VND", 120), day(replace(STOP, prize=10)), {}),
    ],
)
def test_the_cheapest_change_is_told_with_its_smallest_amount(
    expected: Relaxation, problem: Problem, routes: Mapping[int, Sequence[int]]
) -> None:
    found = relax(problem, routes, problem.jobs[0])
    assert found == expected


def test_a_release_that_is_too_late_says_how_much_earlier() -> None:
    assert relax(day(replace(STOP, release=950)), {}, replace(STOP, release=950)) == Relaxation(
        "release", 120, "s", 120
    )


def test_the_next_office_is_told_with_the_metres_it_drives() -> None:
    other = replace(COURIER, id=2, office=2)
    collection = replace(STOP, delivery=(), pickup=(1,))
    problem = day(collection, replace(COURIER, window=(100, 110)), other)
    found = relax(problem, {}, problem.jobs[0])
    assert found == Relaxation("office", 1_200, "m", 120)


def test_a_delivery_stays_where_it_lies() -> None:
    other = replace(COURIER, id=2, office=2)
    problem = day(STOP, replace(COURIER, window=(100, 110)), other)
    found = relax(problem, {}, problem.jobs[0])
    assert found is not None
    assert found.kind != "office"


def test_one_more_courier_costs_the_fixed_part_too() -> None:
    busy = replace(COURIER, fixed=500)
    long = replace(NEIGHBOUR, service=780)
    problem = day(replace(STOP, service=700), busy, others=[long])
    found = relax(problem, {1: [2]}, problem.jobs[0])
    assert found == Relaxation("courier", 1, "", 620)


def test_where_nothing_helps_nothing_is_told() -> None:
    assert relax(day(replace(STOP, skills=frozenset({3}))), {}, replace(STOP, skills=frozenset({3}))) is None


def test_time_that_is_over_ends_the_search() -> None:
    assert relax(day(replace(STOP, windows=((0, 120),))), {}, replace(STOP, windows=((0, 120),)), until=0.0) is None


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 100)), min_size=1, max_size=4), st.integers(0, 200))
def test_wider_windows_hold_the_old_ones_and_never_overlap(spans: list[tuple[int, int]], amount: int) -> None:
    windows, at = [], 0
    for gap, length in spans:
        windows.append((at + gap + 1, at + gap + 1 + length))
        at = windows[-1][1]
    found = wider(windows, amount)
    assert all(any(early <= a and b <= late for early, late in found) for a, b in windows)
    assert all(one[1] < other[0] for one, other in pairwise(found))


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_a_told_change_lets_the_stop_in_at_its_price_and_one_less_does_not(seed: int) -> None:
    vehicles, jobs = office_day(1, 14, seed)
    busy = tuple(replace(job, service=job.service * 8) for job in jobs)
    problem = Problem(tuple(vehicles), busy, Geodesic(), "home")
    plan = solve(problem, iterations=3, seed=seed, engine="insertion")
    before = evaluate(problem, plan)
    assert plan.unassigned
    for left in plan.unassigned:
        change = left.relaxation
        if change is None or change.kind not in {"window", "shift"}:
            continue
        assert _room(problem, before.sequences, left.id, change.kind, change.amount)
        assert change.amount == 1 or not _room(problem, before.sequences, left.id, change.kind, change.amount - 1)


def _room(problem: Problem, sequences: Mapping[int, Sequence[int]], job: int, kind: str, amount: int) -> bool:
    """By the judge alone: does some place in the standing routes take the job once the rule is lifted by the amount?"""
    jobs = [replace(one, windows=wider(one.windows, amount)) if kind == "window" and one.id == job else one
            for one in problem.jobs]  # fmt: skip
    vehicles = [replace(v, window=(v.window[0], v.window[1] + amount)) if kind == "shift" else v
                for v in problem.vehicles]  # fmt: skip
    lifted = replace(problem, jobs=tuple(jobs), vehicles=tuple(vehicles))
    for vehicle in problem.vehicles:
        tour = list(sequences.get(vehicle.id, ()))
        for at in range(len(tour) + 1):
            tried = {**sequences, vehicle.id: [*tour[:at], job, *tour[at:]]}
            if not evaluate(lifted, tried).violations:
                return True
    return False
