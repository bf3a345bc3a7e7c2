"""The vans' timetables as values, and which of them brings a bag from one place to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.custody import Holder, Party
from app.domain.timetable import Call, Timetable, Trip, next_trip, soonest
from app.domain.wording import whole_number
from app.models import Desk, Office, Round
from app.queries.reference.calendar import calendar


def timetable(row: Round) -> Timetable:
    return Timetable(
        frozenset(int(one["day"]) for one in row.weekdays),
        tuple(Call(Party(call.holder, call.holder_id), time.fromisoformat(call.at)) for call in row.calls),
    )


def all_rounds(session: Session) -> Sequence[Round]:
    """Those that run first, then by code."""
    wanted = select(Round).options(selectinload(Round.calls)).order_by(Round.active.desc(), Round.code)
    return session.scalars(wanted).all()


def next_ride(session: Session, origin: Party, destination: Party, after: datetime) -> tuple[int, Trip] | None:
    """The active round, by id, that would bring a bag there first; None where none goes."""
    rounds = [row for row in all_rounds(session) if row.active]
    if not rounds:
        return None
    starts, ends, working = names_of_place(session, origin), names_of_place(session, destination), calendar(session)
    return soonest((row.id, next_trip(timetable(row), starts, ends, after, working)) for row in rounds)


def names_of_place(session: Session, place: Party) -> frozenset[Party]:
    """A desk that sits in a post office is where that office is: a van that calls at one calls at both."""
    number = whole_number(place.id or "")
    if number is None:
        return frozenset({place})
    if place.holder is Holder.DESK:
        desk = session.get(Desk, number)
        if desk is not None and desk.office_id is not None:
            return frozenset({place, Party(Holder.OFFICE_SAFE, str(desk.office_id))})
    elif place.holder is Holder.OFFICE_SAFE:
        desks = session.scalars(select(Desk.id).where(Desk.office_id == number, Desk.closed_at.is_(None)))
        return frozenset({place, *(Party(Holder.DESK, str(desk)) for desk in desks)})
    return frozenset({place})


def names_of_places(session: Session, places: Iterable[Party]) -> dict[Party, frozenset[Party]]:
    """`names_of_place` of many, by one question: a province's vans call at hundreds."""
    rows = session.execute(select(Desk.id, Desk.office_id).where(Desk.office_id.is_not(None)))
    of_desk = {Party(Holder.DESK, str(row.id)): Party(Holder.OFFICE_SAFE, str(row.office_id)) for row in rows}
    inside: dict[Party, set[Party]] = {}
    for desk, office in of_desk.items():
        inside.setdefault(office, set()).add(desk)
    return {
        place: frozenset({place, *({of_desk[place]} if place in of_desk else inside.get(place, ()))})
        for place in places
    }


def place_codes(session: Session) -> dict[str, tuple[Party, str]]:
    """Where a van may call: code → party and name; desks and offices have codes of their own kinds."""
    offices = session.execute(
        select(Office.id, Office.code, Office.name).where(Office.closed_at.is_(None)).order_by(Office.name)
    )
    desks = session.execute(select(Desk.id, Desk.code, Desk.name).where(Desk.closed_at.is_(None)).order_by(Desk.name))
    return {row.code: (Party(Holder.OFFICE_SAFE, str(row.id)), row.name) for row in offices} | {
        row.code: (Party(Holder.DESK, str(row.id)), row.name) for row in desks
    }
