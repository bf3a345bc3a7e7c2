"""Who may hold a parcel, what a custody event says, and how events chain (docs/decisions/custody-chain.md).

Law: Decision 45/2016/QĐ-TTg and Circular 17/2017/TT-BTTTT art. 5 (counted, sealed, handed over against a signed record).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.domain.errors import DomainError


class Holder(StrEnum):
    CITIZEN = "citizen"
    COURIER = "courier"
    OFFICE_SAFE = "office_safe"
    BAG = "bag"
    DESK = "desk"
    CARRIER = "carrier"
    LOST = "lost"


H = Holder
ALLOWED: Mapping[Holder, frozenset[Holder]] = {
    H.CITIZEN: frozenset({H.COURIER, H.OFFICE_SAFE, H.DESK}),
    H.COURIER: frozenset({H.CITIZEN, H.OFFICE_SAFE, H.COURIER, H.LOST}),
    H.OFFICE_SAFE: frozenset({H.COURIER, H.DESK, H.BAG, H.CITIZEN, H.CARRIER, H.LOST}),
    H.BAG: frozenset({H.OFFICE_SAFE, H.DESK, H.CARRIER, H.LOST}),
    H.DESK: frozenset({H.OFFICE_SAFE, H.BAG, H.CITIZEN, H.CARRIER, H.LOST}),
    H.CARRIER: frozenset({H.OFFICE_SAFE, H.DESK, H.BAG, H.CITIZEN, H.LOST}),
    H.LOST: frozenset({H.OFFICE_SAFE}),
}


class EventKind(StrEnum):
    """What happened. Physical facts only; papers change at an opening event alone."""

    SEALED = "sealed"  # citizen → courier, counted and closed in front of the citizen
    HANDED_OVER = "handed_over"
    OPENED = "opened"  # the desk counts: the seal is broken, the parcel stays where it is
    DELIVERED = "delivered"
    RETURNED = "returned"
    REPORTED_LOST = "reported_lost"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a hand-over: ids only, never a name. `id` is None where the holder is "the citizen"."""

    holder: Holder
    id: str | None = None


def check_handover(current: Party, giver: Party, taker: Party) -> None:
    """Refuse an online hand-over that the table does not allow or whose giver does not hold the parcel.

    Physical facts that arrive late are never refused (docs/decisions/late-facts.md): they pass through `fold` and open a gap instead.
    """
    if not same(giver, current):
        raise DomainError("not_the_holder", current=current.holder, giver=giver.holder)
    if taker.holder not in ALLOWED[giver.holder]:
        raise DomainError("handover_refused", giver=giver.holder, taker=taker.holder)
    if (giver.holder, giver.id) == (taker.holder, taker.id):
        raise DomainError("handover_to_oneself", giver=giver.holder)


STAYS = frozenset({EventKind.SEALED, EventKind.OPENED})  # where a parcel is closed or opened at a desk, it stays there


@dataclass(frozen=True, slots=True)
class Act:
    """One physical fact about one parcel, before it is written: who gave, who took, when, and what proves it.

    `evidence` holds commitments only. `late`: the fact comes from a phone after the event, and is never refused.
    """

    kind: EventKind
    giver: Party
    taker: Party
    occurred_at: datetime
    now: datetime
    by: str
    operation_id: str
    evidence: tuple[str, ...] = ()
    device: str = ""
    seq: int = 0
    late: bool = False


def check_act(current: Party, act: Act) -> None:
    """Refuse an act of an online screen that custody does not allow; a late fact always passes.

    Raises `not_the_holder`, `handover_refused` or `handover_to_oneself`.
    """
    if act.late:
        return
    if act.kind in STAYS and act.giver == act.taker:
        if not same(act.giver, current):
            raise DomainError("not_the_holder", current=current.holder, giver=act.giver.holder)
        return
    check_handover(current, act.giver, act.taker)


@dataclass(frozen=True, slots=True)
class EventBody:
    """The hashed fields of an event: ids, codes, times and salted commitments, nothing personal."""

    parcel_id: str
    event_no: int
    kind: EventKind
    giver: Party
    taker: Party
    occurred_at: datetime
    received_at: datetime
    actor: str
    operation_id: str
    commitments: tuple[str, ...]
    previous: str
    device: str = ""
    seq: int = 0

    def fields(self) -> dict[str, object]:
        return {
            "parcel": self.parcel_id,
            "no": self.event_no,
            "kind": self.kind.value,
            "giver": [self.giver.holder.value, self.giver.id],
            "taker": [self.taker.holder.value, self.taker.id],
            "occurred_at": canonical_time(self.occurred_at),
            "received_at": canonical_time(self.received_at),
            "actor": self.actor,
            "operation": self.operation_id,
            "commitments": list(self.commitments),
            "previous": self.previous,
            "device": self.device,
            "seq": self.seq,
        }

    def hash(self) -> str:
        return digest(self.fields())


GENESIS = "0" * 64


def canonical_time(moment: datetime) -> str:
    """UTC, microseconds, Z: one text for one instant."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_json(value: object) -> bytes:
    """RFC 8785 for what the chain holds: ASCII keys, strings, integers, booleans, null, lists. Floats are refused.

    Restricted so that the standard library's encoder is exact; a test compares it with the `rfc8785` package.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a float has no place in the chain: write an integer or a string")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"the key {key!r} is not ASCII text")
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def digest(value: object) -> str:
    """SHA-256 (hex) over the canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def is_digest(value: object, mark: str) -> bool:
    """Is `mark` the digest of this value? Of what was changed until it can't be written canonically nothing is."""
    try:
        return digest(value) == mark
    except TypeError:
        return False


def commitment(salt: str, payload: Mapping[str, object]) -> str:
    """What stays in the chain of a personal fact once the fact itself is erased."""
    return digest({"salt": salt, "payload": dict(payload)})


def is_commitment(salt: str, payload: object, mark: str) -> bool:
    return is_digest({"salt": salt, "payload": payload}, mark)


@dataclass(frozen=True, slots=True)
class Move:
    """What the fold needs of an event."""

    giver: Party
    taker: Party
    occurred_at: datetime
    device: str
    seq: int
    event_no: int
    begins: bool = True  # the parcel was sealed here: the only way a story may start
    astray: bool = False  # given at the door of another visit than its own: a hole until it is brought back


@dataclass(frozen=True, slots=True)
class Custody:
    """Who holds the parcel after all known events, and whether the story has a hole."""

    holder: Party
    gap: bool


def same(one: Party, other: Party) -> bool:
    """Two names for one holder: an unknown id (the citizen, the safe seen from a phone) agrees with any."""
    return one.holder == other.holder and (one.id == other.id or one.id is None or other.id is None)


TOLD_TWICE = timedelta(hours=12)


def retells(move: Move, before: Move) -> bool:
    """Whether two moves are one hand-over told by both sides, each on a device of its own, within the same shift."""
    return (
        (move.giver, move.taker) == (before.giver, before.taker)
        and move.giver != move.taker
        and move.device != before.device
        and abs(move.occurred_at - before.occurred_at) <= TOLD_TWICE
    )


CLOCKS_AGREE_TO = timedelta(seconds=15)
"""Two phones' corrected clocks: each is measured over an answer of at most 10 s, half of which may be error."""


def fold(moves: Iterable[Move]) -> Custody | None:
    """The holder, by corrected time of the act, then (device, seq): the chain itself stays in the order of receipt.

    What both sides have told is one hand-over, not two. A move whose giver is not the holder so far opens a gap, as does a
    story that does not begin with a sealing; the taker's word still counts, since a scan is a physical fact.
    An envelope that went into the wrong hands is a hole, too, until the next move takes it from there.
    A late event that fills the hole closes the gap, because the fold is made anew from all events.
    """
    torn = False
    last: Move | None = None
    for move in _in_order(moves):
        if last is not None and retells(move, last):
            continue
        torn = not move.begins if last is None else torn or not same(last.taker, move.giver)
        last = move
    return None if last is None else Custody(last.taker, torn or last.astray)


def _in_order(moves: Iterable[Move]) -> Iterator[Move]:
    """By time; of acts closer together than clocks agree, the one whose giver holds the parcel first.

    One phone's own acts never change places, whatever its clock said: its numbers tell their order.
    """
    told: dict[str, list[Move]] = defaultdict(list)
    for move in sorted(
        moves, key=lambda m: (m.seq, m.occurred_at, m.event_no) if m.device else (0, m.occurred_at, m.event_no)
    ):
        told[move.device].append(move)
    last: Move | None = None
    while told:
        heads = sorted((each[0] for each in told.values()), key=lambda m: (m.occurred_at, m.device))
        last = _next(heads, last)
        told[last.device].remove(last)
        if not told[last.device]:
            del told[last.device]
        yield last


def _next(heads: list[Move], last: Move | None) -> Move:
    """Of the next act of each device, earliest first."""
    first = heads[0]
    about_now = [move for move in heads if move.occurred_at - first.occurred_at <= CLOCKS_AGREE_TO]
    for move in about_now:
        if last is not None and retells(
            move, last
        ):  # the other side's word of the same hand-over, before what came of it
            return move
    fits = (move for move in about_now if (move.begins if last is None else same(last.taker, move.giver)))
    return next(fits, first)
