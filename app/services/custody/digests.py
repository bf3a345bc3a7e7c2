"""Sign an office's day: where every chain stood, chained to the digest before (docs/decisions/signed-digests.md).

A removed newest event leaves a chain that is whole in itself; the digest that named it is what finds it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.clock import end_of_day, local_day, start_of_day
from app.config import Keys
from app.domain.custody import GENESIS
from app.domain.errors import DomainError
from app.models import CustodyDigest, CustodyEvent, Errand, Parcel
from app.queries.custody.signatures import digest_hash, key_id, sign


def sign_all(session: Session, day: date, now: datetime, keys: Keys) -> list[CustodyDigest]:
    """Sign `day` for every office whose parcels moved since its last digest, so that a night without a worker is made up."""
    newest = (
        select(Errand.office_id, func.max(CustodyEvent.received_at))
        .join(Parcel, Parcel.errand_id == Errand.id)
        .join(CustodyEvent, CustodyEvent.parcel_id == Parcel.id)
        .where(CustodyEvent.received_at < end_of_day(day))
        .group_by(Errand.office_id)
        .order_by(Errand.office_id)
    )
    signed = select(CustodyDigest.office_id, func.max(CustodyDigest.day).label("day"))
    last = {row.office_id: row.day for row in session.execute(signed.group_by(CustodyDigest.office_id))}
    moved = [
        office_id
        for office_id, moment in session.execute(newest)
        if office_id not in last or last[office_id] < local_day(moment)
    ]
    return [sign_day(session, office_id, day, now, keys) for office_id in moved]


def sign_day(session: Session, office_id: int, day: date, now: datetime, keys: Keys) -> CustodyDigest:
    """Sign once; a second call gets the digest that stands. Raises `day_not_over` or `day_already_passed`."""
    last = _last(session, office_id)
    if last is not None and last.day == day:
        return last
    if now < end_of_day(day):
        raise DomainError("day_not_over", day=day)
    if last is not None and last.day > day:
        raise DomainError("day_already_passed", day=day, last=last.day)
    heads = _heads(session, office_id, start_of_day(last.day) if last else None, end_of_day(day))
    previous = last.hash if last is not None else GENESIS
    hashed = digest_hash(office_id, day, heads, previous)
    signed = CustodyDigest(
        office_id=office_id,
        day=day,
        heads=heads,
        previous=previous,
        hash=hashed,
        key_id=key_id(keys),
        signature=sign(hashed, keys),
        made_at=now,
    )
    session.add(signed)
    session.flush()
    return signed


def _last(session: Session, office_id: int) -> CustodyDigest | None:
    signed = select(CustodyDigest).where(CustodyDigest.office_id == office_id).order_by(CustodyDigest.day.desc())
    return session.scalars(signed.limit(1)).first()


def _heads(session: Session, office_id: int, since: datetime | None, until: datetime) -> list[dict[str, Any]]:
    """The newest event of each parcel that moved since the last signed day began: that day is named twice, so that an
    event committed while it was being signed is covered, too."""
    newest = (
        select(CustodyEvent.parcel_id, CustodyEvent.event_no, CustodyEvent.hash)
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .join(Errand, Errand.id == Parcel.errand_id)
        .where(Errand.office_id == office_id, CustodyEvent.received_at < until)
        .ext(distinct_on(CustodyEvent.parcel_id))
        .order_by(CustodyEvent.parcel_id, CustodyEvent.event_no.desc())
    )
    if since is not None:
        newest = newest.where(CustodyEvent.received_at >= since)
    return [{"parcel": str(row.parcel_id), "no": row.event_no, "head": row.hash} for row in session.execute(newest)]
