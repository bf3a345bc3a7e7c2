"""Doors: where they are, and who says so."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain.commands import PlaceGiven
from app.domain.errors import DomainError
from app.models import Errand, Place, Unit
from app.queries.reference.shapes import elsewhere
from app.services import audit
from routing.matrix import distance_m

FARTHEST_M: Final = 40_000  # no door of a commune is farther from its point; beyond, the pin is in another province


def check_pin(unit: Unit, lon: float | None, lat: float | None) -> None:
    """Raise `pin_halved` for one coordinate without the other, `pin_too_far` (field `place.lon`) outside the commune."""
    if (lon is None) != (lat is None):
        raise DomainError("pin_halved", kind="invalid", field="place.lon")
    if lon is not None and lat is not None and distance_m((unit.lon, unit.lat), (lon, lat)) > FARTHEST_M:
        raise DomainError("pin_too_far", kind="invalid", field="place.lon", unit=unit.name)


def check_pin_unit(session: Session, unit: Unit, given: PlaceGiven) -> None:
    """Raise `pin_in_other_unit`, `pin_outside_unit` (field `place.lon`) for a pin outside the unit named that nobody confirmed."""
    if given.lon is None or given.lat is None or given.pin_confirmed:
        return
    found = elsewhere(session, unit, given.lon, given.lat)
    if found is None:
        return
    if found.unit is None:
        raise DomainError("pin_outside_unit", kind="invalid", field="place.lon", unit=unit.name, away_m=found.outside_m)
    raise DomainError("pin_in_other_unit", kind="invalid", field="place.lon", unit=unit.name, other=found.unit.name)


def make_place(session: Session, unit: Unit, given: PlaceGiven, by: str, now: datetime) -> Place:
    """A door as the citizen described it; without a pin it stands at the commune's point and says so."""
    pinned = given.lon is not None and given.lat is not None
    place = Place(
        unit_code=unit.code,
        unit=unit,
        address=given.address,
        former_name=given.former_name or None,
        landmark=given.landmark or None,
        lon=given.lon if pinned else unit.lon,
        lat=given.lat if pinned else unit.lat,
        pin_source=("citizen" if given.pin_confirmed else "gazetteer") if pinned else "unit",
        confirmed_by=by if pinned and given.pin_confirmed else None,
        confirmed_at=now if pinned and given.pin_confirmed else None,
    )
    session.add(place)
    session.flush()
    return place


def correct_pin(session: Session, errand: Errand, lon: float, lat: float, by: str, now: datetime) -> None:
    """Put the pin where the door is: corrected once, right for every later visit. `by` names who stood there."""
    place = errand.place
    check_pin(place.unit, lon, lat)
    place.lon, place.lat = lon, lat
    place.pin_source = "courier" if by.startswith(("courier:", "staff:")) else "citizen"
    place.confirmed_by, place.confirmed_at = by, now
    errand.revision += 1
    audit.record(session, by, "correct_pin", "place", place.id, now, errand=str(errand.id))
