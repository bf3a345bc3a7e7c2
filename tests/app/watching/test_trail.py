"""One id from a request through its jobs to the calls that these make."""

from __future__ import annotations

import logging
from typing import Any

import procrastinate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from procrastinate.testing import InMemoryConnector
from sqlalchemy import text
from structlog.contextvars import get_contextvars

from app.gateways import calls as watching_calls
from app.jobs import defer
from app.unit_of_work import UnitOfWork
from app.watching import figures, trail
from app.web.auth import public
from app.web.session import transaction
from app.worker.run import A_FEW_TIMES, WhenStopped
from app.worker.watched import watched
from integrations.errors import Rejected
from integrations.http import OutsideService
from tests.app.watching.listening import listening
from tests.app.web.conftest import client, flask_app, one_app

__all__ = ["client", "flask_app", "one_app"]  # pytest finds fixtures by the module they are named in


def a_job(attempts: int = 0) -> procrastinate.JobContext:
    job = procrastinate.jobs.Job(
        id=7, queue="sys", lock=None, queueing_lock=None, task_name="x", attempts=attempts, status="doing"
    )
    return procrastinate.JobContext(
        app=procrastinate.App(connector=InMemoryConnector()), job=job, abort_reason=lambda: None, start_timestamp=0
    )


def test_a_job_carries_the_request_that_promised_it(flask_app: Flask, client: FlaskClient, session: UnitOfWork) -> None:
    def promise() -> str:
        with transaction() as work:
            return str(defer(work, "deliver_message", {"message_id": "m"}))

    flask_app.add_url_rule("/hua", "hua", public(promise))
    job = client.get("/hua", headers={"X-Request-ID": "abc-12345"}).text
    args = session.execute(text("select args from procrastinate_jobs where id = :id"), {"id": job}).scalar_one()
    assert args == {"message_id": "m", trail.KEY: {"request": "abc-12345"}}
    assert get_contextvars() == {}  # the next request of this thread begins without it


def test_what_a_job_says_and_whom_it_calls_belongs_to_that_request() -> None:
    arguments: dict[str, Any] = {"message_id": "m", trail.KEY: {"request": "abc-12345"}}
    with listening() as partner:
        with watched("deliver_message", WhenStopped(), a_job(), arguments):
            assert arguments == {"message_id": "m"}
            assert get_contextvars() == {"request": "abc-12345", "job": 7}
            OutsideService("partner").call("POST", partner.url)
        _, headers, _ = partner.first()
    assert headers["X-Request-ID"] == "abc-12345"
    assert get_contextvars() == {}


def test_a_job_of_nobody_s_request_calls_in_its_own_name() -> None:
    with listening() as partner:
        with watched("poll_carrier", WhenStopped(), a_job(), {}):
            OutsideService("partner").call("POST", partner.url)
        assert partner.first()[1]["X-Request-ID"] == "job-7"


@pytest.mark.parametrize(
    ("retry", "attempts", "outcome"),
    [(WhenStopped(), 0, "failed"), (A_FEW_TIMES, 0, "again"), (A_FEW_TIMES, 6, "failed")],
)
def test_a_job_s_line_and_its_figure_say_how_it_ended(
    retry: procrastinate.BaseRetryStrategy, attempts: int, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    count = figures.JOB_S.labels("x", outcome)
    before = sum(bucket.get() for bucket in count._buckets)
    with (
        caplog.at_level(logging.INFO, "tannha.jobs"),
        pytest.raises(ValueError, match="0900"),
        watched("x", retry, a_job(attempts), {}),
    ):
        raise ValueError("0900000001")
    assert caplog.messages[-1].startswith(f"x {outcome} ")
    assert "0900000001" not in caplog.text
    assert sum(bucket.get() for bucket in count._buckets) == before + 1


def test_a_call_is_counted_by_system_and_outcome() -> None:
    asked = figures.OUTSIDE_CALLS.labels("no-such-system", "rejected")
    with pytest.raises(Rejected), watching_calls.around("no-such-system"):
        raise Rejected("no-such-system", "answered 400")
    assert asked._value.get() == 1


def test_a_plan_s_process_goes_on_with_the_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    trail.begin("abc-12345")
    given = trail.to_child()
    trail.end()
    monkeypatch.setenv(trail.CHILD, given[trail.CHILD])
    trail.from_parent()
    assert get_contextvars() == {"request": "abc-12345"}
    trail.end()
