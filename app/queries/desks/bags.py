"""Bags that come to a place, that left it, and that were opened lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.transfer import NOT_LEFT
from app.domain.wording import folded
from app.models import Bag, BagItem, Errand, Parcel, Transfer
from app.queries.custody.parties import names_of
from app.queries.desks import holdings
from app.queries.desks.rounds import place_codes

SHOWN_FOR: Final = timedelta(days=7)
MOST_NAMED: Final = 4


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


@dataclass(frozen=True, slots=True)
class Destination:
    """A place, and how many envelopes that lie here are bound for it."""

    party: Party
    name: str
    count: int


def bound_from(session: Session, here: Party) -> list[Destination]:
    """Where the envelopes that lie here have to go, the most first: what a bag is closed for."""
    parcels = holdings.held_by(session, here)
    counted = Counter(party for party in _bound(session, parcels) if party != here)
    names = names_of(session, counted)
    found = [Destination(party, names.get(party, ""), count) for party, count in counted.items()]
    return sorted(found, key=lambda place: (-place.count, place.name))


def _bound(session: Session, parcels: Sequence[Parcel]) -> Iterator[Party]:
    """Papers go to the desk that opens them, results to the office that carries them out, or back where they were received."""
    others = [parcel for parcel in parcels if parcel.purpose not in holdings.TO_SOME_DESK]
    sent_back = select(Transfer.parcel_id, Transfer.to_desk_id).where(
        Transfer.parcel_id.in_([parcel.id for parcel in others]), Transfer.state.in_(NOT_LEFT)
    )
    back = {row.parcel_id: row.to_desk_id for row in session.execute(sent_back)}
    visits = select(Errand.id, Errand.office_id).where(Errand.id.in_({parcel.errand_id for parcel in others}))
    offices = {row.id: row.office_id for row in session.execute(visits)}
    for parcel in parcels:
        if parcel.purpose in holdings.TO_SOME_DESK:
            yield Party(Holder.DESK, str(holdings.desk_id_for(parcel)))
        elif parcel.id in back:
            yield Party(Holder.DESK, str(back[parcel.id]))
        elif offices.get(parcel.errand_id) is not None:
            yield Party(Holder.OFFICE_SAFE, str(offices[parcel.errand_id]))


def find_place(session: Session, typed: str, here: Party) -> Party:
    """`MC-IAKRAI · …` as offered, or a part of a name that only one place has. Raises `bag_place_unknown`, `bag_place_many`."""
    places = {code: place for code, place in place_codes(session).items() if place[0] != here}
    offered = places.get(typed.partition(" · ")[0].strip().upper())
    if offered is not None:
        return offered[0]
    wanted = folded(typed.strip())
    same = [place for place in places.values() if wanted and wanted in folded(place[1])]
    exact = [place for place in same if folded(place[1]) == wanted]
    found = exact or same
    if not found:
        raise DomainError("bag_place_unknown", kind="invalid", field="elsewhere")
    if len(found) > 1:
        some = "; ".join(name for _party, name in found[:MOST_NAMED])
        raise DomainError("bag_place_many", kind="invalid", field="elsewhere", n=len(found), some=some)
    return found[0][0]
