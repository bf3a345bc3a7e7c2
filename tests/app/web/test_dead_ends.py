"""Where a walk used to end nowhere: each ends with a person who reads what to do, and with the button that ends it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.dossier import DossierState
from app.domain.entitlement import OwnerKnown, ResultHere
from app.domain.errand import ErrandState
from app.domain.identity import Channel, PhoneProof, Role
from app.models import Desk, Entitlement, Errand, Message, NamedReceiver, StaffAccount
from app.queries.attention import tasks
from app.services.booking.entitlements import hear_owner, note_result
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.app.services.booking.entitled import ask, code_of, confirm, delivery, far, world
from tests.app.web.conftest import SignIn, lent
from tests.factories import DAY, NOW, World, make_desk, make_staff
from tests.factories.custody import accepted, handing, make_road, packing, result_out

__all__ = ["far", "world"]  # fixtures

PAGE = "/mot-cua/nguoi-nhan/"
TICKED = {"handed_over": "1"}


@pytest.fixture
def clerk(session: UnitOfWork, far: Desk) -> StaffAccount:
    return make_staff(session, Role.DESK_CLERK, desk=far)


def board_of(client: FlaskClient) -> str:
    return unescape(client.get("/dieu-phoi/").text)


def row_of(page: str, reference: str) -> str:
    """What one line of a table says, its buttons with it."""
    lines = [line for line in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if reference in line]
    return lines[0] if lines else ""


def kinds(session: UnitOfWork, now: object = NOW) -> list[str]:
    return [task.kind for task in tasks(session, DAY, now)]  # type: ignore[arg-type]  # a moment


def test_a_clerk_who_never_heard_of_the_booking_is_called_by_the_office_and_finds_it_on_the_own_list(
    flask_app: Flask,
    client: FlaskClient,
    session: UnitOfWork,
    world: World,
    far: Desk,
    clerk: StaffAccount,
    sign_in: SignIn,
) -> None:
    request = ask(session, world, code := code_of(far))
    manager = make_staff(session, Role.OFFICE_MANAGER, office=world.office)
    with lent(flask_app, session, NOW + timedelta(days=3)) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        sign_in(manager)
        assert "Xin gọi bộ phận một cửa ấy" in row_of(board_of(client), request.reference)
        page = unescape(client.get(f"/dieu-phoi/yeu-cau/{request.reference}").text)
        assert far.name in page  # which desk to call
        assert code in page
        sign_in(clerk)
        assert code in client.get(PAGE).text
        assert client.post(f"{PAGE}{request.dossiers[0].id}", data={"verdict": "confirm"}).status_code == 303
        sign_in(manager)
        assert "Xin gọi bộ phận một cửa ấy" not in board_of(client)


def test_who_has_only_the_paper_slip_is_found_by_its_code_and_given_the_result_at_the_counter(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    """No telephone at all: the coordinator finds the request by the dossier's code on the slip, the counter gives."""
    road = make_road(session)
    road.request.channel, road.request.phone_proof, road.request.applicant.phone = (
        Channel.NONE,
        PhoneProof.COUNTER,
        None,
    )
    parcel = result_out(session, road)
    road.delivery.state = ErrandState.HELD
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=NOW + timedelta(days=4)))
    road.delivery.held_until = DAY + timedelta(days=15)
    session.flush()
    manager = make_staff(session, Role.OFFICE_MANAGER, office=road.world.office)
    sign_in(manager)
    assert (
        client.get(f"/dieu-phoi/yeu-cau?ma={road.dossier.code}").location
        == f"/dieu-phoi/yeu-cau/{road.request.reference}"
    )
    sign_in(road.world.counter)
    assert f"/buu-cuc/trao/{road.delivery.id}" in client.get("/buu-cuc/").text
    given = {
        "receiver_name": road.request.applicant.name,
        "receiver_relation": "self",
        "id_kind": "CCCD",
        "id_last4": "0000",
    }
    answer = client.post(f"/buu-cuc/trao/{road.delivery.id}", data={**given, "seal_whole": "1"})
    assert answer.status_code == 303
    session.expire_all()
    assert road.delivery.state is ErrandState.DONE


@pytest.mark.parametrize("button", ["gui-lai", "da-bao"])
def test_a_message_that_never_arrives_is_a_line_that_two_buttons_end(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, world: World, button: str
) -> None:
    request = ask(session, world, code_of(world.desk))
    message = session.scalars(select(Message).where(Message.request_id == request.id)).first()
    assert message is not None
    message.state, message.error = "failed", "unreachable"
    session.flush()
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=world.office))
    line = row_of(board_of(client), request.reference)
    assert "Tin nhắn chưa đến được người dân" in line
    assert f"/dieu-phoi/tin-nhan/{message.id}/{button}" in line
    client.post(f"/dieu-phoi/tin-nhan/{message.id}/{button}")
    session.expire_all()
    assert row_of(board_of(client), request.reference) == ""


def test_a_result_that_its_owner_took_at_the_desk_calls_the_visit_off_and_is_told(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, world: World, far: Desk, clerk: StaffAccount
) -> None:
    note_result(session, ResultHere(code := code_of(far), far.id, "staff:1", NOW))
    request = ask(session, world, code)
    confirm(session, request)
    session.expire_all()
    dossier = request.dossiers[0]
    sign_in(clerk)
    assert f"/mot-cua/ho-so/{dossier.id}" in client.get(PAGE).text
    assert "Đã trao kết quả tại đây" in client.get(f"/mot-cua/ho-so/{dossier.id}").text
    for _pressed in range(2):
        assert client.post(f"/mot-cua/ho-so/{dossier.id}/da-trao", data=TICKED).status_code == 303
    session.expire_all()
    assert (delivery(session, request).state, dossier.state) == (ErrandState.CANCELLED, DossierState.RESULT_RETURNED)
    page = unescape(client.get(f"/theo-doi/{request.tracking_token}").text)
    assert f"Kết quả đã trao tại {far.name}" in page
    assert "Mọi việc đã xong" in page
    told = session.scalars(select(Message.body).where(Message.template == "given_at_desk")).one()
    assert "Nếu ông/bà chưa nhận" in told
    assert client.get(PAGE).text.count(code) == 0


def test_a_sealed_result_is_not_given_at_the_desk(client: FlaskClient, session: UnitOfWork, sign_in: SignIn) -> None:
    road = make_road(session)
    accepted(session, road)
    sign_in(road.world.clerk)
    page = f"/mot-cua/ho-so/{road.dossier.id}"
    assert "Đã trao kết quả tại đây" in client.get(page).text
    result_ready(session, packing(road))
    session.flush()
    assert "Đã trao kết quả tại đây" not in client.get(page).text
    refused = client.post(f"{page}/da-trao", data=TICKED)
    assert (refused.status_code, "đã niêm phong để mang đến nhà" in refused.text) == (422, True)
    sign_in(make_staff(session, Role.DESK_CLERK, desk=make_desk(session)))
    assert client.post(f"{page}/da-trao", data=TICKED).status_code == 404  # another desk's


def test_an_owner_whose_name_differs_by_an_accent_is_the_desks_to_look_at(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, world: World, far: Desk, clerk: StaffAccount
) -> None:
    request = ask(session, world, code_of(far))
    one = session.get_one(Entitlement, request.dossiers[0].id)
    one.owner_id_last4, request.applicant.name = "0042", "Nguyễn Văn Thử"
    session.flush()
    hear_owner(session, one.dossier_id, OwnerKnown("Nguyễn Vân Thu", "064090000042", ""), None, NOW)
    session.flush()
    sign_in(clerk)
    assert "Tên khác dấu" in client.get(PAGE).text
    assert "khác dấu" in client.get(f"{PAGE}{one.dossier_id}").text
    assert client.post(f"{PAGE}{one.dossier_id}", data={"verdict": "confirm"}).status_code == 303
    session.expire_all()
    assert request.dossiers[0].state == DossierState.IN_PROCESS


def test_what_the_counter_gave_to_somebody_else_than_was_named_is_asked_about(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    road = make_road(session)
    parcel = result_out(session, road)
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=NOW + timedelta(days=4)))
    named = {"name": "Kpă Thử", "relation": "family", "id_last4": "0042", "named_by": "x", "named_at": NOW}
    session.add(NamedReceiver(request_id=road.request.id, **named))
    session.flush()
    sign_in(road.world.counter)
    given = {
        "receiver_name": "Ai Đó",
        "receiver_relation": "family",
        "id_kind": "CCCD",
        "id_last4": "0001",
        "seal_whole": "1",
    }
    assert client.post(f"/buu-cuc/trao/{road.delivery.id}", data=given).status_code == 303
    session.expire_all()
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=road.world.office))
    line = row_of(board_of(client), road.request.reference)
    assert "không phải người được nhờ nhận thay" in line
    (attempt,) = session.get_one(Errand, road.delivery.id).attempts
    client.post(f"/dieu-phoi/ma-chua-khop/{attempt.id}")
    session.expire_all()
    assert row_of(board_of(client), road.request.reference) == ""


# -- found by the code that the caller reads out


def test_a_code_that_is_not_yet_confirmed_finds_who_asks_for_it(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, world: World, far: Desk
) -> None:
    request = ask(session, world, code := code_of(far))
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=world.office))
    found = unescape(client.get(f"/dieu-phoi/yeu-cau?ma={code.lower()}").text)
    assert "Chưa xác nhận" in row_of(found, request.reference)
    page = unescape(client.get(f"/dieu-phoi/yeu-cau/{request.reference}").text)
    assert f"{code} (chưa xác nhận)" in page
    assert "Số đã xác nhận bằng mã" in page
    rival = ask(session, world, code)
    confirm(session, request)
    session.flush()
    page = unescape(client.get(f"/dieu-phoi/yeu-cau?ma={code}").text)
    assert "Đã xác nhận" in row_of(page, request.reference)
    assert "Chưa xác nhận" in row_of(page, rival.reference)


def test_other_offices_find_nobody_by_a_code(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, world: World, far: Desk
) -> None:
    ask(session, world, code := code_of(far))
    elsewhere = make_road(session).world.office
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=elsewhere))
    assert client.get(f"/dieu-phoi/yeu-cau?ma={code}").status_code == 404
