"""A plan as bytes: its figures, routes, stops and left-out errands, ids and all, in one order."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Plan, PlanUnserved, Route, Stop, StopErrand

FIGURES = ("errands", "served", "couriers", "distance_m", "onward_m", "duration_s", "cost", "violations")


def plan_dump(session: Session, plan: Plan) -> str:
    session.flush()
    routes = select(Route.id).where(Route.plan_id == plan.id)
    stops = select(Stop.id).where(Stop.route_id.in_(routes))
    tables = (
        select(Route.__table__).where(Route.plan_id == plan.id).order_by(Route.id),
        select(Stop.__table__).where(Stop.route_id.in_(routes)).order_by(Stop.route_id, Stop.sequence),
        select(StopErrand.__table__).where(StopErrand.stop_id.in_(stops)).order_by(*StopErrand.__table__.columns),
        select(PlanUnserved.__table__).where(PlanUnserved.plan_id == plan.id).order_by(PlanUnserved.errand_id),
    )
    rows = [[dict(row) for row in session.execute(query).mappings()] for query in tables]
    return json.dumps([{name: getattr(plan, name) for name in FIGURES}, rows], default=str, sort_keys=True)
