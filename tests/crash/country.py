"""What really happens, and what the server believes: papers in hands, phones in pockets, a line that drops.

`Country` moves envelopes from hand to hand and writes each act down on one phone; the server learns of it whenever that
phone gets through. `check` compares the two after every step, `check_home` once all phones are in.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum
from itertools import groupby
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.clock import at
from app.domain.commands import HandOver
from app.domain.custody import Holder, Party, fold, same
from app.domain.errors import DomainError
from app.domain.operation import FileKind, OperationKind
from app.domain.parcel import s10
from app.domain.signing import WRITES_NOTHING
from app.models import (
    Amendment,
    Attempt,
    Claim,
    CustodyEvent,
    CustodyGap,
    Device,
    Incident,
    Operation,
    Parcel,
    PhoneCall,
    StrayScan,
)
from app.queries.custody.verification import verify
from app.schemas.operations import BatchSchema, WireReader
from app.services import sync
from app.services.desks.handover import hand_over
from app.services.staff import devices
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, operations
from tests.fakes.phone import LineDropped, Phone, Reply, Written, iso

SAFE, COURIER, DESK, CITIZEN = Holder.OFFICE_SAFE, Holder.COURIER, Holder.DESK, Holder.CITIZEN
NO_STANDING = frozenset({"device_revoked", *WRITES_NOTHING})
OLD_PHONE = 3  # never upgraded: it has no key, and signs nothing
CLOSES_A_VISIT = frozenset({OperationKind.COLLECTED, OperationKind.DELIVERED, OperationKind.NOT_DONE})


class Fault(Enum):
    """What becomes of one request."""

    NONE = "none"
    LOST = "the request never arrives"
    UNANSWERED = "it has its effect, the answer is lost; or the phone is killed before it could write it down"
    KILLED = "the server is killed before it commits"


@dataclass(slots=True)
class Door:
    """One errand of one household."""

    errand_id: UUID
    dossier_id: UUID
    procedure: str
    closed: bool = False  # what was to be done here was really done


@dataclass(slots=True)
class Envelope:
    code: str
    door: Door
    holder: Party
    history: list[str] = field(default_factory=list)  # operations, in the order in which things happened
    doubtful: bool = False  # an act was written down by a clock that had been changed since its last contact


@dataclass(slots=True)
class Land:
    """Who and what there is, by id: made once, copied for every example."""

    office_id: int
    desk_id: int
    staff: tuple[str, str]  # counter, clerk
    couriers: list[int]
    phones: list[tuple[UUID, int, bytes]]  # device, courier, the server's public point
    routes: list[int]
    to_collect: list[Door]
    envelopes: list[Envelope]  # results, in the safe
    other_slot: int


@dataclass(slots=True)
class Country:
    connection: Connection
    land: Land
    random: Random
    now: datetime = field(default_factory=lambda: at(DAY, time(8)))
    fault: Fault = Fault.NONE
    phones: list[Phone] = field(default_factory=list)
    first_answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # accepted for ever
    scanned: dict[str, tuple[str, ...]] = field(default_factory=dict)  # operation → envelopes it must show up with
    by_id: dict[str, Written] = field(default_factory=dict)
    office_acts: set[str] = field(default_factory=set)
    labels: int = 0
    jumped: set[UUID] = field(default_factory=set)  # phones whose clock was changed since their last contact

    def __post_init__(self) -> None:
        skews = (0, -95, 130, 4)  # minutes
        for number, ((device, courier, point), skew) in enumerate(zip(self.land.phones, skews, strict=True)):
            make = Phone if number == OLD_PHONE else Phone.with_key
            phone = make(device, courier, point, lambda: self.now, self.random, skew=timedelta(minutes=skew))
            phone.measure(iso(self.now))
            self.phones.append(phone)
        self.phones[-1].offset_ms = None  # this one has never measured its clock

    # -- the line (a `Line`)

    def ask(self, method: str, path: str, token: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        assert (method, path, dict(headers)) == ("POST", "/api/v1/courier/ops", {}), "files have a proof of their own"
        if self.fault is Fault.LOST:
            raise LineDropped
        with UnitOfWork(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            sent = BatchSchema().load(json.loads(body))
            answer = json.loads(json.dumps(sync.receive(session, UUID(token), sent, WireReader(), KEYS, self.now)))
            if self.fault is Fault.KILLED:
                session.rollback()
                raise LineDropped
            self._confirm(session)
            session.commit()
        self._heard(answer["answers"])
        if self.fault is Fault.UNANSWERED:
            raise LineDropped
        return Reply(200, answer)

    def _confirm(self, session: UnitOfWork) -> None:
        """Of a phone that was signed out all is true here: its office has looked at the slips at once.

        An envelope that is in the books by this turns what was scanned of it into claims, too.
        """
        waiting = select(Claim.device_id, Claim.office_id, Claim.day).where(Claim.settled_at.is_(None)).limit(1)
        while (row := session.execute(waiting).one_or_none()) is not None:
            assert session.get_one(Device, row.device_id).revoked_at is not None, "honest work is no claim"
            look = sync.LookAtClaims(sync.ClaimTask(*row), self.land.staff[0], 0, "đúng phiếu", self.now)
            sync.confirm_claims(session, look, WireReader(), KEYS)

    def _heard(self, answers: Sequence[Mapping[str, Any]]) -> None:
        for answer in answers:
            assert answer["result"] != "rejected", answer
            first = self.first_answers.get(answer["op_id"])
            if first is None:
                assert answer["result"] in {"applied", "needs_review"}, answer
                self.first_answers[answer["op_id"]] = answer
            else:
                assert (answer["result"], answer["stored"]) == ("duplicate", first)

    def send(self, phone: Phone, operations_: Sequence[Written], fault: Fault) -> None:
        self.fault, phone.upload_token = fault, str(phone.device_id)
        try:
            phone.send(self, operations_)
        except LineDropped:
            return
        self.jumped.discard(phone.device_id)

    # -- what happens

    def pass_time(self, by: timedelta) -> None:
        self.now += by

    def write(
        self,
        phone: Phone,
        kind: OperationKind,
        payload: Mapping[str, Any],
        envelopes: Sequence[Envelope] = (),
        door: Door | None = None,
        files: Sequence[FileKind] = (),
    ) -> Written:
        """One act, a second after the last one: no two happen at once."""
        self.now += timedelta(seconds=1)
        given = [(of, operations.picture(self.random, 3)) for of in files]
        one = phone.record(kind, payload, (door.errand_id, 1) if door else None, given)
        self.by_id[one.op_id] = one
        self.scanned[one.op_id] = tuple(envelope.code for envelope in envelopes)
        for envelope in envelopes:
            envelope.history.append(one.op_id)
            envelope.doubtful = envelope.doubtful or phone.device_id in self.jumped
        return one

    def collect(self, phone: Phone, door: Door) -> None:
        self.labels += 1
        envelope = Envelope(s10(60_000_000 + self.labels), door, courier_of(phone))
        said = collecting(door, envelope.code, f"SEAL{self.labels:06d}")
        proof = (FileKind.ENVELOPE, FileKind.CITIZEN_SIGNATURE, FileKind.COURIER_SIGNATURE)
        self.write(phone, OperationKind.COLLECTED, said, [envelope], door, proof)
        door.closed = True
        self.land.envelopes.append(envelope)

    def deliver(self, phone: Phone, envelope: Envelope) -> None:
        said = operations.delivered([envelope.code])
        proof = (FileKind.CITIZEN_SIGNATURE, FileKind.ENVELOPE)
        self.write(phone, OperationKind.DELIVERED, said, [envelope], envelope.door, proof)
        envelope.door.closed, envelope.holder = True, Party(CITIZEN)

    def acts_of(self, phone: Phone) -> list[Written]:
        """At doors, by this phone, sent or not."""
        return [one for one in phone.written if one.header.kind in CLOSES_A_VISIT]

    def put_right(self, phone: Phone, act: Written) -> None:
        assert act.header.errand_id is not None, "it was at a door"
        said = operations.amended(act.op_id, note="Thử.")
        self.write(phone, OperationKind.AMENDED, said, door=Door(act.header.errand_id, UUID(int=0), ""))

    def pass_on(self, phone: Phone, envelopes: Sequence[Envelope], taker: Party) -> None:
        """From hand to hand; the phone belongs to one of the two."""
        said = operations.handed_over([one.code for one in envelopes], envelopes[0].holder, taker)
        self.write(phone, OperationKind.HANDED_OVER, said, envelopes)
        for envelope in envelopes:
            envelope.holder = taker

    def scan_unknown(self, phone: Phone) -> None:
        """An envelope that the server will never hear of."""
        self.labels += 1
        stranger = Envelope(s10(61_000_000 + self.labels), Door(UUID(int=0), UUID(int=0), ""), self.safe)
        said = operations.handed_over([stranger.code], self.safe, courier_of(phone))
        self.write(phone, OperationKind.HANDED_OVER, said, [stranger])

    def at_the_counter(self, envelopes: Sequence[Envelope], taker: Party) -> None:
        """Two staffed places sign on a screen; when the screen refuses, the envelopes stay where they are."""
        self.now += timedelta(seconds=1)
        operation = f"office-{len(self.office_acts)}"
        command = HandOver(
            tuple(one.code for one in envelopes), envelopes[0].holder, taker, operation, self.now, self.now,
            self.land.staff[0], self.land.staff[1],
        )  # fmt: skip
        with UnitOfWork(self.connection, join_transaction_mode="create_savepoint") as session:
            try:
                hand_over(session, command)
            except DomainError:
                session.rollback()
                return
            session.commit()
        self.office_acts.add(operation)
        for envelope in envelopes:
            envelope.holder = taker
            envelope.history.append(operation)

    @property
    def safe(self) -> Party:
        return Party(SAFE, str(self.land.office_id))

    @property
    def desk(self) -> Party:
        return Party(DESK, str(self.land.desk_id))

    def held(self, party: Party) -> list[Envelope]:
        return [one for one in self.land.envelopes if one.holder == party]

    # -- what must be so at every step

    def check(self) -> None:
        with UnitOfWork(self.connection, join_transaction_mode="create_savepoint") as session:
            self._check_operations(session)
            self._check_effects(session)
            self._check_holders(session)

    def _check_operations(self, session: UnitOfWork) -> None:
        kept = {str(row.id): row for row in session.execute(_OPERATIONS)}
        assert kept.keys() == self.first_answers.keys(), "accepted, and not kept exactly once"
        for op_id, row in kept.items():
            header = self.by_id[op_id].header
            assert (row.device_id, row.seq, row.hash) == (header.device_id, header.seq, header.hash())

    def _check_effects(self, session: UnitOfWork) -> None:
        """Every accepted scan is one event of its envelope's chain, or one open scan of an unknown one; never both."""
        expected = Counter((op, code) for op in self.first_answers for code in self.scanned[op])
        events = Counter((row.operation_id, row.code) for row in session.execute(_EVENTS))
        strays = Counter((row.operation_id, row.code) for row in session.execute(_OPEN_STRAYS))
        of_phones = Counter({key: n for key, n in events.items() if key[0] in self.by_id})
        assert of_phones + strays == expected
        visits = Counter(session.scalars(select(Attempt.operation_id)))
        assert visits == Counter(op for op in self.first_answers if self._kind(op) in CLOSES_A_VISIT)
        incidents = Counter(session.scalars(select(Incident.operation_id)))
        assert incidents == Counter(op for op in self.first_answers if self._kind(op) is OperationKind.INCIDENT)

        calls = Counter(session.scalars(select(PhoneCall.operation_id)))
        assert calls == Counter(op for op in self.first_answers if self._is_kept_call(op))
        amended = Counter(session.scalars(select(Amendment.operation_id)))
        assert amended == Counter(op for op in self.first_answers if self._is_amended(op))

    def _is_kept_call(self, op_id: str) -> bool:
        """A call is no physical fact: of a phone that has no standing any more, nothing of it is kept."""
        reviews = {review["code"] for review in self.first_answers[op_id]["reviews"]}
        return self._kind(op_id) is OperationKind.CALLED and not reviews & NO_STANDING

    def _is_amended(self, op_id: str) -> bool:
        """Told of an act that was here: of one that has not come yet nothing is put right."""
        reviews = {review["code"] for review in self.first_answers[op_id]["reviews"]}
        return self._kind(op_id) is OperationKind.AMENDED and "amended_unknown" not in reviews

    def _kind(self, op_id: str) -> OperationKind:
        return self.by_id[op_id].header.kind

    def _check_holders(self, session: UnitOfWork) -> None:
        open_gaps = Counter(session.scalars(select(CustodyGap.parcel_id).where(CustodyGap.closed_at.is_(None))))
        events = session.scalars(select(CustodyEvent).order_by(CustodyEvent.parcel_id, CustodyEvent.event_no))
        chains = {parcel: list(chain) for parcel, chain in groupby(events, key=lambda event: event.parcel_id)}
        for parcel in session.scalars(select(Parcel)):
            custody = fold(CustodyEvent.move(event) for event in chains[parcel.id])
            assert custody is not None
            assert Party(parcel.holder, parcel.holder_id) == custody.holder, parcel.code
            assert (parcel.gap, open_gaps[parcel.id]) == (custody.gap, int(custody.gap)), parcel.code

    # -- and once all phones are in

    def bring_home(self) -> None:
        for phone in self.phones:
            while phone.queue:
                self.send(phone, phone.queue[:50], Fault.NONE)

    def check_home(self) -> None:
        self.check()
        with UnitOfWork(self.connection, join_transaction_mode="create_savepoint") as session:
            report = verify(session, KEYS)
            assert report.clean, report.broken
            known = {parcel.code: parcel for parcel in session.scalars(select(Parcel))}
            for envelope in self.land.envelopes:
                if not envelope.doubtful:
                    self._check_envelope(session, envelope, known[envelope.code])
            for phone in self.phones:
                device = session.get_one(Device, phone.device_id)
                assert (device.last_seq, device.head_hash) == (phone.seq, phone.head)
                assert devices.owes(session, phone.device_id) == []

    def _check_envelope(self, session: UnitOfWork, envelope: Envelope, parcel: Parcel) -> None:
        """Exactly one holder: the one who really has it; and the acts in the order in which they happened."""
        assert not parcel.gap, envelope
        assert same(Party(parcel.holder, parcel.holder_id), envelope.holder), envelope
        events = session.scalars(select(CustodyEvent).where(CustodyEvent.parcel_id == parcel.id)).all()
        by_time = sorted(events, key=lambda e: (e.occurred_at, e.device, e.seq, e.event_no))
        assert [event.operation_id for event in by_time if event.operation_id in self._told] == envelope.history

    @property
    def _told(self) -> set[str]:
        return self.by_id.keys() | self.office_acts


def collecting(door: Door, label: str, seal: str) -> dict[str, Any]:
    """All papers of the factory's procedure, sealed."""
    return operations.collected_by_id(str(door.dossier_id), door.procedure, label, seal)


def courier_of(phone: Phone) -> Party:
    return Party(COURIER, str(phone.courier_id))


_OPERATIONS = select(Operation.id, Operation.device_id, Operation.seq, Operation.hash)
_EVENTS = select(CustodyEvent.operation_id, Parcel.code).join(Parcel, Parcel.id == CustodyEvent.parcel_id)
_OPEN_STRAYS = select(StrayScan.operation_id, StrayScan.code).where(StrayScan.settled_at.is_(None))
