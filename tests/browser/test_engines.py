"""The same road in two more real engines: a courier's day in short form, and a citizen's booking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import pytest
from selenium.webdriver import Remote
from sqlalchemy import select

from app.clock import Clock
from app.config import load_keys
from app.database import Database
from app.models import Device, Operation
from app.queries.custody.verification import verify
from app.services.staff.devices import owes
from tests.browser import people
from tests.browser.conftest import Installation
from tests.browser.courier import PIN
from tests.browser.engines import firefox, webkit
from tests.browser.hand import Hand
from tests.browser.rounds import PASSWORD, make_round
from tests.crash.servers import Servers
from tests.factories.operations import picture

Engine = Callable[[], AbstractContextManager[Remote]]
NOT_DONE = "Máy chưa làm được việc này"
ENGINES = pytest.mark.parametrize("engine", [webkit, firefox], ids=["webkit", "firefox"])


@ENGINES
@pytest.mark.timeout(240)
def test_a_courier_works_a_short_day_and_all_comes_home_once(
    engine: Engine, servers: Servers, database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        today = make_round(session, 3, Clock().now())
    photo = tmp_path / "anh.png"
    photo.write_bytes(picture(Random(3), 40))
    with engine() as driver:
        hand = Hand(driver, f"http://localhost:{servers.port}")
        sign_in(hand, today.username)
        hand.press("Bắt đầu chuyến")
        find_nobody(hand)
        collect(hand, photo)
        deliver(hand, photo)
        hand.press_at("#/cho-gui", "Gửi ngay")
        hand.sees("Đã gửi hết.")
        assert NOT_DONE not in hand.text()
    with database.transaction() as session:
        device = session.scalars(select(Device).where(Device.courier_id == today.courier_id)).one()
        told = session.scalars(select(Operation).where(Operation.device_id == device.id)).all()
        kinds = Counter(one.kind.value for one in told)
        assert kinds == {"run_started": 1, "not_done": 1, "collected": 1, "delivered": 1}
        assert (owes(session, device.id), device.last_seq) == ([], len(told))
        assert verify(session, load_keys(servers.settings)).clean


def sign_in(hand: Hand, username: str) -> None:
    hand.open("/buu-ta/")
    hand.fill("Tên đăng nhập", username)
    hand.fill("Mật khẩu", PASSWORD)
    hand.press("Đăng nhập")
    hand.fill("Mã PIN mới", PIN)
    hand.fill("Gõ lại mã PIN", PIN)
    hand.press("Lưu mã PIN")
    hand.sees("Chuyến hôm nay")
    assert NOT_DONE not in hand.text()


def next_door(hand: Hand) -> None:
    hand.press_at("#/", "Mở điểm này")


def find_nobody(hand: Hand) -> None:
    next_door(hand)
    hand.press("Không làm được")
    hand.press("Thời tiết xấu")
    hand.press("Ghi nhận")
    hand.sees("Đã lưu trên máy")


def collect(hand: Hand, photo: Path) -> None:
    next_door(hand)
    hand.press("Nhận giấy tờ")
    hand.sees("Đếm giấy tờ cùng người dân")
    for there in hand.shown("label", "Có"):
        hand.take(there)
    hand.press("Tiếp tục")
    hand.tick("Đã đưa liên 1 cho người gửi")
    hand.press("Lấy nhãn tiếp theo của cuộn")
    hand.fill("Số niêm phong", f"NP{Random(str(photo)).randrange(10**7):07d}")
    hand.photograph("Chụp phong bì đã niêm phong", photo)
    hand.press("Tiếp tục")
    hand.sign("Chữ ký người gửi")
    hand.sign("Chữ ký bưu tá")
    hand.press("Đã niêm phong và nhận")
    hand.sees("Đã lưu trên máy")


def deliver(hand: Hand, photo: Path) -> None:
    next_door(hand)
    hand.press("Trả kết quả")
    hand.sees("Quét hoặc gõ mã trên")
    hand.fill("Quét hoặc gõ mã trên", str(hand.reads("return document.querySelector('.parcels strong.num').innerText")))
    hand.tick("Đã cho người nhận xem niêm phong còn nguyên")
    hand.tick("Chính chủ hồ sơ")
    hand.fill("4 số cuối của giấy tờ", "0000")
    hand.photograph("Chụp phong bì còn niêm phong", photo)
    hand.sign("Chữ ký người nhận")
    hand.press("Đã trao, lưu lại")
    hand.sees("Đã lưu trên máy")


@ENGINES
@pytest.mark.timeout(240)
def test_a_citizen_books_a_visit(engine: Engine, installation: Installation) -> None:
    phone = PHONES[engine]
    with engine() as driver:
        hand = Hand(driver, installation.url)
        hand.open("/")
        hand.press("Gửi và nhận")
        hand.tick("Cấp bản sao Trích lục hộ tịch")
        onward = "Tiếp tục"
        for question, answer in BOOKING.items():
            hand.press(onward)
            hand.sees(question)
            answer(hand)
            onward = "Tiếp tục"
            if question == CONTACT:
                hand.fill("Số điện thoại", phone)
                hand.press(onward)
                hand.fill("Nhập mã 6 số", people.code_sent_to(installation, phone, people.PROVES))
                onward = "Xác nhận"
        hand.press("Đặt lịch")
        hand.sees("Đã đặt lịch")


PHONES: dict[Engine, str] = {webkit: "0900000078", firefox: "0900000079"}  # the same visit twice would be noticed
CONTACT = "báo tin cho ông/bà bằng cách nào"


def first_choice(hand: Hand) -> None:
    hand.take(hand.shown("input[type=radio]", "")[0])


def commune(hand: Hand) -> None:
    hand.fill("Tên xã, phường", "Ia Krái")
    hand.press("Tìm")
    hand.sees("Xã Ia Krái")


def read_on(hand: Hand) -> None:
    hand.sees("Giấy tờ cần chuẩn bị")


BOOKING: dict[str, Callable[[Hand], None]] = {
    "Trường hợp của ông/bà": first_choice,
    "Giấy tờ cần chuẩn bị": read_on,
    "Bưu tá đến xã, phường nào?": commune,
    "Nhà ở đâu": lambda hand: hand.fill("Số nhà, đường", "Thôn Thử Nghiệm"),
    "Hồ sơ của ai?": lambda hand: hand.fill("Họ và tên", "Người Thử Máy"),
    CONTACT: lambda _: None,
    "Khi nào tiện cho ông/bà?": first_choice,
    "Xin xem lại trước khi đặt": lambda hand: hand.tick("Tôi đồng ý"),
}
