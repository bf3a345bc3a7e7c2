"""What an operator says of a commune's roads, on a page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.season import RoadSeasonTold, check_season, percent
from app.models import RoadSeason
from app.services import audit


def tell_season(session: Session, told: RoadSeasonTold, by: str, now: datetime) -> RoadSeason:
    """Keep it, in place of what was told of the same commune from the same month on. Raises as `check_season`."""
    check_season(told)
    row = session.get(RoadSeason, (told.unit_code, told.first_month))
    if row is None:
        row = RoadSeason(unit_code=told.unit_code, first_month=told.first_month)
        session.add(row)
    row.last_month, row.factor, row.reason = told.last_month, told.factor, told.reason
    _note(session, row, "season.told", by, now)
    session.flush()
    return row


def end_season(session: Session, unit_code: str, first_month: int, by: str, now: datetime) -> None:
    """Raises `not_found`."""
    row = session.get(RoadSeason, (unit_code, first_month))
    if row is None:
        raise DomainError("not_found", kind="not_found")
    _note(session, row, "season.ended", by, now)
    session.delete(row)
    session.flush()


def _note(session: Session, row: RoadSeason, action: str, by: str, now: datetime) -> None:
    audit.record(
        *(session, by, action, "unit", row.unit_code, now),
        first_month=row.first_month,
        last_month=row.last_month,
        percent=percent(row.factor),
    )
