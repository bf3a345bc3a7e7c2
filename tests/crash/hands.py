"""A courier's hands in a bad day: what they do at each door, what befalls them there, and a list of what really happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.tariff import ChargeKind
from app.models import Charge, Parcel, Route, Stop
from tests.browser.courier import Courier
from tests.browser.pocket import Pocket

RECORDED = "Việc này đã được ghi lúc"
SAVES = ("Đã trao, lưu lại", "Đã niêm phong và nhận", "Ghi nhận", "Kết thúc chuyến")
A_MOMENT_MS = 1000  # until an answer that was typed lies in the draft
AT_MOST_MS = 120  # from the finger to the end of the browser


@dataclass(frozen=True)
class Door:
    """As the office's book has it, before anybody rides."""

    number: int
    errand_id: UUID
    does: str  # "collect" or "deliver"
    dues: dict[ChargeKind, int]
    brings: str  # the envelope with the result; "" where papers are fetched


@dataclass(frozen=True)
class Deed:
    door: Door
    kind: str  # of the operation
    label: str = ""  # of the envelope that was taken

    @property
    def carried(self) -> str:
        """The envelope that is in the bag afterwards; "" where there is none."""
        return self.door.brings if self.kind == "not_done" else self.label

    @property
    def paid(self) -> dict[ChargeKind, int]:
        return {} if self.kind == "not_done" else self.door.dues


def doors_of(session: Session, courier_id: int, kinds: Iterable[str]) -> list[Door]:
    stops = session.scalars(
        select(Stop)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.courier_id == courier_id)
        .order_by(Stop.sequence)
    )
    dues: dict[UUID | None, dict[ChargeKind, int]] = {}
    for charge in session.scalars(select(Charge)):
        dues.setdefault(charge.errand_id, {})[charge.kind] = charge.amount or 0
    brings = {row.errand_id: row.code for row in session.execute(select(Parcel.errand_id, Parcel.code))}
    return [
        Door(stop.sequence, errand.id, kind, dues[errand.id], brings.get(errand.id, ""))
        for stop, kind in zip(stops, kinds, strict=True)
        for errand in stop.errands
    ]


class Hands(Courier):
    """Works as every courier does; what befalls is laid on by `next_photograph` and `next_save`, each for once."""

    def __init__(self, pocket: Pocket, seed: int) -> None:
        super().__init__(pocket.page, seed)
        self.pocket = pocket
        self.deeds: list[Deed] = []
        self.recorded: list[str] = []  # addresses of forms that must never open again
        self.next_photograph: Callable[[], None] | None = None
        self.next_save: Callable[[], None] | None = None
        self.restarted = self.offline = False

    # -- a door

    def work(self, door: Door, *, undone: bool = False) -> None:
        """From the list to the list: the act, then Back."""
        self.page.goto("/buu-ta/#/")
        expect(self.page.get_by_role("heading", name=f"Điểm tiếp theo: {door.number}", exact=True)).to_be_visible()
        self.open_next()
        self.do(door, undone=undone)

    def do(self, door: Door, *, undone: bool = False) -> None:
        """At the open door."""
        kind = "not_done" if undone else {"collect": "collected", "deliver": "delivered"}[door.does]
        action = {"not_done": "Không làm được", "collected": "Nhận giấy tờ", "delivered": "Trả kết quả"}[kind]
        link = self.page.get_by_role("link", name=action, exact=True).first
        self.recorded.append(link.get_attribute("href") or "")
        label = self._act(kind, door)
        self.deeds.append(Deed(door, kind, label))
        self.back()

    def _act(self, kind: str, door: Door) -> str:
        self.restarted = False
        if kind == "collected":
            return self.collect(f"NP{door.number:07d}")
        if kind == "delivered":
            self.deliver()
        else:
            self.find_nobody()
        return ""

    def back(self) -> None:
        """The most used key of a phone never brings a form again."""
        self.page.go_back()
        self.sees_no_form(self.page)

    def sees_no_form(self, page: Page) -> None:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("location.hash") not in self.recorded or page.get_by_text(RECORDED).is_visible()
        for words in SAVES:
            expect(page.get_by_role("button", name=words)).to_have_count(0)

    def reads_it_in_a_second_tab(self) -> None:
        """The form of the last act, opened anew beside this tab."""
        other = Courier(self.pocket.context.new_page())
        other.page.goto(f"/buu-ta/{self.recorded[-1]}")
        other.unlock()
        expect(other.page.get_by_text(RECORDED)).to_be_visible()
        self.sees_no_form(other.page)
        other.page.close()

    def takes_the_form_to_a_second_tab(self, door: Door) -> None:
        """Begun in one tab, ended in another: what the first one shows is what was recorded."""
        self.page.goto("/buu-ta/#/")
        self.open_next()
        link = self.page.get_by_role("link", name="Không làm được", exact=True).first
        form = link.get_attribute("href") or ""
        self.follow("Không làm được", exact=True)
        other = Courier(self.pocket.context.new_page())
        other.page.goto(f"/buu-ta/{form}")
        other.unlock()
        other.press("Ghi tiếp ở đây")
        expect(self.heading("Đang mở ở thẻ khác")).to_be_visible()
        other.press("Thời tiết xấu")
        other.press("Ghi nhận")
        other.saved()
        other.page.close()
        expect(self.page.get_by_text(RECORDED)).to_be_visible()
        self.recorded.append(form)
        self.deeds.append(Deed(door, "not_done"))

    # -- what befalls

    def all_befell(self) -> bool:
        return self.next_photograph is None and self.next_save is None

    def photograph(self, label: str) -> None:
        super().photograph(label)
        befalls, self.next_photograph = self.next_photograph, None
        if befalls:
            self.page.wait_for_timeout(A_MOMENT_MS)
            befalls()

    def press(self, name: str, *, exact: bool = False) -> None:
        befalls = self.next_save
        super().press(name, exact=exact)
        if befalls and name in SAVES:
            self.next_save = None
            befalls()
            if not self.page.get_by_text(RECORDED).is_visible():
                self.again(name)

    def again(self, save: str) -> None:
        """The browser ended before the act was on the disk: the form is there as it was left."""
        if save == "Ghi nhận":
            super().press("Thời tiết xấu")
        super().press(save)
        self.restarted = False

    def saved(self) -> None:
        """Once it is recorded the toast of a browser that was killed is not waited for."""
        if self.restarted and self.page.get_by_text(RECORDED).is_visible():
            return
        super().saved()

    def killed_at_once(self) -> None:
        self.page.wait_for_timeout(self.random.randint(0, AT_MOST_MS))
        self.killed()

    def killed(self) -> None:
        """Opened again: the list, and from there the same form."""
        form = self.recorded[-1]
        self.pocket.kill()
        self.page = self.pocket.page
        self.restarted = True
        self.pocket.context.set_offline(self.offline)
        self.page.goto("/buu-ta/")
        self.unlock()
        expect(self.heading("Chuyến hôm nay")).to_be_visible()
        self.page.goto(f"/buu-ta/{form}")
        going_on = self.page.get_by_role("button", name=re.compile("|".join((*SAVES, "Tiếp tục", "Thời tiết xấu"))))
        expect(self.page.get_by_text(RECORDED).or_(going_on).first).to_be_visible()

    # -- line, list, money

    def goes_offline(self, *, offline: bool = True) -> None:
        self.offline = offline
        self.pocket.context.set_offline(offline)

    def locks_and_opens(self) -> None:
        self.page.goto("/buu-ta/#/cho-gui")
        self.press("Khóa màn hình")
        self.unlock()
        expect(self.heading("Chờ gửi")).to_be_visible()

    def money(self) -> dict[ChargeKind, int]:
        """What the screen says is in hand."""
        self.page.goto("/buu-ta/#/tui/tien")
        expect(self.heading("Tiền thu hôm nay")).to_be_visible()
        rows = self.page.locator(".purse").all_inner_texts()
        told = {ChargeKind.POSTAGE: rows[0], ChargeKind.STATE_FEE: rows[1]}
        return {kind: int("".join(filter(str.isdigit, words))) for kind, words in told.items()}

    def gives_all_to_the_counter(self) -> None:
        self.page.goto("/buu-ta/#/tui/giao")
        expect(self.heading("Giao cho bên khác")).to_be_visible()
        field = self.page.get_by_label("Quét hoặc gõ mã bưu gửi")
        for deed in self.deeds:
            if deed.carried:
                field.fill(deed.carried)  # at one stroke, as the camera does
                expect(field).to_have_value("")
        self.press("Đã giao")
        self.saved()

    def ends_the_day(self) -> None:
        total = paid_in(self.deeds)
        self.page.goto("/buu-ta/#/ket-thuc")
        expect(self.page.get_by_text("điểm chưa ghi kết quả")).to_have_count(0)
        self.fill("Cước đang giữ (đồng)", str(total[ChargeKind.POSTAGE]))
        self.fill("Lệ phí thu hộ đang giữ (đồng)", str(total[ChargeKind.STATE_FEE]))
        self.press("Kết thúc chuyến")
        self.saved()

    def signs_in_again(self, username: str, password: str) -> None:
        """As after a forgotten PIN: what the phone could read is laid anew from the office's."""
        self.sign_in(username, password, at="/buu-ta/#/dang-nhap")


def paid_in(deeds: Iterable[Deed]) -> dict[ChargeKind, int]:
    total = {ChargeKind.POSTAGE: 0, ChargeKind.STATE_FEE: 0}
    for deed in deeds:
        for kind, amount in deed.paid.items():
            total[kind] += amount
    return total
