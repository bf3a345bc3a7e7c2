"""The whole road in a real browser: booked, collected, counted, its result carried home with the citizen's code."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser import notices, people
from tests.browser.conftest import Installation
from tests.browser.courier import Courier
from tests.browser.people import Staff

NAME, PHONE = "Nguyễn Thị Đường Thử", "0900000777"
ADDRESS = "Thôn Thử Nghiệm"  # as `people.book` gives it
MILD = {"latency", "reset_before", "reset_after", "server_error", "expired", "duplicate"}
DOSSIER = "H21.65-261201-0777"
BROWSER = "may-cua-ba-thu"


def password_of(installation: Installation) -> str:
    """As printed for the newcomer at the end of the start."""
    for line in installation.lines:
        found = re.search(r"with the password (\S+) as", line)
        if found:
            return str(found.group(1))
    raise AssertionError("\n".join(installation.lines))


@pytest.mark.timeout(300)
def test_a_dossier_is_collected_and_its_result_comes_home(
    installation: Installation, open_page: Callable[[], Page]
) -> None:
    password = password_of(installation)

    def staff(username: str) -> Staff:
        someone = Staff(open_page(), username, password)
        someone.sign_in()
        return someone

    citizen = open_page()
    link = people.book(citizen, NAME, PHONE, installation)
    citizen.goto(link)
    notices.allow(citizen, installation, BROWSER)
    people.next_day(citizen)

    counter, clerk = staff("quay-iakrai"), staff("motcua-iakrai")
    carrier = Staff(citizen, "buuta-iakrai-1", password)  # signs at the counter
    courier = on_the_road(open_page(), carrier)
    parcel = courier.collect("NP0007770")
    courier.send_everything()
    citizen.goto(link)
    expect(citizen.locator(".custody__side--now")).to_contain_text("Bưu tá")
    hears_of_it_on_a_closed_page(citizen, installation)

    each_signs_on_its_own_machine(courier, counter, clerk, parcel)
    people.count(clerk, parcel, DOSSIER, "2026-12-31", counter)
    citizen.goto(link)
    expect(citizen.locator(".custody__side--now")).to_contain_text("Bộ phận một cửa")
    expect(citizen.get_by_text(DOSSIER).first).to_be_visible()

    result = people.enter_result(clerk, DOSSIER, "Bản sao trích lục", "NP0007771")
    counter.hand_over("Nhận về đây", result, clerk)
    people.next_day(citizen)

    courier = Courier(open_page())
    courier.sign_in(carrier.username, carrier.password)
    sign_without_a_network(courier, counter, result)
    courier.page.goto("/buu-ta/#/")
    courier.start()
    courier.follow(ADDRESS)
    courier.deliver(people.code_sent_to(installation, PHONE, people.HANDS_OVER))
    courier.send_everything()
    citizen.goto(link)
    expect(citizen.get_by_text("Kết quả đã trao tận tay").first).to_be_visible()

    exchange = Played(installation.sandbox)
    exchange.until(lambda: exchange.dossiers()[DOSSIER] == [2, 9, 10])  # each step once, and as we have it
    assert exchange.faults() <= MILD
    handed_in = exchange.told()
    assert handed_in == dict.fromkeys(handed_in, 201)
    assert {f"{code}-TG01" for code in handed_in} <= exchange.orders()  # somebody comes for each, by itself


def hears_of_it_on_a_closed_page(citizen: Page, installation: Installation) -> None:
    """A notice came by the push service, names nobody, and is shown by the page's own worker."""
    told = notices.told(installation, BROWSER)
    assert not [word for word in (NAME, PHONE, ADDRESS) if word in told], told
    there = citizen.url.removeprefix(installation.url)
    (notice,) = notices.shown(citizen, {"body": "Tận Nhà: Bưu tá đã nhận giấy tờ.", "url": there, "tag": "thu"})
    assert notice == {"title": "Tận Nhà", "body": "Bưu tá đã nhận giấy tờ.", "tag": "thu", "url": there}


def each_signs_on_its_own_machine(courier: Courier, counter: Staff, clerk: Staff, parcel: str) -> None:
    """Courier → safe → desk: the courier's phone signs, then the counter in a session of its own."""
    courier.countersign(counter.invite("Nhận về đây", parcel, re.compile("Bưu tá")))
    counter.is_told_that_both_signed()
    clerk.invite("Nhận về đây", parcel, re.compile("Bưu cục"))
    counter.sign_what_waits()
    clerk.is_told_that_both_signed()


def sign_without_a_network(courier: Courier, counter: Staff, parcel: str) -> None:
    """The phone's answer is read from its screen."""
    invitation = counter.invite("Giao đi", parcel, re.compile("Bưu tá"))
    courier.page.context.set_offline(True)
    courier.countersign(invitation)
    answer = courier.page.locator(".confirm__text").inner_text()
    courier.page.context.set_offline(False)
    counter.page.get_by_label("Mã trả lời").fill(answer)
    counter.page.get_by_role("button", name="Nhận mã trả lời").click()
    counter.is_told_that_both_signed()
    courier.press("Quầy đã báo hai bên ký")
    expect(courier.heading("Túi của tôi")).to_be_visible()
    expect(courier.page.get_by_text(parcel)).to_be_visible()


class Played:
    """Both outside systems, as they are played beside this installation."""

    def __init__(self, page: str) -> None:
        self.page = page

    def ask(self, what: str) -> Any:
        with urlopen(self.page + what, timeout=20) as answer:
            return json.loads(answer.read())

    def dossiers(self) -> dict[str, list[int]]:
        return {one["code"]: [state for state, _ in one["steps"]] for one in self.ask("dossiers")}

    def told(self) -> dict[str, int]:
        return {one["subject"]: one["status"] for one in self.ask("outbox") if one["path"] == "/api/v1/dossiers"}

    def orders(self) -> set[str]:
        return {one["number"] for one in self.ask("items")}

    def faults(self) -> set[str]:
        return {one["kind"] for one in self.ask("faults") if one["rate"] > 0}

    def until(self, true: Callable[[], bool]) -> None:
        """Nothing is lost: what did not arrive is sent again."""
        deadline = time.monotonic() + 120
        waiting = threading.Event()
        while not true():
            assert time.monotonic() < deadline, self.dossiers().get(DOSSIER)
            waiting.wait(0.5)


def on_the_road(page: Page, account: Staff) -> Courier:
    """A phone, signed in for its shift, its route begun, at the door of this test."""
    courier = Courier(page)
    courier.sign_in(account.username, account.password)
    courier.start()
    courier.follow(ADDRESS)
    return courier
