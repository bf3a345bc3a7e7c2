"""Monday to Saturday at an office of one person: one account, one phone, no lent password; at the end nothing is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import at
from app.config import Keys, Settings, load_keys
from app.domain.cash import Cash, total_of
from app.domain.commands import CloseBag, OpenBag
from app.domain.countersigning import SignedBy
from app.domain.custody import Party
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.domain.operation import OperationKind
from app.domain.tariff import ChargeKind, Direction
from app.models import (
    Bag,
    CashHandIn,
    Charge,
    Countersignature,
    DayClose,
    Errand,
    Parcel,
    SigningInvitation,
    StaffAccount,
)
from app.queries.custody.confirmations import unanswered
from app.queries.custody.one_person import uncovered
from app.queries.custody.verification import verify
from app.queries.desks.cash import fees_held, in_hand, taken
from app.queries.desks.signed_alone import not_looked_at
from app.services.custody.one_person import name_one_person
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.results import result_ready
from app.services.evidence.sealed import public_point
from app.services.staff.devices import token_hash
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import label, seal
from tests.app.web.conftest import SignIn, lent
from tests.app.web.desks.conftest import Place
from tests.factories import DAY, make_staff, make_world
from tests.factories import operations as say
from tests.factories.custody import Road, accepted, make_road, next_operation, next_seal, packing
from tests.factories.phone import make_device
from tests.factories.route import make_route
from tests.fakes.phone import API, ClientLine, Phone

MONDAY = DAY + timedelta(days=6)
WEEK = [MONDAY + timedelta(days=day) for day in range(6)]
UPLOAD = "khóa của máy một người"
BY_HAND, BY_BAG = 0, 1  # how an envelope goes on to the desk: every other day
K = OperationKind


@dataclass
class Week:
    """The one person's browser and phone, whoever stands above, and the clock that all of them read."""

    place: Place
    session: UnitOfWork
    app: Flask
    sign_in: SignIn
    phone: Phone
    above: StaffAccount
    keys: Keys
    now: datetime

    @property
    def browser(self) -> FlaskClient:
        return self.place.client

    def post(self, path: str, data: dict[str, Any], who: StaffAccount | None = None) -> str:
        """Pressed by the one person, unless told who; where it leads."""
        self.now += timedelta(minutes=5)
        with lent(self.app, self.session, self.now):
            self.sign_in(who or self.place.courier)
            answer = self.browser.post(path, data={"operation": next_operation(), **data})
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def bring_home(self) -> None:
        """What the phone has written goes to the office, acts and files."""
        self.now += timedelta(minutes=5)
        with lent(self.app, self.session, self.now) as app:
            line = ClientLine(app.test_client())
            self.phone.sync(line)
            line.ask("GET", f"{API}/status?waiting=0&waiting_files=0", UPLOAD, b"", {})
        assert self.phone.rejected == []

    def give(self, direction: str, parcel: Parcel) -> None:
        """Between bag and safe, by one signature."""
        me = f"courier:{self.place.road.world.courier.id}"
        self.post("/buu-cuc/giao-nhan", {"sign": "alone", "party": me, "direction": direction, "codes": parcel.code})


@pytest.fixture
def week(place: Place, session: UnitOfWork, one_app: Flask, sign_in: SignIn, settings: Settings) -> Week:
    world = place.road.world
    place.counter.active = False
    name_one_person(session, world.courier.id, "staff:1", at(MONDAY, time(6)))
    device = make_device(session, world.courier, upload_hash=token_hash(UPLOAD))
    keys = load_keys(settings)
    mine: Week
    phone = Phone.with_key(
        device.id, world.courier.id, public_point(keys), lambda: mine.now, Random(7), UPLOAD, offset_ms=0
    )
    mine = Week(
        place, session, one_app, sign_in, phone, make_staff(session, Role.COORDINATOR), keys, at(MONDAY, time(6))
    )
    return mine


@dataclass(frozen=True)
class Doors:
    """A collection and, from a desk far away, the result for another door."""

    collection: Road
    result: Parcel
    delivery: Errand


def test_one_account_carries_an_office_through_a_week(week: Week) -> None:
    for number, day in enumerate(WEEK):
        doors = _doors(week)
        _morning(week, doors, at(day, time(7)))
        envelope = _round(week, doors, number, at(day, time(9)))
        _evening(week, envelope, number % 2, at(day, time(15)))
        _money(week, day, at(day, time(16)))
        _signed_from_afar(week, day, at(day, time(18)))
    _nothing_is_open(week)


def _doors(week: Week) -> Doors:
    session, world = week.session, week.place.road.world
    far, road = make_road(session, make_world(session)), make_road(session, world)
    accepted(session, far)
    result = result_ready(session, packing(far))
    far.delivery.office, far.delivery.state = world.office, ErrandState.PLANNED
    for errand in (road.collection, far.delivery):
        _may_pay(session, errand)
    return Doors(road, result, far.delivery)


def _may_pay(session: UnitOfWork, errand: Errand) -> None:
    of = {"request_id": errand.request_id, "dossier_id": errand.dossiers[0].id, "errand_id": errand.id}
    for kind, amount in ((ChargeKind.POSTAGE, 40_000), (ChargeKind.STATE_FEE, 100_000)):
        more = {"kind": kind, "direction": Direction.SEND, "amount": amount, "upper_amount": amount, "basis": "thử"}
        session.add(Charge(**of, **more))
    session.flush()


def _morning(week: Week, doors: Doors, now: datetime) -> None:
    """The bag comes in, is opened alone, and what is for a door goes into the own bag."""
    session, far = week.session, doors.result
    week.now = now
    safe = week.place.road.safe
    sealed = CloseBag(
        parcel_codes=(far.code,), origin=Party(far.holder, far.holder_id), destination=safe, seal_number=next_seal(),
        operation_id=next_operation(), now=now, by="staff:1", confirmed_by="staff:2",
    )  # fmt: skip
    bag = close_bag(session, sealed)
    week.post(f"/buu-cuc/tui/{bag.code}", {"codes": far.code, "seal": "whole", "sign": "alone"})
    week.give("out", far)


def _round(week: Week, doors: Doors, number: int, now: datetime) -> Parcel:
    """Two doors, each pays; the phone tells it in the afternoon."""
    session, phone, road = week.session, week.phone, doors.collection
    week.now = now
    route = make_route(session, road.world.courier, now.date(), [[road.collection], [doors.delivery]])
    phone.record(K.RUN_STARTED, say.run_started(route.id))
    code, random = label(), Random(number)
    paid = say.receipt(f"TN{70_000_000 + 2 * number:08d}", 26_000 + 500 * number, 50_000)
    said = say.collected(road.dossier, code, seal(), receipt=paid)
    errand = (road.collection.id, road.collection.revision)
    phone.record(K.COLLECTED, said, errand, files=say.proof_of_collection(random))
    week.now += timedelta(minutes=40)
    paid = say.receipt(f"TN{70_000_001 + 2 * number:08d}", 30_000)
    errand = (doors.delivery.id, doors.delivery.revision)
    told = say.delivered([doors.result.code], receipt=paid)
    phone.record(K.DELIVERED, told, errand, files=say.proof_of_delivery(random))
    week.bring_home()
    week.now += timedelta(hours=1)
    phone.record(K.RUN_ENDED, say.run_ended(route.id, [code], 106_000 + 500 * number))
    week.bring_home()
    return session.scalars(select(Parcel).where(Parcel.code == code)).one()


def _evening(week: Week, parcel: Parcel, way: int, now: datetime) -> None:
    """Into the safe by one signature; on to the desk, whose clerk signs for itself or opens the bag."""
    session, desk = week.session, week.place.road.desk
    week.now = now
    week.give("in", parcel)
    to = f"desk:{desk.id}"
    if way == BY_HAND:
        asked = {"sign": "own", "party": to, "direction": "out", "codes": parcel.code}
        week.post("/buu-cuc/giao-nhan", asked)
        invitation = session.scalars(select(SigningInvitation).where(SigningInvitation.answered_at.is_(None))).one()
        week.post(f"/mot-cua/ky/{invitation.id}/dong-y", {}, week.place.clerk)
        return
    week.post(
        "/buu-cuc/tui/moi", {"sign": "alone", "destination": to, "codes": parcel.code, "seal_number": next_seal()}
    )
    bag = session.scalars(select(Bag).where(Bag.opened_at.is_(None))).one()
    clerk = f"staff:{week.place.clerk.id}"
    opened = OpenBag(
        bag_code=bag.code, here=desk, found=(parcel.code,), seal_whole=True, operation_id=next_operation(), now=week.now,
        by=clerk, confirmed_by=f"{clerk}0",
    )  # fmt: skip
    open_bag(session, opened)


def _money(week: Week, day: date, now: datetime) -> None:
    """Counted blind and handed in alone; the state's part goes to the treasury."""
    courier = week.place.road.world.courier
    week.now = now
    paid = total_of(one.cash for one in in_hand(week.session, [courier.id])[courier.id])
    typed = {"postage": str(paid.postage), "state_fee": str(paid.state_fee), "ngay": day.isoformat()}
    asked = week.post(f"/buu-cuc/tien-thu/dem/{courier.id}", {**typed, "operation": ""})
    week.post(asked, {"sign": "alone"})
    slip = {"amount": str(paid.state_fee), "paid_to": "treasury", "slip_number": f"KB-{day:%d}", "operation": ""}
    week.post("/buu-cuc/tien-thu", slip)


def _signed_from_afar(week: Week, day: date, now: datetime) -> None:
    """The books of the safe and of the bag come out even: no reason is asked."""
    world = week.place.road.world
    week.now = now
    for party in (f"office_safe:{world.office.id}", f"courier:{world.courier.id}"):
        book = {"office_id": world.office.id, "party": party, "ngay": day.isoformat()}
        week.post("/dieu-phoi/so-ngay", book, week.above)


def _nothing_is_open(week: Week) -> None:
    session, road = week.session, week.place.road
    office, courier = road.world.office.id, road.world.courier.id
    assert uncovered(session, {office}) == []
    assert not_looked_at(session, {office}) == []
    assert unanswered(session, road.safe, road.courier) == []
    assert verify(session, week.keys).broken == []
    assert set(session.scalars(select(Countersignature.signed_by))) == {SignedBy.ONE_PERSON, SignedBy.SESSION}
    closed = session.scalars(select(DayClose)).all()
    assert [(one.even, one.reason, one.signed_by) for one in closed] == [(True, None, f"staff:{week.above.id}")] * 12
    receipts = total_of(one.cash for one in taken(session, [courier]))
    assert receipts == Cash(6 * 56_000 + 500 * 15, 6 * 50_000)
    assert total_of(one.cash for one in session.scalars(select(CashHandIn))) == receipts
    assert (in_hand(session, [courier]), fees_held(session, office)) == ({}, 0)
