"""The chain that each phone keeps of its own operations: hashes recomputed, links followed, heads compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Final
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.domain.custody import GENESIS
from app.domain.operation import Header, OperationResult
from app.models import CustodyEvent, Device, Operation, Parcel
from app.queries.custody.signed_operations import events_of_nobody, first_badly_signed, known_keys

AT_ONCE: Final = 1_000
KNOWN: Final = frozenset({"chain_broken", "seq_reused"})
"""What receiving has already found and a person looks at: the phone told it so."""


@dataclass(frozen=True, slots=True)
class BadOperation:
    """`operation` is its name: `<device>/<seq>`. `parcel` and `event_no`: the event that speaks of one that is gone."""

    what: str  # operation_hash | operation_link | operation_head | operation_gone | operation_signature | operation_unsigned
    operation: str
    parcel: str | None = None
    event_no: int | None = None


def count_operations(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Operation)) or 0


def bad_operations(session: Session) -> Iterator[BadOperation]:
    """The first bad operation of each phone, then the events whose operation is gone."""
    devices = {row.id: row for row in session.execute(select(Device.id, Device.last_seq, Device.head_hash))}
    keys = known_keys(session)
    for device, chain in _chains(session):
        row = devices.pop(device)
        bad = _first_bad(chain, row.last_seq, row.head_hash) or first_badly_signed(chain, keys.get(device))
        if bad is not None:
            yield BadOperation(bad[0], f"{device}/{bad[1]}")
    for device, row in devices.items():
        if row.last_seq:
            yield BadOperation("operation_head", f"{device}/{row.last_seq}")
    yield from _gone(session)
    for operation, parcel, event_no in events_of_nobody(session):
        yield BadOperation("operation_unsigned", operation, parcel, event_no)


def _chains(session: Session) -> Iterator[tuple[UUID, list[Operation]]]:
    every = select(Operation).order_by(Operation.device_id, Operation.seq, Operation.received_at, Operation.id)
    rows = session.scalars(every.execution_options(yield_per=AT_ONCE, populate_existing=True))
    for device, chain in groupby(rows, key=lambda operation: operation.device_id):
        yield device, list(chain)


def _first_bad(chain: list[Operation], last_seq: int, head: str) -> tuple[str, int] | None:
    first = chain[0]
    if first.seq == 1 and first.previous != GENESIS and not KNOWN & set(first.reviews):
        return "operation_link", 1
    for operation in chain:
        if operation.result is not OperationResult.REJECTED and header_of(operation).hash() != operation.hash:
            return "operation_hash", operation.seq
    for before, after in pairwise(chain):
        if not _linked(before, after):
            return "operation_link", after.seq
    last = [operation.hash for operation in chain if operation.seq == last_seq]
    return None if head in last else ("operation_head", max(last_seq, chain[-1].seq))


def _linked(before: Operation, after: Operation) -> bool:
    """A number that the phone still owes breaks no link; neither does what receiving has flagged."""
    if after.seq != before.seq + 1 or KNOWN & {*before.reviews, *after.reviews}:
        return True
    return after.previous == before.hash


def header_of(operation: Operation) -> Header:
    """The open part as the phone hashed it."""
    return Header(
        op_id=operation.id,
        device_id=operation.device_id,
        seq=operation.seq,
        kind=operation.kind,
        errand_id=operation.errand_id,
        revision_seen=operation.revision_seen,
        occurred_at=stamp(operation.occurred_at),
        offset_ms=operation.offset_ms,
        commitment=operation.commitment,
        files=tuple(operation.files),
        previous=operation.previous,
    )


def stamp(moment: datetime) -> str:
    """ISO 8601, UTC, milliseconds, Z: the one way in which phones write a time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _gone(session: Session) -> Iterator[BadOperation]:
    """Events that a phone told of, by an operation that is no longer there."""
    told = func.split_part(CustodyEvent.operation_id, ":", 1)
    here = select(Operation.id).where(cast(Operation.id, String) == told)
    rows = session.execute(
        select(CustodyEvent.device, CustodyEvent.seq, Parcel.code, CustodyEvent.event_no)
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .where(CustodyEvent.device.in_(select(cast(Device.id, String))), ~here.exists())
        .order_by(Parcel.code, CustodyEvent.event_no)
    )
    for device, seq, code, event_no in rows:
        yield BadOperation("operation_gone", f"{device}/{seq}", code, event_no)
