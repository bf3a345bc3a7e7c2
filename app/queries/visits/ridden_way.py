"""Where a courier's way of the day leads: the doors of the published route in their order, from the office and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.plan_ways import all_straight
from app.models import Courier, Office, Place, Plan, PlanOffice, Route, Stop

DECIMALS: Final = 6  # eleven centimetres, as the road server is asked


@dataclass(frozen=True, slots=True)
class RiddenWay:
    """`ends`: the stops along it, None for the office; `places`: `(lon, lat)` of each."""

    ends: Sequence[int | None]
    places: Sequence[tuple[float, float]]


def ridden_way(session: Session, courier_id: int, day: date) -> RiddenWay | None:
    """None: no door to ride to, or the whole plan is reckoned in straight lines."""
    found = session.execute(
        select(Route.id, Plan.ways, Office.lon, Office.lat)
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id))
        .join(Courier, Courier.id == Route.courier_id)
        .join(Office, Office.id == Courier.office_id)  # as the phone's map has it
        .where(Route.courier_id == courier_id, Plan.day == day, PlanOffice.published)
    ).one_or_none()
    if found is None or all_straight(found.ways):
        return None
    stops = session.execute(
        select(Stop.id, Place.lon, Place.lat)
        .join(Place, Place.id == Stop.place_id)
        .where(Stop.route_id == found.id)
        .order_by(Stop.sequence)
    ).all()
    if not stops:
        return None
    office = (round(found.lon, DECIMALS), round(found.lat, DECIMALS))
    doors = [(round(stop.lon, DECIMALS), round(stop.lat, DECIMALS)) for stop in stops]
    return RiddenWay((None, *(stop.id for stop in stops), None), (office, *doors, office))
