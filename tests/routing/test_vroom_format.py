"""VROOM's documented inputs, and a strict schema of its output over everything that we put out."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.__main__ import main
from routing.pool import SolverPool
from routing.vroom_json import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from tests.bench.problems import ENGINES, batch, planned
from tests.routing.auditor import audit
from tests.routing.mixed import mixed_problem
from tests.routing.vroom_examples import BY_COORDINATES, BY_MATRICES, MATRIX, MIDNIGHT, TO_CHECK
from tests.routing.vroom_output import complaints


def solved(tmp_path: Path, document: object, *arguments: str) -> dict[str, Any]:
    given, answer = tmp_path / "in.json", tmp_path / "out.json"
    given.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    assert main(["solve", str(given), "-o", str(answer), *arguments]) == 0
    plan: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    assert complaints(plan) == {}
    return plan


@pytest.mark.parametrize("stop", [("--iterations", "20"), ("--seconds", "0.5")])
@pytest.mark.parametrize("document", [BY_COORDINATES, BY_MATRICES])
def test_a_documented_example_is_served_whole(tmp_path: Path, document: dict[str, Any], stop: tuple[str, str]) -> None:
    plan = solved(tmp_path, document, *stop)
    assert audit(document, plan) == []
    assert plan["unassigned"] == []
    assert ("computing_times" in plan["summary"]) == (stop[0] == "--seconds")


def test_the_matrices_give_the_one_best_route(tmp_path: Path) -> None:
    alone = {**BY_MATRICES, "vehicles": BY_MATRICES["vehicles"][:1]}
    (route,) = solved(tmp_path, alone, "--iterations", "20")["routes"]
    assert [step["job"] for step in route["steps"][1:-1]] in ([1414, 1515, 1616], [1414, 1616, 1515])
    assert route["cost"] == route["duration"] == MATRIX[0][1] + MATRIX[1][2] + MATRIX[2][3]
    assert route["distance"] == 10 * route["duration"]
    assert [step["setup"] for step in route["steps"]] == [0, 0, 90, 0, 0], "at the same place nothing is set up again"
    assert route["steps"][1]["location"] == [108.1, 13.9]


def test_a_planned_route_is_judged_step_by_step(tmp_path: Path) -> None:
    plan = solved(tmp_path, TO_CHECK, "--check")
    first, second = plan["routes"]
    assert [fault["cause"] for step in first["steps"] for fault in step["violations"]] == ["load", "load"]
    assert [fault["cause"] for fault in second["violations"]] == ["lead_time"]
    (early,) = second["steps"][1]["violations"]
    assert early["duration"] == 1800
    assert second["steps"][0]["arrival"] >= MIDNIGHT + 60
    assert second["steps"][1]["arrival"] + second["steps"][1]["waiting_time"] == MIDNIGHT + 1800
    rest = second["steps"][2]
    assert MIDNIGHT + 3600 <= rest["arrival"] + rest["waiting_time"] <= MIDNIGHT + 4000


def test_a_bound_that_cannot_be_kept_is_a_delay(tmp_path: Path) -> None:
    steps = [{"type": "start", "service_before": MIDNIGHT}, {"type": "job", "id": 0, "service_before": MIDNIGHT + 1}]
    vehicle = {**TO_CHECK["vehicles"][0], "steps": [*steps, {"type": "end", "service_before": MIDNIGHT + 2}]}
    job = {**TO_CHECK["jobs"][0], "id": 0}
    (route,) = solved(tmp_path, {"vehicles": [vehicle], "jobs": [job]}, "--check")["routes"]
    assert route["steps"][0]["arrival"] == MIDNIGHT
    assert [[fault["cause"] for fault in step["violations"]] for step in route["steps"]] == [[], ["delay"], ["delay"]]
    assert route["steps"][1]["violations"][0]["duration"] == route["steps"][1]["arrival"] - MIDNIGHT - 1


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), engine=st.sampled_from(["insertion", "ortools", "pyvrp", "auto"]))
@example(seed=113, engine="insertion")  # another office's way is shorter with the stop than without it
def test_every_output_fits_the_schema_and_comes_back(seed: int, engine: str) -> None:
    problem = mixed_problem(random.Random(seed))
    plan = planned(problem, engine, 5, None)
    text = json.loads(json.dumps(plan_to_json(replace(plan, problem_hash="0" * 64), problem)))
    assert complaints(text) == {}
    orders = [route.job_ids for route in plan_from_json(text)[0].routes]
    assert orders == [route.job_ids for route in plan.routes]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_problem_survives_the_way_out_and_in(seed: int) -> None:
    document = json.loads(json.dumps(problem_to_json(mixed_problem(random.Random(seed)))))
    assert problem_to_json(problem_from_json(document)) == document


def test_trips_are_said_where_there_is_more_than_one() -> None:
    steps = [{"type": "start"}, {"type": "job", "id": 1}, {"type": "reload"}, {"type": "job", "id": 2}]
    place = {"start": [108.0, 14.0], "end": [108.0, 14.0]}
    document = {"vehicles": [{"id": 1, **place}, {"id": 2, **place, "max_trips": 2, "reload": 600, "steps": steps}]}
    jobs = [{"id": number, "location": [108.0, 14.1]} for number in (1, 2)]
    problem = problem_from_json({**document, "jobs": jobs})
    assert [(vehicle.max_trips, vehicle.reload) for vehicle in problem.vehicles] == [(1, 0), (2, 600)]
    plain, twice = problem_to_json(problem)["vehicles"]
    assert plain.keys().isdisjoint({"max_trips", "reload"})
    assert (twice["max_trips"], twice["reload"], twice["steps"]) == (2, 600, steps)


def test_the_schema_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    plan = solved(tmp_path, BY_MATRICES, "--iterations", "1")
    assert complaints(plan | {"extra": 1}) == {"extra": ["Unknown field."]}
    plan["routes"][0]["steps"][1].pop("waiting_time")
    plan["summary"]["cost"] = "12"
    assert complaints(plan).keys() == {"routes", "summary"}
    assert complaints({"code": 2, "error": "vehicles: …"}) == {}


@pytest.fixture(scope="module")
def pool() -> Iterator[SolverPool]:
    with SolverPool(1) as children:
        yield children


def test_two_hundred_mixed_problems_break_nothing_by_any_engine(pool: SolverPool) -> None:
    count = batch("small", range(200), pool)
    assert count.failed == []
    assert count.left_out < count.stops / 2
    assert len(ENGINES) == 7


def test_office_days_of_every_size_break_nothing(pool: SolverPool) -> None:
    assert batch("office", range(12), pool).failed == []


def numbers(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all whole numbers."""
    if isinstance(document, int):
        yield path
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inner:
        yield from numbers(value, (*path, key))


def test_the_auditor_notices_every_number_that_is_off_by_one(tmp_path: Path) -> None:
    plan = solved(tmp_path, BY_COORDINATES, "--iterations", "5", "--engine", "insertion")
    assert audit(BY_COORDINATES, plan) == []
    unread = {
        "seed",
        "code",
        "engines",
        "amount",
        "delivery",
        "pickup",
        "location",
        "job",
        "onward_distance",
        "onward_cost",
        "stranger_cost",
    }
    for path in [path for path in numbers(plan) if not unread & set(path)]:
        spoiled = json.loads(json.dumps(plan))
        target = spoiled
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] += 1
        assert audit(BY_COORDINATES, spoiled), path
