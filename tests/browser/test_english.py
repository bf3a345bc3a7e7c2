"""A courier who reads English: the short day from sign-in to hand-in shows no Vietnamese but names and data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from app.clock import Clock
from app.database import Database
from tests.browser.conftest import PATIENCE_MS, PHONE
from tests.browser.courier import Courier
from tests.browser.language import english
from tests.browser.rounds import PASSWORD, make_round
from tests.crash.servers import Servers
from tests.repository.sources import is_vietnamese

SHOWN = """() => [document.title, document.body.innerText,
    ...[...document.querySelectorAll("[aria-label],[alt],[placeholder]")].map(
        (one) => one.getAttribute("aria-label") ?? one.getAttribute("alt") ?? one.getAttribute("placeholder"))]"""
SCREENS = (
    "",
    "thu-tu",
    "them-diem",
    "tui",
    "tui/nhan",
    "tui/giao",
    "tui/su-co",
    "tui/tien",
    "ky",
    "ban-do",
    "ket-thuc",
)
# the currency, the name of the other language, and labels of outcomes that help tells apart from its own words
NAMED = re.compile(r"Tận Nhà|Tiếng Việt|[\d,]+ đ\b|\(đồng\)|“[^”]*” \([a-z ]+\)")


class Reader(Courier):
    """Works in English, and reads each screen before leaving it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, said=english)
        self.seen: set[str] = set()
        self.bundle: dict[str, Any] = {}
        page.context.route("**/api/v1/courier/bundle", self._pass_on)

    def _pass_on(self, route: Route) -> None:
        answer = route.fetch()
        if answer.status == 200:
            self.bundle = answer.json()
        route.fulfill(response=answer)

    def _tap(self, what: Locator) -> None:
        self.read()
        super()._tap(what)

    def read(self) -> None:
        self.seen.update(line.strip() for text in self.page.evaluate(SHOWN) for line in text.splitlines())

    def look_at(self, screen: str) -> None:
        self.page.goto(f"/buu-ta/#/{screen}")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        self.page.wait_for_timeout(100)  # what is read from the phone's own database comes a moment later
        self.read()

    def vietnamese(self) -> list[str]:
        data = sorted(set(_texts(self.bundle)), key=len, reverse=True)
        return sorted(line for line in self.seen if is_vietnamese(NAMED.sub("", _without(line, data))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _without(line: str, data: list[str]) -> str:
    for text in data:
        line = line.replace(text, "")
    return line


@pytest.fixture
def reader(browser: Browser, servers: Servers, database: Database) -> Iterator[Reader]:
    """A courier with a round of three stops who chose English before signing in."""
    with database.transaction() as session:
        today = make_round(session, 3, Clock().now(), money=True)
    context = browser.new_context(base_url=f"http://localhost:{servers.port}", viewport=PHONE, locale="vi-VN")
    context.set_default_timeout(PATIENCE_MS)
    courier = Reader(context.new_page())
    courier.page.goto("/buu-ta/")
    courier.page.get_by_role("button", name="English").click()
    expect(courier.heading("Đăng nhập")).to_be_visible()
    courier.sign_in(today.username, PASSWORD)
    courier.start()
    yield courier
    context.close()


@pytest.mark.timeout(240)
def test_the_short_day_in_english_shows_no_vietnamese_but_names_and_data(reader: Reader) -> None:
    assert reader.page.locator("html").get_attribute("lang") == "en"
    for number in range(2):
        reader.page.goto("/buu-ta/#/")
        reader.open_next()
        reader.collect(f"ENGL{number:06d}")
    reader.page.goto("/buu-ta/#/")
    reader.open_next()
    reader.deliver()
    for screen in SCREENS:
        reader.look_at(screen)
    reader.send_everything()
    reader.read()
    assert reader.vietnamese() == []


@pytest.mark.timeout(120)
def test_the_help_and_why_a_visit_was_not_done_are_english_and_so_are_the_office_s_questions(reader: Reader) -> None:
    reader.open_next()
    reader.look_at("tro-giup/diem")
    situations = [link.get_attribute("href") for link in reader.page.locator(".reasons__link").all()]
    for situation in situations:
        reader.look_at(str(situation).removeprefix("#/"))
    reader.page.goto("/buu-ta/#/")
    reader.open_next()
    reader.follow("Không làm được")
    reader.read()
    assert reader.vietnamese() == []
    assert [question for question in reader.bundle["evidence"].values() if is_vietnamese(question)] == []


@pytest.mark.timeout(120)
def test_a_phone_that_chose_english_speaks_it_without_a_network_too(reader: Reader) -> None:
    reader.page.wait_for_function("navigator.serviceWorker.controller !== null")
    reader.page.context.set_offline(offline=True)
    reader.page.reload()
    expect(reader.heading("Mở khóa")).to_be_visible()
