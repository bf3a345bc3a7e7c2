"""The desk's own work on one dossier, from the post's hand to the post's hand, with a keyboard and a scanner."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from app.clock import Clock, local_day
from app.database import Database
from tests.browser.conftest import PATIENCE_MS
from tests.browser.desk import CODE, PASSWORD, Clerk, Morning, make_morning, make_whole_desk
from tests.browser.every_page import ASKED, AXE
from tests.browser.office import database, folder, servers
from tests.browser.people import Staff
from tests.crash.servers import Servers

__all__ = ["database", "folder", "servers"]  # fixtures

AT_MOST_S = 60
WIDE: ViewportSize = {"width": 1280, "height": 900}
Open = Callable[[], Page]


@pytest.fixture
def open_page(browser: Browser, servers: Servers) -> Iterator[Open]:
    contexts, faults = [], []

    def open_one() -> Page:
        context = browser.new_context(base_url=f"http://localhost:{servers.port}", viewport=WIDE, locale="vi-VN")
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.timeout(180)
def test_a_dossier_costs_the_desk_less_than_a_minute(open_page: Open, database: Database) -> None:
    """Alone: nothing is shared with a second envelope. The other side's own hands are not the clerk's."""
    with database.transaction() as session:
        morning = make_morning(session, 1, Clock().now())
    clerk, counter = Clerk(open_page(), morning.clerk), Clerk(open_page(), morning.counter)
    for someone in (clerk, counter):
        someone.sign_in()
    clerk.page.goto("/mot-cua/")
    clerk.begins()

    take_over(clerk, counter, morning)
    count(clerk, counter, "H21.65-261130-0077")
    result = enter_result(clerk, "H21.65-261130-0077")
    give_to_the_post(clerk, counter, result)

    assert clerk.seconds <= AT_MOST_S, clerk.counted


@pytest.mark.timeout(120)
def test_a_wrong_code_is_told_while_the_envelope_is_still_in_the_hand(open_page: Open, database: Database) -> None:
    with database.transaction() as session:
        morning = make_morning(session, 1, Clock().now())
    clerk = Clerk(open_page(), morning.clerk)
    clerk.sign_in()
    clerk.page.goto("/mot-cua/")
    clerk.click(clerk.page.get_by_role("link", name="Nhận 1 bưu gửi"))
    clerk.beep(clerk.page.get_by_label("Mã bưu gửi"), "RT473124829VN")
    expect(clerk.page.locator(".scan__wrong")).to_contain_text("Không có bưu gửi mang mã RT473124829VN")
    clerk.beep(clerk.page.get_by_label("Mã bưu gửi"), morning.codes[0])
    expect(clerk.page.locator(".scan__list li")).to_have_count(2)
    expect(clerk.page.locator(".scan__wrong")).to_have_count(1)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["clerk", "manager"])
def test_every_page_of_desk_and_counter_is_clean_for_axe_and_fits(
    open_page: Open, database: Database, who: str
) -> None:
    with database.transaction() as session:
        desk = make_whole_desk(session, Clock().now())
    someone = Staff(open_page(), desk.clerk if who == "clerk" else desk.manager, PASSWORD)
    someone.sign_in()
    page = someone.page
    found: dict[str, list[str]] = {}
    navigation = page.locator(".side__nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for address in (*navigation, *(desk.of_the_clerk if who == "clerk" else desk.of_the_manager)):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.evaluate(AXE)
        found |= {f"{address} {width}": faults for width in (WIDE["width"], 360) if (faults := faults_of(page, width))}
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def faults_of(page: Page, width: int) -> list[str]:
    """What runs off the side; on a phone what axe finds in daylight, too, and what of it is of colours in the dark."""
    page.set_viewport_size({"width": width, "height": 800})
    found = ["too wide"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    if width == WIDE["width"]:
        return found  # the same page: the rules of axe cost half a second, and are asked on a phone
    for scheme, rules in ASKED.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
        faults = page.evaluate(f"async () => (await axe.run({{runOnly: {json.dumps(rules)}}})).violations")
        found += [f"{scheme} {fault['id']}: {node['html'][:120]}" for fault in faults for node in fault["nodes"]]
    return found


@pytest.mark.timeout(120)
def test_the_list_of_papers_is_shown_to_who_asks_for_papers_and_not_to_who_refuses(
    open_page: Open, database: Database
) -> None:
    with database.transaction() as session:
        desk = make_whole_desk(session, Clock().now())
    clerk = Clerk(open_page(), desk.clerk)
    clerk.sign_in()
    clerk.page.goto(next(address for address in desk.of_the_clerk if "tu-choi" in address))
    papers = clerk.page.get_by_role("group", name=re.compile("Giấy tờ cần bổ sung"))
    expect(papers).to_be_visible()
    clerk.page.get_by_label("Từ chối hồ sơ").check()
    expect(papers).to_be_hidden()
    clerk.page.get_by_label("Yêu cầu bổ sung giấy tờ").check()
    expect(papers).to_be_visible()


def take_over(clerk: Clerk, counter: Staff, morning: Morning) -> None:
    clerk.click(clerk.page.get_by_role("link", name="Nhận 1 bưu gửi"))
    for code in morning.codes:
        clerk.beep(clerk.page.get_by_label("Mã bưu gửi"), code)
    both_sign(clerk, counter)


def both_sign(clerk: Clerk, other: Staff) -> None:
    clerk.click(clerk.page.get_by_role("button", name="Mời bên kia ký bằng máy của mình"))
    expect(clerk.page.get_by_role("img", name="Mã để bên kia ký")).to_be_visible()
    other.sign_what_waits()
    clerk.is_told_that_both_signed()


def count(clerk: Clerk, counter: Staff, dossier: str) -> None:
    clerk.click(clerk.page.get_by_role("link", name="Về trang hôm nay"))
    clerk.click(clerk.page.get_by_role("link", name="Mở và đếm"))
    expect(clerk.page.get_by_label("1. Tờ khai thử")).to_be_focused()
    clerk.press("1", "Tab")
    clerk.press("2", "Tab")
    clerk.beep(clerk.page.get_by_label("Mã hồ sơ"), dossier)
    clerk.type_day(clerk.page.get_by_label("Ngày hẹn trả"), local_day(Clock().now()) + timedelta(days=7))
    both_sign(clerk, counter)


def enter_result(clerk: Clerk, dossier: str) -> str:
    clerk.click(clerk.page.get_by_role("link", name="Về trang hôm nay"))
    clerk.click(clerk.page.get_by_role("link", name="Nhập kết quả đã có"))
    clerk.beep(clerk.page.get_by_label("Mã hồ sơ hoặc mã phong bì"), dossier)
    clerk.beep(clerk.page.get_by_label("Số niêm phong"), "NP0077001")
    said = clerk.page.get_by_role("status").filter(has_text="Đã ghi kết quả").inner_text()
    found = CODE.search(said)
    assert found is not None, said
    return found.group()


def give_to_the_post(clerk: Clerk, counter: Staff, result: str) -> None:
    with clerk.page.context.expect_page() as label:  # beside this page, whose cursor goes on waiting for the scanner
        clerk.click(clerk.page.get_by_role("button", name="In nhãn").first)
    label.value.close()
    clerk.click(clerk.page.get_by_role("link", name="Giao 1 kết quả cho bưu cục"))
    clerk.beep(clerk.page.get_by_label("Mã bưu gửi"), result)
    both_sign(clerk, counter)
