"""What each person does on the road, as they see it: labels and buttons, never addresses or ids."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Final
from urllib.request import urlopen

from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation

HANDS_OVER: Final = "m[aã] nh[aậ]n"
PROVES: Final = "m[aã] x[aá]c nh[aậ]n s[oố] [dđ]i[eệ]n tho[aạ]i"
"""What stands before the six digits, with and without accents."""


@dataclass
class Staff:
    """Somebody signed in with the demonstration's password."""

    page: Page
    username: str
    password: str

    def sign_in(self) -> None:
        self.page.goto("/dang-nhap")
        self.page.get_by_label("Tên đăng nhập").fill(self.username)
        self.page.get_by_label("Mật khẩu").fill(self.password)
        self.page.get_by_role("button", name="Đăng nhập").click()
        expect(self.page.get_by_role("button", name="Đăng xuất")).to_be_attached()

    def scan(self, direction: str, code: str) -> None:
        """Scan one parcel in or out."""
        self.page.goto("/mot-cua/giao-nhan" if self.username.startswith("motcua") else "/buu-cuc/giao-nhan")
        self.page.get_by_label(direction).check()
        self.page.get_by_role("textbox", name="Mã bưu gửi").fill(code)

    def hand_over(self, direction: str, code: str, other: Staff) -> None:
        """The other side has no machine, and types its password on this screen."""
        self.scan(direction, code)
        self.page.get_by_text("Bên kia không có máy").click()
        self.page.get_by_label("Tài khoản của bên kia").fill(other.username)
        self.page.get_by_label("Mật khẩu của bên kia").fill(other.password)
        self.page.get_by_role("button", name="Hai bên xác nhận").click()
        expect(self.page.get_by_text("Hai bên đã xác nhận 1 bưu gửi.")).to_be_visible()

    def invite(self, direction: str, code: str, other: re.Pattern[str]) -> str:
        """Scan, and ask the other side to sign on a machine of its own; returns what the code on the screen says."""
        self.scan(direction, code)
        choice = self.page.get_by_label("Bên kia là ai?")
        choice.select_option(choice.locator("option").filter(has_text=other).first.get_attribute("value"))
        self.ask_for_signature()
        self.page.get_by_text("Không quét được?").click()
        return self.page.locator(".signing__text").inner_text()

    def ask_for_signature(self) -> None:
        self.page.get_by_role("button", name="Mời bên kia ký bằng máy của mình").click()
        expect(self.page.get_by_role("img", name="Mã để bên kia ký")).to_be_visible()

    def sign_what_waits(self) -> None:
        """On a machine of its own."""
        self.page.goto("/mot-cua/ky/" if self.username.startswith("motcua") else "/buu-cuc/ky/")
        self.page.get_by_role("link", name="Xem và ký").first.click()
        self.page.get_by_role("button", name="Đúng, tôi ký xác nhận").click()
        expect(self.page.get_by_text("Đã ký xác nhận.")).to_be_visible()

    def is_told_that_both_signed(self) -> None:
        """The page that shows the code finds out by itself."""
        expect(self.page.get_by_text("Hai bên đã ký").first).to_be_visible()


def code_sent_to(installation: Installation, phone: str, before: str) -> str:
    """Six digits in the newest message to this telephone, read where the newcomer reads it; the worker may need a moment."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urlopen(f"{installation.sandbox}telephone", timeout=5) as page:
            messages = page.read().decode().split("<li>")[1:]
        for message in messages:
            found = re.search(rf"\b{before}\b[^0-9]{{0,40}}(\d{{6}})\b", message, re.IGNORECASE)
            if found and phone[-9:] in message:
                return found.group(1)
        installation.ready.wait(0.2)
    raise AssertionError("no code was sent:\n" + "\n".join(installation.lines[-60:]))


def next_day(page: Page) -> None:
    """Press the banner's button and wait until the day is planned, published and begun."""
    page.goto("/")
    page.get_by_role("button", name="Sang ngày hôm sau").click()
    page.wait_for_url(re.compile(r"/$"), timeout=90_000)


def book(page: Page, name: str, phone: str, installation: Installation) -> str:
    """Ask for a visit in Ia Krái, both ways, for a copy of a civil status extract; returns the tracking address."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Gửi và nhận")).click()
    page.get_by_label(re.compile("Cấp bản sao Trích lục hộ tịch")).check()
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Tiếp tục").click()
    say_where_and_who(page, "Thôn Thử Nghiệm", name, phone, installation)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Tiếp tục").click()
    return agree(page)


def ask_for_result(page: Page, code: str, address: str, name: str, phone: str, installation: Installation) -> str:
    """Ask to have the result of this dossier brought to Ia Krái, wherever it was filed; returns the tracking address."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("^Nhận kết quả")).click()
    page.get_by_label(re.compile("Cấp bản sao Trích lục hộ tịch")).check()
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Mã hồ sơ").fill(code)
    page.get_by_role("button", name="Tiếp tục").click()
    say_where_and_who(page, address, name, phone, installation)
    return agree(page)


def say_where_and_who(page: Page, address: str, name: str, phone: str, installation: Installation) -> None:
    """From the papers to the proved telephone."""
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Tên xã, phường").fill("Ia Krái")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label(re.compile("Số nhà, đường")).fill(address)
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label(re.compile("Họ và tên")).fill(name)
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Số điện thoại", exact=True).fill(phone)
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Nhập mã 6 số").fill(code_sent_to(installation, phone, PROVES))
    page.get_by_role("button", name="Xác nhận").click()


def agree(page: Page) -> str:
    page.get_by_label("Tôi đồng ý").check()
    page.get_by_role("button", name="Đặt lịch", exact=True).click()
    expect(page.get_by_role("heading", name="Đã đặt lịch")).to_be_visible()
    link = page.get_by_role("link", name="Mở trang theo dõi").get_attribute("href")
    assert link is not None
    return link


def count(clerk: Staff, parcel: str, dossier: str, due: str, other: Staff) -> None:
    page = clerk.page
    page.goto(f"/mot-cua/dem/{parcel}")
    for number in page.get_by_label(re.compile(r"^\d+\. ")).all():
        number.fill("1")
    page.get_by_label("Mã hồ sơ").fill(dossier)
    page.get_by_label("Ngày hẹn trả").fill(due)
    clerk.ask_for_signature()
    other.sign_what_waits()
    clerk.is_told_that_both_signed()


def enter_result(clerk: Staff, dossier: str, title: str, seal: str) -> str:
    page = clerk.page
    page.goto("/mot-cua/ket-qua")
    page.get_by_label("Mỗi dòng một kết quả").fill(f"{dossier}; {title}; {seal}")
    page.get_by_role("button", name="Ghi nhận kết quả").click()
    said = page.locator("#answers").inner_text()
    found = re.search(r"[A-Z]{2}\d{9}VN", said)
    assert found is not None, said
    return found.group()


def say_whose_it_is(clerk: Staff, dossier: str) -> None:
    """The desk has the file before it and confirms."""
    page = clerk.page
    page.goto("/mot-cua/nguoi-nhan/")
    page.get_by_role("row").filter(has_text=dossier).get_by_role("link", name="Xem và trả lời").click()
    page.get_by_role("button", name="Xác nhận", exact=True).click()
    expect(page.get_by_text("Đã xác nhận.")).to_be_visible()


def close_bag(counter: Staff, parcel: str, seal: str, to: str, other: Staff) -> str:
    """Returns the bag's code."""
    page = counter.page
    page.goto("/buu-cuc/tui/moi")
    page.get_by_role("radio", name=re.compile("^Nơi khác")).check()
    page.get_by_role("combobox", name=re.compile("^Tên nơi khác")).fill(to)
    page.get_by_role("textbox", name="Phong bì trong túi").fill(parcel)
    page.get_by_label("Số niêm phong của túi").fill(seal)
    sign_beside(counter, other, "Đóng túi")
    return page.locator("h1").inner_text()


def open_bag(counter: Staff, bag: str, parcel: str, other: Staff) -> None:
    page = counter.page
    page.goto(f"/buu-cuc/tui/{bag}")
    page.get_by_label("Còn nguyên").check()
    page.get_by_role("textbox", name="Phong bì lấy ra").fill(parcel)
    sign_beside(counter, other, "Ghi nhận đã mở túi")
    expect(page.get_by_text("Đã mở túi, đủ phong bì.")).to_be_visible()


def sign_beside(counter: Staff, other: Staff, button: str) -> None:
    """Both stand at one screen."""
    page = counter.page
    page.get_by_text("Bên kia không có máy").click()
    page.get_by_label("Tài khoản của bên kia").fill(other.username)
    page.get_by_label("Mật khẩu của bên kia").fill(other.password)
    page.get_by_role("button", name=button, exact=True).click()
