from dataclasses import replace

import numpy as np
import pytest

from routing.explain import explain
from routing.matrix import Geodesic
from routing.problem import UNREACHABLE, Job, Problem, TravelTable, Vehicle

COURIER = Vehicle(1, start_index=0, end_index=0, capacity=(5,), window=(100, 1000), office=1)
STOP = Job(1, location_index=1, delivery=(1,), service=50, office=1)
NEIGHBOUR = Job(2, location_index=2, delivery=(1,), service=50, office=1)


def day(job: Job, courier: Vehicle = COURIER, *others: Job, reachable: bool = True) -> Problem:
    way = 60 if reachable else UNREACHABLE
    matrix = np.array([[0, way, 60], [way, 0, way], [60, way, 0]])
    return Problem((courier,), (job, *others), Geodesic(), "home", tables={"car": TravelTable(matrix, matrix * 10)})


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("window", day(replace(STOP, windows=((0, 120),)))),
        ("shift", day(replace(STOP, service=2_000))),
        ("window", day(replace(STOP, windows=((1_100, 1_200),)))),
        ("capacity", day(replace(STOP, delivery=(6,)))),
        ("skill", day(replace(STOP, skills=frozenset({3})))),
        ("release", day(replace(STOP, release=950))),
        # either a sooner release or a later window would do: the paper that comes too late is the cause
        ("release", day(replace(STOP, release=600, windows=((160, 170),)))),
        ("locked", day(replace(STOP, vehicle=9))),
        ("max_tasks", day(STOP, replace(COURIER, max_tasks=0))),
        ("max_travel", day(STOP, replace(COURIER, max_travel_time=100))),
        ("max_travel", day(STOP, replace(COURIER, max_distance=1_000))),
        ("shift", day(STOP, replace(COURIER, max_duration=100))),
        ("unreachable", day(STOP, reachable=False)),
        ("unreachable", day(replace(STOP, office=2))),
        ("dearer_than_prize", day(replace(STOP, prize=10), replace(COURIER, fixed=1_000))),
    ],
)
def test_a_stop_that_nobody_could_serve_alone_says_why(reason: str, problem: Problem) -> None:
    assert [(entry.id, entry.reason) for entry in explain(problem, {}, [1])] == [(1, reason)]


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("capacity", day(replace(STOP, delivery=(5,)), COURIER, NEIGHBOUR)),
        ("max_tasks", day(STOP, replace(COURIER, max_tasks=1), NEIGHBOUR)),
        ("max_travel", day(STOP, replace(COURIER, max_distance=1_300), NEIGHBOUR)),
        ("shift", day(STOP, COURIER, replace(NEIGHBOUR, service=700))),
        ("window", day(replace(STOP, windows=((160, 170),)), COURIER, replace(NEIGHBOUR, windows=((160, 170),)))),
        ("release", day(replace(STOP, release=600), COURIER, replace(NEIGHBOUR, windows=((160, 170),)))),
        ("dearer_than_prize", day(replace(STOP, prize=5), COURIER, NEIGHBOUR)),
    ],
)
def test_a_stop_that_the_plan_has_no_room_for_says_what_is_short(reason: str, problem: Problem) -> None:
    assert [entry.reason for entry in explain(problem, {1: [2]}, [1])] == [reason]


def test_every_stop_gets_its_reason_before_any_change_is_looked_for() -> None:
    problem = day(replace(STOP, windows=((0, 120),)), COURIER, replace(NEIGHBOUR, windows=((0, 120),)))
    told = explain(problem, {}, [1, 2], until=0.0)
    assert [(entry.id, entry.reason, entry.relaxation) for entry in told] == [(1, "window", None), (2, "window", None)]


def test_neighbours_that_are_left_out_each_say_their_own_reason() -> None:
    """They are looked at in one model: none stands in the way of another, and none borrows another's rule."""
    heavy, late = replace(STOP, delivery=(6,)), replace(NEIGHBOUR, windows=((1_100, 1_200),))
    skilled = Job(3, location_index=2, skills=frozenset({3}), office=1)
    served = Job(4, location_index=1, service=700, office=1)
    crowded = Job(5, location_index=2, service=100, office=1)
    problem = day(heavy, COURIER, late, skilled, served, crowded)
    found = explain(problem, {1: [4]}, [1, 2, 3, 5], until=0.0)
    assert [(entry.id, entry.reason) for entry in found] == [(1, "capacity"), (2, "window"), (3, "skill"), (5, "shift")]
