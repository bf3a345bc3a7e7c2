"""Bad weather while people book and couriers ride: the database restarted or killed, tables locked, bodies half sent, a clock
that jumps, a disk that is full.

`make test`: each of them once, short; a full disk needs a mount, and is of the long form. `make crash PART=weather`: 20 outages of
the database, each third one a killed server process, and everything longer. Web and worker are the same processes all the way. No
booking is lost or made twice, no act of a phone either, each citizen gets one message, every job is done, and the log has a few
lines an outage.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from app.clock import Clock
from app.config import Settings
from app.database import Database, connect, make_engine, owner_url
from tests.crash.results import note
from tests.crash.servers import Servers, until
from tests.crash.test_sync import Size, check, database, installed, make_riders, servers, settings
from tests.crash.weather import AT_ONCE_S, BACK_WITHIN_S, Crowd, home_page_s, make_crowd

__all__ = ["database", "servers", "settings"]  # fixtures

FULL = "TANNHA_CRASH_ROUNDS" in os.environ
OUTAGES = int(os.environ.get("TANNHA_CRASH_ROUNDS", "2"))
LINES_AN_OUTAGE = 30
RIDERS = Size(couriers=10, operations=1000, kills=OUTAGES) if FULL else Size(couriers=2, operations=40, kills=OUTAGES)
LOCKED_S, HALF_SENT, JUMPS = (60, 600, 10) if FULL else (7, 60, 1)


@pytest.fixture
def crowd(servers: Servers, database: Database) -> Crowd:
    return make_crowd(servers, database)


def told(part: str, crowd: Crowd, **figures: object) -> None:
    if FULL:
        note(
            "weather",
            drill=part,
            booked=len(crowd.booked),
            asked_again=dict(crowd.asked_again),
            lost=0,
            doubled=0,
            **figures,
        )


@dataclass
class Outages:
    crowd: Crowd
    done: int = 0
    longest_s: float = 0.0

    def share(self) -> int:
        """How many acts each courier may have written so far: they are spread over all outages."""
        return RIDERS.operations // RIDERS.couriers * (self.done + 1) // (OUTAGES + 1)

    def go_on(self) -> None:
        for number in range(1, OUTAGES + 1):
            if number % 3 == 2:
                self.crowd.servers.kill("connection")
            else:
                self.crowd.servers.restart_database()
            self.longest_s = max(self.longest_s, self.crowd.all_booked_again())
            self.done += 1


@pytest.mark.timeout(2400 if FULL else 240)
def test_no_booking_and_no_act_of_a_phone_is_lost_when_the_database_goes_away_again_and_again(crowd: Crowd) -> None:
    servers, outages = crowd.servers, Outages(crowd)
    before, written = (servers.web, servers.worker), len(said(servers))
    with crowd.database.transaction() as session:
        riders = make_riders(session, servers, outages.share, RIDERS)
    threads = [rider.start() for rider in riders]
    try:
        with crowd.booking():
            outages.go_on()
        until(lambda: not any(thread.is_alive() for thread in threads), BACK_WITHIN_S * 2)
    finally:
        for rider in riders:
            rider.over.set()
    for rider in riders:
        if rider.fault is not None:
            raise rider.fault
    crowd.check()
    assert (servers.web, servers.worker) == before
    figures = check(crowd.database, servers.settings, riders, RIDERS)
    lines = said(servers)[written:]
    assert len(lines) <= LINES_AN_OUTAGE * OUTAGES, "\n".join(lines)
    told("restarts", crowd, outages=OUTAGES, longest_s=round(outages.longest_s, 1), log_lines=len(lines),
         acts=figures["operations"])  # fmt: skip


def said(servers: Servers) -> list[str]:
    """What the log says of the weather: neither what was done, each request asked to come again, nor messages to citizens."""
    daily = (" INFO ", "asked to come again", "[SMS → ")
    return [line for line in servers.log.read_text().splitlines() if not any(words in line for words in daily)]


@pytest.mark.timeout(600 if FULL else 120)
def test_a_locked_table_keeps_nobody_else_waiting_and_its_bookings_come_later(crowd: Crowd) -> None:
    owner = make_engine(owner_url(crowd.servers.settings), pool_size=1)
    with crowd.booking():
        crowd.all_booked_again()
        with owner.begin() as connection:
            connection.execute(text("lock table slot in access exclusive mode"))
            pages, ends = [], time.monotonic() + LOCKED_S
            while time.monotonic() < ends:
                pages.append(home_page_s(crowd.servers))
                Event().wait(0.2)
        back_s = crowd.all_booked_again()
    owner.dispose()
    crowd.check()
    assert max(pages) < AT_ONCE_S
    assert crowd.asked_again["503"] > 0
    told("locked", crowd, locked_s=LOCKED_S, slowest_home_s=round(max(pages), 2), back_s=round(back_s, 1))


@pytest.mark.timeout(600 if FULL else 120)
def test_bodies_half_sent_keep_nobody_waiting(crowd: Crowd) -> None:
    head = "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    with crowd.booking(), ExitStack() as lines:
        crowd.all_booked_again()
        for number in range(HALF_SENT):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", crowd.servers.port)))
            path = ("/dang-nhap", "/api/v1/courier/sign-in", "/api/v1/service-requests")[number % 3]
            line.sendall(head.format(path=path).encode())
        pages = [home_page_s(crowd.servers) for _ in range(20)]
        meanwhile_s = crowd.all_booked_again()
    crowd.check()
    assert max(pages) < AT_ONCE_S
    told("half_sent", crowd, lines=HALF_SENT, slowest_home_s=round(max(pages), 2), two_bookings_s=round(meanwhile_s, 1))


@pytest.mark.timeout(600 if FULL else 120)
def test_a_clock_that_jumps_by_a_day_loses_and_doubles_nothing(crowd: Crowd) -> None:
    """The clock that all our processes read; the database's own goes on."""
    slowest_s = 0.0
    with crowd.booking():
        for days in (1, -1, 0) * JUMPS:
            set_clock(crowd.servers.settings, timedelta(days=days))
            slowest_s = max(slowest_s, crowd.all_booked_again())
    late = crowd.check(may_be_late=True)
    told("clock", crowd, jumps=3 * JUMPS, slowest_s=round(slowest_s, 1), messages_on_the_board=late)


def set_clock(settings: Settings, by: timedelta) -> None:
    """The clock of all processes of this installation, while they run; 0: the right time again."""
    real, file = Clock().now(), settings.var / "demo-clock.json"
    if not by:
        file.unlink()
        return
    aside = file.with_suffix(".part")
    aside.write_text(json.dumps({"shown": (real + by).isoformat(), "real": real.isoformat()}))
    aside.replace(file)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own under the database."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(bytes(1 << 20))
                file.flush()
        except OSError:
            return filler


def full_disk(settings: Settings) -> None:
    with small_disk(settings.var / "db", 700) as disk, installed(settings) as servers:
        crowd = make_crowd(servers, connect(servers.settings))
        with crowd.booking():
            crowd.all_booked_again()
            filler = fill(disk)
            until(lambda: crowd.asked_again.total() > 0, 300)
            full_until = time.monotonic() + 20
            until(lambda: time.monotonic() > full_until)
            free = shutil.disk_usage(disk).free
            filler.unlink()
            began = time.monotonic()
            until(servers._postgres_runs)
            crowd.all_booked_again(180)
            back_s = time.monotonic() - began
        crowd.check()
        crowd.database.engine.dispose()
        told("full_disk", crowd, free_bytes=free, back_s=round(back_s, 1))


if FULL:

    @pytest.mark.timeout(900)
    def test_a_full_disk_is_told_and_everything_goes_on_when_there_is_room_again(settings: Settings) -> None:
        full_disk(settings)
