"""A citizen books: what is refused, when; what is kept; what comes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.tongue import Tongue
from app.models import Charge, Entitlement, Errand, ServiceRequest
from tests.app.web.citizens.walk import (
    PHONE,
    TYPED,
    book,
    confirm,
    path,
    prove,
    tabs_of,
    walk_to_address,
    walk_to_confirm,
    walk_to_slot,
)
from tests.factories import World, make_office, make_procedure, make_shape, make_unit


def test_the_whole_road_of_a_booking_ends_in_one_request_with_its_errand(
    client: FlaskClient, session: Session, world: World
) -> None:
    answer = book(client, world)
    assert answer.status_code == 303, answer.text
    row = session.scalars(select(ServiceRequest)).one()
    errand = session.scalars(select(Errand)).one()
    assert (row.applicant.phone, row.place.landmark) == (PHONE, "cạnh nhà rông")
    assert errand.slot_id == world.slot.id
    assert session.scalar(select(func.count()).select_from(Charge)) == 2


def test_the_confirmed_page_shows_reference_link_and_papers(
    client: FlaskClient, session: Session, world: World
) -> None:
    book(client, world)
    page = client.get("/dat-lich/xong").text
    row = session.scalars(select(ServiceRequest)).one()
    assert row.reference in page
    assert f"/theo-doi/{row.tracking_token}" in page
    assert "Tờ khai thử" in page


def test_a_second_press_of_the_button_books_nothing_more(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_confirm(client, world)
    (name,) = tabs_of(client)
    sealed = client.get_cookie(name)
    assert sealed is not None
    confirm(client)
    client.set_cookie(name, sealed.value)  # the other press began with the same page
    assert confirm(client).status_code == 303
    assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 1


def test_a_result_is_asked_for_with_its_dossier_code_and_no_slot(
    client: FlaskClient, session: Session, world: World
) -> None:
    assert book(client, world, "receive").status_code == 303
    row = session.scalars(select(ServiceRequest)).one()
    assert session.scalars(select(Entitlement.asked_code)).all() == ["H21.65-261120-0011"]
    assert [dossier.code for dossier in row.dossiers] == [None]  # nobody has said yet whose it is


@pytest.mark.parametrize(
    "given",
    [
        {"post_allowed": False, "refusal": "Bưu chính không được nhận. Xin nộp ở một cửa."},
        {"presence": "yes", "presence_note": "Xin nộp ở một cửa, cả hai người có mặt."},
    ],
)
def test_what_the_post_may_not_carry_is_said_before_anything_is_filled_in(
    client: FlaskClient, session: Session, world: World, given: dict[str, Any]
) -> None:
    other = make_procedure(session, **given)
    client.get("/dat-lich?kind=send")
    page = client.post("/dat-lich/thu-tuc?n=0", data={"procedure": other.code}).text
    assert "Xin nộp ở một cửa" in page
    assert 'name="phone"' not in page


def test_where_to_go_instead_is_told_with_its_hours_and_telephone(
    client: FlaskClient, session: Session, world: World
) -> None:
    world.unit.in_service_from = None
    world.desk.opening_hours, world.desk.phone = "Thứ 2–6: 7:30–11:30", "0269111222"
    session.flush()
    page = client.get("/xa-phuong?q=Ia Krái").text
    assert "Giờ mở cửa: Thứ 2–6: 7:30–11:30." in page
    assert '<a href="tel:0269111222">' in page


def test_a_commune_not_in_service_says_where_to_go_instead(client: FlaskClient, session: Session, world: World) -> None:
    world.unit.in_service_from = None
    session.flush()
    walk_to_address(client, world)
    page = client.post("/dat-lich/xa-phuong", data={"q": TYPED, "unit": world.unit.code}).text
    assert "chưa mở" in page
    assert world.desk.name in page
    assert world.office.name in page


def test_an_old_name_shows_todays_commune_to_choose_from(client: FlaskClient, world: World) -> None:
    page = client.get("/xa-phuong?q=Ia Tô, Ia Grai").text
    assert "Xã Ia Krái" in page
    assert "Tên cũ" in page


def test_a_commune_is_never_guessed(client: FlaskClient, world: World) -> None:
    walk_to_address(client, world)
    answer = client.post("/dat-lich/xa-phuong", data={"q": TYPED})
    assert answer.status_code == 422
    assert "Xin chọn đúng xã, phường" in answer.text


def test_a_commune_that_nobody_knows_keeps_what_was_typed(client: FlaskClient, world: World) -> None:
    client.get("/dat-lich?kind=send")
    client.post("/dat-lich/thu-tuc?n=0", data={"procedure": world.procedure.code})
    client.post("/dat-lich/truong-hop?n=0", data={"who": "self"})
    answer = client.post("/dat-lich/xa-phuong", data={"q": "Xã Không Có Thật"})
    assert answer.status_code == 422
    assert 'value="Xã Không Có Thật"' in answer.text


def test_a_malformed_phone_is_said_at_its_field_and_kept(client: FlaskClient, world: World) -> None:
    walk_to_slot(client, world)
    answer = client.post("/dat-lich/lien-lac", data={"channel": "sms", "phone": "12345"})
    assert answer.status_code == 422
    assert 'href="#phone"' in answer.text
    assert 'value="12345"' in answer.text


def test_without_a_telephone_a_named_helper_is_enough(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_slot(client, world)
    client.post("/dat-lich/lien-lac", data={"channel": "helper", "phone": ""})
    client.post("/dat-lich/nguoi-giup", data={"helper_name": "Trần Thị Mẫu", "helper_phone": "0900 000 456"})
    prove(client, "0900000456")
    client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    assert confirm(client).status_code == 303
    row = session.scalars(select(ServiceRequest)).one()
    assert (row.helper_name, row.helper_phone, row.applicant.phone) == ("Trần Thị Mẫu", "0900000456", None)


def test_a_full_slot_is_said_where_it_is_chosen(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_slot(client, world)
    world.slot.capacity = 0
    session.flush()
    answer = client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    assert answer.status_code == 422
    assert 'id="slot-error"' in answer.text


@pytest.mark.parametrize("slot", ["²", "9" * 20, "x", ""])
def test_a_slot_that_is_no_number_is_asked_for_again(client: FlaskClient, world: World, slot: str) -> None:
    walk_to_slot(client, world)
    assert client.post("/dat-lich/gio-hen", data={"slot": slot}).status_code == 422


@pytest.mark.parametrize("position", ["²", "9" * 20, "x"])
def test_a_dossier_that_is_not_there_is_neither_shown_nor_removed(
    client: FlaskClient, world: World, position: str
) -> None:
    walk_to_slot(client, world)
    assert client.get(f"/dat-lich/thu-tuc?n={position}").status_code == 200
    assert client.post("/dat-lich/ho-so", data={"remove": position}).status_code == 303
    assert world.procedure.name in client.get("/dat-lich/ho-so").text


def test_a_slot_that_filled_meanwhile_sends_back_to_choose_another(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_confirm(client, world)
    world.slot.closed = True
    session.flush()
    answer = confirm(client)
    assert answer.status_code == 422
    assert "/dat-lich/gio-hen?sua=1" in answer.text
    assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 0


def test_without_consent_nothing_is_booked(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_confirm(client, world)
    answer = confirm(client, consent="")
    assert answer.status_code == 422
    assert 'href="#consent"' in answer.text
    assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 0


def test_the_price_is_shown_in_parts_before_confirming(client: FlaskClient, world: World) -> None:
    walk_to_confirm(client, world)
    page = client.get("/dat-lich/xac-nhan").text
    assert "Cước đến nhà nhận hồ sơ" in page
    assert "26.000" in page
    assert "Lệ phí nhà nước" in page


def test_a_second_dossier_joins_the_same_request(client: FlaskClient, session: Session, world: World) -> None:
    other = make_procedure(session, name="Thủ tục thứ hai", cases=[])
    walk_to_confirm(client, world)
    client.post("/dat-lich/thu-tuc?n=1", data={"procedure": other.code})
    assert "Thủ tục thứ hai" in client.get("/dat-lich/ho-so").text
    confirm(client)
    row = session.scalars(select(ServiceRequest)).one()
    assert len(row.dossiers) == 2


def test_a_second_dossier_that_is_unanswered_is_the_one_asked_about(client: FlaskClient, world: World) -> None:
    walk_to_address(client, world)
    client.post("/dat-lich/thu-tuc?n=1", data={"procedure": world.procedure.code})
    assert path(client.get("/dat-lich/ho-so")) == "/dat-lich/truong-hop"
    assert path(client.post("/dat-lich/truong-hop", data={"who": "self"})) == "/dat-lich/ho-so"
    assert client.get("/dat-lich/ho-so").status_code == 200


def test_a_dossier_can_be_taken_out_again(client: FlaskClient, session: Session, world: World) -> None:
    other = make_procedure(session, name="Thủ tục thứ hai", cases=[])
    walk_to_confirm(client, world)
    client.post("/dat-lich/thu-tuc?n=1", data={"procedure": other.code})
    client.post("/dat-lich/ho-so", data={"remove": "1"})
    assert "Thủ tục thứ hai" not in client.get("/dat-lich/ho-so").text


def test_a_page_ahead_of_its_turn_leads_to_the_first_open_question(client: FlaskClient, world: World) -> None:
    walk_to_address(client, world)
    assert path(client.get("/dat-lich/xac-nhan")) == "/dat-lich/dia-chi"


def test_going_back_shows_what_was_typed(client: FlaskClient, world: World) -> None:
    walk_to_confirm(client, world)
    assert "cạnh nhà rông" in client.get("/dat-lich/dia-chi").text
    assert 'value="Nguyễn Văn Thử"' in client.get("/dat-lich/nguoi-gui").text
    assert f'value="{PHONE}"' in client.get("/dat-lich/lien-lac").text


def test_correcting_one_answer_returns_to_the_summary(client: FlaskClient, world: World) -> None:
    walk_to_confirm(client, world)
    answer = client.post("/dat-lich/nguoi-gui?sua=1", data={"who": "person", "name": "Lê Thị Thử"})
    assert path(answer) == "/dat-lich/xac-nhan"
    assert "Lê Thị Thử" in client.get("/dat-lich/xac-nhan").text


def test_choosing_another_service_keeps_what_was_typed(client: FlaskClient, world: World) -> None:
    walk_to_confirm(client, world)
    back = re.search(r'class="back[^>]*><a href="([^"]+)"', client.get("/dat-lich/thu-tuc").text)
    assert back is not None
    other = re.search(r'href="([^"]+kind=send_and_receive[^"]*)"', client.get(back.group(1)).text)
    assert other is not None
    client.get(other.group(1).replace("&amp;", "&"))
    client.post("/dat-lich/truong-hop?n=0", data={"who": "self"})
    assert "cạnh nhà rông" in client.get("/dat-lich/dia-chi").text
    assert "Cước mang kết quả về nhà" in client.get("/dat-lich/xac-nhan").text


def test_a_pin_that_was_not_moved_says_nothing(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_confirm(client, world)
    pin = {"address": "Thôn 2", "lon": str(world.unit.lon), "lat": str(world.unit.lat)}
    client.post("/dat-lich/dia-chi", data=pin)
    confirm(client)
    assert session.scalars(select(ServiceRequest)).one().place.pin_source == "unit"


def test_a_moved_pin_is_the_citizens_word(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_confirm(client, world)
    pin = {"address": "Thôn 2", "lon": str(world.unit.lon + 0.01), "lat": str(world.unit.lat)}
    client.post("/dat-lich/dia-chi", data=pin)
    confirm(client)
    assert session.scalars(select(ServiceRequest)).one().place.pin_source == "citizen"


def test_a_pin_in_another_commune_asks_and_the_citizen_decides(
    client: FlaskClient, session: Session, world: World
) -> None:
    other = make_unit(session, lon=world.unit.lon + 0.04, lat=world.unit.lat)
    make_shape(session, world.unit)
    make_shape(session, other)
    walk_to_confirm(client, world)
    pin = {"address": "Thôn 2", "lon": str(other.lon), "lat": str(other.lat)}
    asked = client.post("/dat-lich/dia-chi?sua=1", data=pin)
    assert asked.status_code == 422
    assert f"Ghim nằm ở {other.name}, không phải {world.unit.name}." in asked.text
    assert path(client.post("/dat-lich/dia-chi?sua=1", data=pin | {"pin": "keep"})) == "/dat-lich/xac-nhan"
    confirm(client)
    place = session.scalars(select(ServiceRequest)).one().place
    assert place.unit_code == world.unit.code
    assert place.lon == pytest.approx(other.lon, abs=1e-5)


def test_the_commune_of_the_pin_is_taken_in_one_answer(client: FlaskClient, session: Session, world: World) -> None:
    other = make_unit(session, lon=world.unit.lon + 0.04, lat=world.unit.lat)
    make_office(session, unit=other)
    make_shape(session, world.unit)
    make_shape(session, other)
    walk_to_confirm(client, world)
    pin = {"address": "Thôn 2", "lon": str(other.lon), "lat": str(other.lat), "pin": f"other:{other.code}"}
    assert path(client.post("/dat-lich/dia-chi?sua=1", data=pin)) == "/dat-lich/nguoi-gui"
    assert other.name in client.get("/dat-lich/dia-chi").text
    assert path(client.get("/dat-lich/xac-nhan")) == "/dat-lich/gio-hen"


@pytest.mark.parametrize("answer", ["other:{first}", "other", "other:"])
def test_an_answer_of_one_commune_is_none_for_another_that_the_pin_was_dragged_to(
    client: FlaskClient, session: Session, world: World, answer: str
) -> None:
    first = make_unit(session, lon=world.unit.lon + 0.04, lat=world.unit.lat)
    second = make_unit(session, lon=world.unit.lon - 0.04, lat=world.unit.lat)
    for unit in (world.unit, first, second):
        make_shape(session, unit)
    walk_to_confirm(client, world)
    asked = client.post("/dat-lich/dia-chi", data={"address": "Thôn 2", "lon": str(first.lon), "lat": str(first.lat)})
    assert f'value="other:{first.code}"' in asked.text
    dragged = {"address": "Thôn 2", "lon": str(second.lon), "lat": str(second.lat)}
    again = client.post("/dat-lich/dia-chi", data=dragged | {"pin": answer.format(first=first.code)})
    assert again.status_code == 422
    assert f"Ghim nằm ở {second.name}, không phải {world.unit.name}." in again.text
    confirm(client)
    place = session.scalars(select(ServiceRequest)).one().place
    assert (place.unit_code, place.pin_source) == (world.unit.code, "unit")


def test_a_pin_outside_every_commune_can_be_left_out(client: FlaskClient, session: Session, world: World) -> None:
    make_shape(session, world.unit)
    walk_to_confirm(client, world)
    pin = {"address": "Thôn 2", "lon": str(world.unit.lon + 0.05), "lat": str(world.unit.lat)}
    assert "3,3 km" in client.post("/dat-lich/dia-chi", data=pin).text
    client.post("/dat-lich/dia-chi", data=pin | {"pin": "without"})
    confirm(client)
    assert session.scalars(select(ServiceRequest)).one().place.pin_source == "unit"


@pytest.mark.parametrize("pin", [("nan", "13.9"), ("abc", ""), ("1e9", "1e9"), ("0", "0")])
def test_a_pin_from_nowhere_is_left_out(
    client: FlaskClient, session: Session, world: World, pin: tuple[str, str]
) -> None:
    walk_to_confirm(client, world)
    client.post("/dat-lich/dia-chi", data={"address": "Thôn 2", "lon": pin[0], "lat": pin[1]})
    confirm(client)
    assert session.scalars(select(ServiceRequest)).one().place.pin_source == "unit"


def test_a_unit_outside_the_choices_is_not_taken(client: FlaskClient, session: Session, world: World) -> None:
    stranger = make_unit(session)
    walk_to_address(client, world)
    answer = client.post("/dat-lich/xa-phuong", data={"q": TYPED, "unit": stranger.code})
    assert answer.status_code == 422


def test_what_was_typed_ahead_of_the_commune_is_not_typed_twice(client: FlaskClient, world: World) -> None:
    walk_to_address(client, world)
    typed = "nhà cạnh suối, làng Mook, thôn 3, xã Ia Krái, sđt 0900000123"
    client.post("/dat-lich/xa-phuong", data={"q": typed, "unit": world.unit.code})
    page = client.get("/dat-lich/dia-chi").text
    assert 'value="nhà cạnh suối, làng Mook, thôn 3"' in page
    assert "0900000123" not in page


def test_the_commune_found_before_booking_comes_along(client: FlaskClient, world: World) -> None:
    found = client.get("/xa-phuong?q=xã Ia Krái, tỉnh Gia Lai").text
    assert found.count('<a class="button') >= 1
    assert f"/dat-lich?unit={world.unit.code}" in found
    assert f"unit={world.unit.code}" in client.get(f"/dat-lich?unit={world.unit.code}").text
    client.get(f"/dat-lich?kind=send&unit={world.unit.code}")
    client.post("/dat-lich/thu-tuc?n=0", data={"procedure": world.procedure.code})
    client.post("/dat-lich/truong-hop?n=0", data={"who": "self"})
    client.post("/dat-lich/ho-so", data={})
    page = client.get("/dat-lich/xa-phuong").text
    assert re.search(rf'value="{world.unit.code}"[^>]* checked', page)


def test_what_is_spoken_at_home_is_asked_kept_and_shown_before_confirming(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_confirm(client, world)
    person = {"who": "person", "name": "Nguyễn Văn Thử", "discount": "none"}
    client.post("/dat-lich/nguoi-gui?sua=1", data={**person, "tongue": "jra"})
    assert "Tiếng Jrai" in client.get("/dat-lich/xac-nhan").text
    assert 'value="jra" selected' in client.get("/dat-lich/nguoi-gui").text
    assert confirm(client).status_code == 303
    assert session.scalars(select(ServiceRequest)).one().tongue is Tongue.JRAI


@pytest.mark.parametrize("given", ["", "klingon"])
def test_nobody_has_to_say_what_is_spoken_at_home(
    client: FlaskClient, session: Session, world: World, given: str
) -> None:
    walk_to_confirm(client, world)
    person = {"who": "person", "name": "Nguyễn Văn Thử", "discount": "none", "tongue": given}
    client.post("/dat-lich/nguoi-gui?sua=1", data=person)
    assert "Tiếng nói trong nhà" not in client.get("/dat-lich/xac-nhan").text
    assert confirm(client).status_code == 303
    assert session.scalars(select(ServiceRequest)).one().tongue is None
