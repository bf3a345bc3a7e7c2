"""The command line, in its own process as others call it."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.__main__ import main
from routing.validate import Invalid, ProblemFault, validate
from routing.vroom_json import problem_from_json, problem_to_json
from tests.routing.days import province, small_problem

EXAMPLE: dict[str, Any] = {
    "vehicles": [
        {
            "id": 1,
            "start": [108.0, 14.0],
            "end": [108.0, 14.0],
            "capacity": [4],
            "skills": [1, 14],
            "time_window": [28800, 43200],
            "breaks": [{"id": 1, "service": 300, "time_windows": [[32400, 34200]]}],
        },
        {"id": 2, "start": [108.0, 14.0], "capacity": [4], "skills": [2, 14], "time_window": [28800, 43200]},
    ],
    "jobs": [
        {"id": 1, "service": 300, "delivery": [1], "location": [108.01, 14.02], "skills": [1]},
        {"id": 2, "service": 300, "pickup": [1], "location": [108.03, 14.01], "time_windows": [[32400, 36000]]},
        {"id": 3, "service": 300, "delivery": [1], "location": [108.05, 14.05], "priority": 5},
        {"id": 4, "service": 300, "delivery": [9], "location": [108.05, 14.06]},
    ],
}


def write(folder: Path, document: object, name: str = "in.json") -> str:
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "routing", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def here(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["solve", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_an_example_is_solved_with_reasons_and_summary(tmp_path: Path) -> None:
    code, plan = run("solve", write(tmp_path, EXAMPLE), "--seconds", "0.5", "--seed", "3")
    assert (code, plan["code"]) == (0, 0)
    assert plan["unassigned"] == [
        {
            "id": 4,
            "type": "job",
            "reason": "capacity",
            "location": [108.05, 14.06],
            "relaxation": {"kind": "capacity", "amount": 6, "unit": "", "cost_delta": 1537},
        }
    ]
    summary = plan["summary"]
    assert summary["violations"] == []
    assert summary["seed"] == 3
    assert len(summary["problem_hash"]) == 64
    assert summary["cost"] == sum(route["cost"] for route in plan["routes"])
    assert summary["computing_times"].keys() == {"loading", "starting", "solving", "routing"}
    for route in plan["routes"]:
        assert route["steps"][0]["type"] == "start"
        assert {"arrival", "duration", "distance", "setup", "service", "waiting_time", "load", "violations"} <= (
            route["steps"][1].keys()
        )


def test_the_same_iterations_and_seed_give_the_same_bytes_in_two_processes(tmp_path: Path) -> None:
    problem = write(tmp_path, problem_to_json(province(3, 50, seed=9)))
    texts = []
    for name in ("first.json", "second.json"):
        code = subprocess.run(
            [sys.executable, "-m", "routing", "solve", problem, "-o", str(tmp_path / name), "--iterations", "30"],
            check=False,
        ).returncode
        assert code == 0
        texts.append((tmp_path / name).read_bytes())
    assert texts[0] == texts[1]
    assert b"computing_times" not in texts[0]


def test_a_hand_made_plan_is_judged_and_its_violations_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = {"routes": [{"vehicle": 2, "steps": [{"type": "job", "id": 1}, {"type": "job", "id": 4}]}]}
    code, judged = here(capsys, write(tmp_path, EXAMPLE), "--check", write(tmp_path, plan, "plan.json"))
    assert code == 0
    assert [fault["cause"] for fault in judged["summary"]["violations"]] == ["load", "load", "skills"]
    assert {entry["id"] for entry in judged["unassigned"]} == {2, 3}


def test_a_plan_of_ours_stands_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = write(tmp_path, EXAMPLE)
    _, plan = here(capsys, problem, "--engine", "insertion", "--iterations", "5")
    code, judged = here(capsys, problem, "--check", write(tmp_path, plan, "plan.json"))
    assert code == 0
    assert judged["summary"]["violations"] == []
    assert judged["routes"] == plan["routes"]


def test_the_steps_of_the_vehicles_are_checked_with_their_own_bounds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [{"type": "job", "id": 3, "service_before": 28801}]
    vehicles = [{**EXAMPLE["vehicles"][1], "steps": steps}]
    document = {**EXAMPLE, "vehicles": vehicles}
    code, judged = here(capsys, write(tmp_path, document), "--check")
    assert code == 0
    assert [fault["cause"] for fault in judged["summary"]["violations"]] == ["delay"]


def test_no_stops_are_an_empty_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, plan = here(capsys, write(tmp_path, {"vehicles": [], "jobs": []}))
    assert (code, plan["routes"], plan["unassigned"]) == (0, [], [])


VEHICLE = {"id": 1, "start_index": 0}


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("shipments: shipments are not supported", {"shipments": [], "vehicles": [], "jobs": []}),
        ("matrix: is VROOM's old form", {"matrix": [[0]], "vehicles": [], "jobs": []}),
        ("jobs[0].amount: is VROOM's old form", {"vehicles": [], "jobs": [{"id": 1, "amount": [1]}]}),
        ("vehicles[0].shifts: is not a key", {"vehicles": [{"id": 1, "shifts": 2}], "jobs": []}),
        ("jobs[0].id: must be a whole number", {"vehicles": [], "jobs": [{"id": 1.5}]}),
        ("jobs[0].id: is required", {"vehicles": [], "jobs": [{}]}),
        ("vehicles: is required", {"jobs": []}),
        ("document: must be an object", [1]),
        ("vehicles: there are jobs but no vehicle", {"vehicles": [], "jobs": [{"id": 1, "location": [108, 14]}]}),
        (
            "matrices.car.durations[1]: must be an array of 2 numbers",
            {"vehicles": [VEHICLE], "jobs": [], "matrices": {"car": {"durations": [[0, 1], [1]]}}},
        ),
        (
            "matrices.car.durations[0][1]: must be a whole number",
            {"vehicles": [VEHICLE], "jobs": [], "matrices": {"car": {"durations": [[0, -1], [1, 0]]}}},
        ),
        (
            "jobs[0].location_index: must be from 0 to 1",
            {
                "vehicles": [VEHICLE],
                "jobs": [{"id": 1, "location_index": 2}],
                "matrices": {"car": {"durations": [[0, 1], [1, 0]]}},
            },
        ),
        (
            "onward.distances[0]: must be [office, desk, metres]",
            {"vehicles": [], "jobs": [], "onward": {"distances": [[1, 2]]}},
        ),
        ("assignment: must be home or free", {"vehicles": [], "jobs": [], "assignment": "away"}),
        (
            "travel_times: must be of kind geodesic",
            {"vehicles": [], "jobs": [], "travel_times": {"kind": "geodesic", "detour": 0.1}},
        ),
    ],
)
def test_bad_input_is_refused_by_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, document: object
) -> None:
    code, answer = here(capsys, write(tmp_path, document))
    assert code == answer["code"] == 2
    assert path in answer["error"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "Expecting property name"),
        ("[" * 200_000, "nested too deeply"),
        ('{"jobs": [{"id": 1, "location": [NaN, 14]}], "vehicles": []}', "jobs[0].location[0]: must be a number"),
    ],
)
def test_a_text_that_is_no_json_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    path = tmp_path / "in.json"
    path.write_text(text, encoding="utf-8")
    code, answer = here(capsys, str(path))
    assert code == 2
    assert sentence in answer["error"]


@pytest.mark.parametrize(
    "arguments", [["in.json", "--seconds", "-1"], ["in.json", "--iterations", "0"], ["missing.json"], ["--engine", "x"]]
)
def test_bad_arguments_are_an_input_error(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, answer = here(capsys, *arguments)
    assert code == answer["code"] == 2


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_problem_survives_the_way_out_and_in(seed: int) -> None:
    problem = small_problem(random.Random(seed))
    assert problem_from_json(json.loads(json.dumps(problem_to_json(problem)))) == problem


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_field_is_read_or_refused_never_a_crash(data: st.DataObject) -> None:
    document = json.loads(json.dumps(EXAMPLE))
    section = data.draw(st.sampled_from(["vehicles", "jobs"]))
    target = document[section][0]
    target[data.draw(st.sampled_from([*target, "steps", "costs", "prize", "max_load"]))] = data.draw(JSON)
    faults: tuple[ProblemFault, ...] = ()
    try:
        validate(problem_from_json(document))
    except Invalid as refused:
        faults = refused.faults
    assert all(fault.path and fault.message for fault in faults)
