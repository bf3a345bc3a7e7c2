"""A screen left alone at a desk is locked, and opens by the password alone with the work kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.identity import Role
from app.models import StaffAccount
from app.services.staff import second_factor, sessions
from app.services.staff.passwords import hash_password
from app.unit_of_work import UnitOfWork
from app.web.bodies import ANONYMOUS
from app.web.kept_form import LONGEST
from app.web.session import WebContext, init_context
from tests.app.web.conftest import SignIn, lent
from tests.factories import NOW, make_office, make_staff

PASSWORD = "mua roi ngoai hien nha"
PAGE, SENT = (
    "/buu-cuc/",
    {"codes": "RT123456785VN", "direction": "in", "other_name": "bưu tá", "other_password": "bí mật"},
)


@pytest.fixture
def account(session: UnitOfWork, sign_in: SignIn) -> StaffAccount:
    account = make_staff(session, Role.COUNTER, office=make_office(session), password_hash=hash_password(PASSWORD))
    sign_in(account)
    return account


@pytest.fixture
def later(one_app: Flask, client: FlaskClient, account: StaffAccount, session: UnitOfWork) -> Iterator[FlaskClient]:
    """The same browser a quarter of an hour after its last use."""
    assert client.get(PAGE).status_code == 200
    with lent(one_app, session, NOW + sessions.LOCKS_AFTER):
        one_app.config["WTF_CSRF_ENABLED"] = False
        yield client


def kept_in(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]*)"', page)
    assert found is not None
    return unescape(found.group(1))


def test_a_screen_left_alone_shows_nothing(later: FlaskClient) -> None:
    assert later.get(PAGE).location == f"/mo-khoa?tiep={PAGE}"
    assert later.get("/dang-nhap").location == "/mo-khoa"
    assert "Sổ ngày" not in later.get("/mo-khoa").text


def test_the_password_alone_opens_it_where_one_was(later: FlaskClient) -> None:
    answer = later.post("/mo-khoa", data={"password": PASSWORD, "tiep": PAGE})
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert later.get(PAGE).status_code == 200


def test_a_wrong_password_opens_nothing(later: FlaskClient) -> None:
    assert later.post("/mo-khoa", data={"password": "sai"}).status_code == 422
    assert later.get(PAGE).status_code == 303


def test_what_was_sent_to_a_locked_screen_is_kept_and_offered_again(later: FlaskClient) -> None:
    locked = later.post("/buu-cuc/giao-nhan", data=SENT)
    assert locked.status_code == 403
    assert SENT["codes"] not in locked.text  # whoever stands before the screen reads nothing
    wrong = later.post("/mo-khoa", data={"password": "sai", "kept": kept_in(locked.text)})
    again = later.post("/mo-khoa", data={"password": PASSWORD, "kept": kept_in(wrong.text)}).text
    assert 'action="/buu-cuc/giao-nhan"' in again
    assert f'name="codes" value="{SENT["codes"]}"' in again
    assert SENT["other_password"] not in again


def test_what_is_kept_opens_for_nobody_else(later: FlaskClient, session: UnitOfWork, sign_in: SignIn) -> None:
    kept = kept_in(later.post("/buu-cuc/giao-nhan", data=SENT).text)
    other = make_staff(session, Role.COUNTER, office=make_office(session), password_hash=hash_password(PASSWORD))
    sign_in(other)
    assert later.post("/mo-khoa", data={"password": PASSWORD, "kept": kept}).status_code == 303


def test_another_site_s_form_is_not_offered_here(later: FlaskClient) -> None:
    later.application.config["WTF_CSRF_ENABLED"] = True
    assert kept_in(later.post("/buu-cuc/giao-nhan", data=SENT).text) == ""


def test_the_cover_of_the_script_gets_its_answer_in_place(client: FlaskClient, account: StaffAccount) -> None:
    json = {"Accept": "application/json"}
    assert client.post("/mo-khoa", data={"password": PASSWORD}, headers=json).json == {"said": ""}
    wrong = client.post("/mo-khoa", data={"password": "sai"}, headers=json)
    assert wrong.status_code == 422
    assert wrong.json is not None
    assert "chưa đúng" in wrong.json["said"]
    client.post("/dang-xuat")
    assert client.post("/mo-khoa", data={"password": PASSWORD}, headers=json).status_code == 401


def test_whoever_has_no_password_here_may_leave_a_covered_page(client: FlaskClient, account: StaffAccount) -> None:
    """Signed in by the province, or somebody else at the machine."""
    cover = client.get(PAGE).text.partition("<dialog")[2].partition("</dialog>")[0]
    assert 'action="/dang-xuat"' in cover
    assert "Đăng nhập bằng tài khoản khác" in cover


def test_whoever_types_keeps_the_screen_open(
    one_app: Flask, client: FlaskClient, account: StaffAccount, session: UnitOfWork
) -> None:
    for minutes in (5, 10, 15, 20):
        with lent(one_app, session, NOW + timedelta(minutes=minutes)):
            assert client.get("/tai-khoan/con-day").status_code == 204


@pytest.mark.parametrize(
    ("role", "open_after_15"), [(Role.OFFICE_MANAGER, False), (Role.DESK_CLERK, False), (Role.COORDINATOR, True)]
)
def test_desks_and_counters_lock_sooner_than_rooms(
    one_app: Flask, client: FlaskClient, session: UnitOfWork, sign_in: SignIn, role: Role, *, open_after_15: bool
) -> None:
    sign_in(make_staff(session, role))
    with lent(one_app, session, NOW + sessions.LOCKS_AFTER):
        assert (client.get("/tai-khoan").status_code == 200) is open_after_15
    with lent(one_app, session, NOW + sessions.LOCKS_LATE + sessions.LOCKS_AFTER):
        assert client.get("/tai-khoan").status_code == 303


def test_a_half_filled_booking_for_somebody_survives_the_lock(
    one_app: Flask, client: FlaskClient, account: StaffAccount, session: UnitOfWork
) -> None:
    client.post("/buu-cuc/dat-giup", data={"kind": "send"})
    with lent(one_app, session, NOW + sessions.LOCKS_AFTER):
        one_app.config["WTF_CSRF_ENABLED"] = False
        assert client.get("/dat-lich/thu-tuc").location.startswith("/mo-khoa?tiep=/dat-lich/thu-tuc?nhap")
        client.post("/mo-khoa", data={"password": PASSWORD})
        assert client.get("/dat-lich/thu-tuc").status_code == 200


@pytest.fixture
def next_day(one_app: Flask, client: FlaskClient, account: StaffAccount, session: UnitOfWork) -> Iterator[FlaskClient]:
    """The same browser, whose session has come to the end of its twelve hours."""
    with lent(one_app, session, NOW + sessions.LIVES):
        one_app.config["WTF_CSRF_ENABLED"] = False
        yield client


def test_what_was_sent_when_the_twelve_hours_were_over_is_kept_through_signing_in(
    next_day: FlaskClient, account: StaffAccount
) -> None:
    over = next_day.post("/buu-cuc/giao-nhan", data=SENT)
    assert over.status_code == 403
    assert SENT["codes"] not in over.text
    assert f'value="{account.username}"' in over.text
    typed = {"username": account.username, "kept": kept_in(over.text)}
    wrong = next_day.post("/dang-nhap", data={**typed, "password": "sai"})
    again = next_day.post("/dang-nhap", data={**typed, "password": PASSWORD, "kept": kept_in(wrong.text)}).text
    assert 'action="/buu-cuc/giao-nhan"' in again
    assert f'name="codes" value="{SENT["codes"]}"' in again
    assert SENT["other_password"] not in again
    assert next_day.get(PAGE).status_code == 200


def test_it_is_kept_through_the_second_step_too(
    next_day: FlaskClient, account: StaffAccount, session: UnitOfWork
) -> None:
    web: WebContext = next_day.application.extensions["tannha"]
    init_context(next_day.application, replace(web, settings=replace(web.settings, second_factor=True)))
    codes = second_factor.print_card(session, account, NOW, web.keys)
    second_factor.check(session, account, codes[0], NOW, web.keys)
    session.flush()
    kept = kept_in(next_day.post("/buu-cuc/giao-nhan", data=SENT).text)
    asked = next_day.post("/dang-nhap", data={"username": account.username, "password": PASSWORD, "kept": kept})
    assert "Mã số 2 trên thẻ" in asked.text
    again = next_day.post("/dang-nhap/ma", data={"code": codes[1], "kept": kept_in(asked.text)}).text
    assert f'name="codes" value="{SENT["codes"]}"' in again


def test_after_a_sign_out_nothing_is_kept(client: FlaskClient, account: StaffAccount) -> None:
    client.post("/dang-xuat")
    answer = client.post("/buu-cuc/giao-nhan", data=SENT)
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")


def test_what_is_kept_fits_through_the_pages_for_anybody(later: FlaskClient) -> None:
    fits = {"note": "x" * (LONGEST - 200)}
    kept = kept_in(later.post("/buu-cuc/giao-nhan", data=fits).text)
    assert len(urlencode({"kept": kept, "password": PASSWORD})) < ANONYMOUS
    assert kept_in(later.post("/buu-cuc/giao-nhan", data={"note": "x" * LONGEST}).text) == ""
