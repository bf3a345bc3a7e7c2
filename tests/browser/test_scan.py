"""Envelopes change hands by scanning one after the other: each is named at once, and a wrong one sounds wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.clock import Clock
from app.database import Database
from app.models import Device, Operation
from tests.browser.camera import hold, put_up
from tests.browser.conftest import PHONE
from tests.browser.courier import Courier
from tests.browser.rounds import PASSWORD, make_taking
from tests.browser.test_phone import BIG, WIDEST
from tests.crash.servers import Servers

MORNING, AT_MOST_S, EACH_MS = 17, 20, 1100
STRANGE = "RT123456785VN"
GOOD, AGAIN, WRONG = 1760, 880, 220
Take = Callable[..., tuple[Courier, list[str]]]


@pytest.fixture
def taking(browser: Browser, servers: Servers, database: Database) -> Iterator[Take]:
    """A courier who stands before the safe, with a camera."""
    contexts, faults = [], []

    def take(envelopes: int, *, camera: bool = True) -> tuple[Courier, list[str]]:
        with database.transaction() as session:
            today, codes = make_taking(session, envelopes, Clock().now())
        context = browser.new_context(base_url=f"http://localhost:{servers.port}", viewport=PHONE, locale="vi-VN")
        context.set_default_timeout(20_000)
        contexts.append(context)
        courier = Courier(context.new_page())
        courier.page.on("pageerror", lambda error: faults.append(str(error)))
        if camera:
            put_up(courier.page)
        courier.sign_in(today.username, PASSWORD)
        courier.page.goto("/buu-ta/#/tui/nhan")
        expect(courier.heading("Nhận vào túi")).to_be_visible()
        courier.taps = 0
        return courier, codes

    yield take
    for context in contexts:
        context.close()
    assert faults == []


def heard(page: Page) -> list[int]:
    sounds: list[int] = page.evaluate("camera.sounds")
    return sounds


def said(page: Page) -> str:
    return page.locator(".camera__said").inner_text()


@pytest.mark.timeout(180)
def test_seventeen_envelopes_are_taken_over_with_three_taps_in_twenty_seconds(taking: Take, database: Database) -> None:
    courier, codes = taking(MORNING)
    page = courier.page
    courier.press("Quét mã bưu gửi")
    expect(page.locator(".camera__count")).to_have_text(f"Còn {MORNING} trên {MORNING}")
    hold(page, codes[0])
    expect(page.locator(".camera__count")).to_have_text(
        f"Còn {MORNING - 1} trên {MORNING}"
    )  # the reader has been fetched
    for left, code in reversed(list(enumerate(reversed(codes[1:])))):
        hold(page, code)
        expect(page.locator(".camera__count")).to_contain_text("Đủ" if left == 0 else f"Còn {left} trên")
    took: list[float] = page.evaluate("camera.took")  # from the label before the lens to the sound that it is known
    assert len(took) == MORNING
    assert sum(took) < AT_MOST_S * 1000
    assert max(took[1:]) < EACH_MS, took
    assert page.evaluate("camera.opened") == 1
    assert heard(page) == [GOOD] * MORNING
    assert page.evaluate("camera.shakes.length") == MORNING
    courier.press("Xong, đóng máy ảnh")
    courier.press(f"Đã nhận {MORNING} bưu gửi")
    courier.saved()
    assert courier.taps == 3
    courier.send_everything()
    with database.transaction() as session:
        mine = select(Device.id).order_by(Device.enrolled_at.desc()).limit(1).scalar_subquery()
        told = select(Operation.result).where(Operation.kind == "handed_over", Operation.device_id == mine)
        assert session.scalars(told).all() == ["applied"]


@pytest.mark.timeout(180)
def test_each_scan_names_stop_and_household_and_a_wrong_one_is_told_at_once(taking: Take) -> None:
    courier, codes = taking(2)
    page = courier.page
    courier.press("Quét mã bưu gửi")
    hold(page, codes[1])
    expect(page.locator(".camera__said--good")).to_contain_text("Điểm 2 · ")
    hold(page, STRANGE)
    expect(page.locator(".camera__said--wrong")).to_contain_text("không có trong danh sách")
    hold(page, codes[1])
    expect(page.locator(".camera__said--again")).to_contain_text("đã quét rồi")
    sounds = heard(page)
    assert [sounds[0], sounds[1], sounds[3]] == [GOOD, WRONG, AGAIN]
    assert page.locator(".camera__count").inner_text() == "Còn 1 trên 2"
    courier.press("Đóng máy ảnh")
    expect(page.get_by_label(STRANGE)).not_to_be_checked()
    courier.tick(STRANGE)
    expect(page.get_by_role("button", name="Đã nhận 2 bưu gửi")).to_be_visible()


@pytest.mark.timeout(180)
def test_the_lamp_of_the_phone_lights_the_label(taking: Take) -> None:
    courier, _ = taking(1)
    courier.press("Quét mã bưu gửi")
    courier.press("Bật đèn")
    expect(courier.page.get_by_role("button", name="Tắt đèn")).to_be_visible()
    assert courier.page.evaluate("camera.lit") is True


@pytest.mark.timeout(180)
def test_without_a_camera_a_hand_scanner_or_fingers_do_the_same(taking: Take) -> None:
    courier, codes = taking(2, camera=False)
    page = courier.page
    courier.press("Quét mã bưu gửi")
    expect(page.get_by_text("Không mở được máy ảnh.")).to_be_visible()
    courier.press("Đóng máy ảnh")
    field = page.get_by_label("Quét hoặc gõ mã bưu gửi")
    field.press_sequentially(f"]C1{codes[0]}\n")
    expect(page.locator(".camera__said--good")).to_contain_text("Điểm 1 · ")
    field.press_sequentially("RT12345\n")
    expect(page.locator(".camera__said--wrong")).to_contain_text("“RT12345” không phải mã bưu gửi đúng.")
    field.press_sequentially(f"{codes[1][:2].lower()} {codes[1][2:11]} {codes[1][11:]}\n")
    expect(page.locator(".camera__said--good")).to_contain_text("Đủ 2 trên 2")
    expect(field).to_have_value("")


LINES = """() => [...document.querySelectorAll('.code')].map((code) => {
  const lines = new Map(), walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT), at = document.createRange();
  for (let text = walk.nextNode(); text; text = walk.nextNode())
    for (let letter = 0; letter < text.length; letter += 1) {
      at.setStart(text, letter);
      at.setEnd(text, letter + 1);
      const top = Math.round(at.getBoundingClientRect().top);
      lines.set(top, (lines.get(top) ?? '') + text.data[letter]);
    }
  return [...lines.values()];
})"""


@pytest.mark.timeout(180)
def test_in_big_type_a_code_breaks_between_its_groups_and_at_no_single_letter(taking: Take) -> None:
    courier, codes = taking(3, camera=False)
    page = courier.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.evaluate(BIG)
    shown: list[list[str]] = page.evaluate(LINES)
    assert {"".join(lines) for lines in shown} == set(codes)
    whole = re.compile(r"([A-Z]{2})?(\d{3})*([A-Z]{2})?")
    assert [line for lines in shown for line in lines if not whole.fullmatch(line)] == []
    assert page.evaluate(WIDEST) == []
