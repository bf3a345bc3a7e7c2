"""Several errands at one door: one person signs once, each errand keeps its own act."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.clock import Clock
from app.database import Database
from app.domain.identity import ApplicantKind
from app.domain.operation import FileKind
from app.models import Device, FileUse, Operation
from tests.browser.conftest import PATIENCE_MS, PHONE
from tests.browser.courier import Courier
from tests.browser.rounds import PASSWORD, make_household
from tests.crash.servers import Servers

TAKE_OVER = "Dùng chữ ký vừa ký ở điểm này"
SAME_PICTURE = "Dùng ảnh vừa chụp ở điểm này"
At = Callable[..., tuple[Courier, int]]


@pytest.fixture
def door(browser: Browser, servers: Servers, database: Database) -> Iterator[At]:
    """A courier who stands at a door with these errands of one person; and who that courier is."""
    contexts, faults = [], []

    def stand(*kinds: str, organisation: bool = False) -> tuple[Courier, int]:
        with database.transaction() as session:
            kind = ApplicantKind.ORGANISATION if organisation else ApplicantKind.PERSON
            today = make_household(session, kinds, Clock().now(), kind)
        context = browser.new_context(base_url=f"http://localhost:{servers.port}", viewport=PHONE, locale="vi-VN")
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        courier = Courier(context.new_page())
        courier.page.on("pageerror", lambda error: faults.append(str(error)))
        courier.sign_in(today.username, PASSWORD)
        courier.start()
        courier.open_next()
        return courier, today.courier_id

    yield stand
    for context in contexts:
        context.close()
    assert faults == []


def acts(database: Database, courier_id: int) -> list[tuple[str, str, list[str]]]:
    """What the office took in of this courier's: kind, result with its reviews, and signatures of the citizen."""
    with database.transaction() as session:
        mine = select(Operation).join(Device).where(Device.courier_id == courier_id, Operation.kind != "run_started")
        told = session.scalars(mine.order_by(Operation.seq)).all()
        signed = select(FileUse.sha256).where(FileUse.kind == FileKind.CITIZEN_SIGNATURE)
        return [
            (
                one.kind.value,
                " ".join([one.result.value, *one.reviews]),
                list(session.scalars(signed.where(FileUse.operation_id == one.id))),
            )
            for one in told
        ]


@pytest.mark.timeout(240)
def test_who_receives_two_results_signs_once_and_both_acts_show_the_same_signature(
    door: At, database: Database
) -> None:
    courier, courier_id = door("deliver", "deliver")
    courier.deliver()
    courier.begin_delivery()
    courier.press(SAME_PICTURE)
    courier.press(TAKE_OVER)
    expect(courier.page.get_by_text("Đã ký", exact=True)).to_be_visible()
    courier.press("Đã trao, lưu lại")
    courier.saved()
    courier.send_everything()
    first, second = acts(database, courier_id)
    assert (first[:2], second[:2]) == (("delivered", "applied"), ("delivered", "applied"))
    assert first[2] == second[2] != []


@pytest.mark.timeout(240)
def test_who_sends_papers_and_receives_a_result_signs_once(door: At, database: Database) -> None:
    courier, courier_id = door("collect", "deliver")
    courier.collect("ONCE000009")
    courier.begin_delivery()
    courier.photograph("Chụp phong bì còn niêm phong")
    expect(courier.page.get_by_role("button", name=SAME_PICTURE)).to_have_count(0)
    courier.press(TAKE_OVER)
    courier.press("Đã trao, lưu lại")
    courier.saved()
    courier.send_everything()
    first, second = acts(database, courier_id)
    assert (first[0], second[0], second[1]) == ("collected", "delivered", "applied")
    assert first[2] == second[2] != []


@pytest.mark.timeout(240)
def test_another_receiver_is_not_offered_it_and_cannot_keep_it(door: At) -> None:
    courier, _ = door("deliver", "deliver")
    page = courier.page
    courier.deliver()
    courier.begin_delivery()
    courier.press(SAME_PICTURE)
    courier.press(TAKE_OVER)
    courier._tap(page.get_by_role("radio", name="Người trong gia đình"))
    courier.fill("Họ tên người nhận", "Lê Thị Mẫu")
    expect(page.get_by_role("button", name=TAKE_OVER)).to_have_count(0)
    courier.press("Đã trao, lưu lại")
    expect(page.get_by_role("alert").filter(has_text="Chữ ký này là của")).to_be_visible()
    courier.press("Ký lại: Chữ ký người nhận")
    courier.sign("Chữ ký người nhận")
    courier.press("Đã trao, lưu lại")
    courier.saved()


@pytest.mark.timeout(240)
def test_for_an_organisation_a_person_receives_with_name_and_office(door: At, database: Database) -> None:
    courier, courier_id = door("deliver", organisation=True)
    page = courier.page
    courier.begin_delivery(relation="Người của tổ chức")
    courier.photograph("Chụp phong bì còn niêm phong")
    courier.sign("Chữ ký người nhận")
    courier.press("Đã trao, lưu lại")
    expect(page.get_by_role("alert").filter(has_text="Chưa có họ tên người nhận.")).to_be_visible()
    courier.fill("Họ tên người nhận", "Trần Thị Thử")
    courier.fill("Chức vụ", "Kế toán")
    courier.press("Đã trao, lưu lại")
    courier.saved()
    courier.send_everything()
    assert [act[:2] for act in acts(database, courier_id)] == [("delivered", "applied")]
