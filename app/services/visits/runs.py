"""A courier does a route: from the first ride out until every visit has its outcome."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import Errand, Plan, PlanOffice, Route, Run, Stop, StopErrand


def start_run(session: Session, route_id: int, courier_id: int, now: datetime) -> Run:
    """Begin a published route of today: its errands are under way. Beginning twice is beginning once.

    Raises `not_found`, `not_your_route`, `route_not_published` or `route_other_day`.
    """
    hold_errands(session, {route_id}, courier_id)
    route = session.get(Route, route_id, with_for_update=True, populate_existing=True)
    if route is None:
        raise DomainError("not_found", kind="not_found", field="route_id")
    if route.courier_id != courier_id:
        raise DomainError("not_your_route", kind="forbidden")
    run = session.scalar(select(Run).where(Run.route_id == route_id))
    if run is not None:
        return run
    day = session.get_one(Plan, route.plan_id).day
    if not session.get_one(PlanOffice, (route.plan_id, route.office_id), populate_existing=True).published:
        raise DomainError("route_not_published")
    if day != local_day(now):
        raise DomainError("route_other_day", day=day)
    run = Run(route_id=route_id, courier_id=courier_id, started_at=now)
    session.add(run)
    session.execute(
        update(Errand)
        .where(Errand.id.in_(_errands_of(route_id)), Errand.state == ErrandState.PLANNED)
        .values(state=ErrandState.UNDER_WAY, revision=Errand.revision + 1)
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
    return run


def hold_errands(session: Session, route_ids: Collection[int], courier_id: int, others: Collection[UUID] = ()) -> None:
    """Lock what this courier's routes visit, and `others`, in one go. Whoever publishes a plan holds the visits, too: either
    they see that the run has begun, or we see that the route is no longer in force.
    """
    mine = (
        select(StopErrand.errand_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.id.in_(route_ids), Route.courier_id == courier_id)
    )
    wanted = select(Errand.id).where(or_(Errand.id.in_(mine), Errand.id.in_(others)))
    session.execute(wanted.order_by(Errand.id).with_for_update())


def end_run(session: Session, route_id: int, courier_id: int, now: datetime) -> Run:
    """End a route once every visit has its outcome; ending twice is ending once.

    Raises `not_found`, `not_your_route` or `run_unfinished` with the number of visits still open.
    """
    run = session.scalar(select(Run).where(Run.route_id == route_id).with_for_update())
    if run is None:
        raise DomainError("not_found", kind="not_found", field="route_id")
    if run.courier_id != courier_id:
        raise DomainError("not_your_route", kind="forbidden")
    if run.ended_at is not None:
        return run
    still = select(func.count()).where(Errand.id.in_(_errands_of(route_id)), Errand.state == ErrandState.UNDER_WAY)
    left = session.scalar(still) or 0
    if left:
        raise DomainError("run_unfinished", n=left)
    run.ended_at = now
    session.flush()
    return run


def _errands_of(route_id: int) -> Select[UUID]:
    return select(StopErrand.errand_id).join(Stop, Stop.id == StopErrand.stop_id).where(Stop.route_id == route_id)
