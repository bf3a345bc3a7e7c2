"""A courier's whole day with everything that befalls a phone: no network, two kills, a clock wrong by days, a full disk, two
tabs, Back after each act, a line of 15 kbit/s. At the end server, phone and hands tell the same: each act once, money to the đồng.

`make crash PART=hands`: 40 doors, photographs of 105 kB over the thin line, which lasts until all that waits is home, and `THIN`
minutes at least: with `THIN=60` the hour that couriers have it. With `ROUNDS=1` a short day of eight doors.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from sqlalchemy import select, update

from app.clock import Clock
from app.config import load_keys
from app.database import Database
from app.domain.custody import Holder
from app.domain.tariff import ChargeKind
from app.models import (
    Attempt,
    CashCount,
    CustodyEvent,
    CustodyGap,
    Device,
    FileUse,
    Office,
    Operation,
    Parcel,
    Receipt,
    StoredFile,
)
from app.queries.custody.verification import verify
from app.services.staff.devices import owes
from app.unit_of_work import UnitOfWork
from tests.browser.office import database, folder, servers
from tests.browser.pocket import Pocket
from tests.browser.rounds import PASSWORD, Round, make_round
from tests.crash.hands import Door, Hands, doors_of, paid_in
from tests.crash.results import note
from tests.crash.servers import Servers

__all__ = ["database", "folder", "servers"]  # fixtures

FULL = os.environ.get("TANNHA_CRASH_ROUNDS", "1") != "1"
SPREAD = 5 if FULL else 1
STOPS = 8 * SPREAD
SEED = int(os.environ.get("TANNHA_CRASH_SEED", "19"))
GRAIN, KBIT, LATENCY_MS = (420 if FULL else 60), 15, 800
THIN_S = 60 * int(os.environ.get("TANNHA_CRASH_THIN") or 0)
HOME_WITHIN_S = 2000 if FULL else 90
AN_HOUR_MS = 3600 * 1000
DUTY = "0900000119"
CLOCK = {"clock_jumped", "clock_unmeasured"}


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def today(database: Database) -> Round:
    with database.transaction() as session:
        return make_round(session, STOPS, Clock().now(), purse=Random(SEED))


@dataclass
class Day:
    """Eight parts, each as many doors as the day is long; what befalls is laid on by its part."""

    hands: Hands
    doors: list[Door]
    database: Database
    figures: dict[str, Any] = field(default_factory=dict)

    def ride(self) -> None:
        for part, befalls in enumerate((
            self.with_a_second_tab, self.killed_in_a_form, self.by_a_clock_behind, self.killed_while_saving,
            self.by_a_clock_ahead, self.on_a_thin_line, self.on_a_full_disk, self.in_two_tabs,
        )):  # fmt: skip
            befalls(self.doors[part * SPREAD : (part + 1) * SPREAD])

    def work(self, doors: list[Door]) -> None:
        for door in doors:
            self.hands.work(door, undone=door.does == "collect" and door.number % 7 == 0)

    def with_a_second_tab(self, doors: list[Door]) -> None:
        """And by a clock that runs ten hours ahead while the office answers, and is put right behind it."""
        self.hands.pocket.set_clock(10 * AN_HOUR_MS)
        self.work(doors)
        self.hands.send_everything()
        self.hands.pocket.set_clock(0)
        self.hands.reads_it_in_a_second_tab()
        self.counts()

    def counts(self) -> None:
        assert self.hands.money() == paid_in(self.hands.deeds)

    def killed_in_a_form(self, doors: list[Door]) -> None:
        self.hands.goes_offline()
        self.hands.next_photograph = self.hands.killed
        self.work(doors)
        assert self.hands.all_befell()

    def by_a_clock_behind(self, doors: list[Door]) -> None:
        self.hands.pocket.set_clock(-48 * AN_HOUR_MS)
        self.work(doors)
        self.counts()
        self.hands.pocket.set_clock(0)

    def killed_while_saving(self, doors: list[Door]) -> None:
        self.hands.next_save = self.hands.killed_at_once
        self.work(doors)

    def by_a_clock_ahead(self, doors: list[Door]) -> None:
        """Past the end of the shift: nothing is erased, and put right the day opens again."""
        page, pocket = self.hands.page, self.hands.pocket
        pocket.set_clock(72 * AN_HOUR_MS)
        page.reload()
        expect(self.hands.heading("Ca làm đã hết")).to_be_visible()
        pocket.set_clock(0)
        page.reload()
        self.hands.unlock()
        self.work(doors)
        self.hands.goes_offline(offline=False)
        self.hands.send_everything()

    def on_a_thin_line(self, doors: list[Door]) -> None:
        began = time.monotonic()
        self.hands.grain = GRAIN
        self.hands.pocket.slow_down(KBIT, LATENCY_MS)
        for ridden, door in enumerate(doors, start=1):
            self.work([door])
            still = began + THIN_S * ridden / len(doors) - time.monotonic()
            self.hands.page.wait_for_timeout(max(0.0, still) * 1000)  # the ride to the next door
        with self.database.transaction() as session:
            session.execute(update(Office).values(duty_phone=DUTY))
        told = time.monotonic()
        expect(self.hands.page.get_by_role("link", name="Gọi điều phối viên")).to_be_visible(
            timeout=HOME_WITHIN_S * 1000
        )
        self.figures["news_s"] = round(time.monotonic() - told)
        expect(self.hands.queue()).to_be_visible(timeout=HOME_WITHIN_S * 1000)
        self.figures["thin_line_s"] = round(time.monotonic() - began)
        self.hands.pocket.speed_up()
        self.hands.grain = type(self.hands).grain

    def on_a_full_disk(self, doors: list[Door]) -> None:
        """What the office has makes room. Where that is not enough an act is not called saved, and the PIN opens all the same;
        with room again it is written once.
        """
        hands = self.hands
        hands.goes_offline()
        if FULL:
            hands.pocket.fill_disk()
            self.work(doors[:-1])
        hands.next_save = self.finds_no_room
        hands.pocket.fill_disk(0.5)
        self.work(doors[-1:])
        assert hands.all_befell()
        hands.goes_offline(offline=False)

    def finds_no_room(self) -> None:
        hands = self.hands
        expect(hands.page.locator('[data-said="bad"]')).to_contain_text("Bộ nhớ điện thoại đã đầy")
        hands.locks_and_opens()
        hands.pocket.clear_disk()
        hands.page.goto(f"/buu-ta/{hands.recorded[-1]}")

    def in_two_tabs(self, doors: list[Door]) -> None:
        self.hands.takes_the_form_to_a_second_tab(doors[0])
        self.work(doors[1:])

    def come_home(self, today: Round) -> None:
        hands = self.hands
        hands.send_everything()
        self.counts()
        hands.gives_all_to_the_counter()
        hands.ends_the_day()
        hands.send_everything()
        hands.signs_in_again(today.username, PASSWORD)
        self.counts()
        expect(hands.page.get_by_text("Tiền đã đếm khớp với các giấy thu.")).to_be_visible()


@pytest.mark.timeout(THIN_S + (2400 if FULL else 400))
def test_after_a_day_of_faults_server_phone_and_hands_tell_the_same(
    servers: Servers, database: Database, today: Round, playwright: Playwright, folder: Path
) -> None:
    began = time.monotonic()
    pocket = Pocket(playwright, folder / "phone", f"http://localhost:{servers.port}")
    try:
        with database.transaction() as session:
            doors = doors_of(session, today.courier_id, today.kinds)
        day = Day(Hands(pocket, SEED), doors, database)
        day.hands.sign_in(today.username, PASSWORD)
        day.hands.start()
        pocket.page.wait_for_function("navigator.serviceWorker.controller !== null")
        day.ride()
        day.come_home(today)
        kept = rows_of(day.hands)
    finally:
        pocket.context.close()
    assert pocket.faults == []
    with database.transaction() as session:
        figures = day.figures | told_alike(session, day.hands, kept)
        assert verify(session, load_keys(servers.settings)).clean
    if FULL:
        note("hands", seed=SEED, doors=STOPS, took_s=round(time.monotonic() - began), kills=pocket.kills, **figures)


def rows_of(hands: Hands) -> dict[int, dict[str, Any]]:
    """The acts as this phone keeps them, by number."""
    rows: list[dict[str, Any]] = json.loads(hands.page.evaluate(ROWS))
    return {row["seq"]: row for row in rows}


def told_alike(session: UnitOfWork, hands: Hands, kept: dict[int, dict[str, Any]]) -> dict[str, Any]:
    operations = session.scalars(select(Operation).order_by(Operation.seq)).all()
    numbers_alike(session, operations, kept)
    acts_alike(session, operations, hands)
    envelopes_alike(session, hands)
    files_alike(session, operations)
    money = money_alike(session, hands)
    waited = [(one.received_at - one.corrected_at).total_seconds() for one in operations]
    return {"acts": len(operations), "longest_wait_s": round(max(waited)), **money}


def numbers_alike(session: UnitOfWork, operations: Sequence[Operation], kept: dict[int, dict[str, Any]]) -> None:
    """Every number once, on both sides the same act, the same answer, and nothing owed."""
    device = session.scalars(select(Device)).one()
    assert [one.seq for one in operations] == sorted(kept) == list(range(1, len(operations) + 1))
    assert [(str(one.id), one.hash, one.result.value) for one in operations] == [
        (row["op_id"], row["hash"], row["result"]) for _, row in sorted(kept.items())
    ]
    assert not any(row["waits"] for row in kept.values())
    assert (owes(session, device.id), device.last_seq, device.head_hash) == ([], len(operations), operations[-1].hash)
    assert (device.waiting, device.waiting_files) == (0, 0)


def acts_alike(session: UnitOfWork, operations: Sequence[Operation], hands: Hands) -> None:
    """What hands did, once; that a clock was wrong is all a person may have to look at."""
    of_doors = Counter((one.kind.value, one.errand_id) for one in operations if one.errand_id)
    assert of_doors == Counter((deed.kind, deed.door.errand_id) for deed in hands.deeds)
    others = Counter(one.kind.value for one in operations if one.errand_id is None)
    assert others == {"run_started": 1, "handed_over": 1, "run_ended": 1}
    assert {review for one in operations for review in one.reviews} <= CLOCK
    tried = Counter(session.scalars(select(Attempt.errand_id)))
    assert tried == Counter(deed.door.errand_id for deed in hands.deeds)


def envelopes_alike(session: UnitOfWork, hands: Hands) -> None:
    """Each where the hands left it, by one event an act, with no gap."""
    mine = select(Parcel.errand_id, Parcel.code, Parcel.holder)
    held = {row.errand_id: (row.code, row.holder) for row in session.execute(mine)}
    for deed in hands.deeds:
        if deed.carried:
            assert held[deed.door.errand_id] == (deed.carried, Holder.OFFICE_SAFE)
        if deed.kind == "delivered":
            assert held[deed.door.errand_id][1] is Holder.CITIZEN
    told = Counter(session.scalars(select(CustodyEvent.operation_id).where(CustodyEvent.device != "")))
    taken = sum(deed.kind == "collected" for deed in hands.deeds)
    given = sum(deed.kind == "delivered" for deed in hands.deeds)
    handed = sum(bool(deed.carried) for deed in hands.deeds)
    assert sorted(told.values()) == sorted([1] * (taken + given) + [handed])
    assert session.scalars(select(CustodyGap).where(CustodyGap.closed_at.is_(None))).all() == []


def files_alike(session: UnitOfWork, operations: Sequence[Operation]) -> None:
    named = {sha256 for one in operations for sha256 in one.files}
    states = {row.sha256: row.state for row in session.execute(select(StoredFile.sha256, StoredFile.state))}
    assert states.keys() == named == set(session.scalars(select(FileUse.sha256)))
    assert set(states.values()) <= {"whole", "stored"}


def money_alike(session: UnitOfWork, hands: Hands) -> dict[str, int]:
    """A receipt a door that paid, part by part; and as it was counted at the end."""
    receipts = session.scalars(select(Receipt)).all()
    said = {one.errand_id: {ChargeKind(part["kind"]): part["amount"] for part in one.parts} for one in receipts}
    assert len(receipts) == len(said)
    assert said == {deed.door.errand_id: deed.paid for deed in hands.deeds if deed.paid}
    total, counted = paid_in(hands.deeds), session.scalars(select(CashCount)).one()
    assert (counted.postage, counted.state_fee) == (total[ChargeKind.POSTAGE], total[ChargeKind.STATE_FEE])
    return {"receipts": len(receipts), "dong": sum(total.values())}


ROWS = """async () => {
  const database = await new Promise((done) => {
    indexedDB.open("tannha-buu-ta").onsuccess = (event) => done(event.target.result);
  });
  const all = (table) => new Promise((done) => {
    database.transaction(table).objectStore(table).getAll().onsuccess = (event) => done(event.target.result);
  });
  const rows = [...await all("operations"), ...await all("past")];
  return JSON.stringify(rows.map(({ op_id, seq, hash, result, waits }) => ({ op_id, seq, hash, result, waits })));
}"""
