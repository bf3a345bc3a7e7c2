"""The same one sum where the money is told by phones: acts that wait, phones that are lost, found again, or never."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.clock import at
from app.domain.cash import Cash, CashReason
from app.domain.number_block import receipt_number
from app.domain.operation import OperationKind
from app.models import StaffAccount
from app.queries.desks.cash import cash_day
from app.services.custody.one_person import name_one_person
from app.services.desks.countersigning import sign_alone
from app.services.evidence.sealed import public_point
from app.unit_of_work import UnitOfWork
from tests.app.services.desks.test_cash_agrees import DAYS, Purse, agrees, office_is_the_sum_of_its_couriers
from tests.app.services.sync.street import Street, label, seal
from tests.factories import KEYS, World, make_courier, make_world
from tests.factories import operations as say
from tests.factories.cash import counted, handing_in
from tests.factories.counter import number
from tests.factories.countersigning import by_phone
from tests.factories.custody import make_road
from tests.factories.phone import make_device
from tests.factories.times import DAY
from tests.fakes.phone import Phone

STEPS = ["collect", "collect", "collect", "send", "lost", "found", "hand_in", "short"]
WHEN = st.integers(8 * 60, 40 * 60)  # minutes of two days
ACTS = st.lists(st.tuples(WHEN, st.integers(0, 1), st.sampled_from(STEPS)), max_size=14)


@dataclass
class Carrier:
    """A courier with a phone in the hand and, perhaps, others that lie in a ditch with what they know."""

    session: UnitOfWork
    world: World
    purse: Purse
    phone: Street
    ditch: list[Street] = field(default_factory=list)


@given(acts=ACTS, alone=st.booleans())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_money_that_phones_tell_agrees_to_the_dong(
    session: UnitOfWork, *, acts: list[tuple[int, int, str]], alone: bool
) -> None:
    """The second courier is, every other time, the one person of the office."""
    with session.begin_nested() as over:
        world = make_world(session)
        carriers = [_carrier(session, world) for _ in range(2)]
        if alone:
            name_one_person(session, carriers[1].world.courier.id, "staff:1", at(DAY, datetime.min.time()))
        for minute, nth, step in sorted(acts):
            _do(carriers[nth], step, at(DAY, datetime.min.time()) + timedelta(minutes=minute), alone=alone and nth == 1)
        for carrier in carriers:
            agrees(session, carrier.purse)
        for day in DAYS:
            office_is_the_sum_of_its_couriers(session, world.office.id, day)
        over.rollback()


def _carrier(session: UnitOfWork, world: World) -> Carrier:
    own = replace(world, courier=make_courier(session, office=world.office))
    phone = _enrol(session, own)
    return Carrier(session, own, Purse(own.courier, phone.device), phone)


def _enrol(session: UnitOfWork, world: World) -> Street:
    device = make_device(session, world.courier)
    street = Street(session, make_road(session, world), device, None, at(DAY, datetime.min.time()))  # type: ignore[arg-type]  # the phone reads its clock
    street.phone = Phone.with_key(
        device.id, world.courier.id, public_point(KEYS), lambda: street.now, Random(number()), offset_ms=0
    )
    return street


def _do(carrier: Carrier, step: str, then: datetime, *, alone: bool) -> None:
    carrier.phone.now = then
    if step == "collect":
        _collect(carrier)
    elif step == "send":
        _send(carrier.phone)
    elif step == "lost":  # with all that it has not told
        carrier.ditch.append(carrier.phone)
        carrier.phone = _enrol(carrier.session, carrier.world)
        carrier.purse.phone = carrier.phone.device
    elif step == "found":
        for street in carrier.ditch:
            street.now = then
            _send(street)
    else:
        _hand_in(carrier, then, short=step == "short", alone=alone)


def _send(street: Street) -> None:
    if street.phone.queue:
        street.send()


def _collect(carrier: Carrier) -> None:
    cash = Cash(26_000 + 500 * (number() % 7), 50_000 * (number() % 2))
    road = make_road(carrier.session, carrier.world)
    paid = say.receipt(receipt_number(800_000 + number()), cash.postage, cash.state_fee)
    said: dict[str, Any] = say.collected(road.dossier, label(), seal(), receipt=paid)
    carrier.phone.record(OperationKind.COLLECTED, said, road.collection, files=say.proof_of_collection(Random(1)))
    carrier.purse.cash += cash


def _hand_in(carrier: Carrier, then: datetime, *, short: bool, alone: bool) -> None:
    """The courier's phone signs for it; the one person signs alone."""
    session, purse, courier = carrier.session, carrier.purse, carrier.world.courier
    given = Cash(max(0, purse.cash.postage - 10_000 * short), purse.cash.state_fee)
    by = session.get_one(StaffAccount, courier.staff_account_id) if alone else carrier.world.counter
    count = counted(session, courier, then, given, by=by)
    asked = handing_in(count, courier, by, CashReason.OVER)
    if alone:
        sign_alone(session, asked)
    else:
        by_phone(session, carrier.phone.device, asked)
    row = cash_day(session, courier, count.day).hand_ins[-1]
    purse.cash = Cash()
    purse.given[row.id] = given
