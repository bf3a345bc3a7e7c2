"""What is in force after publishing, read straight from the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Plan, PlanOffice, Route


def plans_of_day(session: Session, day: date) -> Sequence[Plan]:
    """Every plan of the day, newest first."""
    return session.scalars(select(Plan).where(Plan.day == day).order_by(Plan.id.desc())).all()


def published_plans(session: Session, day: date) -> Sequence[Plan]:
    """The plans in force: usually one; several when some offices were planned again on their own."""
    in_force = select(PlanOffice.plan_id).where(PlanOffice.day == day, PlanOffice.published)
    return session.scalars(select(Plan).where(Plan.id.in_(in_force)).order_by(Plan.id)).all()


def published_routes(session: Session, office_id: int, day: date) -> Sequence[Route]:
    """The routes in force of an office."""
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    return session.scalars(
        select(Route)
        .join(PlanOffice, in_force)
        .where(Route.office_id == office_id, PlanOffice.day == day, PlanOffice.published)
        .order_by(Route.number)
    ).all()


def route_today(session: Session, courier_id: int, day: date) -> Route | None:
    """The published route of a courier on a day."""
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    return session.scalar(
        select(Route)
        .join(PlanOffice, in_force)
        .where(Route.courier_id == courier_id, PlanOffice.day == day, PlanOffice.published)
    )
