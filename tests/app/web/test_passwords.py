"""One's own password on the web: first, changed, forgotten."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.identity import Role
from app.models import Office, StaffAccount
from app.services.staff.passwords import hash_password
from tests.app.web.conftest import SignIn
from tests.factories import make_office, make_staff

OLD, NEW = "mua roi ngoai hien nha", "bon con trau gam co"


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


@pytest.fixture
def account(session: Session, office: Office) -> StaffAccount:
    return make_staff(session, Role.COUNTER, office=office, password_hash=hash_password(OLD))


def come_in(client: FlaskClient, account: StaffAccount, password: str) -> TestResponse:
    return client.post("/dang-nhap", data={"username": account.username, "password": password})


def change(client: FlaskClient, **given: str) -> TestResponse:
    return client.post("/tai-khoan/mat-khau", data={"current": OLD, "password": NEW, "again": NEW, **given})


def test_a_password_that_somebody_else_gave_opens_nothing_but_the_page_to_change_it(
    client: FlaskClient, session: Session, account: StaffAccount
) -> None:
    account.must_change_password = True
    session.flush()
    come_in(client, account, OLD)
    assert client.get("/buu-cuc/").location == "/tai-khoan/mat-khau"
    assert "người khác đặt" in client.get("/tai-khoan/mat-khau").text
    assert change(client).status_code == 303
    assert client.get("/buu-cuc/").status_code == 200


def test_changing_it_signs_out_every_other_place_and_not_this_one(client: FlaskClient, account: StaffAccount) -> None:
    elsewhere = client.application.test_client()
    come_in(elsewhere, account, OLD)
    come_in(client, account, OLD)
    assert change(client).status_code == 303
    assert (client.get("/buu-cuc/").status_code, elsewhere.get("/buu-cuc/").status_code) == (200, 303)
    assert come_in(elsewhere, account, OLD).status_code == 422
    assert come_in(elsewhere, account, NEW).status_code == 303


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"current": "sai"}, "current"),
        ({"again": "khác"}, "again"),
        ({"password": "123456789012", "again": "123456789012"}, "password"),
    ],
)
def test_a_refused_change_says_where(
    client: FlaskClient, account: StaffAccount, given: dict[str, str], field: str
) -> None:
    come_in(client, account, OLD)
    answer = change(client, **given)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert OLD not in answer.text


def test_a_manager_s_link_sets_a_password_and_signs_nobody_in(
    client: FlaskClient, session: Session, office: Office, account: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    assert account.username in client.get("/tai-khoan/nguoi-dung").text
    shown = client.post(f"/tai-khoan/nguoi-dung/{account.id}/dat-lai").text
    link = re.search(r"/dat-lai-mat-khau/[\w-]+", shown)
    assert link is not None
    clerk = client.application.test_client()
    assert account.username in clerk.get(link.group()).text
    assert clerk.post(link.group(), data={"password": NEW, "again": NEW}).status_code == 303
    assert clerk.get("/buu-cuc/").status_code == 303
    assert come_in(clerk, account, NEW).status_code == 303
    assert clerk.post(link.group(), data={"password": OLD, "again": OLD}).status_code == 410


def test_nobody_resets_for_another_office(
    client: FlaskClient, session: Session, account: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_office(session)))
    assert account.username not in client.get("/tai-khoan/nguoi-dung").text
    assert client.post(f"/tai-khoan/nguoi-dung/{account.id}/dat-lai").status_code == 404


@pytest.mark.parametrize("role", [Role.COURIER, Role.COUNTER, Role.DESK_CLERK, Role.COORDINATOR])
def test_others_have_no_such_page(client: FlaskClient, session: Session, sign_in: SignIn, role: Role) -> None:
    sign_in(make_staff(session, role))
    assert client.get("/tai-khoan/nguoi-dung").status_code == 403


@pytest.mark.parametrize(
    ("role", "page"), [(Role.OFFICE_MANAGER, "/dieu-phoi/"), (Role.ADMIN, "/dieu-phoi/"), (Role.COUNTER, "/buu-cuc/")]
)
def test_the_day_begins_with_the_work_and_not_with_the_account(
    client: FlaskClient, session: Session, office: Office, role: Role, page: str
) -> None:
    account = make_staff(session, role, office=office, password_hash=hash_password(OLD))
    assert come_in(client, account, OLD).location == page
