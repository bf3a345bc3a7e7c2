"""Staff sign in with a password."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import StaffAccount
from app.services.staff.access import hash_password
from tests.factories import make_staff

PASSWORD = "mat-khau-thu-01"


@pytest.fixture
def account(session: Session) -> StaffAccount:
    return make_staff(session, Role.COORDINATOR, password_hash=hash_password(PASSWORD))


def _try(client: FlaskClient, account: StaffAccount, password: str, next_page: str = "") -> int:
    data = {"username": account.username, "password": password, "tiep": next_page}
    return client.post("/dang-nhap", data=data).status_code


def test_the_right_password_opens_the_page_that_was_asked_for(client: FlaskClient, account: StaffAccount) -> None:
    data = {"username": account.username, "password": PASSWORD, "tiep": "/thu-tuc/"}
    answer = client.post("/dang-nhap", data=data)
    assert (answer.status_code, answer.location) == (303, "/thu-tuc/")
    assert account.name in client.get("/dang-nhap", follow_redirects=True).text or client.get("/").status_code == 200


def test_a_wrong_password_keeps_the_name_and_says_the_way_out(client: FlaskClient, account: StaffAccount) -> None:
    answer = client.post("/dang-nhap", data={"username": account.username, "password": "sai"})
    assert answer.status_code == 422
    assert f'value="{account.username}"' in answer.text
    assert "nhờ quản lý đặt lại mật khẩu" in answer.text


def test_five_wrong_passwords_lock_the_account_and_the_count_survives_the_refusal(
    client: FlaskClient, account: StaffAccount
) -> None:
    assert [_try(client, account, "sai") for _ in range(5)] == [422, 422, 422, 422, 429]
    assert _try(client, account, PASSWORD) == 429


def test_a_session_of_an_older_epoch_is_not_signed_in(
    client: FlaskClient, session: Session, account: StaffAccount
) -> None:
    _try(client, account, PASSWORD)
    account.session_epoch += 1
    session.flush()
    assert client.get("/dang-nhap").status_code == 200


def test_signing_out_ends_the_session(client: FlaskClient, account: StaffAccount) -> None:
    _try(client, account, PASSWORD)
    client.post("/dang-xuat")
    assert client.get("/dang-nhap").status_code == 200
