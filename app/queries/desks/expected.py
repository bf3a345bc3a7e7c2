"""Which envelopes should change hands between this place and another side: what a blind count is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.models import Desk
from app.queries.custody.parties import names_of
from app.queries.desks import holdings
from app.queries.desks.neighbours import beside

COURIERS_FIRST = (Holder.COURIER, Holder.DESK, Holder.OFFICE_SAFE)


@dataclass(frozen=True, slots=True)
class OtherSide:
    """Somebody who hands over to this place, or takes from it."""

    party: Party
    name: str


def other_sides(session: Session, here: Party, day: date) -> list[OtherSide]:
    """Who belongs here, and the desks that envelopes in this safe are bound for; couriers first, by name."""
    parties = set(beside(session, here, day))
    if here.holder is Holder.OFFICE_SAFE:
        held = holdings.held_by(session, here)
        to_desks = (holdings.bound_for(parcel) for parcel in held if parcel.purpose in holdings.TO_SOME_DESK)
        parties |= {Party(Holder.DESK, str(desk.id)) for desk in to_desks}
    named = [OtherSide(party, name) for party, name in names_of(session, parties).items()]
    return sorted(named, key=lambda side: (COURIERS_FIRST.index(side.party.holder), side.name, side.party.id or ""))


def expected(session: Session, here: Party, other: Party, day: date, *, out: bool) -> list[str]:
    """Codes of what `other` should bring here, or (`out`) should be given; empty where nobody can say."""
    if here.holder is Holder.DESK:
        return _at_desk(session, int(here.id or 0), other, out=out)
    if other.holder is Holder.DESK:
        return _for_desk(session, here, other) if out else _results_of(session, other)
    if not out:
        return [parcel.code for parcel in holdings.held_by(session, other)]
    office = holdings.office_day(session, int(here.id or 0), day)
    return [parcel.code for bag in office.bags if str(bag.courier.id) == other.id for parcel in bag.waiting]


def _at_desk(session: Session, desk_id: int, other: Party, *, out: bool) -> list[str]:
    day = holdings.desk_day(session, session.get_one(Desk, desk_id))
    if out:
        return [parcel.code for parcel in day.packed]
    return [parcel.code for parcel in day.coming if Party(parcel.holder, parcel.holder_id) == other]


def _results_of(session: Session, desk: Party) -> list[str]:
    return [parcel.code for parcel in holdings.desk_day(session, session.get_one(Desk, int(desk.id or 0))).packed]


def _for_desk(session: Session, safe: Party, desk: Party) -> list[str]:
    held = [parcel for parcel in holdings.held_by(session, safe) if parcel.purpose in holdings.TO_SOME_DESK]
    return [parcel.code for parcel in held if str(holdings.bound_for(parcel).id) == desk.id]
