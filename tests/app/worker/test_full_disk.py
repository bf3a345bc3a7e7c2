"""A database that answers and takes nothing: the worker lives on, however long that lasts, and goes on by itself."""

from __future__ import annotations

import logging
import threading

import pytest
from sqlalchemy import text

from app import jobs
from app.config import Settings
from app.database import Database, connect_as_owner
from app.worker import outages, run, run_worker
from app.worker.run import WorkerTimings
from tests.crash.servers import until

FULL = """
create function no_room() returns trigger language plpgsql as $$
begin raise exception 'no space left' using errcode = 'disk_full'; end $$;
create trigger no_room before insert or update on procrastinate_workers for each row execute function no_room();
create trigger no_room before insert or update on procrastinate_jobs for each row execute function no_room();
"""
ROOM = "drop function no_room() cascade"


def test_a_disk_that_is_full_for_long_ends_no_worker(
    new_installation: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(run, "AGAIN_AND_AGAIN", 3)
    monkeypatch.setattr(outages, "LONGEST_WAIT_S", 0.05)
    owner = connect_as_owner(new_installation)
    with database.transaction() as session:
        jobs.defer(session, "list_erasures", {})
    with owner.transaction() as session:
        session.execute(text(FULL))
    stop, ends = threading.Event(), []

    def work() -> None:
        try:
            run_worker(new_installation, queues=["sys"], stop=stop, pace=WorkerTimings(poll_s=0.2))
        except Exception as error:  # noqa: BLE001 (what ended the worker is what is asked)
            ends.append(error)

    worker = threading.Thread(target=work)
    with caplog.at_level(logging.WARNING, "app.worker"):
        worker.start()
        until(lambda: caplog.text.count("DiskFull") > 6 or not worker.is_alive())
        assert worker.is_alive(), ends
        with owner.transaction() as session:
            session.execute(text(ROOM))
        until(lambda: done(database))
    stop.set()
    worker.join(30)
    owner.engine.dispose()
    assert ends == []


def done(database: Database) -> bool:
    with database.transaction() as session:
        return bool(session.scalar(text("select count(*) from procrastinate_jobs where status = 'succeeded'")) == 1)
