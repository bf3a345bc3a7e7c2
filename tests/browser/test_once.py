"""Saved means saved, once: Back, a bookmark, a reload and a second tab show what was recorded, never the form again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.courier import Courier
from tests.browser.test_phone import AXE, BIG, Open, phone

__all__ = ["phone"]  # a fixture

RECORDED = "Việc này đã được ghi lúc"
SAVES = ("Đã trao, lưu lại", "Đã niêm phong và nhận", "Ghi nhận", "Kết thúc chuyến")


def at(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def only_to_be_read(page: Page) -> None:
    expect(page.get_by_text(RECORDED)).to_be_visible()
    for button in SAVES:
        assert page.get_by_role("button", name=button).count() == 0


def form_of(courier: Courier, action: str) -> str:
    """The place of the form that is about to be opened."""
    link = courier.page.get_by_role("link", name=action, exact=True)
    return str(link.first.get_attribute("href"))


@pytest.mark.timeout(240)
def test_what_was_saved_opens_to_be_read_from_back_and_from_its_own_address(phone: Open) -> None:
    courier = phone(3, money=True)
    page = courier.page
    forms = []
    for action, act in (
        ("Nhận giấy tờ", lambda: courier.collect("ONCE000001")),
        ("Không làm được", courier.find_nobody),
        ("Trả kết quả", courier.deliver),
    ):
        page.goto("/buu-ta/#/")
        courier.open_next()
        forms.append(form_of(courier, action))
        act()
        page.go_back()
        assert at(page) not in forms
    for form in forms:
        page.goto(f"/buu-ta/{form}")
        only_to_be_read(page)
    page.reload()
    courier.unlock()
    only_to_be_read(page)


@pytest.mark.timeout(240)
def test_a_form_is_open_in_one_tab_and_ends_in_all(phone: Open) -> None:
    courier = phone(1)
    page = courier.page
    courier.open_next()
    form = form_of(courier, "Không làm được")
    courier.follow("Không làm được")
    other = Courier(page.context.new_page())
    other.page.goto(f"/buu-ta/{form}")
    other.unlock()
    expect(other.heading("Đang mở ở thẻ khác")).to_be_visible()
    other.press("Ghi tiếp ở đây")
    expect(courier.heading("Đang mở ở thẻ khác")).to_be_visible()
    other.press("Thời tiết xấu")
    other.press("Ghi nhận")
    other.saved()
    only_to_be_read(page)


@pytest.mark.timeout(240)
def test_whoever_comes_back_on_the_same_day_records_a_second_visit(phone: Open) -> None:
    courier = phone(1)
    courier.open_next()
    courier.find_nobody()
    courier.follow("Xem lại")
    courier.follow("Đã gặp lại, nhận giấy tờ")
    courier.collect_here("ONCE000002")
    courier.follow("Xem lại “Nhận giấy tờ”")
    only_to_be_read(courier.page)
    courier.send_everything()


@pytest.mark.timeout(180)
def test_a_run_that_was_ended_is_not_ended_again(phone: Open) -> None:
    courier = phone(1)
    courier.page.goto("/buu-ta/#/ket-thuc")
    courier.fill("Cước đang giữ (đồng)", "0")
    courier.fill("Lệ phí thu hộ đang giữ (đồng)", "0")
    courier.press("Kết thúc chuyến")
    courier.saved()
    courier.page.goto("/buu-ta/#/ket-thuc")
    only_to_be_read(courier.page)


@pytest.mark.timeout(240)
def test_a_wrong_word_is_put_right_on_the_phone_and_both_stand_there(phone: Open) -> None:
    courier = phone(3)
    page = courier.page
    page.goto("/buu-ta/#/")
    page.get_by_role("link", name="Điểm 3").or_(page.locator("ol.stops > li").nth(2).get_by_role("link")).first.click()
    courier.deliver()
    courier.follow("Xem lại “Trả kết quả”")
    courier.follow("Sửa lời đã ghi")
    courier._tap(page.get_by_role("radio", name="Người trong gia đình"))
    courier.fill("Họ tên người nhận", "Lê Thị Mẫu")
    courier.press("Ghi lời sửa")
    expect(page.get_by_role("alert")).to_contain_text("Xin ghi ngắn gọn vì sao sửa.")
    courier.fill("Vì sao sửa", "nghe nhầm tên")
    courier.press("Ghi lời sửa")
    courier.saved()
    expect(page.get_by_role("heading", name="Đã sửa lúc")).to_be_visible()
    expect(page.get_by_text("Chính chủ hồ sơ")).to_be_visible()
    expect(page.get_by_text("Người trong gia đình")).to_be_visible()
    courier.send_everything()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_record_and_its_correction_are_clean_for_axe_and_fit_in_big_type(phone: Open, scheme: Any) -> None:
    courier = phone(1)
    page = courier.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 640})
    courier.open_next()
    courier.find_nobody()
    for link in ("Xem lại", "Sửa lời đã ghi"):
        courier.follow(link)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Chưa làm được" if link == "Xem lại" else link)
        page.evaluate(AXE.read_text())
        rules = "['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']"
        faults = page.evaluate(f"async () => (await axe.run({{runOnly: {rules}}})).violations.map((one) => one.id)")
        assert faults == []
        page.evaluate(BIG)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
