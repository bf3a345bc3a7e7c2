"""A courier's whole day in real Chromium: 16 stops without a network, reloads, a killed browser, a killed server, and a
line that drops before, during and after answers. At the end the server has everything exactly once, the phone nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from sqlalchemy import func, select

from app.clock import Clock
from app.config import load_keys
from app.database import Database
from app.models import Attempt, CustodyEvent, CustodyGap, Device, FileUse, Operation, StoredFile
from app.queries.custody.verification import verify
from app.services.staff.devices import owes
from tests.browser.courier import Courier
from tests.browser.office import database, folder, servers
from tests.browser.pocket import Pocket
from tests.browser.rounds import PASSWORD, Round, make_round
from tests.crash.servers import Servers
from tests.fakes.bad_line import BadLine

__all__ = ["database", "folder", "servers"]  # fixtures

STOPS = 16  # `make crash PART=hands` walks forty
HOME_WITHIN_MS = 90_000


@pytest.fixture
def today(database: Database) -> Round:
    with database.transaction() as session:
        return make_round(session, STOPS, Clock().now())


@pytest.fixture
def line(servers: Servers) -> Iterator[BadLine]:
    with BadLine(servers.port, Random(40)) as line:
        yield line


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.mark.timeout(400)
def test_a_whole_day_without_a_network_comes_home_exactly_once(
    servers: Servers, database: Database, today: Round, line: BadLine, playwright: Playwright, folder: Path
) -> None:
    pocket = Pocket(playwright, folder / "phone", f"http://localhost:{line.port}")
    try:
        courier = Courier(pocket.page)
        courier.sign_in(today.username, PASSWORD)
        courier.start()
        pocket.page.wait_for_function("navigator.serviceWorker.controller !== null")
        pocket.context.set_offline(offline=True)
        for number, kind in enumerate(today.kinds):
            if number in {4, 12}:
                pocket.page.reload()
                courier.unlock()
            if number == 8:
                pocket.kill()
                pocket.context.set_offline(offline=True)
                courier = Courier(pocket.page, seed=1)
                courier.page.goto("/buu-ta/")
                courier.unlock()
            work(courier, number, kind)
        line.risk = 0.4
        pocket.context.set_offline(offline=False)
        come_home(courier, servers, line)
    finally:
        pocket.context.close()
    check(database, servers, today, line)
    assert pocket.faults == []


def work(courier: Courier, number: int, kind: str) -> None:
    courier.page.goto("/buu-ta/#/")
    courier.open_next()
    if kind == "deliver":
        courier.deliver()
    elif number % 10 == 3:
        courier.find_nobody()
    else:
        courier.collect(f"NP{number:07d}")


def come_home(courier: Courier, servers: Servers, line: BadLine) -> None:
    """The server dies in the middle of it; the line stays bad until some of each kind of loss have happened."""
    sent = courier.queue()
    courier.press("Gửi ngay")
    courier.page.wait_for_timeout(1500)
    servers.kill("web")
    courier.page.wait_for_timeout(500)
    servers.start()
    for _ in range(60):
        if sent.is_visible():
            break
        courier.press("Gửi ngay")
        courier.page.wait_for_timeout(500)
        if line.dropped.total() > 12:
            break
    line.risk = 0.0
    expect(sent).to_be_visible(timeout=HOME_WITHIN_MS)


def check(database: Database, servers: Servers, today: Round, line: BadLine) -> None:
    with database.transaction() as session:
        device = session.scalars(select(Device)).one()
        operations = session.scalars(select(Operation).order_by(Operation.seq)).all()
        assert [one.seq for one in operations] == list(range(1, len(operations) + 1))
        kinds = Counter(one.kind.value for one in operations)
        assert (kinds["run_started"], sum(kinds[kind] for kind in ("collected", "delivered", "not_done"))) == (1, STOPS)
        assert (owes(session, device.id), device.last_seq) == ([], len(operations))
        assert session.scalar(select(func.count()).select_from(Attempt)) == STOPS
        told = Counter(session.scalars(select(CustodyEvent.operation_id).where(CustodyEvent.device != "")))
        assert told == Counter(str(one.id) for one in operations if one.kind.value in {"collected", "delivered"})
        assert session.scalars(select(CustodyGap).where(CustodyGap.closed_at.is_(None))).all() == []
        named = {sha256 for one in operations for sha256 in one.files}
        states = {row.sha256: row.state for row in session.execute(select(StoredFile.sha256, StoredFile.state))}
        assert states.keys() == named == set(session.scalars(select(FileUse.sha256)))
        assert set(states.values()) <= {"whole", "stored"}
        assert verify(session, load_keys(servers.settings)).clean
    assert line.dropped.total() > 0
