"""Dossiers of two systems, with every fault switched on and both sides killed at random: at the end everybody agrees.

`make test`: 6 dossiers, 2 kills, milder. `make crash PART=integrations`: 2,000 dossiers, 45 kills. Against our sandbox: nothing lost,
no order twice, no wrong state. A person looks at what waits for a person, and sends it again. Figures are printed and kept.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Event
from urllib.error import URLError

import pytest
from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import CarrierOrder, Dossier, Errand, InboxMessage, OutboxMessage, Parcel
from app.queries.custody.verification import verify
from app.services.outbox import queue
from app.services.outbox.queue import FOR_A_PERSON, SETTLED
from app.worker.context import WorkerContext
from app.worker.poll_carrier import poll, take
from tests.crash.joined import Town, town
from tests.crash.results import note

FULL = int(os.environ.get("TANNHA_CRASH_DOSSIERS", "0"))
FAULTS = {
    "latency": 0.05, "reset_before": 0.03, "reset_after": 0.03, "server_error": 0.03, "bad_gateway": 0.02,
    "garbage": 0.02, "truncated": 0.02, "expired": 0.02, "duplicate": 0.1, "reorder": 0.1, "unknown_code": 0.05,
    "skew": 0.1,
}  # fmt: skip
VICTIMS = ("web", "worker", "sandbox", "database", "connection")
OWN, CARRIER, REFUSED = "own", "carrier", "refused"
PLANS = (OWN, OWN, OWN, CARRIER, CARRIER, REFUSED)
ENDS = {OWN: 10, CARRIER: 10, REFUSED: 3}
AWAY = (OperationalError, DBAPIError, URLError, OSError)


@dataclass(frozen=True, slots=True)
class Size:
    dossiers: int
    kills: int
    seconds: int
    at_once: int


SIZE = Size(FULL, 45, 2300, 60) if FULL else Size(6, 2, 230, 6)
MILDER = 1.0 if FULL else 0.4  # the short form has no time for hours of back-off


@dataclass(slots=True)
class Drill:
    """What everybody does, round after round, until all dossiers are where they belong."""

    place: Town
    random: Random
    plans: dict[str, str]
    killed: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)
    begun: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def round(self) -> None:
        """Citizens, couriers, desks, the carrier, an admin: each does what there is to do; who finds nobody there comes again."""
        self.place.servers.supervise()  # a worker ends a moment after its database did
        for what in (self.submit, self.work, self.move_on, self.listen, self.look):
            try:
                what()
            except AWAY:
                self.place.servers.start()
                if not self.place.sandbox.answers():
                    self.place.sandbox.start()

    def submit(self) -> None:
        for code, plan in self.plans.items():
            if len(self.begun - self.done) >= SIZE.at_once:
                return
            if code in self.begun:
                continue
            self.place.submit(code)
            self.begun.add(code)
            if plan == REFUSED:
                self.place.sandbox.post("refusals", {"code": code, "reason": "Không thuộc thẩm quyền (thử)"})

    def work(self) -> None:
        with self.place.database.transaction() as session:
            ours = dict(session.execute(select(Dossier.code, Dossier.state).where(Dossier.code.in_(self.begun))).all())
            packed = set(session.scalars(_codes_with(ParcelPurpose.RESULT)))
            collected = set(session.scalars(_codes_with(ParcelPurpose.DOSSIER)))
        for code in sorted(self.begun - self.done):
            plan, state = self.plans[code], ours.get(code)
            if plan == REFUSED or state is None:
                continue
            if state == 1 and code not in collected:
                self.place.bring_to_desk(code)
            elif state == 9 and code not in packed:
                if plan == CARRIER:
                    self.place.act(code, _give_to_carrier)
                self.place.pack_result(code)
            elif state == 9 and plan == OWN:
                self.place.bring_home(code)

    def move_on(self) -> None:
        """Time passes at the desk and at the carrier; the result's items move, ours are only for accounting."""
        theirs = [f"{code}-KQ01" for code, plan in self.plans.items() if plan == CARRIER and code in self.begun]
        self.place.sandbox.post("advance", {"numbers": theirs})

    def listen(self) -> None:
        """As the worker does every minute."""
        settings = self.place.servers.settings
        context = WorkerContext(settings, self.place.database, self.place.clock, self.place.keys)
        poll(context)
        take(context)

    def look(self) -> None:
        """A person: what waits for one is sent again, what would wait long is sent now; strange codes are put aside."""
        now = self.place.now()
        with self.place.database.transaction() as session:
            for state, outbox_message_id in session.execute(
                select(OutboxMessage.state, OutboxMessage.id).where(OutboxMessage.state.in_(FOR_A_PERSON))
            ).all():
                queue.replay(session, outbox_message_id, "staff:1", now)
                self.looked_at[state] += 1
            later = (OutboxMessage.state == "queued", OutboxMessage.next_at > now + timedelta(minutes=1))
            for outbox_message_id in session.scalars(select(OutboxMessage.id).where(*later)).all():
                with suppress(DomainError):  # it is being sent at this moment
                    queue.hurry(session, outbox_message_id, "staff:1", now)
                    self.looked_at["hurried"] += 1
            strange = session.execute(
                text("update inbox_message set state = 'ignored' where state = 'parked' and reason = 'code_unmapped'")
            )
            self.looked_at["strange codes"] += strange.rowcount  # type: ignore[attr-defined]  # an update counts its rows
        self._who_is_done()

    def _who_is_done(self) -> None:
        theirs = self.place.theirs()
        with self.place.database.transaction() as session:
            ours = dict(session.execute(select(Dossier.code, Dossier.state)).all())
        self.done = {code for code, plan in self.plans.items() if ours.get(code) == theirs.get(code) == ENDS[plan]}

    def kill(self) -> None:
        victim = self.random.choice(VICTIMS)
        if victim == "sandbox":
            self.place.sandbox.kill()
            self.place.sandbox.start()
        else:
            self.place.servers.kill(victim)
            self.place.servers.start()
        self.killed[victim] += 1

    @property
    def over(self) -> bool:
        return len(self.done) == len(self.plans) and not self.waiting()

    def waiting(self) -> int:
        with self.place.database.transaction() as session:
            told = session.scalar(select(func.count()).where(OutboxMessage.state.not_in(SETTLED))) or 0
            heard = session.scalar(select(func.count()).where(InboxMessage.state == "stored")) or 0
            return told + heard


def _codes_with(purpose: ParcelPurpose) -> Select[str | None]:
    return select(Dossier.code).join(Parcel, Parcel.dossier_id == Dossier.id).where(Parcel.purpose == purpose)


def _give_to_carrier(session: Session, way: object) -> None:
    delivery: Errand = way.road.delivery  # type: ignore[attr-defined]  # a way of this country
    assert delivery.kind is ErrandKind.DELIVER
    delivery.executed_by = "carrier"
    session.flush()


@pytest.fixture
def place() -> Iterator[Town]:
    with town(seed=7) as built:
        yield built


@pytest.mark.timeout(2600 if FULL else 300)
def test_at_the_end_both_systems_and_we_agree_on_every_dossier(place: Town) -> None:
    began, random = time.monotonic(), Random(SIZE.dossiers)
    plans = {f"H21.65-261124-{n:05d}": random.choice(PLANS) for n in range(1, SIZE.dossiers + 1)}
    drill = Drill(place, random, plans)
    place.sandbox.post("faults", {kind: rate * MILDER for kind, rate in FAULTS.items()})
    waiting, told = Event(), 0
    while not drill.over and time.monotonic() - began < SIZE.seconds:
        drill.round()
        share = len(drill.done) / SIZE.dossiers
        if drill.killed.total() < SIZE.kills and drill.killed.total() <= share * SIZE.kills + 1:
            drill.kill()
        if FULL and len(drill.done) >= told + 100:
            told = len(drill.done)
            sys.stdout.write(f"{told} of {SIZE.dossiers} agree after {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()
        waiting.wait(0.3)
    left = [] if drill.over else why_not(drill)
    seconds = round(time.monotonic() - began)
    assert left == []
    figures = check(drill)
    assert {name: figures[name] for name in ("lost", "doubled", "wrong")} == {"lost": 0, "doubled": 0, "wrong": 0}
    if FULL:
        faults = {one["kind"]: one["count"] for one in place.sandbox.get("faults")}
        note("integrations", title="against our sandbox", **figures, killed=dict(drill.killed), faults=faults,
             sent_again_by_a_person=dict(drill.looked_at), seconds=seconds, finished=True)  # fmt: skip


def why_not(drill: Drill) -> list[object]:
    """What is left of the first few that do not agree, for whoever reads a failure."""
    theirs, found = drill.place.theirs(), list[object]()
    with drill.place.database.transaction() as session:
        for code in sorted(drill.plans.keys() - drill.done)[:5]:
            dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
            mine = select(OutboxMessage).where(OutboxMessage.subject == str(dossier.id if dossier else ""))
            said = [(one.kind, one.state, one.tries, one.reason, one.said) for one in session.scalars(mine)]
            found.append((code, drill.plans[code], dossier.state if dossier else None, theirs.get(code), said))
        waiting = select(
            OutboxMessage.link, OutboxMessage.kind, OutboxMessage.state, OutboxMessage.reason, OutboxMessage.next_at
        )
        found += [tuple(row) for row in session.execute(waiting.where(OutboxMessage.state.not_in(SETTLED)).limit(5))]
    outbox = [one for one in drill.place.sandbox.get("outbox") if one["status"] not in {200, 201}]
    return [*found, *outbox[:5]]


def check(drill: Drill) -> dict[str, object]:
    """Compare every dossier and every order of both sides."""
    theirs, items = drill.place.theirs(), drill.place.items()
    with drill.place.database.transaction() as session:
        ours = dict(session.execute(select(Dossier.code, Dossier.state)).all())
        orders = session.scalars(select(CarrierOrder)).all()
        whole = verify(session, drill.place.keys).clean
        told = session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
        heard = session.scalar(select(func.count()).select_from(InboxMessage)) or 0
    expected = {code: ENDS[plan] for code, plan in drill.plans.items()}
    wrong_orders = [
        (order.number, order.state, items.get(order.number)) for order in orders if not _agrees(order, items)
    ]
    assert wrong_orders == []
    assert whole
    return {
        "dossiers": len(expected),
        "agree": sum(ours.get(code) == theirs.get(code) == state for code, state in expected.items()),
        "lost": len(expected.keys() - ours.keys()) + len(expected.keys() - theirs.keys()),
        "doubled": len(items.keys() - {order.number for order in orders}),
        "wrong": len(wrong_orders),
        "orders": len(orders),
        "messages": told,
        "events": heard,
    }


def _agrees(order: CarrierOrder, items: dict[str, str]) -> bool:
    """A standing order is there; one called off is gone, or was never sent."""
    if order.state in {"placed", "closed"}:
        return items.get(order.number) not in {None, "cancelled"}
    return order.state == "cancelled" and items.get(order.number) in {None, "cancelled"}
