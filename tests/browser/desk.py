"""A clerk at a one-stop desk: what the hands do is counted, and what that takes is reckoned.

The keystroke-level model (Card, Moran & Newell, "The keystroke-level model for user performance time with interactive systems",
Communications of the ACM 23(7), 1980): a key of somebody who types now and then, pointing, the hand between keyboard and mouse, and
the thought before each thing. A scan and a page are not in it: a second to aim and beep, and what was measured here on two cores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from playwright.sync_api import Locator, Page, expect

from app.models import StaffAccount
from app.services.desks.handover import hand_over
from app.services.staff.access import set_password
from app.services.staff.passwords import hash_password
from app.services.visits.collection import collect
from app.unit_of_work import UnitOfWork
from tests.browser.people import Staff
from tests.factories import World, make_world
from tests.factories.custody import collecting, handing, make_road

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
    return Morning(_username(world.clerk), _username(world.counter), codes)


def _username(account: StaffAccount) -> str:
    return account.username


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

    def beep(self, field: Locator, code: str) -> None:
        """The scanner types into whatever has the cursor: that has to be this field, of itself."""
        expect(field).to_be_focused()
        self.scans += 1
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def _loaded(self) -> None:
        self.pages += 1
