"""With English chosen, everything of ours is English; names, places and what the data say stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.identity import Role
from app.models import Base, StaffAccount
from tests.app.web.citizens.walk import UNIT, book, walk_to_confirm
from tests.app.web.conftest import SignIn
from tests.factories import World, make_staff, make_world
from tests.repository.sources import is_vietnamese

KEPT = (
    "Tận Nhà",
    "Tiếng Việt",
    "Ia Krái",
    "Ia Tô",
    "Thôn 2",
    "cạnh nhà rông",
    "Nguyễn Văn Thử",
    "Thủ tục thử",
    "NĐ-CP",
    "Bảng cước thử",
    "Cán bộ Thử",
    "Bưu tá Thử",
    "Giấy khai sinh",
)
PAGES = {
    "/": "What would you like to do?",
    "/thu-tuc/": "Procedures and the papers they need",
    "/xa-phuong?q=Ia Krái": "Find your commune or ward",
    "/dat-lich": "Send a dossier",
    "/dat-lich?kind=send": "Which procedure do you need?",
    "/du-lieu-ca-nhan": "Personal data",
    "/tieng/bdq": "No native speaker has translated yet",
    "/xac-nhan-so": "Send the code",
    "/dang-nhap": "Sign-in for staff",
}
STEPS = {
    "thu-tuc": "Which procedure do you need?",
    "truong-hop": "Your case",
    "ho-so": "Papers to prepare",
    "xa-phuong": "Which commune or ward",
    "dia-chi": "Position of your home",
    "nguoi-gui": "Whose dossier is it?",
    "lien-lac": "How shall we keep you informed?",
    "gio-hen": "When does it suit you?",
    "xac-nhan": "Please check before you book",
}


AT_WORK = {
    Role.COURIER: ["/buu-cuc/dat-giup"],
    Role.COUNTER: ["/buu-cuc/", "/buu-cuc/giao-nhan", "/buu-cuc/dat-giup"],
    Role.DESK_CLERK: ["/mot-cua/", "/mot-cua/giao-nhan", "/mot-cua/ket-qua"],
    Role.COORDINATOR: [
        f"/dieu-phoi/{page}"
        for page in (
            *("", "ngay-nghi", "quang-duong", "lap-ke-hoach", "tim", "nhan-su"),
            *("ket-noi/", "ket-noi/can-xu-ly", "ket-noi/tin-den", "ket-noi/ho-so", "ket-noi/buu-cuc"),
        )
    ],
}


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")


class _Words(HTMLParser):
    """Everything on a page that can be read or heard: text and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        self.found += [value for _name, value in attrs if value]


def vietnamese(answer: TestResponse, world: World) -> list[str]:
    """What is still Vietnamese on the page, names and data apart."""
    words = _Words()
    words.feed(answer.text)
    data = sorted({*KEPT, *_data(world)}, key=len, reverse=True)
    return [text for text in words.found if is_vietnamese(_without(_unescaped(text), data)) and text != "đ"]


def _unescaped(text: str) -> str:
    """A map's settings are JSON in an attribute."""
    return json.dumps(json.loads(text), ensure_ascii=False) if text.startswith("{") else text


def _without(text: str, data: list[str]) -> str:
    for known in data:
        text = text.replace(known, "")
    return text.replace(" đ", "")


def _data(world: World) -> Iterator[str]:
    rows: list[Base] = [world.unit, world.office, world.desk, world.procedure, *world.procedure.papers]
    for row in rows:
        yield from _texts([getattr(row, column.key) for column in row.__table__.columns])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and is_vietnamese(value):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_english_when_asked(client: FlaskClient, world: World, path: str) -> None:
    page = client.get(path + ("&" if "?" in path else "?") + "lang=en", follow_redirects=True)
    assert PAGES[path] in page.text
    assert vietnamese(page, world) == []


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_the_booking_speaks_english(client: FlaskClient, world: World, step: str) -> None:
    client.get("/?lang=en")
    walk_to_confirm(client, world, "send_and_receive")
    page = client.get(f"/dat-lich/{step}")
    assert STEPS[step] in page.text
    assert vietnamese(page, world) == []


@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in AT_WORK.items() for path in paths])
def test_a_page_at_work_speaks_english(
    client: FlaskClient, session: Session, world: World, sign_in: SignIn, role: Role, path: str
) -> None:
    sign_in(_person(session, world, role))
    page = client.get(f"{path}?lang=en")
    assert page.status_code == 200
    assert vietnamese(page, world) == []


def _person(session: Session, world: World, role: Role) -> StaffAccount:
    if role is Role.COURIER:
        return session.get_one(StaffAccount, world.courier.staff_account_id)
    known = {Role.COUNTER: world.counter, Role.DESK_CLERK: world.clerk}
    return known.get(role) or make_staff(session, role)


def test_the_page_of_a_procedure_speaks_english_around_its_data(client: FlaskClient, world: World) -> None:
    page = client.get(f"/thu-tuc/{world.procedure.code}?lang=en")
    assert "3 working day(s)" in page.text
    assert world.procedure.name in page.text
    assert vietnamese(page, world) == []


def test_money_is_written_as_the_reader_writes_it(client: FlaskClient, world: World) -> None:
    walk_to_confirm(client, world)
    assert "26,000 đ" in client.get("/dat-lich/xac-nhan?lang=en").text
    assert "26.000 đ" in client.get("/dat-lich/xac-nhan?lang=vi").text


def test_the_tracking_page_speaks_english(client: FlaskClient, world: World) -> None:
    client.get("/?lang=en")
    booked = client.get(book(client, world).location)
    assert "Please note this code." in booked.text
    assert vietnamese(booked, world) == []
    link = next(part for part in booked.text.split('"') if "/theo-doi/" in part)
    page = client.get(urlsplit(link).path)
    assert "You have the papers" in page.text
    assert vietnamese(page, world) == []


def test_an_error_speaks_english(client: FlaskClient, world: World) -> None:
    page = client.get("/khong-co-trang-nay?lang=en")
    assert page.status_code == 404
    assert "There is no such page." in page.text
    assert vietnamese(page, world) == []


def test_a_refusal_speaks_english(client: FlaskClient, world: World) -> None:
    client.get("/dat-lich?kind=send&lang=en")
    page = client.post("/dat-lich/thu-tuc?n=0", data={"procedure": ""})
    assert "Please choose a procedure." in page.text
    assert vietnamese(page, world) == []


def test_the_browsers_language_is_used_until_one_is_chosen(client: FlaskClient) -> None:
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    assert "What would you like to do?" in client.get("/", headers=english).text
    assert "What would you like to do?" not in client.get("/?lang=vi", headers=english).text
    assert "What would you like to do?" not in client.get("/", headers=english).text


def test_a_problem_of_the_api_speaks_english(client: FlaskClient) -> None:
    answer = client.get("/api/v1/procedures/9.999999", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.json is not None
    assert not is_vietnamese(answer.json["detail"])
