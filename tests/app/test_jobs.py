"""Jobs are promised in the business transaction, through SQL that belongs to procrastinate: this holds us to its shape."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.jobs import QUEUES, cancel, defer, defer_all, hasten
from app.unit_of_work import UnitOfWork

JOB = text("select queue_name, task_name, lock, args, scheduled_at, status from procrastinate_jobs where id = :id")


def test_a_deferred_job_is_as_promised(session: UnitOfWork) -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    job = defer(session, "deliver_message", {"message_id": "m"}, lock="a", at=later)
    row = session.execute(JOB, {"id": job}).one()
    assert tuple(row) == (QUEUES["deliver_message"], "deliver_message", "a", {"message_id": "m"}, later, "todo")


def test_a_job_of_a_rolled_back_change_never_was(session: UnitOfWork) -> None:
    savepoint = session.begin_nested()
    job = defer(session, "plan_day", {"planning_id": 1})
    savepoint.rollback()
    assert session.execute(JOB, {"id": job}).one_or_none() is None


def test_a_job_nobody_has_begun_can_be_withdrawn_once(session: UnitOfWork) -> None:
    job = defer(session, "plan_day", {"planning_id": 1})
    assert cancel(session, job)
    assert session.execute(JOB, {"id": job}).one().status == "cancelled"
    assert not cancel(session, job)


def test_an_unknown_task_is_refused_at_once(session: UnitOfWork) -> None:
    with pytest.raises(KeyError):
        defer(session, "no_such_task", {})


@pytest.mark.parametrize("table", ["custody_event", "custody_digest", "audit_event"])
@pytest.mark.parametrize("act", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_evidence_can_only_be_added_to(engine: Engine, owner_engine: Engine, table: str, act: str) -> None:
    """Neither the application's role nor (by triggers) the owner may change it."""
    for kind, row_free in ((engine, True), (owner_engine, act.startswith("truncate"))):
        if not row_free:
            continue  # a row trigger needs a row: the custody tests show that
        with kind.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|append-only"):
            connection.execute(text(act.format(table)))


def test_many_jobs_are_promised_in_one_statement(session: UnitOfWork) -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    defer_all(session, "deliver_message", [{"message_id": "a"}, {"message_id": "b"}], at=later)
    rows = session.execute(text("select queue_name, task_name, args, scheduled_at, status from procrastinate_jobs"))
    promised = sorted((tuple(row) for row in rows), key=str)
    queue = QUEUES["deliver_message"]
    assert promised == [(queue, "deliver_message", {"message_id": name}, later, "todo") for name in ("a", "b")]


def test_a_muted_unit_of_work_promises_nothing(session: UnitOfWork) -> None:
    session.jobs_muted = True
    assert defer(session, "deliver_message", {"message_id": "a"}) == 0
    defer_all(session, "deliver_message", [{"message_id": "a"}])
    assert session.scalar(text("select count(*) from procrastinate_jobs")) == 0


def test_a_job_for_later_comes_at_once_when_hastened_and_only_that(session: UnitOfWork) -> None:
    later = datetime(2126, 12, 1, tzinfo=UTC)
    wanted, other = (defer(session, "tell_one_stop", {"dispatch_id": name}, at=later) for name in ("a", "b"))
    assert hasten(session, "tell_one_stop", "dispatch_id", ["a", "c"]) == 1
    assert hasten(session, "tell_one_stop", "dispatch_id", ["a", "c"]) == 0
    assert [session.execute(JOB, {"id": job}).one().scheduled_at for job in (wanted, other)] == [None, later]
