"""One batch of one phone: each operation is taken in once, applied where the world allows, and answered by itself.

The phone's row is locked, so two batches of one phone wait for each other. An operation works in a savepoint of its own:
what fails in one never touches the next. Refused (`rejected`) is only what cannot be read; a fact never is.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, joinedload

from app.config import Keys
from app.domain.acts import PHYSICAL, Reader, Said
from app.domain.custody import canonical_time
from app.domain.errors import DomainError
from app.domain.operation import OperationKind, OperationResult, Posted, Sent, corrected
from app.models import Courier, Device, Operation, OperationPayload
from app.services import devices, errands
from app.services.sealed import open_sealed
from app.services.sync import doors, hands, proof, route
from app.services.sync.answers import answer_of, duplicate, refused, unread
from app.services.sync.known import Known, look_up
from app.services.sync.work import STANDS, Work

log = logging.getLogger("tannha.sync")

APPLY: Final[Mapping[OperationKind, Callable[[Work, Any], None]]] = {
    OperationKind.RUN_STARTED: route.run_started,
    OperationKind.COLLECTED: doors.collected,
    OperationKind.DELIVERED: doors.delivered,
    OperationKind.NOT_DONE: doors.not_done,
    OperationKind.HANDED_OVER: hands.handed_over,
    OperationKind.STOP_ADDED: route.stop_added,
    OperationKind.REORDERED: route.reordered,
    OperationKind.PIN_CORRECTED: route.pin_corrected,
    OperationKind.INCIDENT: hands.incident,
    OperationKind.RUN_ENDED: route.run_ended,
}

UNREADABLE: Final = frozenset({"operation_malformed", "party_unknown"})
"""What `APPLY` finds wrong with the words themselves; every other refusal there is a fact to be looked at."""


@dataclass(slots=True)
class Batch:
    """What one contact shares among its operations."""

    session: Session
    device: Device
    keys: Keys
    reader: Reader
    now: datetime
    measured_ms: int  # what has to be added to the phone's clock, measured now
    head: tuple[int, str]  # of the phone's chain, as far as it is here
    known: Known = field(default_factory=Known)


def receive(session: Session, device_id: UUID, sent: Sent, reader: Reader, keys: Keys, now: datetime) -> dict[str, Any]:
    """Take a batch in and answer it. Raises nothing but what the database raises: the phone then sends it again."""
    device = _lock(session, device_id)
    measured_ms = round((now - sent.sent_at) / timedelta(milliseconds=1))
    batch = Batch(session, device, keys, reader, now, measured_ms, (device.last_seq, device.head_hash))
    posted = [_read(batch, raw) for raw in sent.ops]
    headers = [one.header for one in posted if isinstance(one, Posted)]
    batch.known = look_up(session, device_id, headers)
    with errands.held(session, {header.errand_id for header in headers if header.errand_id is not None}):
        answers = [_answer(batch, one) if isinstance(one, Posted) else one for one in posted]
        device.last_seq, device.head_hash = batch.head
        device.offset_ms, device.offset_at = measured_ms, now
        devices.note_contact(device, now, sent.waiting, sent.waiting_files)
        session.flush()
    return {
        "now": canonical_time(now),
        "revoked": device.revoked_at is not None,
        "access_ended": devices.access_ended(device, now),
        "owes": devices.owes(session, device_id),
        "answers": answers,
    }


def _lock(session: Session, device_id: UUID) -> Device:
    phone = joinedload(Device.courier).joinedload(Courier.staff_account)
    wanted = select(Device).where(Device.id == device_id).with_for_update(of=Device).options(phone)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _read(batch: Batch, raw: object) -> Posted | dict[str, Any]:
    try:
        return batch.reader.header(raw, batch.device.id)
    except DomainError as fault:
        return unread(raw, fault)


def _answer(batch: Batch, posted: Posted) -> dict[str, Any]:
    """The stored answer of an operation that came before, or what becomes of it now."""
    header = posted.header
    stored = batch.known.operations.get(header.op_id)
    if stored is not None:
        same = stored.hash == posted.hash and stored.device_id == header.device_id
        return duplicate(stored) if same else refused(header.op_id, DomainError("operation_id_used", kind="invalid"))
    work = _work(batch, posted)
    _check_chain(batch, posted, work)
    problem = _take(batch, posted, work)
    return _keep(batch, posted, work, problem)


def _work(batch: Batch, posted: Posted) -> Work:
    occurred_at, steady = corrected(posted.header, batch.measured_ms)
    work = Work(
        batch.session,
        batch.device,
        posted.header,
        occurred_at=min(occurred_at, batch.now),  # nothing has happened after it was told
        steady=steady,
        now=batch.now,
        keys=batch.keys,
        planned=batch.known.planned,
        receipts=lambda: batch.known.receipts(batch.session, batch.device.id),
    )
    if batch.device.revoked_at is not None:
        work.look("device_revoked")
    if not steady and posted.header.kind in PHYSICAL:
        work.look("clock_unmeasured" if posted.header.offset_ms is None else "clock_jumped")
    return work


def _check_chain(batch: Batch, posted: Posted, work: Work) -> None:
    """The phone's own chain: one operation a number, each chained to the one before and by the one after."""
    header, chain = posted.header, batch.known.chain
    if header.seq in chain:
        work.look("seq_reused", seq=header.seq)
        return
    before, after = chain.get(header.seq - 1), chain.get(header.seq + 1)
    if (before is not None and before.hash != header.previous) or (after is not None and after.previous != posted.hash):
        work.look("chain_broken", seq=header.seq)


def _take(batch: Batch, posted: Posted, work: Work) -> DomainError | None:
    """Open, read and apply. Returns why it could not be read."""
    try:
        said = _opened(batch, posted)
    except DomainError as fault:
        return fault
    try:
        _apply(batch, work, said)
    except (DomainError, IntegrityError) as fault:
        if isinstance(fault, DomainError) and fault.code in UNREADABLE:
            return fault
        _failed(work, fault)
    except DBAPIError:
        raise  # the line to the database: the phone sends the whole batch again
    except Exception as fault:  # noqa: BLE001 (one bad operation must not hold up a phone for ever: a person looks)
        _failed(work, fault)
    return None


def _failed(work: Work, fault: Exception) -> None:
    log.error("operation %s of kind %s: %s", work.header.op_id, work.header.kind, _name_of(fault))
    work.errand = None
    work.look("not_understood")


def _name_of(fault: Exception) -> str:
    """Never the message: it may quote what a person typed."""
    return fault.code if isinstance(fault, DomainError) else type(fault).__name__


def _opened(batch: Batch, posted: Posted) -> Said:
    header = posted.header
    if header.hash() != posted.hash:
        raise DomainError("hash_wrong", kind="invalid", field="hash")
    plain = open_sealed(batch.keys, f"op:{header.op_id}", posted.sealed)
    if hashlib.sha256(plain).hexdigest() != header.commitment:
        raise DomainError("commitment_wrong", kind="invalid", field="commitment")
    said = batch.reader.payload(header.kind, plain)
    if tuple(sorted({file.sha256 for file in said.files})) != header.files:
        raise DomainError("operation_malformed", kind="invalid", faults=[("files", "")])
    return said


def _apply(batch: Batch, work: Work, said: Said) -> None:
    """As on an online screen; where that is refused, once more as a fact that has happened."""
    before = list(work.reviews)
    try:
        _write(batch, work, said)
    except DomainError as refusal:
        if refusal.code in UNREADABLE or work.header.kind not in PHYSICAL:
            raise
        work.reviews, work.late = before, True
        _write(batch, work, said)


def _write(batch: Batch, work: Work, said: Said) -> None:
    with batch.session.begin_nested():
        if batch.device.revoked_at is None or work.header.kind in PHYSICAL:  # strange hands change no plan
            APPLY[work.header.kind](work, said)
        proof.use_files(work, said, work.errand)


def _keep(batch: Batch, posted: Posted, work: Work, problem: DomainError | None) -> dict[str, Any]:
    """Write the operation for ever, its contents until they are settled, and move the phone's chain on."""
    header, session = posted.header, batch.session
    plain = problem is None and all(review.code in STANDS for review in work.reviews)
    result = (
        OperationResult.REJECTED if problem else (OperationResult.APPLIED if plain else OperationResult.NEEDS_REVIEW)
    )
    answer = answer_of(work, result, problem)
    operation = Operation(
        id=header.op_id,
        device_id=header.device_id,
        seq=header.seq,
        kind=header.kind,
        errand_id=header.errand_id,
        revision_seen=header.revision_seen,
        occurred_at=header.moment(),
        corrected_at=work.occurred_at,
        offset_ms=header.offset_ms,
        received_at=batch.now,
        commitment=header.commitment,
        files=list(header.files),
        previous=header.previous,
        hash=posted.hash,
        result=result,
        reviews=[review.code for review in work.reviews],
        answer=answer,
    )
    session.add(operation)
    session.flush()
    if result is not OperationResult.APPLIED:
        session.add(OperationPayload(operation_id=operation.id, sealed=posted.sealed))
    batch.known.add(operation)
    batch.head = max(batch.head, (header.seq, posted.hash))
    return answer
