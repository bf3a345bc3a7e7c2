"""Communes and wards, who serves them, and where to go while one is not in service yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Desk, Office, Unit
from app.queries.reference.units import in_charge


@dataclass(frozen=True, slots=True)
class Served:
    """A unit with the post office and the one-stop desk that look after it."""

    unit: Unit
    office: Office | None
    desk: Desk | None
    in_service: bool


def served(session: Session, codes: Iterable[str], day: date) -> list[Served]:
    """In the order of the codes; unknown codes are left out."""
    wanted = list(codes)
    units = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.in_(wanted)))}
    offices = {
        office.unit_code: office
        for office in session.scalars(
            select(Office).where(Office.unit_code.in_(wanted), Office.kind == "commune", Office.closed_at.is_(None))
        )
    }
    desks = {
        desk.unit_code: at_work
        for desk in session.scalars(
            select(Desk)
            .where(Desk.unit_code.in_(wanted), Desk.level == "commune")
            .order_by(Desk.closed_at.is_(None))  # an open one overrules
            .options(joinedload(Desk.taken_over_by))
        )
        if (at_work := in_charge(desk)) is not None
    }
    return [
        Served(
            units[code],
            offices.get(code),
            desks.get(code),
            in_service(units[code], day) and offices.get(code) is not None,
        )
        for code in wanted
        if code in units
    ]


def in_service(unit: Unit, day: date) -> bool:
    return unit.in_service_from is not None and unit.in_service_from <= day


def around(session: Session, unit: Unit, count: int = 8) -> list[Office]:
    """The commune offices nearest to a unit's point, nearest first (on a flat map: for a picture, not for a measure)."""
    offices = session.scalars(select(Office).where(Office.kind == "commune", Office.closed_at.is_(None)))
    return sorted(offices, key=lambda office: (office.lon - unit.lon) ** 2 + (office.lat - unit.lat) ** 2)[:count]
