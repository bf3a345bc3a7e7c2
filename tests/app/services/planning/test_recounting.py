"""A plan's figures are the sums over its routes after every change: the province reads what the offices add up to."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import HandOnRoute, PublishPlan
from app.domain.draft_acts import ActKind
from app.domain.errand import ErrandState
from app.models import Plan, Route
from app.queries.planning.board import PlanLine, plan_line, plan_lines
from app.services.planning import hand_on, publish
from app.unit_of_work import UnitOfWork
from tests.factories.planning import PlannableDay, act_on, make_day, make_plan
from tests.factories.times import DAY, NOW

FIGURES = ("errands", "served", "couriers", "distance_m", "duration_s")


@pytest.fixture
def day(session: Session) -> PlannableDay:
    return make_day(session, offices=2, errands=2)


def line(session: Session, plan: Plan, *offices: int) -> PlanLine:
    read = plan_line(session, plan, frozenset(offices) or None)
    assert read is not None
    return read


def agree(session: Session, plan: Plan, day: PlannableDay) -> bool:
    """The province's line, the sum of the offices' lines, and the sum over the routes are the same figures."""
    whole, parts = line(session, plan), [line(session, plan, office.id) for office in day.offices]
    summed = [sum(getattr(part, name) for part in parts) for name in FIGURES]
    cost = session.scalar(select(func.sum(Route.cost)).where(Route.plan_id == plan.id)) or 0
    return [getattr(whole, name) for name in FIGURES] == summed and plan.cost == cost


def test_a_new_plan_counts_what_its_routes_add_up_to(session: UnitOfWork, day: PlannableDay) -> None:
    assert agree(session, make_plan(session), day)


def test_figures_after_a_route_lost_all_its_errands(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session)
    before = line(session, plan)
    for errand in day.errands:
        if errand.office_id == day.offices[1].id:
            errand.state = ErrandState.CANCELLED
    session.flush()
    publish(session, PublishPlan(plan.id, by="staff:1", now=NOW))
    after = line(session, plan)
    assert (before.couriers, after.couriers, after.errands, after.served) == (2, 1, 2, 2)
    assert 0 < after.distance_m < before.distance_m
    assert agree(session, plan, day)


def test_figures_when_nothing_is_left_at_all(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session)
    for errand in day.errands:
        errand.state = ErrandState.CANCELLED
    session.flush()
    publish(session, PublishPlan(plan.id, by="staff:1", now=NOW))
    assert (plan.couriers, plan.distance_m, plan.duration_s, plan.cost) == (0, 0, 0, 0)
    assert agree(session, plan, day)


def test_figures_after_the_last_stops_of_a_route_were_moved_out(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session)
    gone = next(route for route in plan.routes if route.office_id == day.offices[1].id)
    for stop in list(gone.stops):
        act_on(session, plan, ActKind.TAKE_OUT, stop_id=stop.id)
    assert plan.couriers == 1
    assert agree(session, plan, day)


def test_figures_after_a_courier_handed_on(session: UnitOfWork) -> None:
    day = make_day(session, errands=6, couriers=2)
    for shift in day.shifts:
        shift.capacity = 5
    session.flush()
    plan = publish(session, PublishPlan(make_plan(session).id, by="staff:1", now=NOW))
    routes = session.scalars(select(Route).where(Route.plan_id == plan.id).order_by(Route.id)).all()
    hand_on(session, HandOnRoute(routes[0].id, by="staff:1", now=at(DAY, time(7, 5))))
    assert agree(session, plan, day)


def test_the_board_counts_of_each_plan_what_is_in_force(session: UnitOfWork, day: PlannableDay) -> None:
    first, second = (office.id for office in day.offices)
    whole = publish(session, PublishPlan(make_plan(session).id, by="staff:1", now=NOW))
    part = publish(session, PublishPlan(make_plan(session, office_ids=(second,)).id, by="staff:1", now=NOW))
    shown = {one.id: one for one in plan_lines(session, DAY)}
    for plan, office in ((whole, first), (part, second)):
        assert [getattr(shown[plan.id], name) for name in FIGURES] == [
            getattr(line(session, plan, office), name) for name in FIGURES
        ]
    assert sum(one.errands for one in shown.values()) == len(day.errands)
    assert [one.offices for one in shown.values()] == [1, 1]
