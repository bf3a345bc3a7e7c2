"""What couriers may ride."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import VehicleKind
from app.models.office import MOTORBIKE


def vehicle_kinds(session: Session) -> dict[str, VehicleKind]:
    """Every kind that a day may have been planned with, the motorbike first."""
    kinds = session.scalars(select(VehicleKind).order_by(VehicleKind.code != MOTORBIKE, VehicleKind.code))
    return {kind.code: kind for kind in kinds}


def vehicle_name(kinds: Mapping[str, VehicleKind], code: str) -> str:
    """Its name; its code, where no table has been read yet."""
    return kinds[code].name if code in kinds else code
