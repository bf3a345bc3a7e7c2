"""The worker's own clock: many workers look, one acts, and a demonstration is left alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from app.clock import Clock, at
from app.config import Settings
from app.database import Database
from app.models import Message, Plan, Planning
from app.services.planning import timetable
from app.worker import run_worker
from app.worker.context import WorkerContext
from app.worker.run import WorkerTimings
from app.worker.timers import look_at_the_clock
from tests.app.worker.test_run import until
from tests.factories.planning import make_day
from tests.factories.times import DAY, TODAY


@pytest.fixture
def evening(new_installation: Settings) -> Settings:
    return replace(new_installation, now=at(TODAY, time(17, 5)).isoformat())


def counted(database: Database) -> tuple[int, int]:
    with database.transaction() as session:
        orders = session.scalar(select(func.count()).select_from(Planning))
        return orders or 0, session.scalar(select(func.count()).select_from(Message)) or 0


def test_many_workers_that_look_at_once_act_once(evening: Settings, database: Database) -> None:
    with database.transaction() as session:
        errands = len(make_day(session, offices=2).errands)
    contexts = [WorkerContext.of(evening) for _ in range(4)]
    with ThreadPoolExecutor(len(contexts)) as pool:
        for _ in range(3):
            list(pool.map(look_at_the_clock, contexts))
    for context in contexts:
        context.close()
    assert counted(database) == (1, errands)


def test_a_worker_leaves_the_clock_to_the_one_that_looks_now(evening: Settings, database: Database) -> None:
    with database.transaction() as session:
        make_day(session)
    context = WorkerContext.of(evening)
    with database.transaction() as session:
        assert timetable.my_turn(session)
        look_at_the_clock(context)
        assert counted(database) == (0, 0)
    look_at_the_clock(context)
    context.close()
    assert counted(database)[0] == 1


def test_a_demonstrations_day_reaches_no_timer(new_installation: Settings, database: Database) -> None:
    with database.transaction() as session:
        make_day(session)
    context = WorkerContext.of(replace(new_installation, now=None))
    context.clock.start_demo_day(TODAY)
    assert context.clock.shifted
    for clock in (context.clock, Clock(fixed=at(TODAY, time(16, 20)))):
        look_at_the_clock(replace(context, clock=clock))
    context.close()
    assert counted(database) == (0, 0)


def test_a_worker_in_the_morning_plans_and_publishes_the_day(new_installation: Settings, database: Database) -> None:
    with database.transaction() as session:
        make_day(session, errands=2)
    morning = replace(new_installation, now=at(DAY, time(5, 1)).isoformat())
    with database.transaction() as session:
        assert timetable.order_final(session, at(DAY, time(5, 1))) is not None
        session.scalars(select(Planning)).one().seconds = 1
    run_worker(morning, until_idle=True)
    with database.transaction() as session:
        plan = session.scalars(select(Plan)).one()
        assert (plan.state, plan.published_by) == ("published", f"timer:final:{DAY}")


def test_a_running_worker_looks_at_the_clock(evening: Settings, database: Database) -> None:
    with database.transaction() as session:
        make_day(session, errands=1)
    stop = Event()
    worker = Thread(
        target=run_worker, args=(evening,), kwargs={"queues": ["sys"], "stop": stop, "pace": WorkerTimings(clock_s=0.1)}
    )
    worker.start()
    try:
        until(database, 10, lambda: counted(database)[0] == 1)
    finally:
        stop.set()
        worker.join()
