"""Inputs over which users of other solvers stumbled (`reported/`, named for tracker and number), and what is right for each."""

import json
from pathlib import Path
from typing import Any

import pytest

from routing.__main__ import main
from routing.engines.pipeline import available

REPORTED = Path(__file__).parent / "reported"
REFUSED = {
    "description-null": "vehicles[0].description: must be text",
    "float-durations": "matrices.m.durations[0][1]: must be a whole number",
    "float-int-durations": "jobs[0].service: must be a whole number",
    "latlon-swapped": "vehicles[0].start: must be [lon, lat] in degrees, longitude first",
    "null-in-matrix": "matrices.m.durations[0][1]: must be a whole number",
    "options-g": "options: is not a key of this format",
    "pyvroom-118-no-vehicles": "vehicles: there are jobs but no vehicle",
    "shift-past-midnight": "vehicles[0].time_window: must be [from, to] with 0 ≤ from ≤ to",
    "vroom-1245-time_window-key": "jobs[0].time_window: is not a key of this format",
}
SERVED = {
    "empty-both": [],
    "ortools-1243-breaks-unused": [1],
    "ortools-833-two-long-breaks": [1],
    "same-place-same-second": [*range(1, 8)],
    "steps-40-stops-little-time": [*range(1, 41)],
    "unreachable-u32max": [2],
    "vroom-1245-end-only-epoch": [1, 2],
    "vroom-1315-check-same-place": [1],
    "vroom-1334-epoch-skills-index": [1],
    "vroom-1345-break-after-loaded": [11],
    "vroom-497-break-no-window": [1, 2],
    "vroom-600-max-tasks": [1],
    "vroom-882-priority-zero": [*range(1, 6)],
    "vroom-883-break-at-start": [*range(1, 5)],
}
LITTLE, ENOUGH = ("--seconds", "0.02"), ("--iterations", "20")
SEARCHED = ENOUGH if any(map(available, ("sisr", "pyvrp"))) else ("--seconds", "1")
"""OR-Tools alone only descends where iterations count."""


def solved(name: str, folder: Path, *arguments: str) -> dict[str, Any]:
    answer = folder / "out.json"
    assert main(["solve", str(REPORTED / f"{name}.json"), "-o", str(answer), *arguments]) == 0
    plan: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    return plan


def acts(plan: dict[str, Any]) -> list[tuple[str, int]]:
    """What is done and when it begins, of the only route."""
    (route,) = plan["routes"]
    return [(step["type"], step["arrival"] + step["waiting_time"]) for step in route["steps"][1:-1]]


def test_every_reported_input_has_its_right_answer_here() -> None:
    assert {path.stem for path in REPORTED.iterdir()} == REFUSED.keys() | SERVED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused_by_its_path(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", str(REPORTED / f"{name}.json"), "-o", str(tmp_path / "out.json")]) == 2
    assert REFUSED[name] in capsys.readouterr().err


@pytest.mark.parametrize("name", SERVED)
def test_what_can_be_served_is_served_with_no_promise_broken(name: str, tmp_path: Path) -> None:
    plan = solved(name, tmp_path, *SEARCHED)
    assert (
        sorted(step["job"] for route in plan["routes"] for step in route["steps"] if step["type"] == "job")
        == SERVED[name]
    )
    assert plan["summary"]["violations"] == []


def test_little_time_costs_a_start_no_stop(tmp_path: Path) -> None:
    assert solved("steps-40-stops-little-time", tmp_path, *LITTLE)["unassigned"] == []


@pytest.mark.parametrize("time", [LITTLE, ENOUGH])
def test_the_largest_duration_of_vroom_is_no_way(tmp_path: Path, time: tuple[str, str]) -> None:
    plan = solved("unreachable-u32max", tmp_path, *time)
    assert [(left["id"], left["reason"]) for left in plan["unassigned"]] == [(1, "unreachable")]


def test_only_as_many_stops_are_served_as_a_courier_may_do(tmp_path: Path) -> None:
    assert {left["reason"] for left in solved("vroom-600-max-tasks", tmp_path, *ENOUGH)["unassigned"]} == {"max_tasks"}


def test_breaks_are_taken_where_they_fit(tmp_path: Path) -> None:
    assert acts(solved("vroom-1345-break-after-loaded", tmp_path, *ENOUGH)) == [("job", 39_900), ("break", 40_800)]
    assert acts(solved("vroom-883-break-at-start", tmp_path, *ENOUGH))[0][0] == "break"
    assert acts(solved("ortools-833-two-long-breaks", tmp_path, *ENOUGH))[-1] == ("job", 72_400)
    assert acts(solved("vroom-1334-epoch-skills-index", tmp_path, *ENOUGH))[0] == ("break", 1_774_045_000)


def test_a_planned_route_that_goes_nowhere_is_judged_without_a_fault(tmp_path: Path) -> None:
    plan = solved("vroom-1315-check-same-place", tmp_path, "--check")
    assert (plan["summary"]["violations"], plan["summary"]["cost"], plan["unassigned"]) == ([], 0, [])
