"""The day's list and the doors, on the smallest phone: what is recorded stays, any door can be next, the button is in sight."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select, update

from app.clock import Clock
from app.database import Database
from app.domain.errand import ErrandState
from app.models import Attempt, Errand, Operation, Plan, StopErrand
from app.models.plan import STOOD_IN
from tests.browser.conftest import PHONE
from tests.browser.courier import Courier
from tests.browser.rounds import PASSWORD, make_round
from tests.browser.test_phone import Open, phone
from tests.crash.servers import Servers
from tests.factories import make_courier

__all__ = ["phone"]  # a fixture

NEXT = "Điểm tiếp theo: "


def figure(courier: Courier, label: str) -> Locator:
    return courier.page.locator(".figure", has_text=label)


def doors(courier: Courier) -> list[str]:
    """Numbers and names, as the list shows them."""
    rows = courier.page.locator("ol.stops > li")
    return [" ".join(row.split()) for row in rows.all_inner_texts()]


def bring_home(courier: Courier) -> None:
    """Everything sent, and the office's newest list here."""
    said = courier.page.locator('[data-said="good"]')
    courier.send_everything()
    expect(said).to_contain_text("Bưu cục đã nhận đủ.")  # said later, it would stand where the next word is looked for
    courier.press("Tải dữ liệu mới")
    expect(said).to_contain_text("Đã tải dữ liệu mới.")
    courier.page.goto("/buu-ta/#/")


@pytest.mark.timeout(180)
def test_a_visit_that_failed_stays_recorded_when_the_office_has_booked_it_anew(phone: Open) -> None:
    courier = phone(3)
    page = courier.page
    courier.open_next()
    courier.find_nobody()
    bring_home(courier)
    expect(page.get_by_text(re.compile(r"Hẹn lại thứ .* \d+/\d+, \d\d:\d\d–\d\d:\d\d")).first).to_be_visible()
    expect(page.get_by_role("heading", name=f"{NEXT}2")).to_be_visible()
    expect(figure(courier, "Còn lại")).to_contain_text("2")
    page.goto("/buu-ta/#/ket-thuc")
    expect(page.get_by_text("Còn 2 điểm chưa ghi kết quả")).to_be_visible()


CALL = """document.addEventListener("click", (event) => {
  if (event.target.closest("a[href^='tel:']")) event.preventDefault();
})"""  # there is no telephone in this browser


@pytest.mark.timeout(180)
def test_a_call_is_in_the_list_without_a_network_and_the_second_is_asked_for_at_its_minute(phone: Open) -> None:
    courier = phone(3)
    page = courier.page
    page.clock.install()
    page.evaluate(CALL)
    page.context.set_offline(offline=True)
    courier.open_next()
    courier.follow("Gọi ")
    page.goto("/buu-ta/#/")
    mark = page.locator("ol.stops > li").first
    expect(mark).to_contain_text(re.compile(r"đã gọi \d\d:\d\d, gọi lại từ \d\d:\d\d"))
    page.clock.fast_forward("10:01")
    expect(page.locator('[data-said="good"]')).to_contain_text("có thể gọi lại cho điểm 1")


@pytest.mark.timeout(180)
def test_begun_the_day_shows_its_next_door_without_scrolling(phone: Open) -> None:
    courier = phone(12, started=False)
    page = courier.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.get_by_role("button", name="Bắt đầu chuyến").evaluate("button => button.scrollIntoView({block: 'start'})")
    courier.start()
    expect(page.get_by_role("link", name="Mở điểm này")).to_be_in_viewport()
    page.wait_for_function("scrollY === 0")


@pytest.mark.timeout(180)
def test_a_visit_that_failed_on_a_colleague_s_phone_may_be_tried_again_on_this_one(
    phone: Open, database: Database
) -> None:
    courier = phone(1)
    with database.transaction() as session:
        errand = session.scalars(select(Errand).join(StopErrand).order_by(StopErrand.stop_id.desc()).limit(1)).one()
        colleague = make_courier(session, office=errand.office)
        told = {"outcome": "WEATHER", "evidence": {}, "operation_id": f"another-phone-{errand.id}"}
        now = Clock().now()
        session.add(
            Attempt(errand_id=errand.id, number=1, courier_id=colleague.id, occurred_at=now, received_at=now, **told)
        )
        errand.state = ErrandState.FAILED
    bring_home(courier)
    courier.page.locator(".stops__link").first.click()
    expect(courier.page.get_by_text("Thời tiết xấu").first).to_be_visible()
    courier.follow("Đã gặp lại, nhận giấy tờ")
    courier.collect_here("NEXT000001")
    courier.send_everything()
    with database.transaction() as session:
        kinds = session.scalars(select(Operation.kind).where(Operation.errand_id == errand.id)).all()
        assert kinds == ["collected"]


@pytest.mark.timeout(180)
def test_any_door_can_be_the_next_one_and_the_numbers_follow_with_and_without_a_network(phone: Open) -> None:
    courier = phone(5)
    page = courier.page
    page.context.set_offline(offline=True)
    page.locator(".stops__link").nth(3).click()
    expect(courier.heading("Điểm 4")).to_be_visible()
    courier.press("Làm điểm này tiếp")
    expect(courier.heading("Điểm 1")).to_be_visible()
    page.goto("/buu-ta/#/")
    here = doors(courier)
    page.context.set_offline(offline=False)
    bring_home(courier)
    expect(page.get_by_role("heading", name=f"{NEXT}1")).to_be_visible()
    assert [row.split()[0] for row in here] == ["1", "2", "3", "4", "5"]
    assert [re.sub(r"\d\d:\d\d$", "", row) for row in doors(courier)] == [
        re.sub(r"\d\d:\d\d$", "", row) for row in here
    ]


@pytest.mark.timeout(180)
def test_a_route_by_the_draft_of_the_evening_says_so_until_it_is_begun(
    browser: Browser, servers: Servers, database: Database
) -> None:
    with database.transaction() as session:
        today = make_round(session, 2, Clock().now())
        session.execute(update(Plan).values(published_by=f"{STOOD_IN}:today"))
    context = browser.new_context(base_url=f"http://localhost:{servers.port}", viewport=PHONE, locale="vi-VN")
    courier = Courier(context.new_page())
    courier.sign_in(today.username, PASSWORD)
    told = courier.page.get_by_text("Chuyến này xếp từ 17:00 hôm qua")
    expect(told).to_be_visible()
    courier.start()
    expect(courier.page.get_by_role("heading", name=f"{NEXT}1")).to_be_visible()
    expect(told).not_to_be_visible()
    context.close()


@pytest.mark.timeout(180)
def test_the_next_thing_at_a_door_is_in_sight_on_a_small_phone(phone: Open) -> None:
    courier = phone(3)
    page = courier.page
    page.set_viewport_size({"width": 360, "height": 640})
    for number, words in enumerate(("Nhận giấy tờ", "Nhận giấy tờ", "Trả kết quả")):
        page.goto("/buu-ta/#/")
        page.locator(".stops__link").nth(number).click()
        button = page.get_by_role("link", name=words)
        expect(button).to_be_visible()
        assert button.evaluate(IN_SIGHT), words


@pytest.mark.timeout(180)
def test_the_door_s_card_names_envelope_and_seal(phone: Open) -> None:
    courier = phone(3)
    courier.page.locator(".stops__link").nth(2).click()
    expect(courier.page.locator(".errand")).to_contain_text(re.compile(r"Bưu gửi RT\d{9}VN · niêm phong \w+"))


IN_SIGHT = """(button) => {
  const {left, top, width, height} = button.getBoundingClientRect();
  const over = document.elementFromPoint(left + width / 2, top + height - 4);
  return scrollY === 0 && top + height <= innerHeight && button.contains(over);
}"""
