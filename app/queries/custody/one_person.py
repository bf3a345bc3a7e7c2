"""Offices where one person is everything: what nobody else has seen yet of what that person gave himself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, and_, cast, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.custody import Holder
from app.models import CustodyEvent, DayClose, Office, Parcel
from app.queries.visible import Offices, within


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An envelope that went between bag and safe in one person's hands, and no second person has had it since."""

    office_id: int
    code: str
    since: datetime


def one_person_offices(session: Session, office_ids: Offices) -> Sequence[Office]:
    mine = (Office.one_person_since.is_not(None), *within(Office.id, office_ids))
    return session.scalars(select(Office).where(*mine).order_by(Office.name)).all()


def uncovered(session: Session, office_ids: Collection[int]) -> list[Uncovered]:
    """The next independent hand covers it: a desk, a citizen, whoever opens the bag, another office."""
    safe = cast(Office.id, String)
    own = or_(
        and_(
            CustodyEvent.giver == Holder.COURIER,
            CustodyEvent.taker == Holder.OFFICE_SAFE,
            CustodyEvent.taker_id == safe,
        ),
        and_(
            CustodyEvent.taker == Holder.COURIER,
            CustodyEvent.giver == Holder.OFFICE_SAFE,
            CustodyEvent.giver_id == safe,
        ),
    )
    later = aliased(CustodyEvent)
    independent = or_(
        later.taker.in_((Holder.DESK, Holder.CITIZEN, Holder.CARRIER)),
        later.giver.in_((Holder.BAG, Holder.DESK, Holder.CARRIER)),
    )
    covered = select(later.id).where(
        later.parcel_id == CustodyEvent.parcel_id, later.event_no > CustodyEvent.event_no, independent
    )
    rows = session.execute(
        select(Office.id, Parcel.code, CustodyEvent.occurred_at)
        .join(CustodyEvent, own)
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .where(Office.id.in_(office_ids), CustodyEvent.occurred_at >= Office.one_person_since, ~covered.exists())
        .order_by(CustodyEvent.occurred_at, CustodyEvent.id)
    )
    first: dict[str, Uncovered] = {}
    for row in rows:
        first.setdefault(row.code, Uncovered(row.id, row.code, row.occurred_at))
    return list(first.values())


def unsigned_safes(session: Session, office_ids: Collection[int], day: date) -> set[int]:
    """Offices whose safe nobody has signed for on this day."""
    closed = select(DayClose.holder_id).where(DayClose.holder == Holder.OFFICE_SAFE, DayClose.day == day)
    signed = {int(number) for number in session.scalars(closed)}
    return set(office_ids) - signed
