"""What a courier rides costs and how fast it is: the operator's table, else the motorbike of `assumptions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Shift
from app.queries.reference.vehicles import vehicle_kinds
from app.services.planning.assumptions import ASSUMPTIONS


@dataclass(frozen=True, slots=True)
class VehicleFigures:
    """`speed`: times the roads'; đồng."""

    speed: float = 1.0
    per_km: int = ASSUMPTIONS.per_km
    per_hour: int = ASSUMPTIONS.per_hour
    fixed: int = ASSUMPTIONS.fixed


class Fleet:
    """The kinds of vehicle, read once a plan."""

    def __init__(self, kinds: Mapping[str, VehicleFigures]) -> None:
        self._kinds = kinds

    def of(self, shift: Shift) -> VehicleFigures:
        """A shift's vehicle; the motorbike of old where no table has been read yet."""
        return self._kinds.get(shift.vehicle, VehicleFigures())


def fleet_of(session: Session) -> Fleet:
    kinds = vehicle_kinds(session)
    return Fleet({code: VehicleFigures(one.speed, one.per_km, one.per_hour, one.fixed) for code, one in kinds.items()})
