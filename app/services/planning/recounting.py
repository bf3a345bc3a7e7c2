"""The figures of a plan are the sums over its routes, whoever changed them: a coordinator of one office adds the routes up, the
province reads the plan, and both must read the same.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Plan, Route


def recount(session: Session, plan: Plan) -> None:
    """Count couriers, metres, seconds and đồng anew. Onward metres are no route's: they stay with whoever moves papers."""
    session.flush()
    metres, seconds, dong = (
        func.coalesce(func.sum(figure), 0) for figure in (Route.distance_m, Route.duration_s, Route.cost)
    )
    counted = select(func.count(Route.id), metres, seconds, dong).where(Route.plan_id == plan.id)
    plan.couriers, plan.distance_m, plan.duration_s, plan.cost = session.execute(counted).one()
