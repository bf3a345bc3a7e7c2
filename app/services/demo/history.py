"""The two days before the demonstration's morning, office by office, in the order in which things happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.clock import at
from app.domain.errand import ErrandState, ProofKind
from app.domain.errors import DomainError
from app.domain.slot import SlotTimes, slot_times
from app.models import Errand, Parcel, ServiceRequest, Slot
from app.services.booking import slots
from app.services.demo import operations
from app.services.demo.demand import DemoWish, Door
from app.services.demo.office import DemoOffice, book_receiving, book_sending
from app.services.demo.operations import DemoVisit
from app.services.staff.shifts import ensure_shifts

ABSENT: Final = 0.12
COUNTED: Final = 0.6  # of what reached the desk yesterday; the rest lies there for the demonstration's morning
VISIT: Final = timedelta(minutes=9)


@dataclass(frozen=True, slots=True)
class Days:
    """The demonstration's day, the working day before it, and the one before that."""

    day: date
    yesterday: date
    before: date


@dataclass(frozen=True, slots=True)
class Booked:
    """An office's requests for yesterday, by id: they are carried out in another transaction."""

    to_deliver: tuple[UUID, ...]
    to_collect: tuple[UUID, ...]


@dataclass(slots=True)
class StoryTotals:
    """What came of a story, counted. `both`: doors of the day where a result is given and a dossier taken."""

    both: int = 0
    yesterday: Counter[str] = field(default_factory=Counter)

    def add(self, other: StoryTotals) -> None:
        self.both += other.both
        self.yesterday += other.yesterday


def book_yesterday(demo_office: DemoOffice, doors: Sequence[Door], days: Days) -> Booked:
    """The day before: visits are asked for, results come over from the desk."""
    ensure_shifts(demo_office.work, days.yesterday, [demo_office.staff.office.id])
    to_receive = [door for door in doors if door.wish is not DemoWish.COLLECT]
    to_send = [door for door in doors if door.wish is not DemoWish.DELIVER]
    waiting = _receive(demo_office, to_receive, at(days.before, time(8)))
    _come_in(demo_office, waiting, at(days.before, time(10)), at(days.before, time(14)))
    slots_of_day = _slots(demo_office, days.yesterday, at(days.before, time(14, 5)))
    sent = [
        book_sending(demo_office, door, slots_of_day[door.slot], _minutes(at(days.before, time(14, 10)), index))
        for index, door in enumerate(to_send)
    ]
    return Booked(tuple(request.id for request in waiting), tuple(request.id for request in sent))


def make_yesterday(demo_office: DemoOffice, booked: Booked, days: Days, told: StoryTotals) -> None:
    """Yesterday's visits, carried out with all that can happen, and what was collected handed to the desk."""
    delivered = _deliver_all(demo_office, booked.to_deliver, days.yesterday, told)
    collected = _collect_all(demo_office, booked.to_collect, days.yesterday, told)
    told.yesterday["deliveries"] += len(delivered)
    told.yesterday["collections"] += len(booked.to_collect)
    _to_the_desk(demo_office, collected, days.yesterday, told)


def _receive(demo_office: DemoOffice, doors: Sequence[Door], now: datetime) -> list[ServiceRequest]:
    return [book_receiving(demo_office, door, _minutes(now, index)) for index, door in enumerate(doors)]


def _minutes(start: datetime, number: int) -> datetime:
    return start + timedelta(seconds=40 * number)


def _come_in(demo_office: DemoOffice, requests: Sequence[ServiceRequest], packed: datetime, handed: datetime) -> None:
    """The desk packs the results and the office fetches them, all in one hand-over."""
    parcels = [operations.pack(demo_office, request, _minutes(packed, index)) for index, request in enumerate(requests)]
    operations.to_office(demo_office, parcels, handed)


def _slots(demo_office: DemoOffice, day: date, now: datetime) -> Mapping[SlotTimes, int]:
    slots.open_slots(demo_office.work, demo_office.unit.code, now)  # makes the rows of the days that may be booked
    rows = demo_office.work.scalars(select(Slot).where(Slot.unit_code == demo_office.unit.code, Slot.day == day))
    local = {(at(day, times.start), at(day, times.end)): times for times in slot_times(ward=demo_office.unit.ward)}
    return {local[row.starts_at, row.ends_at]: row.id for row in rows}


def _deliver_all(demo_office: DemoOffice, requests: Sequence[UUID], day: date, told: StoryTotals) -> list[Errand]:
    """Out at seven, door by door; who was not at home gets a second invitation, the envelope sleeps in the safe."""
    errands = _errands_of(demo_office, requests)
    rounds: dict[int, list[Errand]] = {}
    for index, errand in enumerate(errands):
        rounds.setdefault(index % len(demo_office.staff.couriers), []).append(errand)
    for number, visits in rounds.items():
        courier = demo_office.staff.couriers[number]
        operations.to_courier(
            demo_office, [_parcel(demo_office, errand) for errand in visits], courier, at(day, time(7, 5))
        )
        for index, errand in enumerate(visits):
            _try_delivery(demo_office, DemoVisit(errand, courier, at(day, time(7, 30)) + VISIT * index), told)
        back = [_parcel(demo_office, errand) for errand in visits if errand.state is not ErrandState.DONE]
        operations.from_courier(demo_office, back, courier, at(day, time(11, 25)))
    return errands


def _errands_of(demo_office: DemoOffice, requests: Sequence[UUID]) -> list[Errand]:
    wanted = select(Errand).where(Errand.request_id.in_(requests))
    return list(demo_office.work.scalars(wanted.order_by(Errand.created_at, Errand.id)))


def _parcel(demo_office: DemoOffice, errand: Errand) -> Parcel:
    return demo_office.work.scalars(select(Parcel).where(Parcel.errand_id == errand.id)).one()


def _try_delivery(demo_office: DemoOffice, visit: DemoVisit, told: StoryTotals) -> None:
    if demo_office.random.random() < ABSENT:
        operations.nobody_home(demo_office, visit)
        told.yesterday["absent"] += 1
        return
    operations.deliver(demo_office, visit)
    told.yesterday["delivered"] += 1
    told.yesterday["by_papers"] += visit.errand.proof is ProofKind.ID_CHECK


def _collect_all(demo_office: DemoOffice, requests: Sequence[UUID], day: date, told: StoryTotals) -> list[Parcel]:
    parcels = []
    errands = [errand for errand in _errands_of(demo_office, requests) if errand.state is not ErrandState.REQUESTED]
    for index, errand in enumerate(errands):
        visit = DemoVisit(errand, demo_office.staff.courier_of(index), at(day, time(8, 30)) + VISIT * index)
        if demo_office.random.random() < ABSENT:
            operations.nobody_home(demo_office, visit)
            told.yesterday["absent"] += 1
        else:
            parcels.append(operations.collect(demo_office, visit))
    told.yesterday["collected"] += len(parcels)
    return parcels


def _to_the_desk(demo_office: DemoOffice, parcels: Sequence[Parcel], day: date, told: StoryTotals) -> None:
    """Into the safe when the courier is back, over to the desk at two; most are counted before the evening."""
    for courier in demo_office.staff.couriers:
        mine = [parcel for parcel in parcels if parcel.holder_id == str(courier.id)]
        operations.from_courier(demo_office, mine, courier, at(day, time(13, 40)))
    brought = parcels[: max(1, len(parcels) * 4 // 5)]
    operations.to_desk(demo_office, brought, at(day, time(14)))
    counted = brought[: round(len(brought) * COUNTED)]
    for index, parcel in enumerate(counted):
        operations.count(demo_office, parcel, _minutes(at(day, time(14, 30)), index))
    told.yesterday["handed_to_desk"] += len(brought)
    told.yesterday["counted"] += len(counted)


def prepare_the_day(demo_office: DemoOffice, doors: Sequence[Door], days: Days, told: StoryTotals) -> None:
    """The demonstration's own visits: results fetched yesterday, dossiers to be collected booked until the afternoon."""
    ensure_shifts(demo_office.work, days.day, [demo_office.staff.office.id])
    receiving = [door for door in doors if door.wish is not DemoWish.COLLECT]
    sending = [door for door in doors if door.wish is not DemoWish.DELIVER]
    waiting = _receive(demo_office, receiving, at(days.yesterday, time(7, 40)))
    _come_in(demo_office, waiting, at(days.yesterday, time(10)), at(days.yesterday, time(14, 45)))
    slots_of_day = _slots(demo_office, days.day, at(days.yesterday, time(14, 50)))
    deliveries = _errands_of(demo_office, [request.id for request in waiting])
    wanted = [(errand, slots_of_day[door.slot]) for errand, door in zip(deliveries, receiving, strict=True)]
    _choose_all(demo_office, wanted, at(days.yesterday, time(15)))
    for index, door in enumerate(sending):
        _book_where_room_is(demo_office, door, slots_of_day, _minutes(at(days.yesterday, time(15, 5)), index))
    told.both += sum(door.wish is DemoWish.BOTH for door in doors)


def _choose_all(demo_office: DemoOffice, wanted: Sequence[tuple[Errand, int]], now: datetime) -> None:
    """Everybody takes the slot they like; where both halves of a day are full, they keep the one they were offered."""
    waiting = [(errand, slot_id) for errand, slot_id in wanted if errand.slot_id != slot_id]
    while waiting:
        still = [
            (errand, slot_id) for errand, slot_id in waiting if not operations.choose(demo_office, errand, slot_id, now)
        ]
        if len(still) == len(waiting):
            return
        waiting = still


def _book_where_room_is(
    demo_office: DemoOffice, door: Door, slots_of_day: Mapping[SlotTimes, int], now: datetime
) -> None:
    """The wanted slot, or the first of the day that still has room: what a person at the form does."""
    for times in dict.fromkeys([door.slot, *slots_of_day]):
        try:
            with demo_office.work.begin_nested():
                book_sending(demo_office, door, slots_of_day[times], now)
        except DomainError as refusal:
            if refusal.code != "slot_full":
                raise
        else:
            return
    raise DomainError("slot_full", field="slot_id", slot=door.unit_code)


def left_at_the_desk(demo_office: DemoOffice, doors: Sequence[Door], days: Days) -> None:
    """A few results packed yesterday evening: the demonstration's first hand-over at the desk."""
    for request in _receive(demo_office, doors, at(days.yesterday, time(9))):
        operations.pack(demo_office, request, at(days.yesterday, time(16)))
