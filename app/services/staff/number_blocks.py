"""Receipts and S10 labels reserved for one phone, fifty at a time, so that its courier can give them out anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Sequence as Roll
from sqlalchemy import func, select
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
    session.execute(select(Device.id).where(Device.id == device_id).with_for_update())  # two bundles at once: one block
    given = session.execute(
        select(NumberBlock.kind, NumberBlock.first, NumberBlock.last)
        .where(NumberBlock.device_id == device_id)
        .order_by(NumberBlock.first.desc())
        .limit(RECENT)
    ).all()
    return {
        kind: _spare(session, device_id, kind, sorted((row.first, row.last) for row in given if row.kind is kind), now)
        for kind in BlockKind
    }


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
    for first, last in drawn:
        session.add(NumberBlock(device_id=device_id, kind=kind, first=first, last=last, given_at=now))
    session.flush()
    return drawn
