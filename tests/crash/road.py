"""Everything that may happen to papers and phones, as rules that hypothesis puts in any order (see `country`)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import time, timedelta
from random import Random
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, func, select, update

from app.clock import at
from app.domain.commands import CancelErrand, RescheduleErrand
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.operation import FileKind, OperationKind
from app.models import Stop, StopErrand
from app.services.booking import errands
from app.services.staff import devices
from app.unit_of_work import UnitOfWork
from tests.crash.country import Country, Door, Envelope, Fault, Land, courier_of
from tests.factories import DAY, operations
from tests.fakes.phone import Phone

Thing = TypeVar("Thing")
PICK = st.integers(0, 99)
SOME = st.lists(PICK, min_size=1, max_size=4)
FAULTS = st.sampled_from([Fault.NONE, Fault.NONE, *Fault])
BEFORE_THE_DAY = at(DAY, time(4))


def picked(things: list[Thing], numbers: list[int]) -> list[Thing]:
    """Some of them, each once, in the order of the numbers."""
    return [things[place] for place in dict.fromkeys(number % len(things) for number in numbers)]


class Road(RuleBasedStateMachine):
    engine: ClassVar[Engine]
    land: ClassVar[Land]
    steps: ClassVar[int] = 0  # really executed, each followed by a comparison
    told: ClassVar[int] = 0  # operations that reached the server

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.country = Country(self.connection, deepcopy(self.land), Random(0))

    def teardown(self) -> None:
        try:
            self.country.bring_home()
            self.country.check_home()
            Road.told += len(self.country.first_answers)
        finally:
            self.outer.rollback()
            self.connection.close()

    @invariant()
    def the_server_agrees(self) -> None:
        self.country.check()

    def phone(self, pick: int) -> Phone:
        Road.steps += 1  # every rule asks for a phone, first of all
        return self.country.phones[pick % len(self.country.phones)]

    def _open_doors(self) -> list[Door]:
        return [door for door in self.country.land.to_collect if not door.closed]

    def _carried(self) -> list[Envelope]:
        return [one for one in self.country.land.envelopes if one.holder.holder is Holder.COURIER]

    def _results_carried(self) -> list[Envelope]:
        return [one for one in self._carried() if one.door not in self.country.land.to_collect]

    def _phone_of(self, courier: Party, pick: int) -> Phone:
        """One of the courier's phones: the first courier has two."""
        mine = [phone for phone in self.country.phones if courier_of(phone) == courier]
        return mine[pick % len(mine)]

    # -- at the doors

    @precondition(lambda self: self._open_doors())
    @rule(who=PICK, door=PICK)
    def collect(self, who: int, door: int) -> None:
        left = self._open_doors()
        self.country.collect(self.phone(who), left[door % len(left)])

    @precondition(lambda self: self._results_carried())
    @rule(which=PICK, who=PICK)
    def deliver(self, which: int, who: int) -> None:
        self.phone(who)
        ready = self._results_carried()
        envelope = ready[which % len(ready)]
        self.country.deliver(self._phone_of(envelope.holder, who), envelope)

    @precondition(lambda self: self._open_doors())
    @rule(who=PICK, door=PICK, outcome=st.sampled_from(["WEATHER", "ABSENT"]))
    def find_nobody(self, who: int, door: int, outcome: str) -> None:
        left = self._open_doors()
        said, files = operations.not_done(outcome), []
        if outcome == "ABSENT":
            said["evidence"], files = {"call": "08:30"}, [FileKind.GATE]
        self.country.write(self.phone(who), OperationKind.NOT_DONE, said, [], left[door % len(left)], files)

    @rule(who=PICK, act=PICK)
    def put_a_word_right(self, who: int, act: int) -> None:
        phone = self.phone(who)
        told = self.country.acts_of(phone)
        if told:
            self.country.put_right(phone, told[act % len(told)])

    @rule(who=PICK, door=PICK)
    def call_there(self, who: int, door: int) -> None:
        """Whether it is open, closed or another courier's: a call moves nothing."""
        doors = self.country.land.to_collect
        self.country.write(self.phone(who), OperationKind.CALLED, operations.called(), [], doors[door % len(doors)])

    # -- from hand to hand

    @precondition(lambda self: self._carried())
    @rule(which=SOME, who=PICK)
    def into_the_safe(self, which: list[int], who: int) -> None:
        self.phone(who)
        first = picked(self._carried(), which)[0].holder
        mine = picked(self.country.held(first), which)
        self.country.pass_on(self._phone_of(first, who), mine, self.country.safe)

    @precondition(lambda self: self.country.held(self.country.safe))
    @rule(which=SOME, who=PICK)
    def out_of_the_safe(self, which: list[int], who: int) -> None:
        phone = self.phone(who)
        self.country.pass_on(phone, picked(self.country.held(self.country.safe), which), courier_of(phone))

    @precondition(lambda self: self._carried())
    @rule(which=SOME, who=PICK, by_taker=st.booleans())
    def to_a_colleague(self, which: list[int], who: int, *, by_taker: bool) -> None:
        taker = self.phone(who)
        giver = picked(self._carried(), which)[0].holder
        if giver != courier_of(taker):
            phone = taker if by_taker else self._phone_of(giver, who)
            self.country.pass_on(phone, picked(self.country.held(giver), which), courier_of(taker))

    @precondition(lambda self: self.country.held(self.country.safe))
    @rule(which=SOME)
    def to_the_desk(self, which: list[int]) -> None:
        self.phone(0)
        self.country.at_the_counter(picked(self.country.held(self.country.safe), which), self.country.desk)

    @precondition(lambda self: self.country.held(self.country.desk))
    @rule(which=SOME)
    def back_from_the_desk(self, which: list[int]) -> None:
        self.phone(0)
        self.country.at_the_counter(picked(self.country.held(self.country.desk), which), self.country.safe)

    @rule(who=PICK)
    def scan_an_unknown_label(self, who: int) -> None:
        self.country.scan_unknown(self.phone(who))

    @precondition(lambda self: self._carried())
    @rule(which=PICK, who=PICK)
    def report_damage(self, which: int, who: int) -> None:
        phone = self.phone(who)
        carried = self._carried()
        said = operations.incident(carried[which % len(carried)].code)
        self.country.write(phone, OperationKind.INCIDENT, said)

    # -- on the way

    @rule(who=PICK, route=PICK, ends=st.booleans())
    def begin_or_end(self, who: int, route: int, *, ends: bool) -> None:
        route_id = picked(self.country.land.routes, [route])[0]
        said = operations.run_ended(route_id) if ends else operations.run_started(route_id)
        kind = OperationKind.RUN_ENDED if ends else OperationKind.RUN_STARTED
        self.country.write(self.phone(who), kind, said)

    @rule(who=PICK, code=PICK)
    def add_a_stop(self, who: int, code: int) -> None:
        codes = [one.code for one in self.country.land.envelopes]
        self.country.write(self.phone(who), OperationKind.STOP_ADDED, operations.stop_added(codes[code % len(codes)]))

    @rule(minutes=st.integers(1, 240))
    def time_passes(self, minutes: int) -> None:
        self.phone(0)
        self.country.pass_time(timedelta(minutes=minutes))

    @rule(weeks=st.integers(1, 3))
    def weeks_pass(self, weeks: int) -> None:
        self.phone(0)
        self.country.pass_time(timedelta(weeks=weeks))

    # -- the line

    @rule(who=PICK, most=st.integers(1, 50), fault=FAULTS)
    def send(self, who: int, most: int, fault: Fault) -> None:
        phone = self.phone(who)
        if phone.queue:
            self.country.send(phone, phone.queue[:most], fault)

    @rule(who=PICK, which=SOME, fault=FAULTS)
    def send_again(self, who: int, which: list[int], fault: Fault) -> None:
        """A copy of an old request, in any order, mixed with what was never sent."""
        phone = self.phone(who)
        if phone.written:
            self.country.send(phone, picked(phone.written, which), fault)

    @rule(fault=FAULTS)
    def everybody_sends(self, fault: Fault) -> None:
        self.phone(0)
        for phone in self.country.phones:
            if phone.queue:
                self.country.send(phone, phone.queue[:50], fault)

    # -- phones

    @rule(who=PICK, minutes=st.integers(-300, 300))
    def somebody_sets_the_clock(self, who: int, minutes: int) -> None:
        phone = self.phone(who)
        if phone.offset_ms is not None:
            phone.skew += timedelta(minutes=minutes)
            self.country.jumped.add(phone.device_id)

    @rule(who=PICK)
    def revoke(self, who: int) -> None:
        phone = self.phone(who)
        by, now = self.country.land.staff[0], self.country.now
        self._decide(lambda session: devices.revoke(session, phone.device_id, by, "mất máy", now))

    # -- meanwhile at the office

    @precondition(lambda self: self._open_doors())
    @rule(door=PICK)
    def cancel(self, door: int) -> None:
        left = self._open_doors()
        command = CancelErrand(left[door % len(left)].errand_id, self.country.land.staff[0], BEFORE_THE_DAY)
        self._decide(lambda session: errands.cancel(session, command))

    @precondition(lambda self: self._open_doors())
    @rule(door=PICK)
    def reschedule(self, door: int) -> None:
        errand_id = picked(self._open_doors(), [door])[0].errand_id
        by = self.country.land.staff[0]
        command = RescheduleErrand(errand_id, self.country.land.other_slot, by, BEFORE_THE_DAY)
        self._decide(lambda session: errands.reschedule(session, command))

    @precondition(lambda self: self._open_doors())
    @rule(door=PICK, route=PICK)
    def give_to_another_route(self, door: int, route: int) -> None:
        errand_id = picked(self._open_doors(), [door])[0].errand_id
        stop = select(StopErrand.stop_id).where(StopErrand.errand_id == errand_id).scalar_subquery()
        last = select(func.max(Stop.sequence)).scalar_subquery()
        new = {"route_id": picked(self.country.land.routes, [route])[0], "sequence": last + 1}
        self._decide(lambda session: session.execute(update(Stop).where(Stop.id == stop).values(new)))

    def _decide(self, act: Callable[[UnitOfWork], object]) -> None:
        """The office decides, unless the service refuses."""
        self.phone(0)
        with UnitOfWork(self.connection, join_transaction_mode="create_savepoint") as session:
            try:
                act(session)
            except DomainError:
                session.rollback()
            else:
                session.commit()
