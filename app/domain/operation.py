"""What a phone says: immutable operations, chained on the phone, answered one by one (docs/decisions/phone-operations.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.domain.custody import GENESIS, canonical_json

__all__ = ["GENESIS", "BlockKind", "FileKind", "Header", "OperationKind", "OperationResult", "corrected"]

A_BATCH = 50  # operations a request, at most
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)  # no act lies outside
CLOCK_JUMP = timedelta(minutes=2)  # offsets of two contacts further apart than this: the clock was changed between them


class OperationKind(StrEnum):
    RUN_STARTED = "run_started"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    NOT_DONE = "not_done"
    HANDED_OVER = "handed_over"  # envelopes between this courier and an office's safe, a desk or another courier
    STOP_ADDED = "stop_added"  # an envelope scanned that is on no stop of today's route
    REORDERED = "reordered"
    PIN_CORRECTED = "pin_corrected"
    CALLED = "called"  # the call button was pressed at an errand
    INCIDENT = "incident"
    RUN_ENDED = "run_ended"
    AMENDED = "amended"  # words about an own act at a door, put right


class OperationResult(StrEnum):
    """`needs_review`: the fact is kept (and written where it is physical), and a person looks at it."""

    APPLIED = "applied"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"


class BlockKind(StrEnum):
    RECEIPT = "receipt"
    LABEL = "label"


class FileKind(StrEnum):
    """What a file shows; names of the payload's `files`."""

    ENVELOPE = "envelope"
    GATE = "gate"
    PLACE = "place"  # the road, the flood, the closed desk
    SEAL = "seal"
    SEAL_OTHER_SIDE = "seal_other_side"
    FAULTY_PAPER = "faulty_paper"
    RESULT_ERROR = "result_error"
    CITIZEN_SIGNATURE = "citizen_signature"  # or the thumbprint, before a named witness
    COURIER_SIGNATURE = "courier_signature"
    WITNESS_SIGNATURE = "witness_signature"


@dataclass(frozen=True, slots=True)
class Header:
    """The open part of an operation: no word of it is personal. `hash` chains it to the phone's operation before."""

    op_id: UUID
    device_id: UUID
    seq: int
    kind: OperationKind
    errand_id: UUID | None
    revision_seen: int | None
    occurred_at: str  # exactly as the phone wrote it: ISO 8601, UTC, milliseconds, Z
    offset_ms: int | None  # measured by the phone at its last contact; None: never
    commitment: str
    files: tuple[str, ...]
    previous: str

    def canonical(self) -> bytes:
        """RFC 8785 of these fields: what the phone hashes and signs."""
        return canonical_json(
            {
                "op_id": str(self.op_id),
                "device_id": str(self.device_id),
                "seq": self.seq,
                "kind": self.kind.value,
                "errand_id": str(self.errand_id) if self.errand_id else None,
                "revision_seen": self.revision_seen,
                "occurred_at": self.occurred_at,
                "offset_ms": self.offset_ms,
                "commitment": self.commitment,
                "files": list(self.files),
                "previous": self.previous,
            }
        )

    def hash(self) -> str:
        """SHA-256 (hex) over the canonical form: the phone computes the same."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def moment(self) -> datetime:
        return datetime.fromisoformat(self.occurred_at)


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch as it came: each operation is read on its own."""

    sent_at: datetime  # by the phone's clock
    waiting: int
    waiting_files: int
    ops: tuple[Any, ...]
    last_try: bool = False  # the database gave up on it before: what it gives up on again is kept for a person
    carried_by: str | None = None  # who feeds a rescue package in; None: the phone itself sends it
    language: str = "vi"  # in which the courier is answered


@dataclass(frozen=True, slots=True)
class Posted:
    """One operation of a batch: the open header, the hash the phone gave it, the closed box."""

    header: Header
    hash: str
    sealed: bytes
    signature: bytes | None = None  # by the phone's own key, over what `hash` is of; None from phones without one


def corrected(header: Header, measured_now_ms: int) -> tuple[datetime, bool]:
    """When the act happened by our clock, and whether the clock can be trusted for a legal interval.

    The offset of the nearer contact counts: the phone's own from before the act, or the one measured on arrival
    (`measured_now_ms`, server minus phone). Not to be trusted: never measured before the act, or changed since.
    """
    before = header.offset_ms
    steady = before is not None and abs(before - measured_now_ms) <= CLOCK_JUMP.total_seconds() * 1000
    offset = measured_now_ms if before is None else before
    try:
        moment = header.moment() + timedelta(milliseconds=offset)
    except OverflowError:
        return LATEST if offset > 0 else EARLIEST, False
    return min(max(moment, EARLIEST), LATEST), steady and EARLIEST <= moment <= LATEST


def missing(seqs: Sequence[int]) -> list[tuple[int, int]]:
    """The gaps from 1 to the highest number: [(37, 39)]: this phone still owes 37–39. `seqs` ascending."""
    gaps, expected = [], 1
    for seq in seqs:
        if seq > expected:
            gaps.append((expected, seq - 1))
        expected = max(expected, seq + 1)
    return gaps
