"""A phone that was stopped for guessing is its office's own task: looked at, signed out, or let go on."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.identity import Role
from app.domain.standing import FOREIGN_CODES_AN_HOUR
from app.models import AuditEvent, Device
from app.queries.attention import tasks
from app.services.staff import devices
from app.texts.attention import TASKS
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, make_street, with_courier
from tests.app.services.sync.test_strangers import guessed
from tests.app.web.conftest import SignIn
from tests.factories import make_staff, make_world
from tests.factories import operations as say
from tests.factories.custody import make_road


@pytest.fixture
def street(session: UnitOfWork) -> Street:
    """It has told of one envelope too many of another office."""
    street = make_street(session)
    victim = make_road(session, with_courier(session, make_world(session)))
    street.later(hours=5)
    found = [one.code for one in guessed(session, victim, FOREIGN_CODES_AN_HOUR + 1)]
    street.record(K.HANDED_OVER, say.handed_over(found, street.road.courier, street.road.safe))
    street.send()
    assert street.device.suspected_at is not None
    return street


@pytest.fixture
def manager(client: FlaskClient, session: UnitOfWork, street: Street, sign_in: SignIn) -> FlaskClient:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=street.road.world.office))
    return client


@pytest.fixture
def counter(client: FlaskClient, street: Street, sign_in: SignIn) -> FlaskClient:
    sign_in(street.road.world.counter)
    return client


def path(street: Street) -> str:
    return f"/buu-cuc/may-tam-dung/{street.device.id}"


def device(session: UnitOfWork, street: Street) -> Device:
    return session.get_one(Device, street.device.id, populate_existing=True)


def done(session: UnitOfWork, action: str) -> int:
    return len(session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all())


def test_the_office_s_board_leads_to_the_stopped_phone(counter: FlaskClient, street: Street) -> None:
    board = counter.get("/buu-cuc/").text
    assert path(street) in board
    page = counter.get(path(street)).text
    assert street.road.world.courier.name in page
    assert f">{FOREIGN_CODES_AN_HOUR + 1}<" in page


def test_the_counter_signs_it_out_and_the_task_is_over(
    counter: FlaskClient, session: UnitOfWork, street: Street
) -> None:
    assert 'id="reason-error"' in counter.post(path(street), data={"do": "revoke", "reason": " "}).text
    assert counter.post(path(street), data={"do": "revoke", "reason": "mất máy"}).status_code == 303
    assert device(session, street).revoked_at is not None
    assert path(street) not in counter.get("/buu-cuc/").text
    assert counter.get(path(street)).status_code == 404


def test_only_who_answers_for_the_couriers_lets_it_go_on(
    counter: FlaskClient, session: UnitOfWork, street: Street, sign_in: SignIn
) -> None:
    assert "Cho máy dùng tiếp</span>" not in counter.get(path(street)).text
    assert counter.post(path(street), data={"do": "clear"}).status_code == 403
    assert device(session, street).suspected_at is not None
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=street.road.world.office))
    assert counter.post(path(street), data={"do": "clear"}).status_code == 303
    assert device(session, street).suspected_at is None
    assert done(session, "clear_suspicion") == 1


def test_a_cleared_phone_works_as_before_and_what_it_told_meanwhile_stays_a_claim(
    manager: FlaskClient, session: UnitOfWork, street: Street
) -> None:
    manager.post(path(street), data={"do": "clear"})
    mine = device(session, street)
    assert not devices._suspected(session, mine.courier)
    street.later(hours=2)
    street.device = mine
    street.collect()
    assert street.one()["result"] == "applied"


def test_another_office_neither_sees_nor_settles_it(
    client: FlaskClient, session: UnitOfWork, street: Street, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_world(session).office))
    assert client.get(path(street)).status_code == 404
    for said in ({"do": "clear"}, {"do": "revoke", "reason": "x"}):
        assert client.post(path(street), data=said).status_code == 404
    mine = device(session, street)
    assert (mine.revoked_at, mine.suspected_at is None) == (None, False)


def test_the_coordinator_s_task_leads_to_a_page_where_it_can_be_done(
    client: FlaskClient, session: UnitOfWork, street: Street, sign_in: SignIn
) -> None:
    (task,) = [one for one in tasks(session, street.now.date(), street.now) if one.kind == "suspected"]
    sign_in(make_staff(session, Role.COORDINATOR))
    page = f"/dieu-phoi/may-tam-dung/{task.device_id}"
    assert page in client.get("/dieu-phoi/").text
    assert page in client.get("/dieu-phoi/dien-thoai").text
    offered = client.get(page).text
    assert "Đăng xuất máy này" in offered
    assert "Cho máy dùng tiếp" in offered
    assert "cho dùng tiếp" in TASKS["suspected"]
    assert client.post(page, data={"do": "clear"}).status_code == 303
    assert device(session, street).suspected_at is None
