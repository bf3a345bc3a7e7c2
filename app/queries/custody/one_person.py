"""Offices where one person is everything: what nobody else has seen yet of what that person gave himself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.clock import end_of_day, start_of_day
from app.domain.custody import Holder
from app.models import Courier, CustodyEvent, Office, OnePerson, Parcel, StaffAccount
from app.queries.visible import Offices, within


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An envelope that went between bag and safe in one person's hands, and no second person has had it since."""

    office_id: int
    code: str
    since: datetime


def one_person_offices(session: Session, office_ids: Offices) -> Sequence[OnePerson]:
    """Each with its one person, by the office's name."""
    mine = (OnePerson.until.is_(None), *within(OnePerson.office_id, office_ids))
    whole = (joinedload(OnePerson.courier), joinedload(OnePerson.office))
    return session.scalars(select(OnePerson).join(Office).where(*mine).order_by(Office.name).options(*whole)).all()


def alone_on(session: Session, office_id: int, day: date) -> Sequence[OnePerson]:
    """Who was this whole office for some time of the day; with the courier."""
    then = (OnePerson.since < end_of_day(day), or_(OnePerson.until.is_(None), OnePerson.until > start_of_day(day)))
    mine = select(OnePerson).where(OnePerson.office_id == office_id, *then)
    return session.scalars(mine.order_by(OnePerson.since).options(joinedload(OnePerson.courier))).all()


def who_may_stand_alone(session: Session, office_ids: Offices) -> Sequence[Courier]:
    """Couriers with an account of their own; by office."""
    theirs = (Courier.active, StaffAccount.active, *within(Courier.office_id, office_ids))
    opened = (Office.kind == "commune", Office.closed_at.is_(None))
    rows = select(Courier).join(StaffAccount).join(Office, Office.id == Courier.office_id).where(*theirs, *opened)
    return session.scalars(
        rows.order_by(Office.name, Courier.name, Courier.id).options(joinedload(Courier.office))
    ).all()


def stands_alone(session: Session, account_id: int) -> OnePerson | None:
    """Whose account this is, if it is an office's one person's now."""
    mine = select(OnePerson).join(Courier).where(Courier.staff_account_id == account_id, OnePerson.until.is_(None))
    return session.scalar(mine)


def between_own_hands() -> ColumnElement[bool]:
    """Joined with `OnePerson`: events between that courier's bag and the own safe, while he was the whole office."""
    safe, bag = cast(OnePerson.office_id, String), cast(OnePerson.courier_id, String)
    gave = and_(_from(Holder.COURIER, bag), _to(Holder.OFFICE_SAFE, safe))
    took = and_(_from(Holder.OFFICE_SAFE, safe), _to(Holder.COURIER, bag))
    return and_(
        or_(gave, took),
        CustodyEvent.occurred_at >= OnePerson.since,
        or_(OnePerson.until.is_(None), CustodyEvent.occurred_at < OnePerson.until),
    )


def _bag_by_oneself() -> ColumnElement[bool]:
    """A bag that was closed or opened with one signature."""
    safe = cast(OnePerson.office_id, String)
    closed = and_(_from(Holder.OFFICE_SAFE, safe), CustodyEvent.taker == Holder.BAG)
    opened = and_(CustodyEvent.giver == Holder.BAG, _to(Holder.OFFICE_SAFE, safe))
    return and_(or_(closed, opened), CustodyEvent.actor == _one_signature())


def _one_signature() -> ColumnElement[str]:
    """The actor of an act that both sides of one person have signed."""
    return func.concat("staff:", Courier.staff_account_id, "+courier:", OnePerson.courier_id)


def _from(holder: Holder, number: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(CustodyEvent.giver == holder, CustodyEvent.giver_id == number)


def _to(holder: Holder, number: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(CustodyEvent.taker == holder, CustodyEvent.taker_id == number)


def uncovered(session: Session, office_ids: Offices) -> list[Uncovered]:
    """The next independent hand covers it: a desk, a citizen, another courier or office, whoever else opens the bag.

    Of an office that is one person's no longer, too: what was signed alone stays so.
    """
    later = aliased(CustodyEvent)
    covered = select(later.id).where(
        later.parcel_id == CustodyEvent.parcel_id, later.event_no > CustodyEvent.event_no, _independent(later)
    )
    rows = session.execute(
        select(OnePerson.office_id, Parcel.code, CustodyEvent.occurred_at)
        .join(Courier, Courier.id == OnePerson.courier_id)
        .join(CustodyEvent, or_(between_own_hands(), _bag_by_oneself()))
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .where(*within(OnePerson.office_id, office_ids), ~covered.exists())
        .order_by(CustodyEvent.occurred_at, CustodyEvent.id)
    )
    first: dict[str, Uncovered] = {}
    for row in rows:
        first.setdefault(row.code, Uncovered(row.office_id, row.code, row.occurred_at))
    return list(first.values())


def _independent(later: type[CustodyEvent]) -> ColumnElement[bool]:
    safe, bag = cast(OnePerson.office_id, String), cast(OnePerson.courier_id, String)
    elsewhere = and_(later.taker == Holder.OFFICE_SAFE, later.taker_id != safe)
    colleague = and_(later.taker == Holder.COURIER, later.taker_id != bag)
    watched = and_(later.giver == Holder.BAG, later.actor != _one_signature())
    return or_(
        later.taker.in_((Holder.DESK, Holder.CITIZEN, Holder.CARRIER)),
        later.giver.in_((Holder.DESK, Holder.CARRIER)),
        elsewhere,
        colleague,
        watched,
    )
