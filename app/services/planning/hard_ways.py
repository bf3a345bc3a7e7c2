"""Ways that are harder than roads or straight lines say: seasons of rain and mud (`RoadSeason`), boats to an island (`BoatDay`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.season import percent
from app.models import BoatDay, Errand, Office, Place, Plan, Route, Slot, Stop
from app.queries.reference.seasons import factors_on
from routing.problem import Point, TravelTimes
from routing.slowed import BoatCrossing, SlowedTravelTimes, TravelTimesByBoat


@dataclass(frozen=True, slots=True)
class HardWays:
    """`slow`: how many times as long, by code of the commune; `units`: in which of them a door or an office lies."""

    slow: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[Point, str] = field(default_factory=dict)
    crossings: tuple[BoatCrossing, ...] = ()

    def over(self, times: TravelTimes) -> TravelTimes:
        if self.units:
            times = SlowedTravelTimes(times, {point: self.slow[unit] for point, unit in self.units.items()})
        return TravelTimesByBoat(times, self.crossings) if self.crossings else times

    def named(self, places: Iterable[Point]) -> dict[str, int]:
        """By code of the communes in which these places lie: by how many per cent rides there take longer."""
        there = {self.units[place] for place in places if place in self.units}
        return {unit: percent(self.slow[unit]) for unit in sorted(there)}


def hard_ways(session: Session, day: date) -> HardWays:
    """What is known of the day; where no month slows anybody and no boat goes, no door is asked for."""
    slow = factors_on(session, day)
    boats = session.scalars(select(BoatDay).where(BoatDay.weekday == day.isoweekday())).all()
    if not slow and not boats:
        return HardWays()
    known = dict(_points(session, day, {*slow, *(boat.unit_code for boat in boats)}))
    crossings = tuple(_crossing(boat, known) for boat in sorted(boats, key=lambda boat: boat.unit_code))
    return HardWays(slow, {point: unit for point, unit in known.items() if unit in slow}, crossings)


def _crossing(boat: BoatDay, known: Mapping[Point, str]) -> BoatCrossing:
    """The boat lands at the commune's seat."""
    landing = (boat.unit.lon, boat.unit.lat)
    places = frozenset(point for point, unit in known.items() if unit == boat.unit_code) | {landing}
    return BoatCrossing(places, landing, (boat.pier_lon, boat.pier_lat), 60 * boat.crossing_minutes)


def _points(session: Session, day: date, units: Collection[str]) -> list[tuple[Point, str]]:
    """The doors that are booked or planned that day, and the offices, in these communes."""
    booked = select(Errand.place_id).join(Slot, Slot.id == Errand.slot_id).where(Slot.day == day)
    planned = select(Stop.place_id).join(Route, Route.id == Stop.route_id).join(Plan, Plan.id == Route.plan_id)
    doors = select(Place.lon, Place.lat, Place.unit_code).where(
        Place.unit_code.in_(units), or_(Place.id.in_(booked), Place.id.in_(planned.where(Plan.day == day)))
    )
    offices = select(Office.lon, Office.lat, Office.unit_code).where(Office.unit_code.in_(units))
    return [((row.lon, row.lat), row.unit_code) for rows in (doors, offices) for row in session.execute(rows)]
