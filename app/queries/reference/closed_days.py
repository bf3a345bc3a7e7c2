"""Days on which a commune is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.models import CalendarDay, Office, Unit
from app.queries.visible import Offices, within


def closed_days(session: Session, since: date, office_ids: Offices = None) -> Sequence[Row[date, str, str]]:
    """Day, unit and reason, from `since` on, of the communes of these offices."""
    served = select(Office.unit_code).where(*within(Office.id, office_ids))
    return session.execute(
        select(CalendarDay.day, Unit.name.label("unit"), CalendarDay.name.label("reason"))
        .join(Unit, Unit.code == CalendarDay.unit_code)
        .where(CalendarDay.kind == "closed", CalendarDay.day >= since, CalendarDay.unit_code.in_(served))
        .order_by(CalendarDay.day, Unit.name)
    ).all()
