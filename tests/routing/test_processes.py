"""The command line as a process among others: the same bytes, no orphans, and no extras needed."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from routing.matrix import Geodesic
from routing.problem import Onward, Problem
from routing.vroom_json import problem_to_json
from tests.routing.auditor import audit
from tests.routing.days import office_day, province
from tests.routing.vroom_examples import BY_COORDINATES, BY_MATRICES, TO_CHECK

COMMAND = (sys.executable, "-m", "routing", "solve")
BLOCKED = Path(__file__).parent / "blocked"


def one_office() -> Problem:
    vehicles, jobs = office_day(1, 35, seed=4)
    return Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home")


def many_offices(*, free: bool) -> Problem:
    """Fourteen offices, so many stops without one that CP-SAT gives them out, and papers that pay their way home."""
    problem = province(14, 320, seed=11)
    if not free:
        return problem
    seats = {vehicle.office or 0: vehicle.start or (0.0, 0.0) for vehicle in problem.vehicles}
    metres = Geodesic().block("car", list(seats.values()), list(seats.values()))[1]
    ways = {(a, b): int(metres[i, j]) for i, a in enumerate(seats) for j, b in enumerate(seats)}
    jobs = tuple(
        replace(
            job,
            office=None if job.id % 9 == 0 else job.office,
            origin=job.office if any(job.delivery) else None,
            movable=job.id % 5 != 0,
        )
        for job in problem.jobs
    )
    return replace(problem, jobs=jobs, assignment="free", onward=Onward(ways, per_km=300))


@pytest.mark.parametrize(
    ("problem", "iterations"),
    [(one_office(), 40), (many_offices(free=False), 5), (many_offices(free=True), 5)],
    ids=["one office", "home", "free"],
)
def test_the_same_input_seed_and_iterations_give_the_same_bytes(
    tmp_path: Path, problem: Problem, iterations: int
) -> None:
    given = tmp_path / "in.json"
    given.write_text(json.dumps(problem_to_json(problem)), encoding="utf-8")
    answers = []
    for hash_seed in ("1", "2"):
        answer = tmp_path / hash_seed
        command = [*COMMAND, str(given), "-o", str(answer), "--iterations", str(iterations), "--seed", "7"]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": hash_seed})
        answers.append(answer.read_bytes())
    assert answers[0] == answers[1]
    assert audit(problem_to_json(problem), json.loads(answers[0])) == []


def test_a_command_that_is_killed_leaves_no_child(tmp_path: Path) -> None:
    given = tmp_path / "in.json"
    given.write_text(json.dumps(problem_to_json(province(3, 90, seed=2))), encoding="utf-8")
    command = subprocess.Popen([*COMMAND, str(given), "--seconds", "600"], stdout=subprocess.DEVNULL)
    try:
        searching = _busy_children(command.pid)
    finally:
        command.send_signal(signal.SIGKILL)
        command.wait()
    _, alive = psutil.wait_procs(searching, timeout=10)
    assert len(searching) == os.cpu_count()
    assert alive == []


def _busy_children(parent: int) -> list[psutil.Process]:
    """Wait until every solver child has begun to work, which a cold start takes seconds for."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        children = psutil.Process(parent).children(recursive=True)
        if len(children) == os.cpu_count() and all(child.cpu_times().user > 1.5 for child in children):
            return children
    raise AssertionError("no children at work")


def without_extras(*arguments: str) -> tuple[int, dict[str, Any]]:
    path = os.pathsep.join((str(BLOCKED), *sys.path))
    command = [*COMMAND, *arguments]
    done = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": path})
    assert b"Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    "document",
    [BY_COORDINATES, BY_MATRICES, problem_to_json(one_office()), problem_to_json(many_offices(free=True))],
    ids=["coordinates", "matrices", "one office", "free"],
)
def test_without_the_extras_every_day_is_planned(tmp_path: Path, document: dict[str, Any]) -> None:
    given = tmp_path / "in.json"
    given.write_text(json.dumps(document), encoding="utf-8")
    code, plan = without_extras(str(given), "--iterations", "3")
    assert code == 0
    assert audit(document, plan) == []
    assert len(plan["unassigned"]) <= len(document["jobs"]) / 40
    assert plan["summary"]["engines"].keys() <= {"insertion", "ortools", "cpsat", "cp-sat"}


def test_without_the_extras_a_plan_is_checked_and_their_names_are_refused(tmp_path: Path) -> None:
    given = tmp_path / "in.json"
    given.write_text(json.dumps(TO_CHECK), encoding="utf-8")
    assert without_extras(str(given), "--check")[0] == 0
    for name in ("pyvrp", "vroom", "sisr"):
        code, answer = without_extras(str(given), "--engine", name)
        assert (code, answer["code"]) == (2, 2)
        assert f"{name} is not {'built' if name == 'sisr' else 'installed'}" in answer["error"]
