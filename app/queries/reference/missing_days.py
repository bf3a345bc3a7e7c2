"""Days that a citizen looks for among the slots and does not find: which, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.slot import WhyNot, asked_days, why_not
from app.models import CalendarDay, Unit
from app.queries.reference.calendar import calendar


@dataclass(frozen=True, slots=True)
class MissingDay:
    """`name`: of the holiday, or why the commune is closed, as it was written down."""

    day: date
    why: WhyNot
    name: str = ""


def missing_days(session: Session, unit: Unit, now: datetime, shown: Collection[date]) -> list[MissingDay]:
    """Of the days from tomorrow to the last that can be booked those that are not `shown`, in their order."""
    known = calendar(session)
    left = [day for day in asked_days(now, known) if day not in shown]
    told = session.execute(
        select(CalendarDay.day, CalendarDay.name)
        .where(CalendarDay.day.in_(left), or_(CalendarDay.unit_code.is_(None), CalendarDay.unit_code == unit.code))
        .order_by(CalendarDay.unit_code.nulls_first())
    )
    names = {row.day: row.name for row in told}
    return [MissingDay(day, _why(unit, day, why_not(day, now, known, unit.code)), names.get(day, "")) for day in left]


def _why(unit: Unit, day: date, found: WhyNot | None) -> WhyNot:
    if found is not None:
        return found
    begun = unit.in_service_from is not None and unit.in_service_from <= day
    return WhyNot.FULL if begun else WhyNot.NOT_YET
