"""Staff sign in with a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import StaffAccount
from app.services.staff import passwords
from app.services.staff.passwords import hash_password
from app.web.session import WebContext
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


def test_a_guesser_elsewhere_has_to_wait_and_the_owner_comes_in_from_the_own_browser(
    client: FlaskClient, account: StaffAccount
) -> None:
    assert _try(client, account, PASSWORD) == 303
    client.post("/dang-xuat")
    guesser = client.application.test_client()
    assert [_try(guesser, account, "sai") for _ in range(5)] == [422, 422, 422, 422, 429]
    assert _try(guesser, account, PASSWORD) == 429
    assert _try(client, account, PASSWORD) == 303


def test_no_transaction_is_open_while_a_password_is_compared(
    client: FlaskClient, account: StaffAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever waits there would hold a row and a connection against everybody."""
    open_ones: list[str] = []
    during: list[list[str]] = []
    web: WebContext = client.application.extensions["tannha"]
    begun = web.database.transaction

    @contextmanager
    def noted() -> Iterator[Session]:
        open_ones.append("open")
        try:
            with begun() as session:
                yield session
        finally:
            open_ones.pop()

    monkeypatch.setattr(web.database, "transaction", noted)
    real = passwords.matches

    def watched(password_hash: str | None, password: str, *, known: bool) -> bool:
        during.append(list(open_ones))
        return real(password_hash, password, known=known)

    monkeypatch.setattr(passwords, "matches", watched)
    assert _try(client, account, PASSWORD) == 303
    assert during == [[]]


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
