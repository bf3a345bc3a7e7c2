"""Bad weather for a database: restarted, one of its processes killed, again and again, while people book.

`make test`: a restart and a kill. `make crash PART=weather`: 20, each third time a killed server process. Web and worker are the
same processes all the way: nothing is started again but PostgreSQL. No booking is lost or made twice, each citizen gets one
message, every job is done, and the log has a few lines an outage.
"""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select

from app.database import Database
from app.models import Message, ServiceRequest, Slot
from tests.crash.results import note
from tests.crash.servers import Servers, until
from tests.crash.test_sync import database, jobs_left, servers, settings
from tests.factories import World, make_partner, make_world
from tests.fakes.phone import HttpLine, LineDropped

__all__ = ["database", "servers", "settings"]  # fixtures

FULL = "TANNHA_CRASH_ROUNDS" in os.environ
OUTAGES = int(os.environ.get("TANNHA_CRASH_ROUNDS", "2"))
KEY = "a key of tests"
PEOPLE, BACK_WITHIN_S, LINES_AN_OUTAGE = 4, 60, 30


@dataclass
class Person:
    """Books again and again; whatever stays without an answer is asked once more with the same key."""

    number: int
    url: str
    world: World
    booked: list[str] = field(default_factory=list)
    asked_again: int = 0

    def go_on(self, over: Event) -> None:
        while not over.is_set():
            self.book(f"weather-{self.number}-{len(self.booked):06d}", over)
            over.wait(0.05)

    def book(self, key: str, over: Event) -> None:
        for _ in range(2000):
            try:
                answer = HttpLine(self.url).ask(
                    "POST", "/api/v1/service-requests", KEY, self._body(), {"Idempotency-Key": key}
                )
            except LineDropped:
                answer = None
            if answer is not None and answer.status == 201:
                self.booked.append(str(answer.body["id"]))
                return
            assert answer is None or answer.status in {409, 429, 503}, answer
            self.asked_again += 1
            over.wait(0.2)

    def _body(self) -> bytes:
        wanted: dict[str, Any] = {
            "kind": "send",
            "applicant": {"name": "Nguyễn Văn Thử", "phone": f"09000{self.number:05d}"},
            "place": {"unit_code": self.world.unit.code, "address": "Thôn 2"},
            "dossiers": [{"procedure_code": self.world.procedure.code}],
            "slot_id": self.world.slot.id,
            "consent": True,
        }
        return json.dumps(wanted).encode()


@pytest.mark.timeout(2400 if FULL else 240)
def test_no_booking_is_lost_or_doubled_and_everything_goes_on_by_itself(servers: Servers, database: Database) -> None:
    with database.transaction() as session:
        make_partner(session, KEY)
        world = make_world(session, code="23776", name="Xã Ia Krái", short_name="Ia Krái")
        session.get_one(Slot, world.slot.id).capacity = 1_000_000
    assert servers.web is not None
    assert servers.worker is not None
    before, over, longest_s = (servers.web.pid, servers.worker.pid), Event(), 0.0
    written = len(said(servers))
    people = [Person(number, servers.url, world) for number in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as crowd:
        ends = [crowd.submit(person.go_on, over) for person in people]
        try:
            for number in range(1, OUTAGES + 1):
                longest_s = max(longest_s, outage(servers, database, people, kill=number % 3 == 2))
        finally:
            over.set()
        for end in ends:
            end.result()
    until(lambda: not jobs_left(database), BACK_WITHIN_S * 2)
    assert (servers.web.poll(), servers.worker.poll()) == (None, None)
    assert (servers.web.pid, servers.worker.pid) == before
    check(database, people)
    lines = said(servers)[written:]
    assert len(lines) <= LINES_AN_OUTAGE * OUTAGES, "\n".join(lines)
    if FULL:
        booked, again = (sum(len(person.booked) for person in people), sum(person.asked_again for person in people))
        figures = {"longest_s": round(longest_s, 1), "log_lines": len(lines)}
        note("weather", outages=OUTAGES, booked=booked, asked_again=again, **figures)


def said(servers: Servers) -> list[str]:
    """The log, but for the line of each request that was asked to come again."""
    return [line for line in servers.log.read_text().splitlines() if "asked to come again" not in line]


def outage(servers: Servers, database: Database, people: list[Person], *, kill: bool) -> float:
    """One outage; seconds until everybody has booked again."""
    began, so_far = time.monotonic(), [len(person.booked) for person in people]
    if kill:
        servers.kill("connection")
    else:
        servers.restart_database()

    def all_booked_again() -> bool:
        return all(len(person.booked) > count + 1 for person, count in zip(people, so_far, strict=True))

    until(all_booked_again, BACK_WITHIN_S)
    return time.monotonic() - began


def check(database: Database, people: list[Person]) -> None:
    with database.transaction() as session:
        stored = {str(number) for number in session.scalars(select(ServiceRequest.id))}
        told = session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
    booked = [number for person in people for number in person.booked]
    assert len(booked) == len(set(booked))
    assert stored == set(booked)
    assert [tuple(row) for row in told] == [("sent", len(booked))]
