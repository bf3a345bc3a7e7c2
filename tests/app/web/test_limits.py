"""Limits that know the client: names, links and keys before addresses, wrong tries alone against an address."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from app.clock import Clock
from app.config import Settings, SettingsError
from app.domain.identity import Role
from app.factory import create_app
from app.services.staff import devices
from app.services.staff.passwords import hash_password
from app.unit_of_work import UnitOfWork
from app.web.limits import client, client_address, limiter, typed_phone
from tests.factories import KEYS, NOW, make_courier, make_staff
from tests.fakes.no_database import NoDatabase

PASSWORD = "một mật khẩu đủ dài"
PHONE_SIGNS_IN = "/api/v1/courier/sign-in"
OFFICE = "203.0.113.1"


def sign_in(web: FlaskClient, name: str, password: str, address: str) -> int:
    return web.post(
        "/dang-nhap", data={"username": name, "password": password}, environ_base={"REMOTE_ADDR": address}
    ).status_code


@pytest.fixture
def couriers(session: UnitOfWork) -> list[str]:
    secret = hash_password(PASSWORD)
    return [make_staff(session, Role.COUNTER, password_hash=secret).username for _ in range(137)]


def strangers() -> Iterator[str]:
    for number in range(200):
        yield f"198.51.{100 + number // 100}.{number % 100 + 1}"


@pytest.mark.timeout(600)
def test_at_seven_an_office_signs_in_through_one_line_while_a_script_tries_from_200(
    flask_app: Flask, session: UnitOfWork, couriers: list[str]
) -> None:
    flask_app.config["WTF_CSRF_ENABLED"] = False
    tried = [
        sign_in(flask_app.test_client(), f"quan-tri-{number % 7}", "12345678", address)
        for number, address in enumerate(strangers())
        for _again in range(3)
    ]
    mistyped = [sign_in(flask_app.test_client(), name, "nhầm", OFFICE) for name in couriers[:30]]
    entered = [sign_in(flask_app.test_client(), name, PASSWORD, OFFICE) for name in couriers]
    assert set(tried) <= {422, 429}
    assert set(mistyped) == {422}
    assert entered == [303] * 137


@pytest.fixture
def phones(session: UnitOfWork) -> list[tuple[str, str]]:
    """The names of 137 couriers, and the phone each of them has had for a while."""
    secret = hash_password(PASSWORD)
    enrolled = []
    for number in range(137):
        account = make_staff(session, Role.COURIER, username=f"buu-ta-{number}", password_hash=secret)
        make_courier(session, staff_account_id=account.id)
        device = devices.sign_in(session, account, devices.SignInPhone("Android", None, NOW), KEYS).device
        enrolled.append((account.username, str(device.id)))
    return enrolled


@pytest.mark.timeout(600)
def test_at_seven_137_phones_sign_in_while_strangers_who_know_their_names_try_from_200_addresses_and_from_the_next_table(
    flask_app: Flask, phones: list[tuple[str, str]]
) -> None:
    flask_app.config["WTF_CSRF_ENABLED"] = False
    names = [name for name, _device in phones]
    tried = [
        sign_in(flask_app.test_client(), names[(number + again) % 137], "12345678", address)
        for number, address in enumerate(strangers())
        for again in range(6)
    ]
    tried += [sign_in(flask_app.test_client(), name, "12345678", OFFICE) for name in names for _again in range(2)]
    assert set(tried) == {422, 429}
    there, web = {"REMOTE_ADDR": OFFICE}, flask_app.test_client()
    wanted = {"password": PASSWORD, "name": "Android"}
    entered = [
        web.post(PHONE_SIGNS_IN, json={**wanted, "username": name, "device_id": device}, environ_base=there).status_code
        for name, device in phones
    ]
    assert entered == [201] * 137


def test_one_name_waits_after_five_tries_from_one_address_and_goes_on_elsewhere(client: FlaskClient) -> None:
    here = [sign_in(client, " Ai-Do" if number % 2 else "ai-do", "x", OFFICE) for number in range(11)]
    assert here == [422] * 4 + [429] * 7
    assert sign_in(client, "ai-do", "x", "203.0.113.2") == 422


def test_an_address_pays_for_wrong_tries_of_all_names_and_links_together(client: FlaskClient) -> None:
    assert {sign_in(client, f"ai-{number}", "x", OFFICE) for number in range(20)} == {422}
    there = {"environ_base": {"REMOTE_ADDR": OFFICE}}
    assert {client.get(f"/theo-doi/{number}", **there).status_code for number in range(20)} == {404}
    assert sign_in(client, "another", "x", OFFICE) == 429
    assert client.get("/theo-doi/another", **there).status_code == 429


def test_a_refused_client_is_told_when_to_come_back(client: FlaskClient) -> None:
    for _ in range(10):
        sign_in(client, "ai", "x", OFFICE)
    refused = client.post("/dang-nhap", data={"username": "ai"}, environ_base={"REMOTE_ADDR": OFFICE})
    assert refused.status_code == 429
    assert 0 <= int(refused.headers["Retry-After"]) <= 60


def test_a_machine_that_proved_itself_does_not_pay_for_its_neighbours(flask_app: Flask) -> None:
    with flask_app.test_request_context(environ_base={"REMOTE_ADDR": OFFICE}):
        by_address = client()
        g.known_device = "7"
        assert client() != by_address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1"),
        ("not an address", ""),
    ],
)
def test_a_line_of_ipv6_is_one_client_whatever_it_calls_itself(flask_app: Flask, address: str, counted: str) -> None:
    told = []
    for one in (address, counted):
        with flask_app.test_request_context(environ_base={"REMOTE_ADDR": one}):
            told.append(client_address())
    assert told[0] == told[1]


def test_a_telephone_is_one_however_it_is_written(flask_app: Flask) -> None:
    told = set()
    for typed in ("0900 000 123", "+84900000123", "0900.000.123"):
        with flask_app.test_request_context("/", method="POST", data={"phone": typed}):
            told.add(typed_phone())
    assert told == {"900000123"}


def test_what_is_counted_is_a_hash(client: FlaskClient) -> None:
    sign_in(client, "ai-do", "x", OFFICE)
    counted = " ".join(limiter.storage.storage)  # type: ignore[attr-defined]  # the one in memory
    assert counted
    assert "ai-do" not in counted
    assert OFFICE not in counted


@pytest.fixture
def own_limiter(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one limiter a process: afterwards it counts where it did."""
    for name in ("_storage", "_limiter"):
        monkeypatch.setattr(limiter, name, getattr(limiter, name))
    monkeypatch.setattr(limiter, "_storage_options", {})


def with_redis(settings: Settings) -> Flask:
    return create_app(replace(settings, limits="redis://127.0.0.1:1/0"), database=NoDatabase(), clock=Clock(fixed=NOW))


@pytest.mark.usefixtures("own_limiter")
def test_redis_without_its_client_is_refused_with_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(SettingsError, match=re.escape("pip install 'tannha[redis]'")):
        with_redis(settings)


@pytest.mark.usefixtures("own_limiter")
def test_a_redis_that_is_away_is_no_failure_of_a_page(settings: Settings) -> None:
    web = with_redis(settings).test_client()
    assert web.get("/dang-nhap").status_code == 200
    codes = {web.get("/dang-nhap/tinh/tro-lai", environ_base={"REMOTE_ADDR": OFFICE}).status_code for _ in range(3)}
    assert (codes, limiter.brake.failures) == ({400}, 1)


def known_machine(web: FlaskClient, session: UnitOfWork) -> FlaskClient:
    """A browser on which a colleague has signed in before."""
    colleague = make_staff(session, Role.COUNTER, password_hash=hash_password(PASSWORD))
    assert sign_in(web, colleague.username, PASSWORD, OFFICE) == 303
    web.post("/dang-xuat")
    return web


def test_a_machine_that_has_signed_in_before_does_not_pay_for_its_neighbours_wrong_tries(
    flask_app: Flask, session: UnitOfWork, couriers: list[str]
) -> None:
    flask_app.config["WTF_CSRF_ENABLED"] = False
    mine = known_machine(flask_app.test_client(), session)
    for number in range(41):
        last = sign_in(flask_app.test_client(), f"ai-{number}", "x", OFFICE)
    assert last == 429
    assert sign_in(flask_app.test_client(), couriers[0], PASSWORD, OFFICE) == 429
    assert sign_in(mine, couriers[0], PASSWORD, OFFICE) == 303


def test_a_made_up_cookie_is_no_known_machine(flask_app: Flask) -> None:
    flask_app.config["WTF_CSRF_ENABLED"] = False
    codes = []
    for number in range(41):
        web = flask_app.test_client()
        web.set_cookie("tannha_browser", f"{number:043}")
        codes.append(sign_in(web, f"ai-{number}", "x", OFFICE))
    assert codes[-1] == 429
