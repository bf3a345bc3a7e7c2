"""Verify custody: every event's hash, every link, every head, every digest, every commitment, and each phone's own chain of
operations; name the first bad one of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.custody import GENESIS, Custody, Party, fold, is_commitment
from app.models import CustodyDigest, CustodyEvent, CustodyEvidence, Parcel
from app.queries.custody.countersignatures import SignedHandIn, bad_marks, cash_signatures, handed_in, hands
from app.queries.custody.operation_chains import bad_operations, count_operations
from app.queries.custody.signatures import believed_keys, holds, is_digest_of
from app.queries.custody.signed_operations import UnsignedPhone, count_signed, unsigned_phones

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class CustodyFault:
    """What is broken, by the name a person can look up: a parcel's code and the number of its event."""

    what: (
        # hash | link | number | head | register | events_gone | evidence_gone | evidence | countersignature | cash | digest_*
        str  # | operation_*
    )
    parcel: str | None
    event_no: int | None
    digest: str | None = None  # "<office>/<day>"
    operation: str | None = None  # "<device>/<seq>"
    signature: str | None = None  # the mark of a second signature that nothing holds
    hand_in: int | None = None  # of cash


@dataclass(frozen=True, slots=True)
class ErasedEvent:
    """An event whose personal side was erased: not broken, its commitments stand."""

    parcel: str
    event_no: int
    facts: int


@dataclass(slots=True)
class CustodyReport:
    """`broken` holds the first bad event of each chain; `clean` when there is none."""

    events: int = 0
    parcels: int = 0
    digests: int = 0
    operations: int = 0
    signed: int = 0  # of these
    second_hands: dict[str, int] = field(default_factory=dict)  # second signatures, by the hand that gave them
    broken: list[CustodyFault] = field(default_factory=list)
    erased: list[ErasedEvent] = field(default_factory=list)
    unsigned: list[UnsignedPhone] = field(default_factory=list)  # from before their phones had keys; not broken

    @property
    def clean(self) -> bool:
        return not self.broken


@dataclass(slots=True)
class _EventIndex:
    """What the walk over the chains leaves for the later checks."""

    codes: dict[str, str]  # parcel id → S10
    hashes: dict[tuple[str, int], str] = field(default_factory=dict)
    marks: dict[str, tuple[str, int]] = field(default_factory=dict)  # commitment → parcel id, event


def verify(session: Session, keys: Keys) -> CustodyReport:
    """Read every chain, head, digest, commitment and operation; the report is clean only when all of them agree."""
    register = (Parcel.holder, Parcel.holder_id, Parcel.gap)
    heads = session.execute(
        select(Parcel.id, Parcel.code, Parcel.event_no, Parcel.head_hash, *register).order_by(Parcel.code)
    )
    parcels = {str(row.id): row for row in heads}
    known = _EventIndex({parcel: row.code for parcel, row in parcels.items()})
    report = CustodyReport(parcels=len(parcels))
    unseen = dict(parcels)
    for parcel, chain in _chains(session):
        row = unseen.pop(parcel)
        report.events += len(chain)
        _remember(known, parcel, chain)
        fault = _first_fault(row.code, chain, row.event_no, row.head_hash)
        _note(report, fault or _other_register(row.code, chain, Custody(Party(row.holder, row.holder_id), row.gap)))
    for row in unseen.values():
        _note(report, CustodyFault("events_gone", row.code, 1) if row.event_no else None)
    _check_evidence(session, report, known)
    _check_digests(session, report, known, keys)
    _check_operations(session, report)
    return report


def _note(report: CustodyReport, fault: CustodyFault | None) -> None:
    if fault is not None:
        report.broken.append(fault)


def _chains(session: Session) -> Iterator[tuple[str, list[CustodyEvent]]]:
    """Chain after chain, in one pass that never holds more than a few of them."""
    every = select(CustodyEvent).order_by(CustodyEvent.parcel_id, CustodyEvent.event_no)
    events = session.scalars(every.execution_options(yield_per=AT_ONCE, populate_existing=True))
    for parcel, chain in groupby(events, key=lambda event: event.parcel_id):
        yield str(parcel), list(chain)


def _remember(known: _EventIndex, parcel: str, chain: list[CustodyEvent]) -> None:
    for event in chain:
        known.hashes[parcel, event.event_no] = event.hash
        marks: Any = event.commitments  # as they stand in the row
        named = [mark for mark in marks if isinstance(mark, str)] if isinstance(marks, list) else []
        known.marks.update((mark, (parcel, event.event_no)) for mark in named)


def _is_hash_of(event: CustodyEvent) -> bool:
    try:
        return event.body().hash() == event.hash
    except TypeError:  # changed until it can't be written canonically
        return False


def _first_fault(code: str, chain: list[CustodyEvent], head_no: int, head: str) -> CustodyFault | None:
    previous = GENESIS
    for number, event in enumerate(chain, start=1):
        if event.event_no != number:
            return CustodyFault("number", code, number)
        if event.previous != previous:
            return CustodyFault("link", code, number)
        if not _is_hash_of(event):
            return CustodyFault("hash", code, number)
        previous = event.hash
    if (head_no, head) != (len(chain), previous):
        return CustodyFault("head", code, max(head_no, len(chain)))
    return None


def _other_register(code: str, chain: list[CustodyEvent], kept: Custody) -> CustodyFault | None:
    """The register says who holds an envelope now; that is worked out of its events, and nothing else."""
    told = fold(event.move() for event in chain)
    return None if told == kept else CustodyFault("register", code, len(chain))


def _check_evidence(session: Session, report: CustodyReport, known: _EventIndex) -> None:
    kept = {row.commitment: row for row in session.scalars(select(CustodyEvidence))}
    second = dict(bad_marks(session))
    report.second_hands = {hand.value: number for hand, number in sorted(hands(session).items())}
    erased: Counter[tuple[str, int]] = Counter()
    for mark, (parcel, event_no) in known.marks.items():
        row = kept.get(mark)
        if mark in second:
            _note(report, CustodyFault("countersignature", known.codes[parcel], event_no) if second[mark] else None)
        elif row is None:
            report.broken.append(CustodyFault("evidence_gone", known.codes[parcel], event_no))
        elif row.erased_at is not None:
            erased[parcel, event_no] += 1
        elif not _is_whole(row):
            report.broken.append(CustodyFault("evidence", known.codes[parcel], event_no))
    cash = _check_cash(session, report, second)
    held = known.marks.keys() | cash
    unheld = sorted(mark for mark, bad in second.items() if bad and mark not in held)
    report.broken += [CustodyFault("countersignature", None, None, signature=mark) for mark in unheld]
    left = (marks - set(unheld) for marks in cash_signatures(session).values() if not marks & cash)
    report.broken += [CustodyFault("cash", None, None, signature=min(marks)) for marks in left if marks]
    report.erased = [ErasedEvent(known.codes[parcel], no, facts) for (parcel, no), facts in sorted(erased.items())]


def _is_whole(row: CustodyEvidence) -> bool:
    return row.salt is not None and is_commitment(row.salt, row.payload, row.commitment)


def _check_cash(session: Session, report: CustodyReport, second: Mapping[str, bool]) -> set[str]:
    """What a courier handed in, as the second hand signed it; the marks that stand there."""
    held = set()
    for one in handed_in(session):
        held |= {one.mark} if one.mark else set()
        what = _cash_fault(one, second)
        _note(report, CustodyFault(what, None, None, hand_in=one.number) if what else None)
    return held


def _cash_fault(one: SignedHandIn, second: Mapping[str, bool]) -> str | None:
    if one.mark is None or one.mark not in second:
        return "evidence_gone"
    if second[one.mark]:
        return "countersignature"
    return None if one.same else "cash"


def _check_digests(session: Session, report: CustodyReport, known: _EventIndex, keys: Keys) -> None:
    ours = believed_keys(session, keys)
    previous: dict[int, str] = {}
    for signed in session.scalars(select(CustodyDigest).order_by(CustodyDigest.office_id, CustodyDigest.day)):
        report.digests += 1
        name = f"{signed.office_id}/{signed.day.isoformat()}"
        if signed.key_id not in ours:
            report.broken.append(CustodyFault("digest_key", None, None, name))
        elif not (is_digest_of(signed) and holds(signed.hash, signed.signature, ours[signed.key_id])):
            report.broken.append(CustodyFault("digest_signature", None, None, name))
        elif signed.previous != previous.get(signed.office_id, GENESIS):
            report.broken.append(CustodyFault("digest_chain", None, None, name))
        previous[signed.office_id] = signed.hash
        _note(report, _lost_head(signed, known, name))


def _check_operations(session: Session, report: CustodyReport) -> None:
    report.operations, report.signed = count_operations(session), count_signed(session)
    report.unsigned = unsigned_phones(session)
    for bad in bad_operations(session):
        report.broken.append(CustodyFault(bad.what, bad.parcel, bad.event_no, operation=bad.operation))


def _lost_head(signed: CustodyDigest, known: _EventIndex, name: str) -> CustodyFault | None:
    """The first event that the digest has seen and the chain no longer has, or has otherwise."""
    told: Any = signed.heads  # as they stand in the row: what has no such form any more is none that anybody signed
    heads = [head for head in told if isinstance(head, dict)] if isinstance(told, list) else []
    for head in (head for head in heads if {"parcel", "no", "head"} <= head.keys()):
        if known.hashes.get((head["parcel"], head["no"])) != head["head"]:
            return CustodyFault("digest_head", known.codes.get(head["parcel"], head["parcel"]), head["no"], name)
    return None
