"""A form belongs to its tab, is booked as it was shown, and leaves nobody behind on a telephone that is passed on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import ServiceRequest, SlotHold
from app.unit_of_work import UnitOfWork
from app.web import tabs
from tests.app.web.citizens.walk import PHONE, book, confirm, path, shown_in, tabs_of, walk_to_confirm
from tests.app.web.conftest import Tab, lent
from tests.factories import NOW, World

SUMMARY = "/dat-lich/xac-nhan"
PAGES = ("thu-tuc", "truong-hop", "ho-so", "xa-phuong", "dia-chi", "nguoi-gui", "lien-lac", "gio-hen", "xac-nhan")


@pytest.fixture
def other_tab(client: FlaskClient) -> Tab:
    """The same browser's second tab: one store of cookies."""
    tab = Tab(client.application, client.application.response_class)
    tab._cookies = client._cookies
    return tab


def booked(session: Session) -> list[ServiceRequest]:
    return list(session.scalars(select(ServiceRequest).order_by(ServiceRequest.created_at)))


def test_each_of_two_tabs_books_what_it_showed(
    client: FlaskClient, other_tab: Tab, session: Session, world: World
) -> None:
    walk_to_confirm(client, world)
    client.post("/dat-lich/nguoi-gui?sua=1", data={"who": "person", "name": "Mẹ Thử"})
    mother = shown_in(client.get(SUMMARY))
    walk_to_confirm(other_tab, world)
    other_tab.post("/dat-lich/nguoi-gui?sua=1", data={"who": "person", "name": "Cha Thử"})
    assert client.post(SUMMARY, data={"consent": "1", "shown": mother}).status_code == 303
    assert [row.applicant.name for row in booked(session)] == ["Mẹ Thử"]
    assert "Cha Thử" in other_tab.get(SUMMARY).text


def test_what_changed_after_it_was_shown_is_shown_before_it_is_booked(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_confirm(client, world)
    before = shown_in(client.get(SUMMARY))
    client.post("/dat-lich/nguoi-gui?sua=1", data={"who": "person", "name": "Lê Thị Khác"})  # a copy of this tab
    answer = client.post(SUMMARY, data={"consent": "1", "shown": before})
    assert answer.status_code == 409
    assert "Nội dung đã đổi sau khi trang này hiện ra" in answer.text
    assert "Lê Thị Khác" in answer.text
    assert booked(session) == []
    assert client.post(SUMMARY, data={"consent": "1", "shown": shown_in(answer)}).status_code == 303


def test_a_price_that_rose_meanwhile_is_shown_before_it_is_booked(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_confirm(client, world)
    before = shown_in(client.get(SUMMARY))
    world.procedure.state_fee = (world.procedure.state_fee or 0) + 7000
    session.flush()
    assert client.post(SUMMARY, data={"consent": "1", "shown": before}).status_code == 409
    assert booked(session) == []


def test_a_form_that_does_not_say_what_it_showed_books_nothing(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_confirm(client, world)
    assert client.post(SUMMARY, data={"consent": "1"}).status_code == 409
    assert booked(session) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_offers_to_start_again(client: FlaskClient, world: World, page: str) -> None:
    walk_to_confirm(client, world)
    assert f'action="/dat-lich/bat-dau-lai?nhap={client.tab}"' in client.get(f"/dat-lich/{page}").text  # type: ignore[attr-defined]  # the tab of the tests' own client


def test_starting_again_leaves_neither_person_nor_place_behind(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_confirm(client, world)
    assert session.scalar(select(func.count()).select_from(SlotHold)) == 1
    assert path(client.post("/dat-lich/bat-dau-lai")) == "/dat-lich"
    assert tabs_of(client) == []
    assert session.scalar(select(func.count()).select_from(SlotHold)) == 0
    assert path(client.get("/dat-lich/lien-lac")) == "/dat-lich"  # the button back


def test_the_next_person_on_this_telephone_begins_with_an_empty_form(client: FlaskClient, world: World) -> None:
    walk_to_confirm(client, world)
    client.get("/dat-lich?kind=send")
    client.post("/dat-lich/thu-tuc?n=0", data={"procedure": world.procedure.code})
    client.post("/dat-lich/truong-hop?n=0", data={"who": "self"})
    assert path(client.get("/dat-lich/lien-lac")) == "/dat-lich/xa-phuong"
    assert PHONE not in client.get("/dat-lich/xa-phuong").text


def test_after_booking_the_browser_holds_nothing_of_the_person(
    client: FlaskClient, session: Session, world: World
) -> None:
    book(client, world)
    for page in PAGES:  # the button back
        answer = client.get(f"/dat-lich/{page}")
        assert path(answer) == "/dat-lich/xong"
        assert PHONE not in answer.text
    assert booked(session)[0].reference in client.get("/dat-lich/xong").text


def test_a_form_that_was_left_for_an_hour_is_gone_and_says_so(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    walk_to_confirm(client, world)
    with lent(flask_app, session, NOW + tabs.LIVES + timedelta(minutes=1)):
        assert path(client.get("/dat-lich/lien-lac")) == "/dat-lich"
        page = client.get("/dat-lich").text
    assert "để quá lâu nên được xóa" in page


def test_an_answer_within_the_hour_keeps_the_form(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    walk_to_confirm(client, world)
    for hour in (0.9, 1.8):
        with lent(flask_app, session, NOW + tabs.LIVES * hour) as app:
            app.config["WTF_CSRF_ENABLED"] = False
            answer = client.post("/dat-lich/nguoi-gui?sua=1", data={"who": "person", "name": "Lê Thị Chậm"})
            assert path(answer) == "/dat-lich/xac-nhan"


def test_a_place_whose_ten_minutes_are_over_is_still_booked_while_there_is_room(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    walk_to_confirm(client, world)
    with lent(flask_app, session, NOW + timedelta(minutes=11)) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        assert confirm(client).status_code == 303


def test_a_place_that_another_took_after_its_ten_minutes_sends_back_to_choose(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    walk_to_confirm(client, world)
    world.slot.capacity = 0
    session.flush()
    with lent(flask_app, session, NOW + timedelta(minutes=11)) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        answer = confirm(client)
        assert answer.status_code == 422
        assert f"/dat-lich/gio-hen?sua=1&amp;nhap={client.tab}" in answer.text  # type: ignore[attr-defined]  # the tab of the tests' own client
        assert "Nguyễn Văn Thử" in answer.text  # nothing that was typed is lost


def test_a_browser_keeps_four_tabs_and_forgets_the_oldest(client: FlaskClient) -> None:
    for _ in range(6):
        client.get("/dat-lich?kind=send")
    assert len(tabs_of(client)) == tabs.MOST


def test_what_a_tab_keeps_is_sealed(client: FlaskClient, world: World) -> None:
    walk_to_confirm(client, world)
    (name,) = tabs_of(client)
    kept = client.get_cookie(name)
    assert kept is not None
    assert kept.http_only
    assert PHONE not in kept.value
    client.set_cookie(name, kept.value[:-4] + "AAAA")
    assert path(client.get("/dat-lich/lien-lac")) == "/dat-lich"
