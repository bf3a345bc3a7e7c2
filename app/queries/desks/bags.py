"""Bags that come to a place, that left it, and that were opened lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app.domain.custody import Holder, Party
from app.models import Bag, BagItem, Desk, Office, Parcel
from app.queries.custody.parties import names_of

SHOWN_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BagLine:
    """A bag with the names of its two ends."""

    bag: Bag
    origin: str
    destination: str

    @property
    def missing(self) -> int:
        return sum(item.found is False for item in self.bag.items)


@dataclass(frozen=True, slots=True)
class BagDay:
    coming: Sequence[BagLine]
    going: Sequence[BagLine]
    opened: Sequence[BagLine]


def bag_day(session: Session, here: Party, now: datetime) -> BagDay:
    """Closed bags oldest first, opened ones (of the last week) newest first."""
    closed = _lines(session, _of(here).where(Bag.opened_at.is_(None)).order_by(Bag.closed_at, Bag.code))
    lately = _of(here).where(Bag.opened_at > now - SHOWN_FOR)
    return BagDay(
        coming=[line for line in closed if Party(line.bag.to_holder, line.bag.to_id) == here],
        going=[line for line in closed if Party(line.bag.from_holder, line.bag.from_id) == here],
        opened=_lines(session, lately.order_by(Bag.opened_at.desc(), Bag.code)),
    )


def find_bag(session: Session, here: Party, code: str) -> BagLine | None:
    """One bag, if this place packed it or is to open it; others' bags are nobody's business."""
    return next(iter(_lines(session, _of(here).where(Bag.code == code))), None)


def _of(here: Party) -> Select[Bag]:
    ends = or_(
        and_(Bag.from_holder == here.holder, Bag.from_id == here.id),
        and_(Bag.to_holder == here.holder, Bag.to_id == here.id),
    )
    items = selectinload(Bag.items).joinedload(BagItem.parcel).selectinload(Parcel.seals)
    return select(Bag).where(ends).options(items)


def _lines(session: Session, wanted: Select[Bag]) -> list[BagLine]:
    bags = session.scalars(wanted).all()
    names = names_of(session, [party for bag in bags for party in _ends(bag)])
    return [BagLine(bag, *(names.get(party, "") for party in _ends(bag))) for bag in bags]


def _ends(bag: Bag) -> tuple[Party, Party]:
    return Party(bag.from_holder, bag.from_id), Party(bag.to_holder, bag.to_id)


def destinations(session: Session, here: Party) -> list[tuple[Party, str]]:
    """Every office and desk but this one, by name."""
    places = [
        *((Party(Holder.DESK, str(row.id)), row.name) for row in session.execute(select(Desk.id, Desk.name))),
        *(
            (Party(Holder.OFFICE_SAFE, str(row.id)), row.name)
            for row in session.execute(select(Office.id, Office.name))
        ),
    ]
    return sorted(((party, name) for party, name in places if party != here), key=lambda place: place[1])
