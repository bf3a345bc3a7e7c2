"""Who is signed in is a row: a copied cookie opens nothing after the sign-out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.domain.identity import Role
from app.models import SignInSession, StaffAccount
from app.services.retention import keep_time_limits
from app.services.staff import sessions
from app.services.staff.access import phone_mac
from app.unit_of_work import UnitOfWork
from app.web.session import WebContext
from app.web.signed_in import browser_name
from tests.app.web.conftest import SignIn, lent
from tests.factories import NOW, make_office, make_staff

PHONE = "0900000123"
OWN_PAGE = "/tai-khoan"


@pytest.fixture
def account(session: UnitOfWork) -> StaffAccount:
    return make_staff(session, Role.COUNTER, office=make_office(session))


def copied(client: FlaskClient) -> FlaskClient:
    """Whoever has copied the cookie."""
    thief = client.application.test_client()
    kept = client.get_cookie("tannha")
    assert kept is not None
    thief.set_cookie("tannha", kept.value)
    return thief


def sealed_before(client: FlaskClient, **kept: object) -> None:
    """The cookie of an installation whose sessions were sealed in it."""
    with client.session_transaction() as cookie:
        cookie.update({"csrf_token": "of that browser", **kept})


def test_a_copied_cookie_opens_nothing_after_the_sign_out(
    client: FlaskClient, account: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(account)
    thief = copied(client)
    assert thief.get(OWN_PAGE).status_code == 200
    client.post("/dang-xuat")
    assert thief.get(OWN_PAGE).status_code == 303


def test_a_citizen_s_copied_cookie_opens_nothing_after_the_sign_out(client: FlaskClient) -> None:
    sealed_before(client, phone=PHONE)
    assert client.get("/yeu-cau").status_code == 200
    thief = copied(client)
    assert thief.get("/yeu-cau").status_code == 200
    client.post("/thoat")
    assert thief.get("/yeu-cau").status_code == 303


def test_a_session_ends_twelve_hours_after_it_began_however_often_it_is_used(
    one_app: Flask, client: FlaskClient, session: UnitOfWork, account: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(account)
    for minutes in range(10, 720, 10):
        with lent(one_app, session, NOW + timedelta(minutes=minutes)):
            assert client.get(OWN_PAGE).status_code == 200
    with lent(one_app, session, NOW + timedelta(hours=12)):
        assert client.get(OWN_PAGE).status_code == 303


def test_a_citizen_who_does_nothing_for_two_hours_is_signed_out(
    one_app: Flask, client: FlaskClient, session: UnitOfWork
) -> None:
    sealed_before(client, phone=PHONE)
    assert client.get("/yeu-cau").status_code == 200
    with lent(one_app, session, NOW + sessions.CITIZEN_IDLE):
        assert client.get("/yeu-cau").status_code == 303


def test_the_last_use_is_written_at_most_once_a_minute(
    one_app: Flask, client: FlaskClient, session: UnitOfWork, account: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(account)
    seen = []
    for seconds in (59, 60, 119):
        with lent(one_app, session, NOW + timedelta(seconds=seconds)):
            client.get(OWN_PAGE)
        seen.append((session.scalars(select(SignInSession.last_seen_at)).one() - NOW).seconds)
    assert seen == [0, 60, 60]


def test_a_sealed_cookie_of_before_becomes_one_row_however_often_it_is_sent(
    client: FlaskClient, session: UnitOfWork, account: StaffAccount
) -> None:
    sealed_before(client, staff=account.id, epoch=account.session_epoch)
    twin = copied(client)
    assert [one.get(OWN_PAGE).status_code for one in (client, twin, client)] == [200, 200, 200]
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 1


def test_a_sealed_cookie_of_before_stays_ended_once_it_was_signed_out(
    client: FlaskClient, account: StaffAccount
) -> None:
    sealed_before(client, staff=account.id, epoch=account.session_epoch)
    thief = copied(client)
    client.post("/dang-xuat")
    assert thief.get(OWN_PAGE).status_code == 303


def test_a_sealed_cookie_of_an_older_password_opens_nothing(client: FlaskClient, account: StaffAccount) -> None:
    sealed_before(client, staff=account.id, epoch=account.session_epoch - 1)
    assert client.get(OWN_PAGE).status_code == 303


def test_neither_token_nor_telephone_stands_in_the_row(client: FlaskClient, session: UnitOfWork) -> None:
    sealed_before(client, phone=PHONE)
    client.get("/yeu-cau")
    with client.session_transaction() as cookie:
        token = str(cookie["citizen_session"])
    row = session.scalars(select(SignInSession)).one()
    assert not any(secret in str(vars(row)) for secret in (token, PHONE))


def test_the_telephone_goes_with_the_session(client: FlaskClient, session: UnitOfWork) -> None:
    sealed_before(client, phone=PHONE)
    client.get("/yeu-cau")
    client.post("/thoat")
    assert session.scalars(select(SignInSession)).one().phone_closed is None
    keep_time_limits(session, NOW + sessions.LIVES + timedelta(days=1, seconds=1))
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_everybody_sees_where_he_is_signed_in_and_ends_the_others(
    client: FlaskClient, account: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(account)
    elsewhere = copied(client)
    sign_in(account)
    assert client.get(OWN_PAGE).text.count("Đăng nhập lúc") == 2
    client.post("/tai-khoan/noi-dang-nhap/ket-thuc")
    assert (elsewhere.get(OWN_PAGE).status_code, client.get(OWN_PAGE).status_code) == (303, 200)


def test_one_place_is_ended_and_nobody_ends_another_s(
    client: FlaskClient, session: UnitOfWork, account: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(make_staff(session))
    other = copied(client)
    others_row = session.scalars(select(SignInSession.id)).one()
    sign_in(account)
    client.post(f"/tai-khoan/noi-dang-nhap/{others_row}/ket-thuc")
    assert other.get(OWN_PAGE).status_code == 200
    other.post(f"/tai-khoan/noi-dang-nhap/{others_row}/ket-thuc")
    assert other.get(OWN_PAGE).status_code == 303


def test_a_citizen_ends_the_own_sessions_only(client: FlaskClient, session: UnitOfWork) -> None:
    web: WebContext = client.application.extensions["tannha"]
    place = sessions.SignInPlace("Chrome · Windows", NOW)
    for phone in (PHONE, "0900000999"):
        sessions.begin_citizen(session, phone, place, web.keys)
    sealed_before(client, phone=PHONE)
    assert client.get("/yeu-cau/noi-dang-nhap").text.count("Đăng nhập lúc") == 2
    client.post("/yeu-cau/noi-dang-nhap/ket-thuc")
    ended = session.scalars(select(SignInSession.phone_mac).where(SignInSession.ended_at.is_not(None))).all()
    assert ended == [phone_mac(PHONE, web.keys)]


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
        ("curl/8", "?"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_its_owner_calls_it(agent: str, named: str) -> None:
    assert browser_name(agent) == named
