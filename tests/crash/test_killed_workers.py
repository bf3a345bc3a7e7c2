"""kill -9 again and again, at any moment of a plan's making: every order gets its plan, and gets it once.

`make test` does one round; `make crash` twenty (ROUNDS=n), resumable: each round stands for itself and is appended to
`var/crash.jsonl`.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from random import Random

import psutil
import pytest
from sqlalchemy import func, select, text

from app.config import Settings
from app.database import Database
from app.domain.commands import AskForPlan
from app.models import Plan, Planning, Route, Stop
from app.services.planning import ask_for_plan
from tests.app.worker.conftest import database
from tests.app.worker.test_run import state_is, until, worker
from tests.factories.planning import PlannableDay, make_day
from tests.factories.times import DAY, NOW

__all__ = ["database"]  # fixtures

ROUNDS = int(os.environ.get("TANNHA_CRASH_ROUNDS", "1"))
RESULTS = Path("var/crash.jsonl")
KILLS, LONGEST_S = (3 if ROUNDS > 1 else 1), 4.0
SECONDS = 2


@pytest.mark.timeout(120 + 60 * ROUNDS)
def test_every_order_gets_one_plan_however_often_its_worker_is_killed(
    new_installation: Settings,
    database: Database,
) -> None:
    with database.transaction() as session:
        day = make_day(session, offices=3, errands=8)
    for number in range(ROUNDS):
        moments = [round(Random(number * KILLS + kill).uniform(0.1, LONGEST_S), 1) for kill in range(KILLS)]
        planning_id = _ask(database)
        for moment in moments:
            _kill_after(new_installation, database, moment)
        with worker(new_installation):
            until(database, 60, state_is(database, planning_id, "done"))
        _check(database, planning_id, day, number + 1)
        _note(number, moments)


def _ask(database: Database) -> int:
    with database.transaction() as session:
        command = AskForPlan(day=DAY, by="system", now=NOW, seconds=SECONDS, engine="auto")
        return ask_for_plan(session, command).id


def _kill_after(settings: Settings, database: Database, seconds: float) -> None:
    """Kill the worker at that moment, whatever it is doing; its children must not outlive it."""
    with worker(settings) as process:
        with database.transaction() as session:
            session.execute(text("select pg_sleep(:seconds)"), {"seconds": seconds})
        family = process.children(recursive=True)
        process.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []


def _check(database: Database, planning_id: int, day: PlannableDay, plans: int) -> None:
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Plan)) == plans
        plan = session.scalars(select(Plan).where(Plan.planning_id == planning_id)).one()
        assert (plan.state, plan.served, plan.violations) == ("draft", len(day.errands), 0)
        stops = select(func.count()).select_from(Stop).join(Route).where(Route.plan_id == plan.id)
        assert session.scalar(stops) == len(day.errands)
        assert session.scalar(select(func.count()).where(Planning.state != "done")) == 0


def _note(number: int, moments: list[float]) -> None:
    if ROUNDS > 1:
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a") as results:
            results.write(json.dumps({"round": number, "killed_after_s": moments, "plans": 1}) + "\n")
