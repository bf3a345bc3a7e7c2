"""A telephone is proved once; until then no place is held and nothing is booked. Without script, counted page by page."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.identity import PhoneProof
from app.models import Message, ServiceRequest, SignInCode, SlotHold
from app.services.booking import crowding
from app.services.staff import access
from app.unit_of_work import UnitOfWork
from app.web.citizens.telephone import COOKIE, REMEMBERED_FOR
from tests.app.web.citizens.walk import (
    PHONE,
    TYPED,
    book,
    confirm,
    path,
    prove,
    shown_in,
    walk_to_address,
    walk_to_confirm,
    walk_to_person,
)
from tests.app.web.conftest import Tab, lent
from tests.factories import NOW, World
from tests.factories.times import TODAY

CONTACT = {"channel": "sms", "phone": PHONE}


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def asked(client: FlaskClient, world: World) -> FlaskClient:
    """As far as the page where the code is typed."""
    walk_to_person(client, world)
    assert path(client.post("/dat-lich/lien-lac", data=CONTACT)) == "/dat-lich/ma"
    return client


def test_no_place_is_held_before_the_code(asked: FlaskClient, session: Session, world: World) -> None:
    assert path(asked.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})) == "/dat-lich/ma"
    assert path(confirm(asked)) == "/dat-lich/ma"
    assert (count(session, SlotHold), count(session, ServiceRequest)) == (0, 0)


def test_a_wrong_code_opens_nothing_and_says_how_many_tries_are_left(asked: FlaskClient) -> None:
    answer = asked.post("/dat-lich/ma", data={"code": "000"})
    assert answer.status_code == 422
    assert "còn 4 lần" in answer.text
    assert path(asked.get("/dat-lich/gio-hen")) == "/dat-lich/ma"


def test_after_the_fifth_wrong_code_nobody_reads_of_nought_tries(asked: FlaskClient) -> None:
    said = [asked.post("/dat-lich/ma", data={"code": "000"}).text for _ in range(5)]
    assert "còn 1 lần" in said[3]
    assert "còn 0 lần" not in said[4]
    assert asked.post("/dat-lich/ma", data={"again": "1"}).status_code == 303  # another code opens it again
    assert path(prove(asked)) == "/dat-lich/gio-hen"


def test_the_right_code_is_kept_with_the_request(asked: FlaskClient, session: Session, world: World) -> None:
    assert path(prove(asked)) == "/dat-lich/gio-hen"
    asked.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    assert confirm(asked).status_code == 303
    assert session.scalars(select(ServiceRequest)).one().phone_proof is PhoneProof.CODE
    assert asked.get_cookie(COOKIE, path="/dat-lich") is None  # nobody allowed it


def test_going_back_and_on_sends_no_second_code_and_another_number_does(asked: FlaskClient, session: Session) -> None:
    asked.post("/dat-lich/lien-lac", data=CONTACT)
    assert count(session, Message) == 1
    asked.post("/dat-lich/lien-lac", data={"channel": "sms", "phone": "0900000456"})
    assert count(session, Message) == 2
    prove(asked, "0900000456")
    assert path(asked.post("/dat-lich/lien-lac?sua=1", data=CONTACT)) == "/dat-lich/ma"  # proved is the other one


@pytest.mark.parametrize(
    ("number", "said"),
    [("0123456789", "không có"), ("0000000000", "không có"), ("02693820000", "máy bàn không nhận được mã")],
)
def test_who_cannot_read_a_code_is_told_what_to_do(
    client: FlaskClient, session: Session, world: World, number: str, said: str
) -> None:
    walk_to_person(client, world)
    answer = client.post("/dat-lich/lien-lac", data={"channel": "voice", "phone": number})
    assert answer.status_code == 422
    assert said in answer.text
    assert count(session, Message) == 0


def test_a_helper_is_asked_for_on_a_page_of_its_own_and_proves_the_own_number(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_person(client, world)
    assert 'name="helper_name"' not in client.get("/dat-lich/lien-lac").text
    assert path(client.post("/dat-lich/lien-lac", data={"channel": "helper"})) == "/dat-lich/nguoi-giup"
    refused = client.post("/dat-lich/nguoi-giup", data={"helper_name": "...", "helper_phone": "0269 382 0000"})
    assert refused.status_code == 422
    assert {"helper_name-error", "helper_phone-error"} <= set(refused.text.split('"'))
    client.post("/dat-lich/nguoi-giup", data={"helper_name": "Siu Thử", "helper_phone": "0900000456"})
    assert "remember" not in client.get("/dat-lich/ma").text  # it is not the helper's device
    assert path(prove(client, "0900000456")) == "/dat-lich/gio-hen"


def test_the_first_time_takes_thirteen_pages_and_eleven_where_the_telephone_is_remembered(
    client: FlaskClient, world: World
) -> None:
    assert pages_of_a_booking(client, world, {"remember": "1"}) == 13
    assert pages_of_a_booking(client, world, {}) == 11


def pages_of_a_booking(client: FlaskClient, world: World, allowed: dict[str, str]) -> int:
    """How many pages a browser without script loads, from the first to "Đã đặt lịch"; each answers what the page asks."""
    answers = {
        "/dat-lich/thu-tuc": {"procedure": world.procedure.code},
        "/dat-lich/truong-hop": {"who": "self"},
        "/dat-lich/ho-so": {},
        "/dat-lich/xa-phuong": {"q": TYPED, "unit": world.unit.code},
        "/dat-lich/dia-chi": {"address": f"Thôn {len(allowed) + 2}"},
        "/dat-lich/nguoi-gui": {"who": "person", "name": f"Nguyễn Văn {'Thử' if allowed else 'Mẫu'}"},
        "/dat-lich/lien-lac": CONTACT,
        "/dat-lich/gio-hen": {"slot": str(world.slot.id)},
    }
    assert client.get("/").status_code == 200
    here, loads = client.get("/dat-lich?kind=send").location, 1
    while path_of(here) != "/dat-lich/xong":
        page = client.get(here)
        loads += 1
        if page.location:  # another page's turn: no page was shown
            here, loads = page.location, loads - 1
            continue
        where = path_of(here)
        if where == "/dat-lich/xa-phuong":  # the name is looked for, then chosen
            assert client.post(here, data={"q": TYPED, "find": "1"}).status_code == 200
            loads += 1
        if where == "/dat-lich/ma":
            here = prove(client, **allowed).location
        elif where == "/dat-lich/xac-nhan":
            here = client.post(here, data={"consent": "1", "again": "1", "shown": shown_in(page)}).location
        else:
            here = client.post(here, data=answers[where]).location
        assert here, where
    return loads + 1


def path_of(address: str) -> str:
    return address.partition("?")[0]


@pytest.fixture
def own(client: FlaskClient, world: World) -> FlaskClient:
    """The device of somebody who let it remember the number."""
    walk_to_person(client, world)
    client.post("/dat-lich/lien-lac", data=CONTACT)
    prove(client, remember="1")
    return client


def test_a_remembered_number_is_used_and_never_shown_whole(own: FlaskClient, session: Session, world: World) -> None:
    walk_to_person(own, world)
    assert PHONE not in own.get("/dat-lich/lien-lac").text
    own.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    page = own.get("/dat-lich/xac-nhan").text
    assert PHONE not in page
    assert "*******123" in page
    assert confirm(own).status_code == 303
    row = session.scalars(select(ServiceRequest)).one()
    assert (row.phone_proof, row.applicant.phone) == (PhoneProof.REMEMBERED, PHONE)


def test_whoever_else_holds_the_device_has_it_forget_the_number(own: FlaskClient, world: World) -> None:
    walk_to_person(own, world)
    assert path(own.post("/dat-lich/quen-so")) == "/dat-lich/lien-lac"
    assert own.get_cookie(COOKIE, path="/dat-lich") is None
    assert path(own.get("/dat-lich/gio-hen")) == "/dat-lich/lien-lac"


def test_another_number_on_that_device_needs_its_own_code(own: FlaskClient, world: World) -> None:
    walk_to_person(own, world)
    other = {"channel": "sms", "phone": "0900000456"}
    assert path(own.post("/dat-lich/lien-lac", data=other)) == "/dat-lich/ma"


def test_after_half_a_year_the_number_is_asked_for_again(
    flask_app: Flask, own: FlaskClient, session: UnitOfWork, world: World
) -> None:
    with lent(flask_app, session, NOW + REMEMBERED_FOR + timedelta(days=1)) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        walk_to_person(own, world)
        assert path(own.get("/dat-lich/gio-hen")) == "/dat-lich/lien-lac"


def test_a_seal_of_another_cookie_remembers_nobody(own: FlaskClient, world: World) -> None:
    session_cookie = own.get_cookie("tannha")
    own.set_cookie(COOKIE, session_cookie.value if session_cookie else "x", path="/dat-lich")
    walk_to_person(own, world)
    assert path(own.get("/dat-lich/gio-hen")) == "/dat-lich/lien-lac"


def test_a_fourth_open_visit_of_a_telephone_is_refused_with_a_way_out(
    own: FlaskClient, session: Session, world: World
) -> None:
    for n in range(crowding.OF_A_TELEPHONE):
        walk_to_confirm(own, world)
        own.post("/dat-lich/dia-chi?sua=1", data={"address": f"Thôn {n}"})
        assert confirm(own, again="1").status_code == 303
    walk_to_confirm(own, world)
    answer = confirm(own, again="1")
    assert answer.status_code == 422
    assert "nhờ bưu cục" in answer.text
    assert count(session, ServiceRequest) == 3


def test_the_same_visit_twice_is_noticed_and_offered_for_change(
    client: FlaskClient, session: Session, world: World
) -> None:
    book(client, world)
    standing = session.scalars(select(ServiceRequest)).one()
    walk_to_confirm(client, world)
    answer = confirm(client)
    assert answer.status_code == 422
    assert f'href="/theo-doi/{standing.tracking_token}"' in answer.text
    assert standing.reference in answer.text
    assert count(session, ServiceRequest) == 1
    assert confirm(client, again="1").status_code == 303  # a second child's
    assert count(session, ServiceRequest) == 2


def test_a_device_that_remembers_the_number_hands_out_no_link_of_the_standing_visit(
    own: FlaskClient, session: Session, world: World
) -> None:
    own.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    assert confirm(own).status_code == 303
    standing = session.scalars(select(ServiceRequest)).one()
    walk_to_person(own, world)
    own.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    page = confirm(own).text
    assert standing.tracking_token not in page
    assert f'href="/yeu-cau/{standing.reference}"' in page
    assert "/xac-nhan-so" in (own.get(f"/yeu-cau/{standing.reference}").location or "")


def test_invented_numbers_of_one_script_take_no_place_and_soon_no_code(
    client: FlaskClient, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "UNTYPED_OF_A_CLIENT", 3)
    walk_to_person(client, world)
    answers = [client.post("/dat-lich/lien-lac", data={"phone": f"09000001{n:02d}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 3 + [422] * 3
    assert "Từ nơi này đã gửi nhiều mã" in answers[-1].text
    assert (count(session, SignInCode), count(session, SlotHold)) == (3, 0)
    prove(client, "0900000102")
    assert path(client.post("/dat-lich/lien-lac", data={"phone": "0900000103"})) == "/dat-lich/ma"  # typed: room again


def sign_in_here(client: FlaskClient, session: Session) -> None:
    client.post("/xac-nhan-so", data={"phone": PHONE})
    row = session.scalars(select(SignInCode)).one()
    keys = client.application.extensions["tannha"].keys
    client.post("/xac-nhan-so/ma", data={"code": access.sign_in_code(row, PHONE, keys)})


def test_who_is_not_whom_the_session_is_of_signs_out_and_keeps_the_form(
    client: FlaskClient, session: Session, world: World
) -> None:
    sign_in_here(client, session)
    walk_to_person(client, world)
    assert "quên số này" in client.get("/dat-lich/lien-lac").text
    assert path(client.post("/dat-lich/quen-so")) == "/dat-lich/lien-lac"
    assert "quên số này" not in client.get("/dat-lich/lien-lac").text  # what was filled in stays
    assert client.get("/yeu-cau").status_code == 303
    walk_to_person(client, world)
    assert path(client.get("/dat-lich/gio-hen")) == "/dat-lich/lien-lac"


def test_a_session_s_own_telephone_is_not_asked_for(client: FlaskClient, session: Session, world: World) -> None:
    sign_in_here(client, session)
    walk_to_person(client, world)
    client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    assert confirm(client).status_code == 303
    assert session.scalars(select(ServiceRequest)).one().phone_proof is PhoneProof.SIGNED_IN


def test_a_code_of_one_tab_opens_no_other(asked: FlaskClient, world: World) -> None:
    other = Tab(asked.application, asked.application.response_class)
    other._cookies = asked._cookies
    walk_to_person(other, world)
    prove(asked)
    assert path(other.get("/dat-lich/gio-hen")) == "/dat-lich/lien-lac"


def test_cut_off_in_the_middle_of_the_form_sends_back_with_everything_kept(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    with lent(flask_app, session, at(TODAY, time(16, 29))) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        walk_to_confirm(client, world)
    with lent(flask_app, session, at(TODAY, time(16, 31))) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        answer = confirm(client)
    assert answer.status_code == 422
    assert "Đã hết giờ đặt" in answer.text
    assert "/dat-lich/gio-hen?sua=1" in answer.text
    assert "Nguyễn Văn Thử" in answer.text


def test_what_is_too_long_is_said_and_not_cut(client: FlaskClient, world: World) -> None:
    walk_to_address(client, world)
    long = client.post("/dat-lich/dia-chi", data={"address": "a" * 201, "landmark": "b" * 201})
    assert long.status_code == 422
    assert {"address-error", "landmark-error"} <= set(long.text.split('"'))
    assert "a" * 201 in long.text  # as typed
