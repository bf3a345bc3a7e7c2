"""Every citizens' page renders in both languages, light, without script of its own; refusals are sentences."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.app.web.citizens.walk import walk_to_confirm
from tests.factories import World, make_procedure

STILL = [
    "/",
    "/thu-tuc/",
    "/xa-phuong?q=Ia Krái",
    "/dat-lich",
    "/du-lieu-ca-nhan",
    "/tieng/jra",
    "/xac-nhan-so",
    "/dang-nhap",
]
STEPS = ["thu-tuc", "truong-hop", "ho-so", "xa-phuong", "dia-chi", "nguoi-gui", "lien-lac", "gio-hen", "xac-nhan"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", STILL)
def test_a_page_renders_in_both_languages(client: FlaskClient, world: World, path: str, language: str) -> None:
    client.get(f"/?lang={language}")
    page = client.get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_the_booking_renders_in_both_languages(
    client: FlaskClient, world: World, step: str, language: str
) -> None:
    client.get(f"/?lang={language}")
    walk_to_confirm(client, world, "send_and_receive")
    assert client.get(f"/dat-lich/{step}").status_code == 200


@pytest.mark.parametrize("path", [*STILL, *(f"/dat-lich/{step}" for step in STEPS)])
def test_a_page_is_light_and_holds_nothing_inline(client: FlaskClient, world: World, path: str) -> None:
    walk_to_confirm(client, world)
    page = client.get(path).text
    assert len(page.encode()) < 40_000  # styles, script and fonts are files of their own, together under 60 kB
    assert re.search(r"\son[a-z]+=|style=|<script(?![^>]*src)", page) is None


def test_the_home_page_offers_the_three_services(client: FlaskClient) -> None:
    page = client.get("/").text
    for kind in ("send", "receive", "send_and_receive"):
        assert f"/dat-lich?kind={kind}" in page


@pytest.mark.parametrize("words", ["khai sinh", "KHAI SINH", "Khái sinh"])
def test_procedures_are_found_without_accents(client: FlaskClient, session: Session, words: str) -> None:
    row = make_procedure(session, name="Đăng ký khai sinh")
    assert row.code in client.get("/thu-tuc/", query_string={"q": words}).text


def test_a_search_that_finds_nothing_says_so(client: FlaskClient) -> None:
    assert "Không tìm thấy thủ tục" in client.get("/thu-tuc/?q=khongcogi").text


def test_a_procedures_page_says_the_three_ways_and_an_unknown_fee(client: FlaskClient, session: Session) -> None:
    row = make_procedure(session, state_fee=None)
    page = client.get(f"/thu-tuc/{row.code}").text
    for way in ("Nộp trực tuyến", "Qua bưu tá, tại nhà", "Tại quầy bưu cục xã"):
        assert way in page
    assert "Chưa rõ hoặc do tỉnh quy định" in page


def test_a_procedure_the_post_may_not_carry_offers_no_booking(client: FlaskClient, session: Session) -> None:
    row = make_procedure(session, post_allowed=False, refusal="Xin nộp ở một cửa.")
    page = client.get(f"/thu-tuc/{row.code}").text
    assert "Xin nộp ở một cửa." in page
    assert "Đặt lịch cho thủ tục này" not in page


def test_the_leaflet_is_a_pdf(client: FlaskClient, session: Session) -> None:
    answer = client.get(f"/thu-tuc/{make_procedure(session).code}/to-roi.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_a_commune_not_open_yet_says_when_and_where_instead(
    client: FlaskClient, session: Session, world: World
) -> None:
    world.unit.in_service_from = None
    session.flush()
    page = client.get("/xa-phuong?q=Ia Krái").text
    assert "Chưa mở" in page
    assert world.desk.name in page


def test_the_map_of_the_pin_shows_the_offices_around(client: FlaskClient, world: World) -> None:
    told = client.get(f"/xa-phuong/{world.unit.code}/quanh-day.json").json
    assert told is not None
    assert told["offices"][0]["name"] == world.office.name
    assert client.get("/xa-phuong/00000/quanh-day.json").status_code == 422


def test_spoken_words_lead_to_the_procedure_and_what_is_not_ours_to_where_it_is(
    client: FlaskClient, session: Session
) -> None:
    make_procedure(session, code="1.001193", name="Đăng ký khai sinh")
    assert "/thu-tuc/1.001193" in client.get("/thu-tuc/?q=vo+moi+sinh+em+be").text
    page = client.get("/thu-tuc/?q=hộ+chiếu").text
    assert "Phòng Quản lý xuất nhập cảnh" in page
    assert "Không tìm thấy thủ tục nào" not in page


def test_where_a_refused_procedure_is_looked_for_the_way_to_go_is_said_at_once(
    client: FlaskClient, session: Session
) -> None:
    make_procedure(session, name="Đổi giấy phép lái xe", post_allowed=False, refusal="Xin đến Công an tỉnh.")
    assert "Xin đến Công an tỉnh." in client.get("/thu-tuc/?q=giay+phep+lai+xe").text


def test_without_words_the_most_wanted_procedures_stand_first(client: FlaskClient, session: Session) -> None:
    make_procedure(session, code="9.999999", name="A", field="A")
    make_procedure(session, code="1.001193", name="Đăng ký khai sinh")
    page = client.get("/thu-tuc/").text
    assert page.index("1.001193") < page.index("9.999999")
