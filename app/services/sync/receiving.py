"""One batch of one phone: each operation is taken in once, applied where the world allows, and answered by itself.

The phone's row is locked, so two batches of one phone wait for each other. A batch that goes smoothly needs no savepoint
but one; at the first refusal it is rolled back and taken again with a savepoint an operation, so that what fails in one
never touches the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session, joinedload

from app.clock import local_day
from app.config import Keys
from app.domain.acts import Collected, Delivered, HandedOver, IncidentSeen, OperationReader, RunStarted
from app.domain.custody import Holder, canonical_time
from app.domain.errors import DomainError
from app.domain.operation import Posted, Sent, corrected
from app.domain.standing import FOREIGN_CODES_AN_HOUR
from app.models import Courier, Device, Parcel
from app.rows import insert_all
from app.services import installation
from app.services.booking import errands
from app.services.custody import chains, prefetch, unknown_scans
from app.services.messaging import messages
from app.services.staff import devices
from app.services.sync.answers import unread
from app.services.sync.known import look_up
from app.services.sync.opening import Opened, open_box
from app.services.sync.signing import key_of
from app.services.sync.taking import BatchContext, Stumbled, answer
from app.services.visits import runs
from app.unit_of_work import BatchMemory, UnitOfWork

Read = Opened | dict[str, Any]
"""An operation whose header could be read, or the answer to one that could not."""


def receive(
    work: UnitOfWork, device_id: UUID, sent: Sent, reader: OperationReader, keys: Keys, now: datetime
) -> dict[str, Any]:
    """Take a batch in and answer it. Raises nothing but what the database raises: the phone then sends it again."""
    device = _lock(work, device_id)
    read = [_read(raw, device_id, reader, keys, sent.language) for raw in sent.ops]
    measured_ms = round((now - sent.sent_at) / timedelta(milliseconds=1))
    shared: dict[str, Any] = {
        "signing": key_of(work, device, now),
        "carried_by": sent.carried_by,
        "language": sent.language,
    }
    batch = BatchContext(work, device, keys, now, measured_ms, **shared)
    try:
        if sent.last_try:
            raise Stumbled  # noqa: TRY301 (nothing was begun: carefully from the first)
        with work.begin_nested():
            answers = _take_all(batch, read)
    except (Stumbled, IntegrityError, DataError):
        batch = BatchContext(work, device, keys, now, measured_ms, careful=True, last_try=sent.last_try, **shared)
        answers = _take_all(batch, read)
    device.last_seq, device.head_hash = batch.head
    if _guesses(batch):
        devices.suspect(work, device, now)
    device.offset_ms, device.offset_at = measured_ms, now
    devices.note_contact(device, now, sent.waiting, sent.waiting_files)
    work.flush()
    return {**_standing(work, device, now), "answers": answers}


def _lock(session: Session, device_id: UUID) -> Device:
    phone = joinedload(Device.courier).joinedload(Courier.staff_account)
    wanted = (
        select(Device).where(Device.id == device_id).with_for_update(of=Device).options(phone, joinedload(Device.key))
    )
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _standing(session: Session, device: Device, now: datetime) -> Mapping[str, Any]:
    return {
        "now": canonical_time(now),
        "epoch": installation.epoch_of(session),
        "revoked": device.revoked_at is not None,
        "access_ended": devices.access_ended(device, now),
        "owes": devices.owes(session, device.id),
    }


def _read(raw: object, device_id: UUID, reader: OperationReader, keys: Keys, language: str) -> Read:
    try:
        posted: Posted = reader.header(raw, device_id)
    except DomainError as fault:
        return unread(raw, fault, language)
    return open_box(posted, reader, keys)


def _take_all(batch: BatchContext, read: Sequence[Read]) -> list[dict[str, Any]]:
    """What they have in common is looked up before, and written after: a handful of statements for all of them."""
    work = batch.work
    opened = [one for one in read if isinstance(one, Opened)]
    batch.known = look_up(work, batch.device.id, [one.posted.header for one in opened])
    batch.known.told = {one.posted.header.op_id: one.said for one in opened if one.said is not None}
    batch.facts.days = {local_day(corrected(one.posted.header, batch.measured_ms)[0]) for one in opened}
    memory = _look_ahead(work, opened, batch.device.courier_id, careful=batch.careful)
    batch.facts.errand_ids = {*memory.errands, *_errands_of(memory)}
    with work.batch_of(memory):
        answers = [answer(batch, one) if isinstance(one, Opened) else one for one in read]
        batch.flush()
    insert_all(work, memory.evidence)
    messages.promise(work, memory.messages, batch.now)
    batch.write()
    return answers


def _look_ahead(work: UnitOfWork, opened: Sequence[Opened], courier_id: int, *, careful: bool) -> BatchMemory:
    """Lock all that the batch touches, in the order of locks (`app.services`), and read what its operations will ask."""
    headers = [one.posted.header for one in opened]
    errand_ids = {header.errand_id for header in headers if header.errand_id is not None}
    labels = {one.said.label for one in opened if isinstance(one.said, Collected)}
    touched = errand_ids | _arriving(work, opened)
    if routes := {one.said.route_id for one in opened if isinstance(one.said, RunStarted)}:
        runs.hold_errands(work, routes, courier_id, touched)
    locked = errands.lock_batch(work, touched)
    chains_of_batch = chains.lock_batch(work, errand_ids, _codes(opened))
    return BatchMemory(
        errands=locked,
        open_elsewhere=errands.open_elsewhere(work, locked),
        labels=labels,
        scanned=unknown_scans.scanned(work, labels),
        prefetched=None if careful else prefetch.read(work, errand_ids, _delivered(opened), chains_of_batch),
    )


def _delivered(opened: Sequence[Opened]) -> set[UUID]:
    given = (one.posted.header.errand_id for one in opened if isinstance(one.said, Delivered))
    return {errand_id for errand_id in given if errand_id is not None}


def _arriving(session: Session, opened: Sequence[Opened]) -> set[UUID]:
    """The errands of envelopes that came into an office: their visits may be scheduled."""
    handed = (one.said for one in opened if isinstance(one.said, HandedOver))
    codes = {code for said in handed if said.taker.holder is Holder.OFFICE_SAFE for code in said.parcels}
    theirs = select(Parcel.errand_id).where(Parcel.code.in_(codes), Parcel.errand_id.is_not(None))
    return {errand_id for errand_id in session.scalars(theirs) if errand_id is not None} if codes else set()


def _codes(opened: Sequence[Opened]) -> set[str]:
    given = {code for one in opened if isinstance(one.said, Delivered | HandedOver) for code in one.said.parcels}
    return given | {one.said.parcel for one in opened if isinstance(one.said, IncidentSeen)}


def _errands_of(memory: BatchMemory) -> set[UUID]:
    """Of the envelopes that the batch names."""
    known = memory.prefetched.chains.values() if memory.prefetched is not None else ()
    return {chain.parcel.errand_id for chain in known if chain.parcel.errand_id is not None}


def _guesses(batch: BatchContext) -> bool:
    """Does this phone tell of more envelopes of other offices than anybody comes across?"""
    if batch.carried_by is not None:
        return False  # whoever fed the package in did the guessing
    if batch.device.suspected_at is not None or not any(claim.elsewhere for claim in batch.claims):
        return False
    return len(batch.facts.told_of(batch.now)) > FOREIGN_CODES_AN_HOUR
