"""Signing in with a second step: asked for, enrolled in, given once a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app.domain.identity import Role
from app.models import StaffAccount
from app.services.staff import second_factor
from app.services.staff.passwords import hash_password
from app.unit_of_work import UnitOfWork
from app.web.session import WebContext, init_context
from tests.app.web.conftest import lent
from tests.factories import NOW, make_staff

PASSWORD = "mua roi ngoai hien nha"
PAGE = "/dieu-phoi/"


@pytest.fixture
def client(flask_app: Flask) -> Iterator[FlaskClient]:
    """An installation that asks for the second factor."""
    web: WebContext = flask_app.extensions["tannha"]
    init_context(flask_app, replace(web, settings=replace(web.settings, second_factor=True)))
    flask_app.config["WTF_CSRF_ENABLED"] = False
    yield flask_app.test_client()
    init_context(flask_app, web)


@pytest.fixture
def account(session: UnitOfWork) -> StaffAccount:
    return make_staff(session, Role.COORDINATOR, password_hash=hash_password(PASSWORD))


def come_in(client: FlaskClient, account: StaffAccount) -> TestResponse:
    return client.post("/dang-nhap", data={"username": account.username, "password": PASSWORD, "tiep": PAGE})


def secret_on(client: FlaskClient) -> str:
    shown = client.get("/dang-nhap/buoc-hai").text
    found = re.search(r'class="num long-link">([A-Z2-7 ]+)<', shown)
    assert found is not None
    return found.group(1).replace(" ", "")


def enrol(client: FlaskClient, account: StaffAccount) -> str:
    come_in(client, account)
    secret = secret_on(client)
    client.post("/dang-nhap/buoc-hai", data={"code": pyotp.TOTP(secret).at(NOW), "tiep": PAGE})
    return secret


def test_the_password_alone_opens_no_page(client: FlaskClient, account: StaffAccount) -> None:
    assert come_in(client, account).location.startswith("/dang-nhap/ma")
    assert client.get(PAGE).status_code == 303
    assert client.get("/tai-khoan").status_code == 303


def test_at_the_first_sign_in_one_enrols_and_gets_recovery_codes(client: FlaskClient, account: StaffAccount) -> None:
    come_in(client, account)
    secret = secret_on(client)
    answer = client.post("/dang-nhap/buoc-hai", data={"code": pyotp.TOTP(secret).at(NOW), "tiep": PAGE})
    assert answer.text.count("<li>") >= second_factor.RECOVERY_CODES
    assert f'href="{PAGE}"' in answer.text
    assert client.get(PAGE).status_code == 200


def test_a_wrong_first_code_keeps_the_same_secret(client: FlaskClient, account: StaffAccount) -> None:
    come_in(client, account)
    secret = secret_on(client)
    assert client.post("/dang-nhap/buoc-hai", data={"code": "12345"}).status_code == 422
    assert secret_on(client) == secret


def test_whoever_is_enrolled_cannot_be_enrolled_anew_with_the_password(
    client: FlaskClient, account: StaffAccount
) -> None:
    enrol(client, account)
    thief = client.application.test_client()
    come_in(thief, account)
    for method, path in (
        ("GET", "/dang-nhap/buoc-hai"),
        ("POST", "/dang-nhap/buoc-hai"),
        ("POST", "/dang-nhap/the-ma.pdf"),
    ):
        assert thief.open(path, method=method, data={"code": "1"}).status_code == 303
    assert thief.get(PAGE).status_code == 303


def test_once_a_day_on_a_known_machine(
    one_app: Flask, client: FlaskClient, session: UnitOfWork, account: StaffAccount
) -> None:
    secret = enrol(client, account)
    client.post("/dang-xuat")
    assert come_in(client, account).location == PAGE
    elsewhere = client.application.test_client()
    assert come_in(elsewhere, account).location.startswith("/dang-nhap/ma")
    later = timedelta(minutes=5)
    web: WebContext = one_app.extensions["tannha"]
    with lent(one_app, session, NOW + later):
        init_context(one_app, replace(one_app.extensions["tannha"], settings=web.settings))
        one_app.config["WTF_CSRF_ENABLED"] = False
        answer = elsewhere.post("/dang-nhap/ma", data={"code": pyotp.TOTP(secret).at(NOW + later), "tiep": PAGE})
        assert answer.location == PAGE
        assert elsewhere.get(PAGE).status_code == 200


def test_wrong_codes_are_counted_though_they_are_refused(client: FlaskClient, account: StaffAccount) -> None:
    enrol(client, account)
    thief = client.application.test_client()
    come_in(thief, account)
    answers = [thief.post("/dang-nhap/ma", data={"code": "000"}).status_code for _ in range(6)]
    assert answers == [422, 422, 422, 422, 429, 429]


def test_a_clerk_without_a_telephone_prints_a_card(
    client: FlaskClient, session: UnitOfWork, account: StaffAccount
) -> None:
    come_in(client, account)
    sheet = client.post("/dang-nhap/the-ma.pdf")
    assert sheet.mimetype == "application/pdf"
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(sheet.data)).pages)
    codes = re.findall(r"\b[2-9A-Z]{4} [2-9A-Z]{4}\b", printed)
    assert len(codes) == second_factor.CARD_CODES
    assert account.name not in printed
    assert client.post("/dang-nhap/buoc-hai", data={"code": codes[0], "tiep": PAGE}).location == PAGE
    assert client.get(PAGE).status_code == 200
    elsewhere = client.application.test_client()
    come_in(elsewhere, account)
    assert "Mã số 2 trên thẻ" in elsewhere.get("/dang-nhap/ma").text
    assert elsewhere.post("/dang-nhap/ma", data={"code": codes[1], "tiep": PAGE}).location == PAGE


def test_a_half_session_ends_after_a_quarter_of_an_hour(
    one_app: Flask, client: FlaskClient, session: UnitOfWork, account: StaffAccount
) -> None:
    come_in(client, account)
    assert client.get("/dang-nhap/buoc-hai").status_code == 200
    with lent(one_app, session, NOW + timedelta(minutes=15)):
        assert client.get("/dang-nhap/buoc-hai").status_code == 303


def test_a_reset_password_leaves_the_second_factor(
    client: FlaskClient, session: UnitOfWork, account: StaffAccount
) -> None:
    enrol(client, account)
    session.refresh(account)
    account.password_hash = hash_password(PASSWORD)
    account.session_epoch += 1
    session.flush()
    thief = client.application.test_client()
    come_in(thief, account)
    assert thief.get(PAGE).status_code == 303
    assert second_factor.is_enrolled(session, account)


def test_whose_factor_was_taken_off_reads_it_before_enrolling_anew(
    client: FlaskClient, session: UnitOfWork, account: StaffAccount
) -> None:
    enrol(client, account)
    second_factor.remove(session, account, "staff:0", NOW, reason="phone_lost")
    session.flush()
    come_in(client, account)
    assert "Bước hai trước đây của tài khoản này được gỡ" in unescape(client.get("/dang-nhap/buoc-hai").text)
