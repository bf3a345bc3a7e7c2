"""The working calendar as a value (docs/decisions/clock-and-day.md)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.boat import BoatHours
from app.domain.working_days import Calendar
from app.models import BoatDay, CalendarDay


def calendar(session: Session) -> Calendar:
    """Every known holiday, working Saturday and closed commune day."""
    days = session.scalars(select(CalendarDay)).all()
    everywhere = [day for day in days if day.unit_code is None]
    return Calendar(
        holidays=frozenset(day.day for day in everywhere if day.kind in {"holiday", "closed"}),
        working_saturdays=frozenset(day.day for day in everywhere if day.kind == "working"),
        closed=frozenset(
            (day.unit_code, day.day) for day in days if day.unit_code is not None and day.kind == "closed"
        ),
        names={day.day: day.name for day in everywhere},
        boats=_boats(session),
    )


def _boats(session: Session) -> dict[str, dict[int, BoatHours]]:
    boats: dict[str, dict[int, BoatHours]] = {}
    for row in session.scalars(select(BoatDay)):
        boats.setdefault(row.unit_code, {})[row.weekday] = BoatHours(row.first_at, row.last_at)
    return boats
