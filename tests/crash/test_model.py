"""Phones × server × faults: whatever happens, and in whatever order it is told, nothing is lost and nothing doubled.

Each step is one thing that happens: an act at a door, a hand-over, a request that gets through or doesn't, a server
killed in mid-request, weeks of silence. After every step the server is compared with what really happened (`country`).
`make test` takes 1,000 steps; `make crash PART=model` 100,000 (STEPS=n), in rounds that are appended to `var/crash.jsonl`:
an interrupted run goes on with the next round.
"""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from app.database import Database
from tests.app.worker.conftest import database
from tests.crash.land import make_land
from tests.crash.results import note, unfinished
from tests.crash.road import Road

__all__ = ["database"]  # fixtures

STEPS = int(os.environ.get("TANNHA_CRASH_STEPS", "0"))
A_ROUND, STEPS_AN_EXAMPLE = 2_000 if STEPS else 1_000, 50
MOST_S = 35 * 60


@pytest.fixture
def land(database: Database) -> None:
    with database.transaction() as session:
        Road.land = make_land(session)
    Road.engine = database.engine


@pytest.mark.usefixtures("land")
@pytest.mark.timeout(MOST_S + 300 if STEPS else 240)
def test_nothing_is_lost_and_nothing_doubled() -> None:
    if not STEPS:
        play(0)
        return
    began, (run, rounds) = time.monotonic(), unfinished("model")
    done = sum(one["steps"] for one in rounds)
    while done < STEPS:
        if time.monotonic() - began > MOST_S:
            pytest.fail(f"{done} of {STEPS} steps done: the same command goes on from there")
        at_round = time.monotonic()
        steps, operations = play(1000 * run + len(rounds))
        done += steps
        rounds.append({"steps": steps})
        seconds = round(time.monotonic() - at_round, 1)
        note("model", run=run, round=len(rounds), steps=steps, operations=operations, seconds=seconds, done=done,
             finished=done >= STEPS)  # fmt: skip


def play(number: int) -> tuple[int, int]:
    """One round: so many steps at least really executed; steps, and operations that reached the server."""
    Road.steps = Road.told = 0
    examples = A_ROUND // STEPS_AN_EXAMPLE
    for part in range(20):
        if Road.steps >= A_ROUND:
            break
        rules = settings(
            max_examples=examples, stateful_step_count=STEPS_AN_EXAMPLE, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink], print_blob=False,
        )  # fmt: skip
        run_state_machine_as_test(seed(20 * number + part)(Road), settings=rules)
        examples = max(1, (A_ROUND - Road.steps) // STEPS_AN_EXAMPLE)
    assert Road.steps >= A_ROUND, f"only {Road.steps} steps were executed"
    return Road.steps, Road.told
