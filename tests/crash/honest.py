"""Honest work as it really goes: three offices, one of a single courier, whose phones are silent for weeks, swapped and lost.

`HonestWork` writes each act down on the phone of whoever did it, and keeps what really happened beside it. Couriers cover for
each other, plans change while phones are offline, envelopes change hands on the road, doors are visited a day later. No
act of it may be a claim, whenever and in whatever order the phones get through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import time, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import func, select

from app.clock import at
from app.domain.custody import Holder, Party, same
from app.domain.errand import ErrandState
from app.domain.operation import A_BATCH, BlockKind
from app.domain.parcel import s10
from app.models import Claim, Errand, NumberBlock, Operation, Parcel, Route, Stop
from app.queries.custody.verification import verify
from app.services.evidence.sealed import public_point
from app.services.messaging import handover_codes
from app.services.staff import devices
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, seal
from tests.crash.duty import Carried, OnDuty, add_stops, at_work_for
from tests.crash.land import add_route
from tests.factories import DAY, KEYS, make_courier, make_world
from tests.factories import operations as say
from tests.factories.counter import number
from tests.factories.custody import Road, make_road, result_out
from tests.factories.phone import make_device, make_grace
from tests.factories.route import make_route
from tests.fakes.phone import Phone, Written

COURIERS: Final = (3, 1, 2)  # of each office
DOORS, COVERED = 5, 2
SILENT, ACTS_LATER = timedelta(days=20), timedelta(minutes=4)
FIRST_DAY: Final = 3  # days after those on which the results were packed


class HonestWork:
    def __init__(self, session: UnitOfWork, random: Random) -> None:
        self.session, self.random = session, random
        self.now = at(DAY + timedelta(days=FIRST_DAY), time(8))
        make_grace(session, self.now + 2 * SILENT)  # one phone was never upgraded
        self.crews = [self._crew(size) for size in COURIERS]
        self.people = [one for crew in self.crews for one in crew]
        self.envelopes: list[Carried] = []
        self.sent: list[tuple[Street, Written]] = []
        self.written = self.told = 0

    def _crew(self, size: int) -> list[OnDuty]:
        world = make_world(self.session)
        couriers = [make_courier(self.session, office=world.office) for _ in range(size)]
        crew = [OnDuty(one, make_road(self.session, at_work_for(world, one)), None) for one in couriers]  # type: ignore[arg-type]  # below
        for one in crew:
            one.phone = self._phone(one, signs=size < max(COURIERS) or one is not crew[-1])
        return crew

    def _phone(self, one: OnDuty, *, signs: bool = True) -> Street:
        device = make_device(self.session, one.courier, signed_from=1 if signs else None)
        street = Street(self.session, one.home, device, None, self.now)  # type: ignore[arg-type]  # the phone reads its clock
        make = Phone.with_key if signs else Phone
        street.phone = make(
            device.id, one.courier.id, public_point(KEYS), lambda: street.now, Random(number()), offset_ms=0
        )
        return street

    # -- the day

    def day(self) -> None:
        for crew in self.crews:
            self._morning(crew)
        self._change_plans()
        visits = [(one, door) for one in self.people for door in (*one.doors, *one.left)]
        self.random.shuffle(visits)
        for one, door in visits:
            self._at_door(one, door)
            self.random.choice(MEANWHILE)(self, one)
        for one in self.people:
            self._evening(one)
        self.now = at(self.now.date() + timedelta(days=1), time(8))

    def _morning(self, crew: Sequence[OnDuty]) -> None:
        """One plan of the office, a route for each; at the office there is a network."""
        first: Route | None = None
        for one in crew:
            visits = self._visits(one, other=self._other(one))
            if first is None:
                first = one.route = make_route(self.session, one.courier, self.now.date(), visits)
            else:
                one.route = add_route(self.session, first, one.courier, ())
                add_stops(self.session, one.route, visits)
            if one.covers is not None and self.random.random() < 0.5:
                one.route.office_id = one.covers  # named for that office: all its doors are open to him
            one.silent = self.random.random() < 0.2
            self._write(one, K.RUN_STARTED, say.run_started(one.route.id))
            self._send(one.phone)

    def _visits(self, one: OnDuty, other: OnDuty) -> list[list[Errand]]:
        """Doors of the own office and perhaps of one that is covered, and a result to bring; yesterday's may be left."""
        one.covers = other.office_id if self.random.random() < 0.5 else None
        worlds = [one.home.world] * DOORS + [other.home.world] * (COVERED if one.covers else 0)
        new = [make_road(self.session, at_work_for(world, one.courier)) for world in worlds]
        results = new[: self.random.randrange(2)]
        for road in results:
            result = Carried(result_out(self.session, road).code, road, one.me)
            one.bag.append(result)
            self.envelopes.append(result)
        one.left = [door for door in one.doors if door not in one.visited]  # yesterday's plan counts today
        one.doors = new
        return [[road.delivery if road in results else road.collection] for road in new]

    def _other(self, one: OnDuty) -> OnDuty:
        """Somebody of another office."""
        return self.random.choice([other for other in self.people if other.office_id != one.office_id])

    def _change_plans(self) -> None:
        """While the phones are on the road: a stop goes to somebody else, is deleted, or the whole plan is replaced."""
        self.session.flush()
        for one in self.people:
            assert one.route is not None
            if self.random.random() < 0.2:
                one.route.plan.state = "superseded"
            for stop in list(one.route.stops):
                if self.random.random() < 0.3:
                    self._take_off(stop)
        self.session.flush()
        self.session.expire_all()

    def _take_off(self, stop: Stop) -> None:
        if self.random.random() < 0.5:
            self.session.delete(stop)
            return
        taker = self.random.choice(self.people)
        assert taker.route is not None
        stop.route_id, stop.sequence = taker.route.id, 100 + number()

    def _at_door(self, one: OnDuty, door: Road) -> None:
        """Some are left for tomorrow; of a result, it may have gone on in another bag."""
        if self.random.random() < 0.1:
            return
        one.visited.append(door)
        if door.collection.state is not ErrandState.PLANNED:
            for result in [envelope for envelope in one.bag if envelope.road is door]:
                self._deliver(one, result)
            return
        self._collect(one, door)

    def _collect(self, one: OnDuty, door: Road) -> None:
        if self.random.random() < 0.1:
            self._write(one, K.NOT_DONE, say.not_done(), door)
            return
        code = s10(60_000_000 + number())
        self._write(one, K.COLLECTED, say.collected(door.dossier, code, seal()), door)
        envelope = Carried(code, door, one.me)
        one.bag.append(envelope)
        self.envelopes.append(envelope)

    def _deliver(self, one: OnDuty, result: Carried) -> None:
        self._write(one, K.DELIVERED, say.delivered([result.code]), result.road, deliver=True)
        result.holder = Party(Holder.CITIZEN)
        one.bag.remove(result)

    def _evening(self, one: OnDuty) -> None:
        """Into a safe: the own, or that of the office which was covered; one envelope stays in the bag overnight."""
        keep = self.random.randrange(2)
        for envelope in one.bag[keep:]:
            safes = [one.home.safe, envelope.road.safe]
            self._pass(one, envelope, self.random.choice(safes))
        del one.bag[keep:]
        if not one.silent:
            self._send(one.phone)

    # -- what else happens on the road

    def nothing(self, one: OnDuty) -> None:
        """A phone gets through, or not; sometimes it sends again what was answered already."""
        if one.silent or self.random.random() < 0.5:
            return
        self._send(one.phone)
        mine = [written for street, written in self.sent if street is one.phone]
        if mine and self.random.random() < 0.3:
            one.phone.send(self.random.sample(mine, min(3, len(mine))))

    def give_to_colleague(self, one: OnDuty) -> None:
        """One of the two writes it down, or both."""
        mates = [mate for mate in self.people if mate.office_id == one.office_id and mate is not one]
        mine = [envelope for envelope in one.bag if envelope.road.world.office.id == one.office_id]
        if not mates or not mine:
            return
        mate, envelope = self.random.choice(mates), self.random.choice(mine)
        self._pass_by_hand(one, mate, envelope, self.random.choice(([one], [mate], [one, mate])))

    def give_home(self, one: OnDuty) -> None:
        """What was collected for another office meets its courier on the road."""
        away = [envelope for envelope in one.bag if envelope.road.world.office.id != one.office_id]
        for envelope in away[:1]:
            owner = next(mate for mate in self.people if mate.office_id == envelope.road.world.office.id)
            self._pass_by_hand(one, owner, envelope, self.random.choice(([one], [owner], [one, owner])))

    def meet_a_stranger(self, one: OnDuty) -> None:
        """A courier of another office takes an envelope along; the giver's phone gets through first."""
        if one.silent or not one.bag or any(before.phone.queue for before in one.others):
            return
        taker, envelope = self._other(one), self.random.choice(one.bag)
        self._write(one, K.HANDED_OVER, say.handed_over([envelope.code], one.me, taker.me))
        self._send(one.phone)
        self._write(taker, K.HANDED_OVER, say.handed_over([envelope.code], one.me, taker.me))
        self._moved(one, taker, envelope)

    def neighbour_asks(self, one: OnDuty) -> None:
        """A door of another office that stands on no plan: a label of the own roll goes onto the envelope."""
        other = self._other(one)
        door = make_road(self.session, other.home.world)
        serial = 80_000_000 + number()
        block = {"kind": BlockKind.LABEL, "first": serial, "last": serial, "given_at": self.now}
        self.session.add(NumberBlock(device_id=one.phone.device.id, **block))
        self.session.flush()
        self._write(one, K.COLLECTED, say.collected(door.dossier, s10(serial), seal()), door)
        envelope = Carried(s10(serial), door, one.me)
        one.bag.append(envelope)
        self.envelopes.append(envelope)

    def bring_by_code(self, one: OnDuty) -> None:
        """A result of another office is passed on by word of mouth; the citizen's code bears the delivery out."""
        other = self._other(one)
        door = make_road(self.session, at_work_for(other.home.world, other.courier))
        parcel = result_out(self.session, door)
        envelope = Carried(parcel.code, door, one.me)
        self.envelopes.append(envelope)
        one.bag.append(envelope)
        door.delivery.slot = None  # the factories' slot is over: the code lives a day
        code = handover_codes.issue(self.session, door.delivery, door.delivery.proof, self.now, KEYS)
        self._write(other, K.HANDED_OVER, say.handed_over([parcel.code], other.me, one.me))
        self._write(one, K.DELIVERED, say.delivered([parcel.code], code=code), door, deliver=True)
        envelope.holder = Party(Holder.CITIZEN)
        one.bag.remove(envelope)

    def scan_unknown(self, one: OnDuty) -> None:
        """An envelope that is in nobody's books."""
        code = s10(61_000_000 + number())
        self._write(one, K.HANDED_OVER, say.handed_over([code], one.home.safe, one.me))

    def damage(self, one: OnDuty) -> None:
        for envelope in one.bag[:1]:
            self._write(one, K.INCIDENT, say.incident(envelope.code))

    def swap_phone(self, one: OnDuty) -> None:
        """The old one lies in a drawer, with what it still holds, until somebody loads it."""
        one.others.append(one.phone)
        one.phone = self._phone(one)

    def lose_phone(self, one: OnDuty) -> None:
        """Signed out by the office within the hour, and found weeks later: it was in contact this morning."""
        self.swap_phone(one)
        lost = one.others[-1]
        devices.revoke(self.session, lost.device.id, "staff:1", "mất máy", self.now + timedelta(minutes=1))
        self.now += timedelta(minutes=2)

    # -- phones

    def _pass(self, one: OnDuty, envelope: Carried, taker: Party) -> None:
        self._write(one, K.HANDED_OVER, say.handed_over([envelope.code], one.me, taker))
        envelope.holder = taker

    def _pass_by_hand(self, one: OnDuty, taker: OnDuty, envelope: Carried, tellers: Sequence[OnDuty]) -> None:
        for teller in tellers:
            self._write(teller, K.HANDED_OVER, say.handed_over([envelope.code], one.me, taker.me))
        self._moved(one, taker, envelope)

    def _moved(self, one: OnDuty, taker: OnDuty, envelope: Carried) -> None:
        one.bag.remove(envelope)
        taker.bag.append(envelope)
        envelope.holder = taker.me

    def _write(
        self, one: OnDuty, kind: K, payload: dict[str, Any], door: Road | None = None, *, deliver: bool = False
    ) -> None:
        self.now += ACTS_LATER
        self.written += 1
        one.phone.now = self.now
        errand = None if door is None else door.delivery if deliver else door.collection
        one.phone.record(kind, payload, errand)

    def _send(self, street: Street) -> None:
        street.now = self.now
        while street.phone.queue:
            batch = street.phone.queue[:A_BATCH]
            answers = street.send(batch)
            for one, answer in zip(batch, answers, strict=True):
                assert answer["result"] != "rejected", (one, answer)
                assert "claim" not in codes(answer), (one, answer)
            self.sent += [(street, one) for one in batch]
            self.told += len(batch)

    @property
    def phones(self) -> int:
        return sum(1 + len(one.others) for one in self.people)

    def come_home(self) -> None:
        """Weeks later all phones get through, in whatever order they are found."""
        self.now += SILENT
        streets = [street for one in self.people for street in (one.phone, *one.others)]
        self.random.shuffle(streets)
        for street in streets:
            self._send(street)

    def check(self) -> None:
        """No claim; every chain right; every envelope where it really is."""
        session = self.session
        session.expire_all()
        assert session.scalar(select(func.count()).select_from(Claim)) == 0
        assert session.scalar(select(func.count()).select_from(Operation)) == self.told
        assert verify(session, KEYS).clean
        known = {parcel.code: parcel for parcel in session.scalars(select(Parcel))}
        for envelope in self.envelopes:
            parcel = known[envelope.code]
            assert same(Party(parcel.holder, parcel.holder_id), envelope.holder), (envelope, parcel.holder)
            assert not parcel.gap, envelope


Happening = Callable[[HonestWork, OnDuty], None]
MEANWHILE: Final[Sequence[Happening]] = (
    *[HonestWork.nothing] * 8,
    *[HonestWork.give_to_colleague] * 3,
    *[HonestWork.give_home] * 3,
    HonestWork.meet_a_stranger,
    HonestWork.neighbour_asks,
    HonestWork.bring_by_code,
    HonestWork.scan_unknown,
    HonestWork.damage,
    HonestWork.swap_phone,
    HonestWork.lose_phone,
)
"""Chosen by chance between two doors; the same one again and again is chosen more often."""


def worked(session: UnitOfWork, random: Random, operations: int) -> dict[str, Any]:
    """So many operations at least, then all phones come home."""
    honest = HonestWork(session, random)
    while honest.written < operations:
        honest.day()
    honest.come_home()
    honest.check()
    return {"operations": honest.told, "envelopes": len(honest.envelopes), "phones": honest.phones, "claims": 0}
