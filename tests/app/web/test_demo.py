"""The button "Sang ngày hôm sau" of a demonstration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import Clock, local_day
from app.config import Settings
from app.domain.identity import Role
from app.factory import create_app
from app.models import Planning
from app.unit_of_work import UnitOfWork
from integrations.sandbox.joining import write_links
from tests.app.web.conftest import OuterTransaction
from tests.factories.office import make_staff


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    clock = Clock(file=tmp_path / "demo-clock.json")
    clock.start_demo_day(date(2026, 12, 4))
    return clock


@pytest.fixture
def flask_app(settings: Settings, session: UnitOfWork, clock: Clock) -> Flask:
    return create_app(settings, database=OuterTransaction(session), clock=clock)


def test_the_banner_offers_the_next_day(client: FlaskClient) -> None:
    assert 'action="/demo/ngay-hom-sau"' in client.get("/").text


def test_the_next_working_day_is_planned_and_published_before_the_clock_moves(
    client: FlaskClient, session: UnitOfWork, clock: Clock
) -> None:
    answer = client.post("/demo/ngay-hom-sau")
    order = session.scalars(select(Planning)).one()
    assert answer.location == f"/demo/ngay-hom-sau/{order.id}"
    assert (order.day, order.publish, order.seconds) == (date(2026, 12, 7), True, 2)  # Friday, then Monday
    assert client.get(answer.location).status_code == 200
    assert local_day(clock.now()) == date(2026, 12, 4)


def test_once_published_the_clock_shows_its_morning(client: FlaskClient, session: UnitOfWork, clock: Clock) -> None:
    client.post("/demo/ngay-hom-sau")
    order = session.scalars(select(Planning)).one()
    order.state = "done"
    session.flush()
    told = client.get(f"/demo/ngay-hom-sau/{order.id}/tien-do").json
    assert told is not None
    assert told["state"] == "done"
    assert local_day(clock.now()) == date(2026, 12, 7)


def test_a_plan_that_failed_says_so_and_the_clock_stays(client: FlaskClient, session: UnitOfWork, clock: Clock) -> None:
    client.post("/demo/ngay-hom-sau")
    order = session.scalars(select(Planning)).one()
    order.state = "failed"
    session.flush()
    assert "đồng hồ chưa chuyển ngày" in client.get(f"/demo/ngay-hom-sau/{order.id}").text
    assert local_day(clock.now()) == date(2026, 12, 4)


@pytest.mark.parametrize(("role", "seen"), [(Role.ADMIN, True), (Role.COORDINATOR, False)])
def test_an_admin_finds_the_program_that_plays_the_outside(
    settings: Settings, session: UnitOfWork, clock: Clock, tmp_path: Path, role: Role, *, seen: bool
) -> None:
    links = write_links(tmp_path / "private" / "sandbox", "http://127.0.0.1:40123")
    joined = replace(settings, var=tmp_path, links=links)
    flask_app = create_app(joined, database=OuterTransaction(session), clock=clock)
    browser, account = flask_app.test_client(), make_staff(session, role)
    with browser.session_transaction() as cookie:
        cookie["staff"], cookie["epoch"] = account.id, account.session_epoch
    shown = browser.get("/dieu-phoi/").text
    assert ('href="http://127.0.0.1:40123/_sandbox/"' in shown) is seen


def test_with_a_real_clock_there_is_no_such_page(settings: Settings, session: UnitOfWork, tmp_path: Path) -> None:
    real = create_app(
        replace(settings, environment="test"), database=OuterTransaction(session), clock=Clock(file=tmp_path / "none")
    )
    real.config["WTF_CSRF_ENABLED"] = False
    browser = real.test_client()
    assert "demo/ngay-hom-sau" not in browser.get("/").text
    assert browser.post("/demo/ngay-hom-sau").status_code == 404
