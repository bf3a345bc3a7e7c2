"""Real workers on a real database: killed, stopped, and shared between queues."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psutil
import psycopg
import pytest
from procrastinate.jobs import Job
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from app import jobs
from app.config import Settings, load_keys
from app.database import Database
from app.domain.commands import AskForPlan
from app.gateways import stored_file
from app.jobs import QUEUES
from app.models import Errand, Message, Plan, Planning, Route, Stop, StoredFile
from app.services.messaging import messages
from app.services.planning import ask_for_plan
from app.worker import run_worker
from app.worker.outbox import NotYet
from app.worker.plan_process import settings_from_json, settings_to_json
from app.worker.run import RETRIES, WhenStopped
from app.worker.tasks import TASKS
from tests.factories.files import bring, make_picture
from tests.factories.office import make_courier
from tests.factories.phone import make_device
from tests.factories.planning import PlannableDay, make_day
from tests.factories.times import DAY, NOW


@contextmanager
def worker(settings: Settings) -> Iterator[psutil.Process]:
    """A worker process of our own; whatever is left of it and its children at the end is killed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.app.worker.worker_process"],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
    )
    assert child.stdin is not None
    with child.stdin:
        child.stdin.write(settings_to_json(settings))
    process = psutil.Process(child.pid)
    try:
        yield process
    finally:
        family = [process, *process.children(recursive=True)] if process.is_running() else []
        for member in family:
            member.kill()
        child.wait()


def order(database: Database, *, seconds: int, errands: int = 12, **given: object) -> tuple[int, PlannableDay]:
    with database.transaction() as session:
        day = make_day(session, offices=3, errands=errands)
        command = AskForPlan(day=DAY, by="system", now=NOW, seconds=seconds, **given)  # type: ignore[arg-type]  # any field
        return ask_for_plan(session, command).id, day


def until(database: Database, seconds: float, true: Callable[[], bool]) -> None:
    """Ask the database until it is so, at most this long; it does the waiting between two looks."""
    with database.transaction() as session:
        for _ in range(int(seconds * 10)):
            if true():
                return
            session.execute(text("select pg_sleep(0.1)"))
    pytest.fail(f"not within {seconds} s")


def state_is(database: Database, planning_id: int, state: str) -> Callable[[], bool]:
    def look() -> bool:
        with database.transaction() as session:
            return session.get_one(Planning, planning_id).state == state

    return look


def test_a_worker_killed_in_mid_plan_costs_no_second_draft(new_installation: Settings, database: Database) -> None:
    planning_id, day = order(database, seconds=4)
    with worker(new_installation) as first:
        until(database, 20, state_is(database, planning_id, "running"))
        until(database, 10, lambda: len(first.children(recursive=True)) >= 2)  # the plan's process and a solver
        family = first.children(recursive=True)
        first.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []
    with worker(new_installation):
        until(database, 90, state_is(database, planning_id, "done"))
        until(database, 5, lambda: _finished(database, "plan_day"))
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Plan)) == 1
        plan = session.scalars(select(Plan)).one()
        assert (plan.state, plan.served, plan.violations) == ("draft", len(day.errands), 0)
        order_row = session.get_one(Planning, planning_id)
        assert order_row.progress_done == order_row.progress_total == len(day.offices)
        assert session.scalar(select(func.count()).select_from(Stop)) == len(day.errands)
        assert session.scalar(select(func.count()).select_from(Route)) == plan.couriers


def _finished(database: Database, task: str) -> bool:
    with database.transaction() as session:
        states = session.scalars(
            text("select status::text from procrastinate_jobs where task_name = :task").bindparams(task=task)
        )
        return set(states) == {"succeeded"}


def test_a_plan_keeps_no_message_waiting_and_a_stopped_worker_ends_at_once(
    new_installation: Settings, database: Database
) -> None:
    planning_id, day = order(database, seconds=60)
    with worker(new_installation) as process:
        until(database, 20, state_is(database, planning_id, "running"))
        until(database, 10, lambda: len(process.children(recursive=True)) >= 2)
        with database.transaction() as session:
            errand = session.get_one(Errand, day.errands[0].id)
            messages.tell(session, errand.request, errand, "booked", NOW, "test", slot="sáng mai")
            told = session.scalars(select(Message).where(Message.trigger == "test")).one()
        until(database, 5, lambda: _state_of(database, told) == "sent")
        assert state_is(database, planning_id, "running")()
        family = [process, *process.children(recursive=True)]
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []
    with database.transaction() as session:  # given back, not failed: the next worker begins again
        job = "select status::text from procrastinate_jobs where task_name = 'plan_day'"
        assert session.scalars(text(job)).all() == ["todo"]


def _state_of(database: Database, message: Message) -> str:
    with database.transaction() as session:
        return session.get_one(Message, message.id).state


def test_a_published_plan_tells_everybody_once(new_installation: Settings, database: Database) -> None:
    planning_id, day = order(database, seconds=1, errands=2, engine="insertion", publish=True)
    run_worker(new_installation, until_idle=True)
    run_worker(new_installation, until_idle=True)
    with database.transaction() as session:
        plan = session.scalars(select(Plan).where(Plan.planning_id == planning_id)).one()
        assert plan.state == "published"
        told = [tuple(row) for row in session.execute(select(Message.template, Message.state))]
        assert told == [("evening_before", "sent")] * len(day.errands)


def test_a_whole_file_reaches_the_store_and_leaves_it_in_time(new_installation: Settings, database: Database) -> None:
    picture = make_picture(keys=load_keys(new_installation))
    with database.transaction() as session:
        bring(session, picture, make_device(session, make_courier(session)), keys=load_keys(new_installation))
    run_worker(new_installation, until_idle=True)
    assert stored_file(new_installation, picture.sha256) is not None
    with database.transaction() as session:
        assert session.scalars(select(StoredFile.state).where(StoredFile.sha256 == picture.sha256)).one() == "stored"
        session.execute(update(StoredFile).values(started_at=NOW - timedelta(days=100)))
        jobs.defer(session, "keep_time_limits", {})
    run_worker(new_installation, until_idle=True)
    assert stored_file(new_installation, picture.sha256) is None


def test_small_jobs_end_well(new_installation: Settings, database: Database) -> None:
    with database.transaction() as session:
        errand = make_day(session, errands=1).errands[0]
        jobs.defer(session, "sign_digests", {})
        jobs.defer(session, "confirm_proof", {"errand_id": str(errand.id)})
    run_worker(new_installation, until_idle=True)
    assert _finished(database, "sign_digests")
    assert _finished(database, "confirm_proof")


def test_a_plan_that_cannot_be_made_says_so_in_its_order(new_installation: Settings, database: Database) -> None:
    planning_id, day = order(database, seconds=1, errands=1, engine="insertion")
    with database.transaction() as session:
        session.execute(text("update place set lon = 200"))
    run_worker(new_installation, queues=("plans",), until_idle=True)
    with database.transaction() as session:
        order_row = session.get_one(Planning, planning_id)
        assert (order_row.state, order_row.error) == ("failed", "planning_failed")
    assert len(day.errands) == 3


def test_every_job_has_a_handler() -> None:
    assert set(TASKS) == set(QUEUES)


def test_settings_reach_the_planning_process_whole(new_installation: Settings) -> None:
    assert settings_from_json(settings_to_json(new_installation)) == new_installation


def test_a_message_that_cannot_be_sent_at_all_does_not_wait_for_ever(
    new_installation: Settings, database: Database
) -> None:
    with database.transaction() as session:
        errand = make_day(session, errands=1).errands[0]
        messages.tell(session, errand.request, errand, "booked", NOW, "test", slot="sáng mai")
        told = session.scalars(select(Message).where(Message.trigger == "test")).one()
        told.template = "worded_by_nobody"
    run_worker(new_installation, until_idle=True)
    with database.transaction() as session:
        message = session.get_one(Message, told.id)
        assert (message.state, message.error) == ("failed", "DomainError")


@pytest.mark.parametrize("attempts", [0, 11, 500])
def test_a_message_that_waits_for_its_operator_is_never_given_up_by_its_job(attempts: int) -> None:
    job = Job(id=1, queue="messages", lock=None, queueing_lock=None, task_name="deliver_message", attempts=attempts)
    decision = RETRIES["deliver_message"].get_retry_decision(exception=NotYet(7.0), job=job)
    assert decision is not None
    assert decision.retry_at is not None


@pytest.mark.parametrize("task", ["deliver_message", "deliver_code"])
def test_waiting_uses_up_nothing_of_what_an_outage_may_cost(task: str) -> None:
    """A message that waited five hundred times for its operator meets a database that is away."""
    job = Job(id=1, queue="messages", lock=None, queueing_lock=None, task_name=task, attempts=500)
    gone = OperationalError("select", {}, psycopg.OperationalError("gone"))
    assert RETRIES[task].get_retry_decision(exception=gone, job=job) is not None
    assert RETRIES[task].get_retry_decision(exception=LookupError("a fault of ours"), job=job) is None


@pytest.mark.parametrize("task", QUEUES)
def test_a_job_stopped_with_its_worker_is_begun_again(task: str) -> None:
    retry = RETRIES.get(task, WhenStopped())
    job = Job(id=1, queue="sys", lock=None, queueing_lock=None, task_name=task, attempts=50)
    assert retry.get_retry_decision(exception=asyncio.CancelledError(), job=job) is not None
