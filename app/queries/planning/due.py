"""How near the due date of a visit is, as planning counts it (`app.domain.urgency`): for the lists of a plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.urgency import days_left
from app.models import Dossier, Errand, ErrandDossier, Route, Stop, StopErrand
from app.queries.reference.calendar import calendar

SOON: Final = 3
"""Working days: from here on a due date presses."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """A due date and the working days left until it; below zero it has passed."""

    on: date
    left: int

    @property
    def presses(self) -> bool:
        return self.left <= SOON


def in_order(due: DueDay | None) -> date:
    """What is due first comes first; what has no due date last."""
    return date.max if due is None else due.on


def due_days(session: Session, errand_ids: Collection[UUID], day: date) -> dict[UUID, DueDay]:
    """By errand: the nearest of its dossiers' due dates and of the day until which its result is kept."""
    nearest = func.min(func.least(Dossier.due_on, Errand.held_until))
    rows = session.execute(
        select(Errand.id, nearest.label("due_on"))
        .join(ErrandDossier, ErrandDossier.errand_id == Errand.id)
        .join(Dossier, Dossier.id == ErrandDossier.dossier_id)
        .where(Errand.id.in_(errand_ids))
        .group_by(Errand.id)
        .having(nearest.is_not(None))
    ).all()
    working = calendar(session) if rows else None
    return {
        row.id: DueDay(row.due_on, left)
        for row in rows
        if working is not None and (left := days_left(day, row.due_on, working)) is not None
    }


def due_routes(session: Session, plan_id: int, day: date) -> dict[int, list[DueDay]]:
    """By route: the due dates of its visits that press, nearest first."""
    rows = session.execute(
        select(Stop.route_id, StopErrand.errand_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.plan_id == plan_id)
    ).all()
    due = due_days(session, [row.errand_id for row in rows], day)
    found: dict[int, list[DueDay]] = {}
    for row in rows:
        if row.errand_id in due and due[row.errand_id].presses:
            found.setdefault(row.route_id, []).append(due[row.errand_id])
    return {route: sorted(days, key=in_order) for route, days in found.items()}
