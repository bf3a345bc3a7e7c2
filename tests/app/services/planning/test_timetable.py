"""The draft of the evening and the final plan of the morning: once, and only where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import CancelErrand, PublishPlan
from app.domain.errand import ErrandState
from app.models import CalendarDay, Planning, Run
from app.queries.attention import tasks
from app.services.booking import errands
from app.services.planning import fail, publish, start
from app.services.planning.timetable import order_draft, order_final
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, NOW, TODAY, make_errand
from tests.factories.planning import PlannableDay, make_day, make_plan, make_planning

Timer = Callable[[Session, datetime], Planning | None]
EVENING, MORNING = at(TODAY, time(17, 0)), at(DAY, time(5, 0))


@pytest.fixture
def day(session: Session) -> PlannableDay:
    return make_day(session, offices=2, errands=3)


def ids(day: PlannableDay, *numbers: int) -> list[dict[str, int]]:
    return [{"id": day.offices[number].id} for number in numbers]


def published(session: UnitOfWork) -> None:
    publish(session, PublishPlan(make_plan(session).id, by="staff:1", now=NOW))


def test_the_draft_of_tomorrow_is_ordered_at_five_once(session: UnitOfWork, day: PlannableDay) -> None:
    assert order_draft(session, EVENING - timedelta(seconds=1)) is None
    order = order_draft(session, EVENING)
    assert order is not None
    assert (order.day, order.publish, order.asked_by) == (DAY, False, f"timer:draft:{DAY}")
    assert order.office_ids == ids(day, 0, 1)
    assert order_draft(session, EVENING + timedelta(hours=5)) is None
    assert len(session.scalars(select(Planning)).all()) == 1


def test_what_a_coordinator_published_gets_no_draft(session: UnitOfWork, day: PlannableDay) -> None:
    published(session)
    assert order_draft(session, EVENING) is None


@pytest.mark.parametrize(("order", "when"), [(order_draft, EVENING), (order_final, MORNING)])
def test_only_open_offices_are_planned(session: Session, day: PlannableDay, order: Timer, when: datetime) -> None:
    unit = day.offices[1].unit_code
    session.add(CalendarDay(day=DAY, unit_code=unit, kind="closed", name="Lũ"))
    session.flush()
    made = order(session, when)
    assert made is not None
    assert made.office_ids == ids(day, 0)


def test_nothing_is_ordered_for_a_day_without_work(session: UnitOfWork) -> None:
    assert order_draft(session, EVENING) is None
    assert order_final(session, MORNING) is None


def test_nothing_is_ordered_for_a_holiday(session: UnitOfWork) -> None:
    saturday = date(2026, 12, 5)
    make_day(session, day=saturday)
    assert order_draft(session, at(date(2026, 12, 4), time(18, 0))) is None


@pytest.mark.parametrize(("hour", "orders"), [("04:59", 0), ("05:00", 1), ("06:59", 1), ("07:00", 0)])
def test_the_final_plan_belongs_to_the_early_morning(
    session: UnitOfWork, day: PlannableDay, hour: str, orders: int
) -> None:
    order_final(session, at(DAY, time.fromisoformat(hour)))
    assert len(session.scalars(select(Planning)).all()) == orders


def test_the_final_plan_is_published_and_ordered_once(session: UnitOfWork, day: PlannableDay) -> None:
    order = order_final(session, MORNING)
    assert order is not None
    assert (order.publish, order.office_ids) == (True, ids(day, 0, 1))
    assert order_final(session, MORNING + timedelta(minutes=1)) is None


def test_a_plan_in_force_that_is_still_right_stays(session: UnitOfWork, day: PlannableDay) -> None:
    published(session)
    assert order_final(session, MORNING) is None


def test_a_visit_called_off_since_brings_its_office_a_new_plan(session: UnitOfWork, day: PlannableDay) -> None:
    published(session)
    gone = next(errand for errand in day.errands if errand.office_id == day.offices[1].id)
    errands.cancel(session, CancelErrand(gone.id, "staff:1", NOW + timedelta(hours=1)))
    session.flush()
    order = order_final(session, MORNING)
    assert order is not None
    assert order.office_ids == ids(day, 1)


def test_a_visit_added_since_brings_its_office_a_new_plan(session: UnitOfWork, day: PlannableDay) -> None:
    published(session)
    make_errand(session, office=day.offices[0], day=DAY)
    order = order_final(session, MORNING)
    assert order is not None
    assert order.office_ids == ids(day, 0)


def test_what_the_plan_left_out_knowingly_is_no_change(session: UnitOfWork, day: PlannableDay) -> None:
    for shift in day.shifts:
        shift.works = False
    session.flush()
    published(session)
    assert {errand.state for errand in day.errands} == {ErrandState.SCHEDULED}
    assert order_final(session, MORNING) is None


def test_an_office_on_its_way_keeps_its_plan(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session)
    publish(session, PublishPlan(plan.id, by="staff:1", now=NOW))
    for office in day.offices:
        make_errand(session, office=office, day=DAY)
    first = next(route for route in plan.routes if route.office_id == day.offices[0].id)
    session.add(Run(route_id=first.id, courier_id=first.courier_id, started_at=at(DAY, time(5, 30))))
    session.flush()
    order = order_final(session, at(DAY, time(6, 0)))
    assert order is not None
    assert order.office_ids == ids(day, 1)


@pytest.mark.parametrize(("order", "when"), [(order_draft, EVENING), (order_final, MORNING)])
def test_what_failed_is_ordered_again_after_a_pause_and_a_few_times_only(
    session: UnitOfWork, day: PlannableDay, order: Timer, when: datetime
) -> None:
    moments = []
    for minute in range(90):
        now = when + timedelta(minutes=minute)
        made = order(session, now)
        if made is not None:
            moments.append(minute)
            fail(session, made.id, "planning_failed", now)
            session.expire_all()
    assert moments == [0, 2, 7, 17]
    assert len(day.offices) == 2


def test_a_plan_in_the_making_is_not_ordered_beside(session: UnitOfWork, day: PlannableDay) -> None:
    del day
    made = order_final(session, MORNING)
    assert made is not None
    start(session, made.id)
    assert order_final(session, MORNING + timedelta(hours=1)) is None


def test_a_failed_plan_of_the_province_stays_a_task_when_one_office_is_planned_by_hand(
    session: UnitOfWork, day: PlannableDay
) -> None:
    made = order_final(session, MORNING)
    assert made is not None
    fail(session, made.id, "planning_failed", MORNING)
    one, other = day.offices
    for office_ids, left in (((one.id,), 1), ((other.id,), 0)):
        make_planning(session, DAY, by="staff:1", now=MORNING, office_ids=office_ids)
        assert len([task for task in tasks(session, DAY, MORNING) if task.kind == "plan_failed"]) == left


def test_a_failed_plan_waits_for_the_coordinator_until_the_next_order(session: UnitOfWork, day: PlannableDay) -> None:
    made = order_final(session, MORNING)
    assert made is not None
    fail(session, made.id, "planning_failed", MORNING)
    told = [task for task in tasks(session, DAY, MORNING) if task.kind == "plan_failed"]
    assert [(task.day, task.since) for task in told] == [(DAY, MORNING)]
    assert [task.kind for task in tasks(session, DAY, MORNING, {day.offices[0].id}) if task.kind == "plan_failed"] == []
    order_final(session, MORNING + timedelta(minutes=2))
    assert [task for task in tasks(session, DAY, MORNING) if task.kind == "plan_failed"] == []
