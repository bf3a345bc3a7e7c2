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
FAR_DOSSIER = "H21.23.563-261125-0778"  # filed at Diên Hồng, as the demonstration's codes are made
FAR_NAME, FAR_PHONE, FAR_ADDRESS = "Siu Thử Đường Xa", "0900000778", "Thôn Thử Đường Xa"


def password_of(installation: Installation) -> str:
    """As printed for the newcomer at the end of the start."""
    for line in installation.lines:
        found = re.search(r"with the password (\S+) as", line)
        if found:
            return str(found.group(1))
    raise AssertionError("\n".join(installation.lines))


@pytest.mark.timeout(420)
def test_a_dossier_is_collected_and_its_result_comes_home_and_so_does_one_that_was_filed_elsewhere(
    installation: Installation, open_page: Callable[[], Page]
) -> None:
    password = password_of(installation)

    def staff(username: str) -> Staff:
        someone = Staff(open_page(), username, password)
        someone.sign_in()
        return someone

    citizen = open_page()
    link = people.book(citizen, NAME, PHONE, installation)
    notices.allow(citizen, installation, BROWSER, link)
    far = FarResult(open_page(), installation)
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
    far.rides_from_dien_hong(staff, counter)
    people.next_day(citizen)

    courier = Courier(open_page())
    courier.sign_in(carrier.username, carrier.password)
    far.goes_out(counter, carrier)
    sign_without_a_network(courier, counter, result)
    courier.page.goto("/buu-ta/#/")
    courier.start()
    courier.follow(ADDRESS)
    courier.deliver(people.code_sent_to(installation, PHONE, people.HANDS_OVER))
    far.is_delivered(courier, installation)
    courier.send_everything()
    citizen.goto(link)
    expect(citizen.get_by_text("Kết quả đã trao tận tay").first).to_be_visible()
    far.is_held_by("Kết quả đã ở trong tay ông/bà")
    each_step_is_told_once(Played(installation.sandbox))


def each_step_is_told_once(exchange: Played) -> None:
    """And as we have it."""
    exchange.until(lambda: exchange.dossiers()[DOSSIER] == [2, 9, 10])
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


class FarResult:
    """Filed at Diên Hồng, asked for in Ia Krái; its citizen looks after each step, on a telephone."""

    parcel = ""

    def __init__(self, page: Page, installation: Installation) -> None:
        self.page = page
        self.link = people.ask_for_result(page, FAR_DOSSIER, FAR_ADDRESS, FAR_NAME, FAR_PHONE, installation)
        self.is_held_by("chưa xác nhận hồ sơ này")

    def is_held_by(self, who: str) -> None:
        self.page.goto(self.link)
        expect(self.page.locator(".custody__side--now")).to_contain_text(who)

    def goes_out(self, counter: Staff, courier: Staff) -> None:
        counter.hand_over("Giao đi", self.parcel, courier)
        self.is_held_by("Bưu tá của Bưu cục xã Ia Krái")

    def is_delivered(self, courier: Courier, installation: Installation) -> None:
        courier.page.goto("/buu-ta/#/")
        courier.follow(FAR_ADDRESS)
        courier.deliver(people.code_sent_to(installation, FAR_PHONE, people.HANDS_OVER))

    def rides_from_dien_hong(self, staff: Callable[[str], Staff], home: Staff) -> None:
        clerk, counter, hub = staff("motcua-dienhong"), staff("quay-dienhong"), staff("khaithac-pleiku")
        people.say_whose_it_is(clerk, FAR_DOSSIER)
        self.is_held_by("Bộ phận một cửa phường Diên Hồng đang giữ hồ sơ")
        self.parcel = people.enter_result(clerk, FAR_DOSSIER, "Bản sao trích lục", "NP0007781")
        self.is_held_by("Bộ phận một cửa phường Diên Hồng đang giữ kết quả")
        counter.hand_over("Nhận về đây", self.parcel, clerk)
        self.is_held_by("Bưu cục phường Diên Hồng đang giữ")
        for origin, seal, to, opener, where in (
            (counter, "NP0007782", "HUB-PLEIKU", hub, "Trung tâm khai thác Pleiku đang giữ"),
            (hub, "NP0007783", "BC23776", home, "Bưu cục xã Ia Krái đang giữ"),
        ):
            bag = people.close_bag(origin, self.parcel, seal, to, beside(origin))
            self.is_held_by("trên đường, trong túi thư niêm phong")
            people.open_bag(opener, bag, self.parcel, beside(opener))
            self.is_held_by(where)


def beside(counter: Staff) -> Staff:
    """The second pair of eyes of that place."""
    place = counter.username.partition("-")[2]
    manager = "truongkt" if counter.username.startswith("khaithac") else "truongbc"
    return Staff(counter.page, f"{manager}-{place}", counter.password)


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
