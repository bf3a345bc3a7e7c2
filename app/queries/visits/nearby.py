"""Where a courier goes anyway: visits booked near a door, by slot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import cos, radians
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.models import Errand, Place
from routing.matrix import distance_m
from routing.problem import Point

NEAR_M: Final = 1_000
DEGREE_M: Final = 111_000
AHEAD: Final = (ErrandState.SCHEDULED, ErrandState.PLANNED)


def doors_near(session: Session, door: Point, slot_ids: Collection[int]) -> Mapping[int, int]:
    """By slot the number of other doors within a kilometre that it is booked for; only those whose place is known.

    Slots without any are left out.
    """
    lon, lat = door
    up = NEAR_M / DEGREE_M
    across = up / cos(radians(lat))
    rows = session.execute(
        select(Errand.slot_id, Place.lon, Place.lat)
        .join(Place, Place.id == Errand.place_id)
        .where(
            Errand.slot_id.in_(slot_ids),
            Errand.state.in_(AHEAD),
            Place.pin_source != "unit",
            Place.lon.between(lon - across, lon + across),
            Place.lat.between(lat - up, lat + up),
        )
        .distinct()
    )
    found: dict[int, int] = {}
    for row in rows:
        if row.slot_id is not None and distance_m(door, (row.lon, row.lat)) <= NEAR_M:
            found[row.slot_id] = found.get(row.slot_id, 0) + 1
    return found
