"""Booking for somebody without a telephone: staff only, the code on paper only."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.identity import Channel, Role
from app.models import HandoverCode, ServiceRequest, StaffAccount
from tests.app.web.citizens.walk import TYPED, UNIT, confirm, path
from tests.app.web.conftest import SignIn
from tests.factories import DAY, World, make_slot, make_staff, make_world


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")


@pytest.fixture
def helper(session: Session, world: World, sign_in: SignIn) -> StaffAccount:
    sign_in(world.counter)
    return world.counter


def walk(client: FlaskClient, session: Session, world: World, **contact: str) -> TestResponse:
    client.post("/buu-cuc/dat-giup", data={"kind": "send_and_receive"})
    return answer_all(client, session, world, **contact)


def answer_all(client: FlaskClient, session: Session, world: World, **contact: str) -> TestResponse:
    slot = make_slot(session, world.unit, DAY.replace(day=DAY.day + 6))
    client.post("/dat-lich/thu-tuc?n=0", data={"procedure": world.procedure.code})
    client.post("/dat-lich/truong-hop?n=0", data={"who": "self"})
    client.post("/dat-lich/ho-so", data={})
    client.post("/dat-lich/xa-phuong", data={"q": TYPED, "unit": world.unit.code})
    client.post("/dat-lich/dia-chi", data={"address": "Làng Thử"})
    client.post("/dat-lich/nguoi-gui", data={"who": "person", "name": "Rơ Châm Thử", "discount": "none"})
    client.post("/dat-lich/lien-lac", data={"channel": "none", "phone": "", "slip": "1", "language": "vi", **contact})
    client.post(
        "/dat-lich/nguoi-giup", data={key: contact[key] for key in ("helper_name", "helper_phone") if key in contact}
    )
    client.post("/dat-lich/gio-hen", data={"slot": str(slot.id)})
    return confirm(client)


def booked(session: Session) -> ServiceRequest | None:
    return session.scalars(select(ServiceRequest)).one_or_none()


def test_without_a_telephone_the_code_goes_on_paper(
    client: FlaskClient, session: Session, world: World, helper: StaffAccount
) -> None:
    assert walk(client, session, world).status_code == 303
    row = booked(session)
    assert row is not None
    assert (row.channel, row.booked_by, row.applicant.phone) == (Channel.NONE, helper.id, None)
    page = client.get("/dat-lich/xong").text
    assert "In phiếu có mã" in page
    sheet = client.post("/buu-cuc/dat-giup/phieu.pdf")
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(sheet.data)).pages)
    after = "".join(text.split()).split(row.reference)[1]  # both are spaced, to be read aloud
    printed = re.search(r"\d{6}", after)
    assert printed is not None
    code = printed.group()
    assert code not in page
    assert code not in str(sheet.headers)
    kept = session.scalars(select(HandoverCode)).one()
    assert code not in (kept.mac, kept.salt, kept.check_digits)


def test_who_prefers_a_message_gets_no_slip(
    client: FlaskClient, session: Session, world: World, helper: StaffAccount
) -> None:
    walk(client, session, world, channel="sms", phone="0900000777", slip="")
    page = client.get("/dat-lich/xong").text
    assert "In phiếu có mã" not in page
    assert client.post("/buu-cuc/dat-giup/phieu.pdf").status_code == 404


def test_a_village_head_helps(client: FlaskClient, session: Session, world: World, helper: StaffAccount) -> None:
    walk(client, session, world, channel="helper", helper_name="Trưởng thôn Thử", helper_phone="0900000778")
    row = booked(session)
    assert row is not None
    assert (row.helper_name, row.booked_by) == ("Trưởng thôn Thử", helper.id)


def test_a_citizen_cannot_book_without_a_telephone(client: FlaskClient, session: Session, world: World) -> None:
    client.get("/dat-lich?kind=send_and_receive&assisted=1")
    answer_all(client, session, world, assisted="1")
    assert booked(session) is None
    assert "Không qua điện thoại" not in client.get("/dat-lich/lien-lac").text


def test_signed_out_the_form_for_somebody_else_is_gone(
    client: FlaskClient, session: Session, world: World, helper: StaffAccount
) -> None:
    client.post("/buu-cuc/dat-giup", data={"kind": "send_and_receive"})
    client.post("/dang-xuat")
    answer_all(client, session, world)
    assert booked(session) is None


def test_an_account_switched_off_meanwhile_books_nothing(
    client: FlaskClient, session: Session, world: World, helper: StaffAccount
) -> None:
    client.post("/buu-cuc/dat-giup", data={"kind": "send_and_receive"})
    helper.active = False
    session.flush()
    answer_all(client, session, world)
    assert booked(session) is None


def test_each_person_begins_with_an_empty_form(
    client: FlaskClient, session: Session, world: World, helper: StaffAccount
) -> None:
    client.post("/buu-cuc/dat-giup", data={"kind": "send"})
    client.post("/dat-lich/thu-tuc?n=0", data={"procedure": world.procedure.code})
    client.post("/buu-cuc/dat-giup", data={"kind": "send"})
    assert path(client.get("/dat-lich/xa-phuong")) == "/dat-lich/thu-tuc"


def test_another_accounts_slip_is_not_printed(
    client: FlaskClient, session: Session, world: World, helper: StaffAccount, sign_in: SignIn
) -> None:
    walk(client, session, world)
    sign_in(make_staff(session, Role.COUNTER, office=world.office))
    assert client.post("/buu-cuc/dat-giup/phieu.pdf").status_code == 404


@pytest.mark.parametrize("role", [Role.COUNTER, Role.OFFICE_MANAGER, Role.COURIER, Role.COORDINATOR])
def test_these_roles_may_help(client: FlaskClient, session: Session, world: World, sign_in: SignIn, role: Role) -> None:
    sign_in(make_staff(session, role, office=world.office))
    assert client.get("/buu-cuc/dat-giup").status_code == 200


def test_without_a_choice_it_asks_again(client: FlaskClient, helper: StaffAccount) -> None:
    answer = client.post("/buu-cuc/dat-giup", data={})
    assert answer.status_code == 422
    assert 'id="kind-error"' in answer.text


def test_a_clerk_and_a_stranger_stay_out(client: FlaskClient, session: Session, world: World, sign_in: SignIn) -> None:
    assert client.get("/buu-cuc/dat-giup").location.startswith("/dang-nhap")
    sign_in(world.clerk)
    assert client.get("/buu-cuc/dat-giup").status_code == 403
    assert client.get("/buu-cuc/").status_code == 403


def test_a_counter_is_no_desk(client: FlaskClient, helper: StaffAccount) -> None:
    assert [client.get(path).status_code for path in ("/mot-cua/", "/mot-cua/giao-nhan", "/mot-cua/ket-qua")] == [
        403
    ] * 3


def test_every_page_has_its_rule(flask_app: Flask) -> None:
    for endpoint, view in flask_app.view_functions.items():
        if endpoint.startswith(("desks.", "counter.")):
            access = view.__dict__["access"]
            assert access.audience == "staff", endpoint
            assert access.roles < frozenset(Role), endpoint
