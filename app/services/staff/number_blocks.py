"""Receipts and S10 labels reserved for one phone, fifty at a time, so that its courier can give them out anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy import Sequence as Roll
from sqlalchemy.orm import Session

from app.domain.number_block import BLOCK, TOP_UP_BELOW, Run, Spare, left, receipt_number, runs, unused
from app.domain.operation import BlockKind
from app.domain.parcel import s10
from app.models import Device, NumberBlock, Parcel, Receipt
from app.models.device import RECEIPT_ROLL
from app.models.parcel import PARCEL_ROLL

ROLLS: Final[Mapping[BlockKind, Roll]] = {BlockKind.RECEIPT: RECEIPT_ROLL, BlockKind.LABEL: PARCEL_ROLL}

RECENT: Final = 24  # blocks looked at: numbers are used in their order, so what is free lies in the newest


def reserve(session: Session, device_id: UUID, now: datetime) -> Mapping[BlockKind, Spare]:
    """What this phone may still give out, topped up when fewer than twenty numbers of a kind are left.

    Used is what the server has seen used; the phone itself knows more, and goes on from the higher number.
    """
    device = session.scalars(
        select(Device).where(Device.id == device_id).with_for_update()
    ).one()  # two bundles: one block
    blocks = {kind: _blocks_of(session, device_id, kind) for kind in BlockKind}
    if not blocks[BlockKind.LABEL]:
        blocks[BlockKind.LABEL] = _take_over_roll(session, device, now)
    return {kind: _spare(session, device_id, kind, blocks[kind], now) for kind in BlockKind}


def _blocks_of(session: Session, device_id: UUID, kind: BlockKind) -> list[Run]:
    mine = (NumberBlock.device_id == device_id, NumberBlock.kind == kind, NumberBlock.passed_on_at.is_(None))
    newest = select(NumberBlock.first, NumberBlock.last).where(*mine).order_by(NumberBlock.first.desc()).limit(RECENT)
    return sorted((first, last) for first, last in session.execute(newest))


def _take_over_roll(session: Session, device: Device, now: datetime) -> list[Run]:
    """A phone enrolled anew goes on where the roll in its courier's hand stands, if the phone before can't give out from it.

    Labels only: they are paper, which exists once. A receipt number is what the phone says it is, and stays with it.
    """
    before = session.scalars(_silent_phones(device, now)).first()
    if before is None:
        return []
    theirs = (NumberBlock.device_id == before, NumberBlock.kind == BlockKind.LABEL, NumberBlock.passed_on_at.is_(None))
    blocks = session.scalars(select(NumberBlock).where(*theirs).order_by(NumberBlock.id).with_for_update()).all()
    given = sorted((block.first, block.last) for block in blocks)
    rest = unused(given, _highest_used(session, BlockKind.LABEL, given))
    for block in blocks:
        block.passed_on_at = now
    session.flush()  # in use by one phone at a time
    _set_aside(session, device.id, BlockKind.LABEL, rest, now)
    return rest


def _silent_phones(device: Device, now: datetime) -> Select[UUID]:
    """Phones of this courier with a roll, newest first, whose shift is over; or which are this very phone, as it seems: of its
    name, not heard of since this one was enrolled, with nothing left to send."""
    shift_over = or_(Device.access_until.is_(None), Device.access_until <= now)
    same = (Device.name == device.name, Device.last_contact_at < device.enrolled_at, Device.waiting == 0)
    with_roll = exists().where(NumberBlock.device_id == Device.id, NumberBlock.kind == BlockKind.LABEL)
    theirs = (Device.courier_id == device.courier_id, Device.id != device.id, Device.enrolled_at <= device.enrolled_at)
    silent = select(Device.id).where(*theirs, with_roll, or_(shift_over, and_(*same)))
    return silent.order_by(Device.enrolled_at.desc()).limit(1)


def _spare(session: Session, device_id: UUID, kind: BlockKind, blocks: list[Run], now: datetime) -> Spare:
    free = unused(blocks, _highest_used(session, kind, blocks))
    if left(free) < TOP_UP_BELOW:
        free += _draw(session, device_id, kind, now)
    (first, last), *more = free
    return Spare(first, last, tuple(more))


def _highest_used(session: Session, kind: BlockKind, blocks: list[Run]) -> int | None:
    written = {written_as(kind, number): number for first, last in blocks for number in range(first, last + 1)}
    column = Receipt.number if kind is BlockKind.RECEIPT else Parcel.code
    seen = session.scalars(select(column).where(column.in_(written)))
    return max((written[text] for text in seen), default=None)


def written_as(kind: BlockKind, number: int) -> str:
    return receipt_number(number) if kind is BlockKind.RECEIPT else s10(number)


def _draw(session: Session, device_id: UUID, kind: BlockKind, now: datetime) -> list[Run]:
    """From the roll that the whole installation shares: whoever draws at the same moment gets other numbers."""
    roll = ROLLS[kind]
    numbers = session.scalars(select(roll.next_value()).select_from(func.generate_series(1, BLOCK).alias("drawn")))
    drawn = runs(numbers)
    _set_aside(session, device_id, kind, drawn, now)
    return drawn


def _set_aside(session: Session, device_id: UUID, kind: BlockKind, numbers: Sequence[Run], now: datetime) -> None:
    for first, last in numbers:
        session.add(NumberBlock(device_id=device_id, kind=kind, first=first, last=last, given_at=now))
    session.flush()
