"""A draft becomes the plan that couriers ride; on a published day it takes the place of the one before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.commands import PublishPlan
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import AuditEvent, Errand, Plan
from app.services.planning import publish
from app.services.visits.runs import start_run
from app.unit_of_work import UnitOfWork
from tests.app.services.planning.in_force import plans_of_day, published_plans, published_routes, route_today
from tests.factories.office import make_desk
from tests.factories.planning import PlannableDay, make_day, make_plan
from tests.factories.procedure import make_procedure
from tests.factories.request import make_slot
from tests.factories.times import DAY, NOW


def publish_it(session: UnitOfWork, plan: Plan, revision: int | None = None) -> Plan:
    return publish(session, PublishPlan(plan.id, by="staff:1", now=NOW, revision=revision))


def states(session: Session, day: PlannableDay) -> list[ErrandState]:
    session.expire_all()
    return [session.get_one(Errand, errand.id).state for errand in day.errands]


def test_publishing_plans_the_errands_and_leaves_an_audit_and_a_promise_of_messages(session: UnitOfWork) -> None:
    day = make_day(session, errands=3)
    plan = publish_it(session, make_plan(session))
    assert states(session, day) == [ErrandState.PLANNED] * 3
    assert (plan.state, plan.published_by) == ("published", "staff:1")
    assert session.scalars(select(AuditEvent.action).where(AuditEvent.object_kind == "plan")).all() == [
        "plan.published"
    ]
    jobs = session.scalars(text("select args from procrastinate_jobs where task_name = 'announce_plan'")).all()
    assert jobs == [{"plan_id": plan.id}]


def test_publishing_again_moves_the_errands_to_the_new_plan(session: UnitOfWork) -> None:
    day = make_day(session, errands=3)
    old = publish_it(session, make_plan(session))
    new = make_plan(session)
    assert new.state == "draft"
    assert new.served == 3
    publish_it(session, new)
    assert [(plan.id, plan.state) for plan in plans_of_day(session, DAY)] == [
        (new.id, "published"),
        (old.id, "superseded"),
    ]
    assert states(session, day) == [ErrandState.PLANNED] * 3
    assert [route.plan_id for route in published_routes(session, day.offices[0].id, DAY)] == [new.id]


def test_an_errand_that_only_the_old_plan_held_waits_again(session: UnitOfWork) -> None:
    day = make_day(session, errands=2)
    publish_it(session, make_plan(session))
    new = make_plan(session)
    stop = new.routes[0].stops[0]
    gone = stop.errands[0].id
    session.delete(stop)
    session.flush()
    publish_it(session, new)
    assert (
        dict(zip([errand.id for errand in day.errands], states(session, day), strict=True))[gone]
        == ErrandState.SCHEDULED
    )


def test_some_offices_planned_again_leave_the_others_to_the_old_plan(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=2)
    whole = publish_it(session, make_plan(session))
    part = publish_it(session, make_plan(session, office_ids=(day.offices[1].id,)))
    assert [plan.id for plan in published_plans(session, DAY)] == [whole.id, part.id]
    assert whole.state == "published"
    routes = {office.id: published_routes(session, office.id, DAY) for office in day.offices}
    assert [route.plan_id for route in routes[day.offices[0].id]] == [whole.id]
    assert [route.plan_id for route in routes[day.offices[1].id]] == [part.id]


def test_what_was_cancelled_or_moved_since_drops_out(session: UnitOfWork) -> None:
    day = make_day(session, errands=3)
    plan = make_plan(session)
    day.errands[0].state = ErrandState.CANCELLED
    day.errands[1].slot = make_slot(session, day.errands[1].place.unit, DAY + timedelta(days=1))
    session.flush()
    publish_it(session, plan)
    session.expire_all()
    assert [errand.id for route in plan.routes for stop in route.stops for errand in stop.errands] == [
        day.errands[2].id
    ]
    assert (plan.errands, plan.served) == (1, 1)
    assert states(session, day) == [ErrandState.CANCELLED, ErrandState.SCHEDULED, ErrandState.PLANNED]


def test_an_errand_moved_by_a_free_plan_belongs_to_the_office_that_serves_it(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    moved = day.errands[0]
    moved.dossiers[0].procedure = make_procedure(session, boundary_free=True)
    moved.dossiers[0].competent_desk = make_desk(session, unit=day.offices[1].unit)
    moved.place.lon, moved.place.lat = day.offices[1].lon, day.offices[1].lat
    session.flush()
    plan = make_plan(session, assignment="free")
    publish_it(session, plan)
    session.expire_all()
    assert session.get_one(Errand, moved.id).office_id == day.offices[1].id
    assert plan.couriers == 1
    back_home = make_plan(session)
    assert [route.office_id for route in back_home.routes] == [office.id for office in day.offices]


def test_a_stale_tab_cannot_publish_what_it_has_not_seen(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = make_plan(session)
    with pytest.raises(DomainError) as refused:
        publish_it(session, plan, revision=plan.revision - 1)
    assert refused.value.code == "plan_changed"


def test_a_plan_is_published_once(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = publish_it(session, make_plan(session))
    with pytest.raises(DomainError) as refused:
        publish_it(session, plan)
    assert refused.value.code == "plan_not_draft"


def test_a_draft_that_breaks_promises_is_not_published(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = make_plan(session)
    plan.violations = 2
    session.flush()
    with pytest.raises(DomainError) as refused:
        publish_it(session, plan)
    assert refused.value.code == "plan_breaks_promises"


def test_nobody_changes_the_plan_of_couriers_who_have_left(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    route = publish_it(session, make_plan(session)).routes[0]
    start_run(session, route.id, route.courier_id, NOW + timedelta(days=1))
    session.execute(text("update errand set state = 'planned'"))
    with pytest.raises(DomainError) as refused:
        publish_it(session, make_plan(session))
    assert refused.value.code == "run_begun"


def test_a_courier_finds_the_route_of_the_day(session: UnitOfWork) -> None:
    day = make_day(session, errands=2)
    assert route_today(session, day.couriers[0].id, DAY) is None
    plan = publish_it(session, make_plan(session))
    route = route_today(session, day.couriers[0].id, DAY)
    assert route is not None
    assert route.plan_id == plan.id
