"""A plan whose process ends badly: its order says so, and whether the job comes again follows from why."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta

import psutil
import pytest
from procrastinate.jobs import Job
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.clock import Clock, at
from app.config import Settings
from app.database import Database
from app.domain.commands import AskForPlan
from app.models import Planning
from app.queries.attention import tasks
from app.services.planning import ask_for_plan
from app.worker import tasks as tasks_of_worker
from app.worker.context import WorkerContext
from app.worker.run import RETRIES, WhenStopped
from app.worker.tasks import BESIDE_THE_SEARCH_S, PlanFailed, PlanInterrupted, communicate, plan_day
from app.worker.timers import look_at_the_clock
from tests.crash.servers import until
from tests.factories.planning import make_day
from tests.factories.times import DAY, NOW


@pytest.fixture
def context(new_installation: Settings) -> Iterator[WorkerContext]:
    made = WorkerContext.of(new_installation)
    yield made
    made.close()


def ordered(database: Database, **given: object) -> int:
    with database.transaction() as session:
        make_day(session, offices=2, errands=6)
        command = AskForPlan(day=DAY, by="system", now=NOW, **given)  # type: ignore[arg-type]  # any field
        return ask_for_plan(session, command).id


def order_of(database: Database, planning_id: int) -> Planning:
    with database.transaction() as session:
        return session.get_one(Planning, planning_id)


def the_process(planning_id: int) -> list[psutil.Process]:
    mine = psutil.Process().children()
    return [one for one in mine if one.cmdline()[-3:-1] == ["app.worker.plan_process", str(planning_id)]]


def test_a_plan_whose_process_is_killed_says_so_in_its_order(context: WorkerContext, database: Database) -> None:
    planning_id = ordered(database, seconds=60)
    with ThreadPoolExecutor(1) as beside:
        end = beside.submit(lambda: asyncio.run(plan_day(context, planning_id)))
        until(lambda: order_of(database, planning_id).state == "running")
        the_process(planning_id)[0].kill()  # as the kernel does when memory runs out
        with pytest.raises(PlanFailed) as failed:
            end.result()
    assert not isinstance(failed.value, PlanInterrupted)
    order = order_of(database, planning_id)
    assert (order.state, order.error, order.finished_at) == ("failed", "planning_failed", NOW)


def test_a_plan_whose_database_goes_away_is_interrupted_and_its_job_comes_again(
    context: WorkerContext, database: Database
) -> None:
    planning_id = ordered(database, seconds=1, engine="insertion")
    nowhere = replace(context.settings, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(PlanInterrupted) as interrupted:
        asyncio.run(plan_day(replace(context, settings=nowhere), planning_id))
    retry = RETRIES.get("plan_day", WhenStopped())
    job = Job(id=1, queue="plans", lock=None, queueing_lock=None, task_name="plan_day", attempts=0)
    assert retry.get_retry_decision(exception=interrupted.value, job=job) is not None
    asyncio.run(plan_day(context, planning_id))
    order = order_of(database, planning_id)
    assert (order.state, order.error) == ("done", None)


def test_a_plan_that_fails_for_good_is_not_begun_again_by_its_job(context: WorkerContext, database: Database) -> None:
    planning_id = ordered(database, seconds=1, engine="insertion")
    with database.transaction() as session:
        session.connection().exec_driver_sql("update place set lon = 200")
    with pytest.raises(PlanFailed) as failed:
        asyncio.run(plan_day(context, planning_id))
    job = Job(id=1, queue="plans", lock=None, queueing_lock=None, task_name="plan_day", attempts=0)
    assert WhenStopped().get_retry_decision(exception=failed.value, job=job) is None


def test_a_process_that_hangs_is_ended_and_its_plan_has_failed() -> None:
    async def hang() -> int | None:
        sleeping = "import sys, time; sys.stdin.read(); time.sleep(300)"
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", sleeping, stdin=asyncio.subprocess.PIPE)
        await communicate(child, b"settings", 0.5)
        return child.returncode

    assert asyncio.run(hang()) == -signal.SIGKILL


def test_a_plan_may_search_twice_before_it_is_taken_for_hanging(
    context: WorkerContext, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    planning_id = ordered(database, seconds=600, engine="insertion")
    given: list[float] = []

    async def noted(child: asyncio.subprocess.Process, settings: bytes, longest_s: float) -> None:
        del settings
        given.append(longest_s)
        child.kill()
        await child.wait()

    monkeypatch.setattr(tasks_of_worker, "communicate", noted)
    with pytest.raises(PlanFailed):
        asyncio.run(plan_day(context, planning_id))
    assert given == [BESIDE_THE_SEARCH_S + 2 * 8 * 600]


def test_without_its_database_a_plan_begins_no_process(context: WorkerContext) -> None:
    nowhere = replace(context.settings, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    away = WorkerContext.of(nowhere)
    with pytest.raises(OperationalError):
        asyncio.run(plan_day(away, 1))
    away.close()
    assert the_process(1) == []


def test_the_final_plan_of_the_morning_comes_by_itself_after_one_that_failed(
    context: WorkerContext, database: Database
) -> None:
    five = at(DAY, time(5, 1))
    with database.transaction() as session:
        make_day(session, offices=2, errands=6)
        session.connection().exec_driver_sql("update place set lon = lon + 200")
    context = replace(context, clock=Clock(fixed=five))
    look_at_the_clock(context)
    with pytest.raises(PlanFailed):
        asyncio.run(plan_day(context, newest(database).id))
    with database.transaction() as session:
        assert [task.kind for task in tasks(session, DAY, five)][:1] == ["plan_failed"]
        session.connection().exec_driver_sql("update place set lon = lon - 200")
    later = replace(context, clock=Clock(fixed=five + timedelta(minutes=3)))
    look_at_the_clock(later)
    with database.transaction() as session:
        session.execute(update(Planning).values(seconds=1))
    asyncio.run(plan_day(later, newest(database).id))
    assert newest(database).state == "done"
    with database.transaction() as session:
        assert tasks(session, DAY, five) == []


def newest(database: Database) -> Planning:
    with database.transaction() as session:
        return session.scalars(select(Planning).order_by(Planning.id.desc())).all()[0]
