"""The desk's own work on one dossier, from the post's hand to the post's hand, with a keyboard and a scanner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from app.clock import Clock, local_day
from app.database import Database
from tests.browser.desk import CODE, Clerk, Morning, make_morning
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
        context.set_default_timeout(20_000)
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
    clerk.press(*f"{local_day(Clock().now()) + timedelta(days=7):%d%m%Y}")
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
    clerk.click(clerk.page.get_by_role("button", name="In nhãn").first)
    clerk.page.go_back()
    clerk.click(clerk.page.get_by_role("link", name="Giao 1 kết quả cho bưu cục"))
    clerk.beep(clerk.page.get_by_label("Mã bưu gửi"), result)
    both_sign(clerk, counter)
