"""`/metrics`: who may read it, what it says, and that it says so of nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from app.clock import Clock
from app.config import Settings
from app.database import Database, make_engine
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.factory import create_app
from app.queries import figures
from app.services.planning import fail
from app.unit_of_work import UnitOfWork
from app.web.auth import public
from tests.app.watching.test_figures import DOCUMENTED
from tests.app.web.conftest import OuterTransaction, SignIn
from tests.app.web.test_shell import Down
from tests.factories import NOW, make_staff
from tests.factories.planning import make_planning

TOKEN = {"Authorization": "Bearer a token of tests"}


def page(client: FlaskClient) -> str:
    return client.get("/metrics", headers=TOKEN).text


def reader(settings: Settings, session: UnitOfWork) -> FlaskClient:
    told = replace(settings, metrics_token="a token of tests")
    return create_app(told, database=OuterTransaction(session), clock=Clock(fixed=NOW)).test_client()


def test_they_are_for_who_knows_the_token_and_for_administrators(
    settings: Settings, session: UnitOfWork, client: FlaskClient, sign_in: SignIn
) -> None:
    assert client.get("/metrics").status_code == 404  # a proxy on this machine speaks from loopback, too
    sign_in(make_staff(session, Role.ADMIN))
    assert "tannha_service_requests_total" in client.get("/metrics").text
    web = reader(settings, session)
    for token, status in (("a token of tests", 200), ("another", 404), ("", 404), ("é", 404)):
        assert web.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_every_figure_is_documented_and_every_documented_one_is_there(settings: Settings, session: UnitOfWork) -> None:
    web = reader(settings, session)
    web.get("/")
    families = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(page(web))
    }
    assert families == DOCUMENTED.keys()


def test_a_request_is_counted_by_its_rule_and_an_invented_method_is_not(
    flask_app: Flask, settings: Settings, session: UnitOfWork
) -> None:
    web = reader(settings, session)
    web.application.add_url_rule("/dem-mat/<token>", "dem-mat", public(lambda token: token))
    web.get("/dem-mat/s3cr3t-token?phone=0900000001")
    web.open("/dem-mat/s3cr3t-token", method="ANYTHING")
    told = page(web)
    assert 'tannha_http_requests_total{method="GET",rule="/dem-mat/<token>",status="200"} 1.0' in told
    assert 'tannha_http_request_seconds_count{method="GET",rule="/dem-mat/<token>"} 1.0' in told
    assert not any(said in told for said in ("s3cr3t", "0900000001", "ANYTHING"))


def test_what_the_database_knows_is_counted_by_state(settings: Settings, session: UnitOfWork) -> None:
    fail(session, make_planning(session).id, "planning_failed", NOW)
    told = page(reader(settings, session))
    assert "tannha_database_up 1.0" in told
    assert 'tannha_queue_waiting{queue="plans"} 0.0' in told
    assert 'tannha_plannings{state="failed"} 1.0' in told


@pytest.mark.parametrize(("table", "metric"), [(name, f"tannha_{name}s") for name in ("message", "plan", "planning")])
def test_every_state_that_is_allowed_is_told_from_the_start(
    settings: Settings, session: UnitOfWork, table: str, metric: str
) -> None:
    """What appears only with the first failure did not grow: nobody would be alerted."""
    told = page(reader(settings, session))
    checks = text(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = to_regclass(:table) and contype = 'c'"
    )
    defined = " ".join(session.scalars(checks, {"table": table}))
    allowed = re.findall(r"'(\w+)'::text", re.findall(r"\(state = ANY \(ARRAY\[(.*?)\]\)", defined)[0])
    assert "failed" in allowed or table == "plan"
    assert all(f'{metric}{{state="{state}"}} ' in told for state in allowed)


def test_every_state_of_an_errand_is_told_from_the_start(settings: Settings, session: UnitOfWork) -> None:
    told = page(reader(settings, session))
    assert all(f'tannha_errands{{state="{state}"}} ' in told for state in ErrandState)


def test_slow_counting_is_no_dead_database(committed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_S", 0.2)
    owner = Database(make_engine(committed.engine.url, pool_size=1))
    with owner.transaction() as locking:
        locking.execute(text("lock table custody_event in access exclusive mode"))
        found = {
            metric.name: metric for metric in figures.DatabaseFigures(committed.transaction, lambda: NOW).collect()
        }
    owner.engine.dispose()
    assert found["tannha_database_up"].samples[0].value == 1
    assert "tannha_custody_events" not in found
    assert {"tannha_errands", "tannha_queue_waiting", "tannha_link_enabled"} <= found.keys()


def test_a_timed_plan_that_failed_is_a_day_without_plan(settings: Settings, session: UnitOfWork) -> None:
    web = reader(settings, session)
    assert "tannha_days_without_plan 0.0" in page(web)
    fail(session, make_planning(session, publish=True).id, "planning_failed", NOW)
    assert "tannha_days_without_plan 1.0" in page(web)


def test_without_a_database_the_rest_is_told(settings: Settings) -> None:
    app = create_app(replace(settings, metrics_token="a token of tests"), database=Down(), clock=Clock(fixed=NOW))
    answer = app.test_client().get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    assert "tannha_database_up 0.0" in answer.text
    assert "tannha_disk_free_bytes" in answer.text
    assert "tannha_errands" not in answer.text
