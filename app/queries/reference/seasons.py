"""The seasons that an operator has told of: as a list, and by commune for a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.season import factor_of
from app.models import BoatDay, Office, RoadSeason, Unit
from app.queries.visible import Offices, within


def road_seasons(session: Session, office_ids: Offices = None) -> Sequence[RoadSeason]:
    """Of the communes of these offices, by name and month."""
    served = select(Office.unit_code).where(*within(Office.id, office_ids))
    return session.scalars(
        select(RoadSeason)
        .join(Unit, Unit.code == RoadSeason.unit_code)
        .where(RoadSeason.unit_code.in_(served))
        .options(joinedload(RoadSeason.unit))
        .order_by(Unit.short_name, RoadSeason.first_month)
    ).all()


def factors_on(session: Session, day: date) -> dict[str, float]:
    """By code of the commune, where the day's month is slower than usual."""
    by_unit: dict[str, list[tuple[int, int, float]]] = {}
    for row in session.scalars(select(RoadSeason)):
        by_unit.setdefault(row.unit_code, []).append((row.first_month, row.last_month, row.factor))
    found = {unit: factor_of(seasons, day.month) for unit, seasons in by_unit.items()}
    return {unit: factor for unit, factor in found.items() if factor > 1}


def boat_days(session: Session, office_ids: Offices = None) -> Sequence[BoatDay]:
    """Of the communes of these offices, by name and weekday."""
    served = select(Office.unit_code).where(*within(Office.id, office_ids))
    return session.scalars(
        select(BoatDay)
        .join(Unit, Unit.code == BoatDay.unit_code)
        .where(BoatDay.unit_code.in_(served))
        .options(joinedload(BoatDay.unit))
        .order_by(Unit.short_name, BoatDay.weekday)
    ).all()
