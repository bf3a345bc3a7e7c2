"""Couriers send a day's operations over HTTP while web, worker and database are killed again and again.

`make test`: 6 couriers, 300 operations, 3 kills. `make crash PART=sync`: 50 couriers, 10,000 operations, 52 kills, one
after another, each while couriers write and send. Nothing may be lost, nothing doubled, every chain whole, every file
there, every job done. Figures are printed and appended to `var/crash.jsonl`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.cli.migrate import migrate_schema
from app.clock import Clock, local_day
from app.config import Settings, load_keys
from app.database import Database, connect, make_engine, owner_url
from app.domain.custody import Holder, Party
from app.models import Attempt, CustodyEvent, CustodyGap, Device, Operation, Parcel, StoredFile, StrayScan
from app.queries.custody.verification import verify
from app.services.evidence.sealed import public_point
from app.services.staff.devices import owes, token_hash
from tests.conftest import create_database
from tests.crash.land import add_route, door_of
from tests.crash.results import note
from tests.crash.riders import Rider
from tests.crash.servers import Servers, own_postgres, until
from tests.factories import make_courier, make_world, slot_on
from tests.factories.custody import make_road
from tests.factories.phone import make_device, make_grace
from tests.factories.route import make_route
from tests.fakes.phone import HttpLine, Phone

FULL = int(os.environ.get("TANNHA_CRASH_OPERATIONS", "0"))
DOORS_EACH = 8
VICTIMS = ("web", "worker", "database", "connection")
KILLED_AFTER_S = (0.2, 1.5)


@dataclass(frozen=True, slots=True)
class Size:
    couriers: int
    operations: int  # of all together
    kills: int


SIZE = Size(50, FULL, 52) if FULL else Size(6, 300, 3)


@pytest.fixture
def settings() -> Iterator[Settings]:
    folder = Path(tempfile.mkdtemp(prefix="tannha-crash-"))
    yield Settings(environment="test", var=folder)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def installed(settings: Settings) -> Iterator[Servers]:
    """An installation of its own in this folder, all of it running."""
    postgres = own_postgres(settings)
    url = owner_url(settings)
    owner = make_engine(create_database(url, "tannha"), pool_size=1)
    migrate_schema(owner)
    owner.dispose()
    named = url.set(database="tannha").render_as_string(hide_password=False)
    running = Servers(replace(settings, database_url=named), postgres)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def servers(settings: Settings) -> Iterator[Servers]:
    with installed(settings) as running:
        yield running


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    database = connect(servers.settings)
    yield database
    database.engine.dispose()


@pytest.mark.timeout(2400 if FULL else 240)
def test_no_operation_is_lost_or_doubled_however_often_the_servers_are_killed(
    servers: Servers, database: Database
) -> None:
    began = time.monotonic()
    kills = Kills(servers, Random(SIZE.operations))
    with database.transaction() as session:
        riders = make_riders(session, servers, kills.share, SIZE)
    threads = [rider.start() for rider in riders]
    try:
        kills.go_on(SIZE.kills)
        until(lambda: kills.over() and not any(thread.is_alive() for thread in threads), 1200 if FULL else 120)
        until(lambda: kills.over() and not jobs_left(database))
    finally:
        for rider in riders:
            rider.over.set()
        for thread in threads:
            thread.join(60)
    for rider in riders:
        if rider.fault is not None:
            raise rider.fault
    figures = check(database, servers.settings, riders, SIZE)
    seconds = round(time.monotonic() - began)
    dropped, repeated = sum(rider.dropped for rider in riders), sum(rider.repeated for rider in riders)
    if FULL:
        note("sync", couriers=SIZE.couriers, **figures, killed=dict(kills.done), requests_lost=dropped,
             batches_repeated=repeated, seconds=seconds)  # fmt: skip


@dataclass(slots=True)
class Kills:
    """One after another, each at a random moment after everything was up again."""

    servers: Servers
    random: Random
    done: Counter[str] = field(default_factory=Counter)

    def go_on(self, until_done: int) -> None:
        waiting = Event()
        order = [VICTIMS[number % len(VICTIMS)] for number in range(until_done)]
        self.random.shuffle(order)
        for victim in order:
            self.servers.start()
            waiting.wait(self.random.uniform(*KILLED_AFTER_S))
            self.servers.kill(victim)
            self.done[victim] += 1
        self.servers.start()

    def over(self) -> bool:
        self.servers.supervise()
        return True

    def share(self) -> int:
        """How many operations each courier may have written so far."""
        each = SIZE.operations // SIZE.couriers
        return each * (self.done.total() + 1) // (SIZE.kills + 1)


def make_riders(session: Session, servers: Servers, allowed: Callable[[], int], size: Size) -> list[Rider]:
    world, today, keys = make_world(session), local_day(Clock().now()), load_keys(servers.settings)
    slot = slot_on(session, world, today)
    couriers = [make_courier(session, office=world.office) for _ in range(size.couriers)]
    roads = [make_road(session, replace(world, slot=slot)) for _ in range(DOORS_EACH * size.couriers)]
    first = make_route(session, couriers[0], today, [[road.collection] for road in roads])
    stops, riders = list(first.stops), []
    safe, quota, now = Party(Holder.OFFICE_SAFE, str(world.office.id)), size.operations // size.couriers, Clock().now()
    make_grace(session, now + timedelta(days=30))
    for number, courier in enumerate(couriers):
        if number:
            add_route(session, first, courier, stops[number :: size.couriers])
        token = f"upload {number}"
        signed_from = (1, None, quota // 2)[number % 3]  # always signed; never upgraded; upgraded at noon
        device = make_device(
            session,
            courier,
            enrolled_at=now,
            last_contact_at=now,
            upload_hash=token_hash(token),
            signed_from=signed_from,
        )
        phone = Phone(device.id, courier.id, public_point(keys), Clock().now, Random(number), token, offset_ms=0)
        doors = [door_of(road.collection, road) for road in roads[number :: size.couriers]]
        line, random = HttpLine(servers.url), Random(1000 + number)
        riders.append(Rider(number, phone, line, doors, safe, quota, allowed, random, signed_from))
    return riders


def check(database: Database, settings: Settings, riders: Sequence[Rider], size: Size) -> dict[str, Any]:
    """Everything the phones ever wrote, against everything the server has."""
    written = {one.op_id: one for rider in riders for one in rider.phone.written}
    assert not [one for rider in riders for one in rider.phone.rejected]
    assert len(written) == size.operations // size.couriers * size.couriers
    expected = Counter((op, code) for rider in riders for op, codes in rider.scanned.items() for code in codes)
    with database.transaction() as session:
        kept = {str(row.id): row.hash for row in session.execute(select(Operation.id, Operation.hash))}
        assert kept == {op_id: one.header.hash() for op_id, one in written.items()}, "lost or doubled"
        events = select(CustodyEvent.operation_id, Parcel.code).join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        assert Counter(map(tuple, session.execute(events))) == expected, "an act without its event, or with two"
        _check_people(session, riders)
        files = Counter(session.scalars(select(StoredFile.state)))
        assert files == {"stored": sum(len(rider.phone.files) for rider in riders)}
        report = verify(session, load_keys(settings))
        assert report.clean, report.broken
        applied = session.scalar(select(func.count()).where(Operation.result == "applied"))
    return {"operations": len(kept), "applied": applied, "events": report.events, "files": files["stored"],
            "lost": 0, "doubled": 0, "chain": "whole"}  # fmt: skip


def _told(event: CustodyEvent) -> str:
    giver, taker = f"{event.giver}/{event.giver_id}", f"{event.taker}/{event.taker_id}"
    return f"{event.occurred_at:%X.%f} {event.device[:4]}:{event.seq} {event.kind} {giver} -> {taker}"


def _check_people(session: Session, riders: Sequence[Rider]) -> None:
    """Every envelope is where it really is, every phone has told all, every collection is one try."""
    assert session.scalars(select(StrayScan.id).where(StrayScan.settled_at.is_(None))).all() == []
    torn = select(CustodyGap.parcel_id).where(CustodyGap.closed_at.is_(None))
    story = select(CustodyEvent).where(CustodyEvent.parcel_id.in_(torn)).order_by(CustodyEvent.occurred_at)
    told = "\n".join(_told(event) for event in session.scalars(story))
    assert not told, f"an open gap:\n{told}"
    held = {row.code: (row.holder, row.holder_id) for row in session.execute(_HELD)}
    collections = [one for rider in riders for one in rider.envelopes]
    assert held == {one.code: (one.holder.holder, one.holder.id) for one in collections}
    assert session.scalar(select(func.count()).select_from(Attempt)) == len(collections)
    for rider in riders:
        device = session.get_one(Device, rider.phone.device_id)
        assert (device.last_seq, device.head_hash) == (rider.phone.seq, rider.phone.head)
        assert owes(session, device.id) == []


def jobs_left(database: Database) -> Counter[str]:
    """What the worker still has to do now: task and state."""
    with database.transaction() as session:
        return Counter(f"{row.task_name}: {row.status}" for row in session.execute(_DUE))


_DUE = text(
    "select task_name, status from procrastinate_jobs "
    "where status in ('todo', 'doing') and coalesce(scheduled_at, now()) <= now()"
)
_HELD = select(Parcel.code, Parcel.holder, Parcel.holder_id)
