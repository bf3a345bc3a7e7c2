"""A coordinator's hand on a draft: judged at once, and never against a plan that somebody else has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import MoveStop
from app.domain.errors import DomainError
from app.domain.slot import AFTERNOON
from app.models import Plan, PlanUnserved, Stop
from app.services.planning import MoveEvaluation, move_stop, violations_of
from app.unit_of_work import UnitOfWork
from tests.factories.planning import PlannableDay, make_day, make_plan
from tests.factories.request import make_slot
from tests.factories.times import NOW


def move(
    session: Session, plan: Plan, stop: Stop, route_id: int | None, sequence: int | None = None, **more: bool
) -> MoveEvaluation:
    return move_stop(
        session, MoveStop(plan.id, stop.id, route_id, sequence, plan.revision, by="staff:1", now=NOW, **more)
    )


@pytest.fixture
def day(session: Session) -> PlannableDay:
    """Two couriers of one office who both have work: one of them knows only the afternoon."""
    made = make_day(session, errands=6, couriers=2)
    afternoon = make_slot(session, made.offices[0].unit, times=AFTERNOON)
    for errand in made.errands[:3]:
        errand.slot = afternoon
    early, late = made.shifts
    early.ends_at, early.break_s = early.starts_at + timedelta(hours=5), 0
    late.starts_at, late.break_s = late.starts_at + timedelta(hours=6), 0
    session.flush()
    return made


def test_taking_a_stop_out_shortens_its_route_and_says_why_it_is_left_out(
    session: UnitOfWork, day: PlannableDay
) -> None:
    plan = make_plan(session)
    route = plan.routes[0]
    stop = route.stops[1]
    errand, before, saved = stop.errands[0].id, route.distance_m, stop.marginal_m
    found = move(session, plan, stop, None)
    assert found.violations == ()
    assert found.distance_delta_m == -saved
    assert route.distance_m == before - saved
    assert [other.sequence for other in route.stops] == [1, 2]
    assert session.scalars(select(PlanUnserved.reason).where(PlanUnserved.errand_id == errand)).all() == ["removed"]
    assert (plan.errands, plan.served) == (len(day.errands), 5)


def test_a_move_that_breaks_promises_says_which(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session)
    morning, afternoon = sorted(plan.routes, key=lambda route: route.starts_at)
    stop = morning.stops[0]
    found = move(session, plan, stop, afternoon.id, 1)
    assert {(broken.cause, broken.route_id, broken.stop_id) for broken in found.violations} == {
        ("delay", afternoon.id, stop.id)
    }
    assert plan.violations == 1
    assert violations_of(session, plan) == found.violations
    back = move(session, plan, stop, morning.id, 1)
    assert (back.violations, plan.violations) == ((), 0)
    assert back.distance_delta_m == -found.distance_delta_m
    assert len(day.errands) == plan.served


def test_without_a_place_the_stop_goes_where_it_costs_least(session: UnitOfWork) -> None:
    made = make_day(session, errands=6, couriers=2)
    for shift in made.shifts:
        shift.capacity = 4
    session.flush()
    plan = make_plan(session)
    longer, shorter = sorted(plan.routes, key=lambda route: -len(route.stops))
    stop = longer.stops[0]
    move(session, plan, stop, shorter.id)
    chosen = shorter.distance_m
    tried = []
    for sequence in range(1, len(shorter.stops) + 1):
        move(session, plan, stop, shorter.id, sequence)
        tried.append(shorter.distance_m)
    assert chosen == min(tried) < max(tried)


def test_the_last_stop_takes_its_route_with_it(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = make_plan(session)
    move(session, plan, plan.routes[0].stops[0], None)
    session.expire_all()
    assert (plan.routes, plan.couriers, plan.distance_m, plan.cost) == ([], 0, 0, 0)


def test_a_locked_stop_stays_until_it_is_unlocked(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    plan = make_plan(session)
    route = plan.routes[0]
    stop = route.stops[0]
    move(session, plan, stop, route.id, lock=True)
    with pytest.raises(DomainError) as refused:
        move(session, plan, stop, None)
    assert refused.value.code == "stop_locked"
    move(session, plan, stop, route.id)
    assert stop.locked is False
    move(session, plan, stop, None)
    assert plan.served == 1


def test_a_stale_tab_cannot_undo_what_it_has_not_seen(session: UnitOfWork) -> None:
    make_day(session, errands=3)
    plan = make_plan(session)
    route = plan.routes[0]
    stale = plan.revision
    move(session, plan, route.stops[0], route.id, 3)
    with pytest.raises(DomainError) as refused:
        move_stop(session, MoveStop(plan.id, route.stops[0].id, None, None, stale, by="staff:2", now=NOW))
    assert refused.value.code == "plan_changed"
    assert plan.served == 3


def test_a_stop_of_another_plan_is_not_found(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    one, other = make_plan(session), make_plan(session)
    with pytest.raises(DomainError) as refused:
        move(session, one, other.routes[0].stops[0], None)
    assert (refused.value.code, refused.value.field) == ("not_found", "stop_id")


def test_a_published_plan_is_not_changed_by_hand(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = make_plan(session)
    plan.state = "published"
    session.flush()
    with pytest.raises(DomainError) as refused:
        move(session, plan, plan.routes[0].stops[0], None)
    assert refused.value.code == "plan_not_draft"
