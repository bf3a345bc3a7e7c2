"""A clerk at a one-stop desk: what the hands do is counted, and what that takes is reckoned.

The keystroke-level model (Card, Moran & Newell, "The keystroke-level model for user performance time with interactive systems",
Communications of the ACM 23(7), 1980): a key of somebody who types now and then, pointing, the hand between keyboard and mouse, and
the thought before each thing. A scan and a page are not in it: a second to aim and beep, and what was measured here on two cores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from playwright.sync_api import Locator, Page, expect

from app.clock import local_day
from app.domain.commands import CloseBag
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.models import Parcel
from app.services.desks.bags import close_bag
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.staff.access import set_password
from app.services.staff.passwords import hash_password
from app.services.visits.collection import collect
from app.unit_of_work import UnitOfWork
from tests.browser.people import Staff
from tests.factories import World, make_staff, make_world
from tests.factories.custody import (
    Road,
    collecting,
    counting,
    handing,
    make_road,
    next_operation,
    next_seal,
    packing,
)

PASSWORD = "một cửa thử 2026"
KEY_S, POINT_S, PRESS_S, TO_THE_MOUSE_S, THOUGHT_S = 0.28, 1.1, 0.2, 0.4, 1.35
SCAN_S, PAGE_S = 1.0, 0.3
CLICK_S: Final = THOUGHT_S + TO_THE_MOUSE_S + POINT_S + PRESS_S
CODE: Final = re.compile(r"[A-Z]{2}\d{9}VN")


@dataclass(frozen=True, slots=True)
class Morning:
    """Envelopes of yesterday's visits lie in the safe next door, for this desk."""

    clerk: str
    counter: str
    codes: tuple[str, ...]


def make_morning(session: UnitOfWork, envelopes: int, now: datetime) -> Morning:
    world = make_world(session)
    for account in (world.clerk, world.counter):
        set_password(session, account, hash_password(PASSWORD), f"staff:{account.id}", now)
    codes = tuple(_in_the_safe(session, world, now - timedelta(hours=20)) for _ in range(envelopes))
    return Morning(world.clerk.username, world.counter.username, codes)


@dataclass(frozen=True, slots=True)
class WholeDesk:
    """Something of every kind lies about, so that no page is empty; `addresses`: beside those of the navigation."""

    clerk: str
    manager: str
    of_the_clerk: tuple[str, ...]
    of_the_manager: tuple[str, ...]


def make_whole_desk(session: UnitOfWork, now: datetime) -> WholeDesk:
    world = make_world(session)
    world.desk.office_id = world.office.id
    manager = make_staff(session, Role.OFFICE_MANAGER, office=world.office)
    for account in (world.clerk, manager):
        set_password(session, account, hash_password(PASSWORD), f"staff:{account.id}", now)
    before = now - timedelta(hours=26)
    _in_the_safe(session, world, before)
    to_count, asked, short, done, kept = (_road_to_the_desk(session, world, before) for _ in range(5))
    papers = {paper.line: paper.count for paper in short[1].papers} | {1: 0}
    count_papers(session, counting(*short, counts=papers, now=now))
    for road, parcel in (asked, done, kept):
        count_papers(session, counting(road, parcel, due_on=None if road is asked[0] else local_day(now), now=now))
    result_ready(session, packing(done[0], now=before))
    held = result_ready(session, packing(kept[0], now=before))
    hand_over(session, handing(kept[0], [held], kept[0].desk, kept[0].safe, now=now))
    kept[0].delivery.state, kept[0].delivery.held_until = ErrandState.HELD, local_day(now)
    bag = _bag_for_the_desk(session, world, now)
    side = f"ben=office_safe:{world.office.id}"
    return WholeDesk(
        world.clerk.username,
        manager.username,
        of_the_clerk=(
            f"/mot-cua/giao-nhan?chieu=in&{side}", f"/mot-cua/dem/{to_count[1].code}", f"/mot-cua/tui/{bag}",
            "/mot-cua/tui/moi", f"/mot-cua/tu-choi/{asked[0].dossier.id}", f"/mot-cua/ho-so/{short[0].dossier.id}",
            f"/mot-cua/ho-so/{asked[0].dossier.id}", "/mot-cua/xac-nhan",
        ),
        of_the_manager=(
            f"/buu-cuc/giao-nhan?chieu=in&ben=courier:{world.courier.id}", "/buu-cuc/tui/moi", f"/buu-cuc/tui/{bag}",
            f"/buu-cuc/trao/{kept[0].delivery.id}", f"/buu-cuc/gui-tra/{kept[0].delivery.id}", "/buu-cuc/xac-nhan",
        ),
    )  # fmt: skip


def _road_to_the_desk(session: UnitOfWork, world: World, at: datetime) -> tuple[Road, Parcel]:
    road = make_road(session, world)
    parcel = collect(session, collecting(road, occurred_at=at, now=at))
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=at + timedelta(hours=1)))
    hand_over(session, handing(road, [parcel], road.safe, road.desk, now=at + timedelta(hours=2)))
    return road, parcel


def _bag_for_the_desk(session: UnitOfWork, world: World, now: datetime) -> str:
    road = make_road(session, world)
    parcel = collect(session, collecting(road, occurred_at=now, now=now))
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=now))
    closing = CloseBag(
        parcel_codes=(parcel.code,), origin=road.safe, destination=road.desk, seal_number=next_seal(),
        operation_id=next_operation(), now=now, by=road.by_counter, confirmed_by=road.by_courier,
    )  # fmt: skip
    return close_bag(session, closing).code


def _in_the_safe(session: UnitOfWork, world: World, at: datetime) -> str:
    road = make_road(session, world)
    parcel = collect(session, collecting(road, occurred_at=at, now=at))
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=at + timedelta(hours=2)))
    return parcel.code


class Clerk(Staff):
    """One pair of hands: every click, key, scan and page is counted."""

    def __init__(self, page: Page, username: str) -> None:
        super().__init__(page, username, PASSWORD)
        self.clicks = self.keys = self.scans = self.pages = self.thoughts = 0
        page.on("domcontentloaded", lambda _: self._loaded())

    def begins(self) -> None:
        self.clicks = self.keys = self.scans = self.pages = self.thoughts = 0

    @property
    def seconds(self) -> float:
        typed = self.keys * KEY_S + self.thoughts * THOUGHT_S
        return self.clicks * CLICK_S + typed + self.scans * SCAN_S + self.pages * PAGE_S

    @property
    def counted(self) -> str:
        done = {"clicks": self.clicks, "keys": self.keys, "scans": self.scans, "pages": self.pages}
        return f"{done}: {self.seconds:.1f} s"

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def press(self, *keys: str) -> None:
        """Thought of once, then typed into whatever has the cursor."""
        self.thoughts += 1
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def type_day(self, field: Locator, day: date) -> None:
        """Eight digits into the field that has the cursor; in which order its browser wants them is not ours to say."""
        expect(field).to_be_focused()
        self.thoughts += 1
        self.keys += len(f"{day:%d%m%Y}")
        field.fill(day.isoformat())

    def beep(self, field: Locator, code: str) -> None:
        """The scanner types into whatever has the cursor: that has to be this field, of itself."""
        expect(field).to_be_focused()
        self.scans += 1
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def _loaded(self) -> None:
        self.pages += 1
