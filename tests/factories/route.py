"""A published route of one courier, door by door, without solving anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from sqlalchemy.orm import Session

from app.clock import at
from app.models import Courier, Errand, Plan, PlanOffice, Route, Stop
from tests.factories.office import make_shift
from tests.factories.times import NOW


def make_route(session: Session, courier: Courier, day: date, doors: Sequence[Sequence[Errand]]) -> Route:
    """One stop a door, ten minutes apart from 09:00; the plan speaks for the courier's office and is published."""
    starts, ends = at(day, time(9)), at(day, time(17))
    shift = make_shift(session, courier, day)
    plan = Plan(
        day=day, state="published", assignment="home", engine="insertion", engine_versions={}, seed=0, problem_hash="thử",
        errands=sum(map(len, doors)), served=sum(map(len, doors)), couriers=1, distance_m=1000, duration_s=3600, cost=1, violations=0,
        wall_s=0.1, created_at=NOW,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    session.add(PlanOffice(plan_id=plan.id, office_id=courier.office_id, day=day, published=True))
    route = Route(
        plan_id=plan.id, office_id=courier.office_id, courier_id=courier.id, shift_id=shift.id, number=1,
        starts_at=starts, ends_at=ends, distance_m=1000, duration_s=3600, cost=1,
    )  # fmt: skip
    session.add(route)
    session.flush()
    for number, errands in enumerate(doors, start=1):
        moment = starts + timedelta(minutes=10 * number)
        session.add(
            Stop(
                route_id=route.id, sequence=number, place_id=errands[0].place_id, arrives_at=moment, starts_at=moment,
                leaves_at=moment, distance_m=100 * number, errands=list(errands),
            )
        )  # fmt: skip
    session.flush()
    session.refresh(route)
    return route
