"""A morning of many couriers for the sync bench: errands, envelopes in bags, and what each phone has to tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from app.config import Keys
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errand import ErrandState, ProofKind
from app.domain.operation import BlockKind, FileKind, OperationKind
from app.domain.parcel import ParcelPurpose, s10
from app.models import Device, NumberBlock, Parcel, Route
from app.services.custody import chains, sealing
from app.services.evidence.sealed import public_point
from app.services.messaging import handover_codes
from app.unit_of_work import UnitOfWork
from tests.factories import World, make_courier, make_office, make_world
from tests.factories import operations as say
from tests.factories.custody import AT_THE_DOOR, Road, make_road, next_seal
from tests.factories.phone import hashed, make_device
from tests.factories.route import make_route
from tests.factories.times import DAY
from tests.fakes.phone import Phone

COLLECTED, DELIVERED, NOT_DONE = 24, 15, 6
OPERATIONS = 1 + COLLECTED + DELIVERED + NOT_DONE + 2 + 1 + 1  # begun, doors, two hand-overs, a new order, ended
RECEIPTS_FROM, LABELS_FROM = 1_000_000, 50_000_000
K = OperationKind


@dataclass(frozen=True)
class Day:
    """One phone with its queue full, and the token it sends with."""

    device: Device
    phone: Phone


def make_days(session: UnitOfWork, phones: int, keys: Keys) -> list[Day]:
    """As many couriers, each with 45 doors behind them and 50 operations to send."""
    world = make_world(session)
    return [_make_day(session, world, number, keys) for number in range(phones)]


def _make_day(session: UnitOfWork, world: World, number: int, keys: Keys) -> Day:
    office = make_office(session, unit=world.unit)  # one plan an office and day is in force
    mine = replace(world, office=office, courier=make_courier(session, office=office))
    roads = [make_road(session, mine, cases=["self"]) for _ in range(COLLECTED + DELIVERED + NOT_DONE)]
    take, give, shut = roads[:COLLECTED], roads[COLLECTED : COLLECTED + DELIVERED], roads[COLLECTED + DELIVERED :]
    doors = (
        [[road.collection] for road in take] + [[road.delivery] for road in give] + [[road.collection] for road in shut]
    )
    route = make_route(session, mine.courier, DAY, doors)
    token = f"phone {number} of the bench"
    device = make_device(session, mine.courier, upload_hash=hashed(token))
    first = RECEIPTS_FROM + number * 100
    session.add(
        NumberBlock(device_id=device.id, kind=BlockKind.RECEIPT, first=first, last=first + 99, given_at=AT_THE_DOOR)
    )
    phone = Phone.with_key(
        device.id, mine.courier.id, public_point(keys), lambda: AT_THE_DOOR, Random(number), token, offset_ms=0
    )
    _tell(session, phone, _Told(route, take, give, shut, first, number), keys)
    session.flush()
    return Day(device, phone)


@dataclass(frozen=True)
class _Told:
    route: Route
    take: list[Road]
    give: list[Road]
    shut: list[Road]
    receipts: int
    number: int


def _tell(session: UnitOfWork, phone: Phone, day: _Told, keys: Keys) -> None:
    phone.record(K.RUN_STARTED, say.run_started(day.route.id))
    labels = [_collect(phone, road, day, n) for n, road in enumerate(day.take)]
    for road in day.give:
        _deliver(session, phone, road, keys)
    for road in day.shut:
        files = [(FileKind.GATE, phone.random.randbytes(40))]
        said = say.not_done("ABSENT", {"call": "08:30"})
        phone.record(K.NOT_DONE, said, (road.collection.id, road.collection.revision), files)
    phone.record(K.REORDERED, say.reordered(day.route.id, [stop.id for stop in reversed(day.route.stops)]))
    courier, safe = day.take[0].courier, day.take[0].safe
    for half in (labels[: COLLECTED // 2], labels[COLLECTED // 2 :]):
        phone.record(K.HANDED_OVER, say.handed_over(half, courier, safe))
    phone.record(K.RUN_ENDED, say.run_ended(day.route.id, [], 30_000 * COLLECTED))


def _collect(phone: Phone, road: Road, day: _Told, n: int) -> str:
    label = s10(LABELS_FROM + day.number * 100 + n)
    receipt = say.receipt(f"TN{day.receipts + n:08d}", 30_000)
    said = say.collected(road.dossier, label, next_seal(), receipt=receipt)
    files = say.proof_of_collection(phone.random)
    phone.record(K.COLLECTED, said, (road.collection.id, road.collection.revision), files)
    return label


def _deliver(session: UnitOfWork, phone: Phone, road: Road, keys: Keys) -> None:
    parcel = _in_bag(session, road)
    errand = road.delivery
    errand.state, errand.slot, errand.slot_id = ErrandState.PLANNED, road.world.slot, road.world.slot.id
    code = handover_codes.issue(session, errand, ProofKind.CODE, AT_THE_DOOR, keys)
    files = [(FileKind.CITIZEN_SIGNATURE, phone.random.randbytes(40))]
    phone.record(K.DELIVERED, say.delivered([parcel.code], code=code), (errand.id, errand.revision), files)


def _in_bag(session: UnitOfWork, road: Road) -> Parcel:
    """A result on its way: sealed at the desk, brought to the safe, taken out this morning."""
    parcel = sealing.make_parcel(session, road.dossier, ParcelPurpose.RESULT, None, road.desk, AT_THE_DOOR)
    parcel.errand_id = road.delivery.id
    sealing.apply_seal(session, parcel, next_seal(), AT_THE_DOOR)
    chain = chains.begin(session, parcel)
    for hour, kind, giver, taker in (
        (5, EventKind.SEALED, road.desk, road.desk),
        (4, EventKind.HANDED_OVER, road.desk, road.safe),
        (3, EventKind.HANDED_OVER, road.safe, Party(Holder.COURIER, road.courier.id)),
    ):
        then = AT_THE_DOOR - timedelta(hours=hour)
        act = Act(kind, giver, taker, occurred_at=then, now=then, by="system", operation_id=f"{parcel.id}:{hour}")
        chains.add_event(session, chain, act)
    return parcel
