"""People who book through any weather: whatever stays without an answer is asked once more, with the same key."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event
from typing import Any, Final
from urllib.request import urlopen

from sqlalchemy import select, text

from app.clock import Clock, local_day
from app.database import Database
from app.models import Message, ServiceRequest, Slot
from app.queries.tracking.unsent import unsent
from app.services.messaging.messages import after_quiet
from tests.crash.servers import Servers, until
from tests.crash.test_sync import jobs_left
from tests.factories import World, make_partner, make_world, slot_on
from tests.fakes.phone import HttpLine, LineDropped

KEY: Final = "a key of tests"
PEOPLE, BACK_WITHIN_S, AT_ONCE_S = 4, 60, 1.0
COME_AGAIN: Final = frozenset({409, 429, 503})


@dataclass
class Person:
    number: int
    url: str
    world: World
    booked: list[str] = field(default_factory=list)
    asked_again: Counter[str] = field(default_factory=Counter)
    fault: BaseException | None = None

    def go_on(self, over: Event) -> None:
        try:
            while not over.is_set():
                self.book(f"weather-{self.number}-{len(self.booked):06d}", over)
                over.wait(0.05)
        except BaseException as fault:
            self.fault = fault
            raise

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
            assert answer is None or answer.status in COME_AGAIN, answer
            self.asked_again[str(answer.status) if answer else "no answer"] += 1
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


@dataclass
class Crowd:
    servers: Servers
    database: Database
    people: list[Person]

    @property
    def booked(self) -> list[str]:
        return [number for person in self.people for number in person.booked]

    @property
    def asked_again(self) -> Counter[str]:
        return sum((person.asked_again for person in self.people), Counter[str]())

    @contextmanager
    def booking(self) -> Iterator[None]:
        over = Event()
        with ThreadPoolExecutor(PEOPLE) as threads:
            ends = [threads.submit(person.go_on, over) for person in self.people]
            try:
                yield
            finally:
                over.set()
            for end in ends:
                end.result()

    def all_booked_again(self, within_s: float = BACK_WITHIN_S) -> float:
        """Seconds until each has booked twice more: the first answer may be of before."""
        began, so_far = time.monotonic(), [len(person.booked) for person in self.people]

        def everybody() -> bool:
            for person in self.people:
                if person.fault is not None:
                    person.fault.add_note(self.servers.log.read_text()[-6000:])
                    raise person.fault
            return all(len(person.booked) > count + 1 for person, count in zip(self.people, so_far, strict=True))

        until(everybody, within_s)
        return time.monotonic() - began

    def _comes_again_soon(self) -> bool:
        """A message that met a database in restart waits for ten seconds: it is not lost."""
        with self.database.transaction() as session:
            return bool(session.scalar(_SOON))

    def check(self, *, may_be_late: bool = False) -> int:
        """Nothing lost, nothing twice, each told once, nothing left to do, and nobody had to be started again.

        At night a message waits for the morning: its job stands there. `may_be_late`: one that the clock calls a day old is not
        sent any more; it waits on the coordinators' board. Returns how many do.
        """
        for process in (self.servers.web, self.servers.worker):
            assert process is not None
            assert process.poll() is None
        until(lambda: not jobs_left(self.database) and not self._comes_again_soon(), BACK_WITHIN_S * 2)
        theirs = select(ServiceRequest.id).where(ServiceRequest.partner_id.is_not(None))
        with self.database.transaction() as session:
            stored = {str(number) for number in session.scalars(theirs)}
            told = session.scalars(select(Message).where(Message.request_id.in_(theirs))).all()
            board = {message.id for message, *_ in unsent(session, local_day(Clock().now()))}
            for_the_morning = set(session.scalars(_FOR_THE_MORNING))
        assert len(self.booked) == len(set(self.booked))
        assert stored == set(self.booked)
        assert sorted(str(message.request_id) for message in told) == sorted(self.booked)
        assert not for_the_morning or after_quiet(Clock().now()) or may_be_late
        late = [
            one
            for one in told
            if one.state != "sent" and not (one.state == "queued" and str(one.id) in for_the_morning)
        ]
        assert may_be_late or late == [], [(message.state, message.error) for message in late]
        assert [message.error for message in late if message.id not in board or message.error != "TooLate"] == []
        return len(late)


_SOON: Final = text(
    "select count(*) from procrastinate_jobs where task_name = 'deliver_message' and status in ('todo', 'doing') "
    "and coalesce(scheduled_at, now()) <= now() + interval '2 minutes'"
)
_FOR_THE_MORNING: Final = text(
    "select args->>'message_id' from procrastinate_jobs "
    "where task_name = 'deliver_message' and status = 'todo' and scheduled_at > now() + interval '2 minutes'"
)


def make_crowd(servers: Servers, database: Database) -> Crowd:
    with database.transaction() as session:
        make_partner(session, KEY)
        world = make_world(session, code="23776", name="Xã Ia Krái", short_name="Ia Krái")
        slot = slot_on(session, world, local_day(Clock().now()) + timedelta(days=3))
        session.get_one(Slot, slot.id).capacity = 1_000_000
    return Crowd(
        servers, database, [Person(number, servers.url, replace(world, slot=slot)) for number in range(PEOPLE)]
    )


def home_page_s(servers: Servers) -> float:
    """How long the home page takes, which asks the database for nothing."""
    began = time.monotonic()
    with urlopen(servers.url, timeout=30) as answer:
        answer.read()
    return time.monotonic() - began
