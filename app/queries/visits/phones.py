"""Couriers' phones as the office sees them: last contact, what still waits on them, which numbers never arrived."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.operation import CLOCK_JUMP, OperationResult
from app.models import Courier, Device, Office, Operation
from app.queries.visible import Offices, within

FORGOTTEN: Final = timedelta(days=30)  # a phone that owes nothing and is not heard of for so long is not listed
SILENT: Final = timedelta(hours=2)  # while doors are left: somebody should call
OVERDUE: Final = timedelta(hours=20)  # a shift and the way home: what still waits by then is owed

Gap = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phone:
    """`owes`: numbers below the highest one received that never came; `waiting`: what the phone said it still holds.
    `last_seq`: the highest number received.

    `replaced`: its courier has signed in on a newer one since, and never signed out of this: nobody knows what is on it.
    """

    id: UUID
    name: str
    courier_id: int
    courier: str
    office: str
    last_contact_at: datetime
    waiting: int
    waiting_files: int
    offset_ms: int | None
    revoked_at: datetime | None
    revoke_reason: str | None
    to_look_at: int
    last_seq: int = 0
    suspected_at: datetime | None = None
    replaced: bool = False
    owes: Sequence[Gap] = ()

    @property
    def offset_minutes(self) -> int:
        """How many minutes the phone's clock is behind ours (ahead: negative); 0 while the difference is small."""
        offset = timedelta(milliseconds=self.offset_ms or 0)
        return round(offset / timedelta(minutes=1)) if abs(offset) > CLOCK_JUMP else 0

    @property
    def short_id(self) -> str:
        """Tells two phones of one model apart, on both their screens."""
        return self.id.hex[-4:].upper()

    @property
    def unsent(self) -> Gap | None:
        """The numbers above the highest one received that the phone said it still holds: what it wrote last goes last."""
        holes = sum(last - first + 1 for first, last in self.owes)
        above = self.waiting - holes
        return (self.last_seq + 1, self.last_seq + above) if above > 0 else None

    def overdue(self, now: datetime) -> bool:
        """Something from it should have been here by now: a hole in its numbers, or work it took away for good."""
        late = self.revoked_at is not None or self.replaced or now - self.last_contact_at > OVERDUE
        return bool(self.owes) or (late and bool(self.waiting or self.waiting_files))


def phones(session: Session, now: datetime, office_ids: Offices = None) -> list[Phone]:
    """Phones heard of in the last thirty days, and any that still hold or owe something; by office and courier.

    A revoked phone stays listed for as long as it holds something back.
    """
    to_look_at = (
        select(func.count())
        .where(
            Operation.device_id == Device.id,
            Operation.result != OperationResult.APPLIED,
            Operation.looked_at.is_(None),
        )
        .correlate(Device)
        .scalar_subquery()
    )
    rows: Sequence[Any] = session.execute(
        select(
            Device.id,
            Device.name,
            Courier.id,
            Courier.name,
            Office.name,
            Device.last_contact_at,
            Device.waiting,
            Device.waiting_files,
            Device.offset_ms,
            Device.revoked_at,
            Device.revoke_reason,
            to_look_at,
            Device.last_seq,
            Device.suspected_at,
            _replaced(),
        )
        .join(Courier, Courier.id == Device.courier_id)
        .join(Office, Office.id == Courier.office_id)
        .where(
            or_(
                Device.last_contact_at > now - FORGOTTEN,
                Device.waiting > 0,
                Device.waiting_files > 0,
                _holes(),
            ),
            *within(Courier.office_id, office_ids),
        )
        .order_by(Office.name, Courier.name, Device.enrolled_at.desc())
    ).all()
    owed = gaps(session, [row[0] for row in rows])
    every = [replace(Phone(*row), owes=owed.get(row[0], ())) for row in rows]
    return [phone for phone in every if phone.revoked_at is None or phone.overdue(now) or phone.to_look_at]


def _replaced() -> ColumnElement[bool]:
    newer = aliased(Device)
    later = (newer.courier_id == Device.courier_id, newer.enrolled_at > Device.enrolled_at)
    heard_later = newer.last_contact_at > Device.last_contact_at
    return Device.access_hash.is_not(None) & exists().where(*later, heard_later).correlate(Device)


def _holes() -> ColumnElement[bool]:
    came = (
        select(func.count(func.distinct(Operation.seq)))
        .where(Operation.device_id == Device.id)
        .correlate(Device)
        .scalar_subquery()
    )
    return and_(Device.last_seq > 0, came < Device.last_seq)


def gaps(session: Session, device_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Gap]]:
    """The numbers below each phone's highest that never arrived: {device: [(37, 39)]}."""
    seq, device = Operation.seq, Operation.device_id
    before = func.lag(seq, 1, 0).over(partition_by=device, order_by=seq)
    numbers = (
        select(device.label("device"), seq.label("seq"), before.label("before"))
        .where(device.in_(device_ids))
        .subquery()
    )
    rows = session.execute(
        select(numbers.c.device, numbers.c.before + 1, numbers.c.seq - 1)
        .where(numbers.c.seq > numbers.c.before + 1)
        .order_by(numbers.c.device, numbers.c.seq)
    )
    found: dict[UUID, list[Gap]] = {}
    for owner, first, last in rows:
        found.setdefault(owner, []).append((first, last))
    return found
