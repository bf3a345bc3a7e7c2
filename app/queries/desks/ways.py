"""The way of a result from where it lies to the office that serves its door: by which rounds, and when it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errand import ErrandKind
from app.domain.parcel import ParcelPurpose
from app.domain.timetable import RoundRide, earliest_way
from app.models import Bag, BagItem, Desk, Errand, ErrandDossier, Parcel
from app.queries.desks.rounds import all_rounds, names_of_place, names_of_places, next_ride, timetable
from app.queries.reference.calendar import calendar
from app.queries.reference.units import office_beside


@dataclass(frozen=True, slots=True)
class WayHome:
    """`arrives_at` None: no vans go there, or nobody can say where the envelope is now. `legs`: rides still ahead."""

    legs: tuple[RoundRide, ...]
    arrives_at: datetime | None


def way_of(session: Session, parcel: Parcel, errand: Errand, now: datetime) -> WayHome:
    """Hand-overs between a desk and the office beside it are made on foot, and take no round."""
    there = Party(Holder.OFFICE_SAFE, str(errand.office_id))
    begins = _begins(session, parcel, now)
    if begins is None:
        return WayHome((), None)
    origin, after = begins
    destination = names_of_place(session, there)
    places = names_of_place(session, origin) | _beside(session, origin)
    if not places.isdisjoint(destination):
        return WayHome((), after)
    rounds = {row.id: timetable(row) for row in all_rounds(session) if row.active}
    calls = {call.place for one in rounds.values() for call in one.calls}
    legs = earliest_way(rounds, names_of_places(session, calls), places, destination, after, calendar(session))
    return WayHome(legs or (), legs[-1].trip.arrives_at if legs else None)


def _begins(session: Session, parcel: Parcel, now: datetime) -> tuple[Party, datetime] | None:
    """Where it lies from now on; from a bag, where and when that one arrives."""
    if parcel.gap or parcel.holder_id is None:
        return None
    if parcel.holder in {Holder.DESK, Holder.OFFICE_SAFE}:
        return Party(parcel.holder, parcel.holder_id), now
    if parcel.holder is not Holder.BAG:
        return None
    inside = select(Bag).join(BagItem, BagItem.bag_id == Bag.id).where(BagItem.parcel_id == parcel.id)
    bag = session.scalars(inside.where(Bag.opened_at.is_(None)).limit(1)).first()
    if bag is None:
        return None
    to = Party(bag.to_holder, bag.to_id)
    ride = next_ride(session, Party(bag.from_holder, bag.from_id), to, bag.closed_at)
    return (to, max(now, ride[1].arrives_at)) if ride is not None else None


def _beside(session: Session, place: Party) -> frozenset[Party]:
    if place.holder is not Holder.DESK:
        return frozenset()
    office = office_beside(session, session.get_one(Desk, int(place.id or 0)))
    return names_of_place(session, Party(Holder.OFFICE_SAFE, str(office.id))) if office is not None else frozenset()


def within_reach(session: Session, errand: Errand, now: datetime) -> datetime | None:
    """From when on the results of a delivery can be brought: now, where they lie at its office; None while nobody can say."""
    brought = select(Parcel).where(Parcel.errand_id == errand.id, Parcel.purpose == ParcelPurpose.RESULT)
    parcels = session.scalars(brought).all()
    asked = session.scalars(select(ErrandDossier.dossier_id).where(ErrandDossier.errand_id == errand.id)).all()
    if errand.kind is not ErrandKind.DELIVER:
        return now
    if {parcel.dossier_id for parcel in parcels} != set(asked):
        return None
    arrivals = [way_of(session, parcel, errand, now).arrives_at for parcel in parcels]
    known = [moment for moment in arrivals if moment is not None]
    return max(known) if len(known) == len(arrivals) else None
