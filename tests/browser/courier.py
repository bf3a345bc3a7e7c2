"""A courier with a phone, who works the app as a person does: by labels and buttons, counting the taps."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from random import Random

from playwright.sync_api import Locator, Page, expect

from tests.browser.camera import hold
from tests.factories.operations import picture

PIN = "258025"


class Courier:
    """`taps` counts what a finger does; typing into a box that was tapped counts once.

    `said`: what stands on the screen for a Vietnamese label, on a phone that speaks another language.
    """

    grain = 40  # points of a photograph, each way
    hands = count()  # nobody signs like another: the same strokes at two doors would be one picture

    def __init__(
        self, page: Page, seed: int | None = None, said: Callable[[str], re.Pattern[str]] | None = None
    ) -> None:
        self.page, self._said = page, said
        self.random = Random(next(self.hands) if seed is None else seed)
        self.taps = 0

    def _named(self, label: str, *, exact: bool = False) -> str | re.Pattern[str]:
        if self._said is None:
            return label
        said = self._said(label)
        return re.compile(f"^(?:{said.pattern})$") if exact else said

    # -- fingers

    def press(self, name: str, *, exact: bool = False) -> None:
        self._tap(self.page.get_by_role("button", name=self._named(name, exact=exact), exact=exact))

    def follow(self, name: str, *, exact: bool = False) -> None:
        self._tap(self.page.get_by_role("link", name=self._named(name, exact=exact), exact=exact).first)

    def tick(self, label: str) -> None:
        self._tap(self.page.get_by_label(self._named(label)))

    def fill(self, label: str, text: str) -> None:
        self.taps += 1
        self.page.get_by_label(self._named(label)).fill(text)

    def photograph(self, label: str) -> None:
        self.taps += 1
        shot = {"name": "anh.png", "mimeType": "image/png", "buffer": picture(self.random, self.grain)}
        box = self.page.get_by_label(self._named(label))
        box.set_input_files(shot)  # type: ignore[arg-type]  # Playwright's own TypedDict
        expect(self.page.get_by_text(self._named("Đã chụp")).first).to_be_visible()

    def scan(self, what: str, label: str, text: str) -> None:
        """One tap opens the camera, which reads by itself and closes."""
        self.press(f"Quét {what}")
        hold(self.page, text)
        expect(self.page.get_by_label(self._named(label))).to_have_value(text)
        hold(self.page, "")

    def sign(self, whose: str) -> None:
        self.taps += 1
        canvas = self.page.get_by_role("img", name=self._named(f"Khung ký: {whose}"))
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        x, y = box["x"] + 30, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 5):
            self.page.mouse.move(x + 25 * step, y + self.random.randint(-20, 20))
        self.page.mouse.up()
        expect(self.page.locator(".field", has=canvas).get_by_role("status")).to_have_text(self._named("Đã ký"))

    def _tap(self, what: Locator) -> None:
        self.taps += 1
        what.click()

    # -- the day

    def sign_in(self, username: str, password: str, at: str = "/buu-ta/") -> None:
        self.page.goto(at)
        self.fill("Tên đăng nhập", username)
        self.fill("Mật khẩu", password)
        self.press("Đăng nhập")
        self.fill("Mã PIN mới", PIN)
        self.fill("Gõ lại mã PIN", PIN)
        self.press("Lưu mã PIN")
        expect(self.heading("Chuyến hôm nay")).to_be_visible()

    def unlock(self) -> None:
        self.fill("Mã PIN", PIN)
        self.press("Mở khóa")

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=self._named(name))

    def start(self) -> None:
        self.press("Bắt đầu chuyến")
        expect(self.page.get_by_role("heading", name=self._named("Điểm tiếp theo:"))).to_be_visible()

    def open_next(self) -> None:
        self.follow("Mở điểm này")

    def collect(self, seal: str) -> str:
        """At an open door: all papers there, the next label of the roll, money as quoted; returns the label."""
        self.follow("Nhận giấy tờ")
        return self.collect_here(seal)

    def collect_here(self, seal: str, *, scanning: bool = False, lacking: int = 0) -> str:
        """The same, its form being open; the last papers of the list may be lacking."""
        self.choose_case()
        lines = self.page.get_by_role("group").all()
        for number, line in enumerate(lines):
            answer = "Có" if number < len(lines) - lacking else "Thiếu"
            self._tap(line.get_by_label(self._named(answer, exact=True), exact=True))
        if lacking:
            self.tick("Vẫn nhận dù còn thiếu giấy tờ")
        self.press("Tiếp tục")
        self.tick("Đã đưa liên 1 cho người gửi")
        self.press("Lấy nhãn tiếp theo của cuộn")
        field = self.page.get_by_label(self._named("Mã bưu gửi trên nhãn"))
        expect(field).not_to_have_value("")  # the roll is asked for in the phone's own database
        label = field.input_value()
        if scanning:
            self.scan("niêm phong", "Số niêm phong", seal)
        else:
            self.fill("Số niêm phong", seal)
        self.photograph("Chụp phong bì đã niêm phong")
        self.press("Tiếp tục")
        self.sign_or_pay()
        self.sign("Chữ ký người gửi")
        self.sign("Chữ ký bưu tá")
        self.press("Đã niêm phong và nhận")
        self.saved()
        return label

    def choose_case(self) -> None:
        """Some procedures ask for the case first: what was booked is chosen already."""
        case, counting = self.heading("Trường hợp nào?"), self.heading("Đếm giấy tờ cùng người dân")
        expect(case.or_(counting)).to_be_visible()
        if case.is_visible():
            for question in self.page.get_by_role("group").all():
                if not question.get_by_role("radio", checked=True).count():
                    self._tap(question.get_by_role("radio").first)
            self.press("Tiếp tục")
        expect(counting).to_be_visible()

    def sign_or_pay(self) -> None:
        money, signing = self.heading("Thu tiền"), self.heading("Hai bên ký nhận")
        expect(money.or_(signing)).to_be_visible()
        if money.is_visible():
            self._tap(self.page.get_by_role("radio", name=self._named("Đã thu")))
            self.press("Tiếp tục")

    def deliver(self, code: str | None = None, *, scanning: bool = False) -> None:
        """At an open door: to the person named, by the code or against papers."""
        self.begin_delivery(code, scanning=scanning)
        if code is None:
            self.photograph("Chụp phong bì còn niêm phong")
        if self.page.get_by_role("radio", name=self._named("Đã thu")).count():
            self._tap(self.page.get_by_role("radio", name=self._named("Đã thu")))
        self.sign("Chữ ký người nhận")
        self.press("Đã trao, lưu lại")
        self.saved()

    def begin_delivery(
        self, code: str | None = None, *, scanning: bool = False, relation: str = "Chính chủ hồ sơ"
    ) -> None:
        """All that is said before the picture, the money and the signature."""
        self.follow("Trả kết quả", exact=True)
        codes = self.page.locator(".parcels strong.num:first-of-type")
        expect(codes.first).to_be_visible()
        for code_on_it in codes.all_inner_texts():
            if scanning:
                self.hold_before_the_open_camera(code_on_it)
            else:
                self.fill("Quét hoặc gõ mã trên", code_on_it)
        self.tick("Đã cho người nhận xem niêm phong còn nguyên")
        self._tap(self.page.get_by_role("radio", name=self._named(relation)))
        if code is None:
            expect(self.page.get_by_role("radio", name=self._named("Căn cước hoặc CCCD"))).to_be_checked()
            self.fill("4 số cuối của giấy tờ", "0000")
        else:
            self.fill("Mã nhận 6 số", code)

    def hold_before_the_open_camera(self, code: str) -> None:
        """It has opened by itself: no tap."""
        expect(self.page.get_by_role("dialog", name=self._named("Quét mã bưu gửi"))).to_be_visible()
        hold(self.page, code)
        expect(self.page.get_by_text(self._named("đã quét, đúng phong bì"))).to_be_visible()
        hold(self.page, "")

    def countersign(self, invitation: str) -> None:
        """What the counter's screen shows, scanned; a person reads it and signs."""
        self.page.goto("/buu-ta/#/tui")
        self.follow("Xác nhận bằng máy này")
        self.taps += 1
        self.page.get_by_role("textbox", name=self._named("Mã mời ký")).fill(invitation)
        self.press("Đúng, tôi ký")

    def find_nobody(self) -> None:
        self.follow("Không làm được")
        self.press("Thời tiết xấu")
        self.press("Ghi nhận")
        self.saved()

    def saved(self) -> None:
        expect(self.page.locator('[data-said="good"]')).to_contain_text(self._named("Đã lưu trên máy"))

    def send_everything(self) -> None:
        sent = self.queue()
        self.press("Gửi ngay")
        expect(sent).to_be_visible()

    def queue(self) -> Locator:
        self.page.goto("/buu-ta/#/cho-gui")
        expect(self.heading("Chờ gửi")).to_be_visible()
        return self.page.get_by_text(self._named("Đã gửi hết."))
