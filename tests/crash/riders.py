"""Couriers in threads: each writes its share of the day on its phone and sends it over HTTP until the server has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import Event, Thread
from typing import Final

from app.domain.custody import Party
from app.domain.operation import A_BATCH, FileKind, OperationKind
from app.domain.parcel import s10
from tests.crash.country import Door, Envelope, collecting, courier_of
from tests.factories import operations
from tests.fakes.phone import HttpLine, LineDropped, Phone, key_of_phone

COLLECTION: Final = (FileKind.ENVELOPE, FileKind.CITIZEN_SIGNATURE, FileKind.COURIER_SIGNATURE)
AGAIN_AFTER_S, AT_MOST_AT_ONCE = 0.3, 12


@dataclass(slots=True)
class Rider:
    """`allowed` says how many operations may be written so far: the kills are spread over all the work."""

    number: int
    phone: Phone
    line: HttpLine
    doors: list[Door]
    safe: Party
    quota: int
    allowed: Callable[[], int]
    random: Random
    signed_from: int | None = 1  # the phone makes its key before it writes this number; None: it is never upgraded
    envelopes: list[Envelope] = field(default_factory=list)
    scanned: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: int = 0
    repeated: int = 0
    fault: BaseException | None = None
    over: Event = field(default_factory=Event)

    def start(self) -> Thread:
        thread = Thread(target=self._ride, daemon=True)
        thread.start()
        return thread

    def _ride(self) -> None:
        try:
            while len(self.phone.written) < self.quota or self.phone.queue or self.phone.unsent_files():
                if self.over.is_set():
                    return
                self._write()
                self._send()
        except BaseException as fault:  # noqa: BLE001 (the test raises it again)
            self.fault = fault

    def _write(self) -> None:
        for _ in range(self.random.randint(1, AT_MOST_AT_ONCE)):
            if len(self.phone.written) < min(self.quota, self.allowed()):
                self._act()

    def _act(self) -> None:
        if self.signed_from is not None and self.phone.seq + 1 == self.signed_from:
            self.phone.key = key_of_phone(self.phone.device_id)
        carried = [one for one in self.envelopes if one.holder == self.me]
        open_doors = [door for door in self.doors if not door.closed]
        if open_doors and (not self.envelopes or self.random.random() < len(self.doors) / self.quota * 2):
            self._collect(open_doors[0])
        elif carried:
            self._pass_on(carried, self.safe)
        else:
            self._pass_on(self.envelopes, self.me)

    @property
    def me(self) -> Party:
        return courier_of(self.phone)

    def _collect(self, door: Door) -> None:
        number = 1000 * self.number + len(self.envelopes)
        envelope = Envelope(s10(70_000_000 + number), door, self.me)
        pictures = [(of, operations.picture(self.random, 10)) for of in COLLECTION]
        said = collecting(door, envelope.code, f"CRASH{number:08d}")
        one = self.phone.record(OperationKind.COLLECTED, said, (door.errand_id, 1), pictures)
        door.closed = True
        self.envelopes.append(envelope)
        self._noted(one.op_id, [envelope])

    def _pass_on(self, envelopes: list[Envelope], taker: Party) -> None:
        chosen = self.random.sample(envelopes, min(len(envelopes), self.random.randint(1, 3)))
        said = operations.handed_over([one.code for one in chosen], chosen[0].holder, taker)
        one = self.phone.record(OperationKind.HANDED_OVER, said)
        for envelope in chosen:
            envelope.holder = taker
        self._noted(one.op_id, chosen)

    def _noted(self, op_id: str, envelopes: list[Envelope]) -> None:
        self.scanned[op_id] = tuple(envelope.code for envelope in envelopes)
        for envelope in envelopes:
            envelope.history.append(op_id)

    def _send(self) -> None:
        try:
            if self.phone.written and self.random.random() < 0.2:  # a request from before, once more
                first = self.random.randrange(len(self.phone.written))
                self.phone.send(self.line, self.phone.written[first : first + A_BATCH])
                self.repeated += 1
            self.phone.sync(self.line)
        except LineDropped:
            self.dropped += 1
        self.over.wait(AGAIN_AFTER_S)
