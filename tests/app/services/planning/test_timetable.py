"""The draft of the evening and the final plan of the morning: once, and only where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import CancelErrand, PublishPlan
from app.domain.errand import ErrandState
from app.models import CalendarDay, Plan, Planning, PlanOffice, Run
from app.queries.attention import tasks
from app.services.booking import errands
from app.services.planning import fail, publish, start
from app.services.planning.timetable import order_draft, order_final, stand_in
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, NOW, TODAY, make_errand
from tests.factories.planning import PlannableDay, make_day, make_plan, make_planning

Timer = Callable[[Session, datetime], Planning | None]
EVENING, MORNING = at(TODAY, time(17, 0)), at(DAY, time(5, 0))
TWENTY_PAST = at(DAY, time(5, 20))


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


@pytest.mark.parametrize(
    ("order", "when", "minutes"),
    [
        (order_draft, EVENING, [0, 2, 7, 17, *range(37, 420, 20)]),
        (order_final, MORNING, [0, 2, 7, 17, 37, 57, 77, 97, 117]),
    ],
)
def test_what_failed_is_ordered_again_after_a_pause_as_long_as_its_hours_last(
    session: UnitOfWork, day: PlannableDay, order: Timer, when: datetime, minutes: list[int]
) -> None:
    moments = []
    for minute in range(8 * 60):
        now = when + timedelta(minutes=minute)
        made = order(session, now)
        if made is not None:
            moments.append(minute)
            fail(session, made.id, "planning_failed", now)
            session.expire_all()
    assert moments == minutes
    assert len(day.offices) == 2


@pytest.mark.parametrize("state", ["queued", "running"])
def test_an_order_whose_job_was_lost_is_ordered_again(session: UnitOfWork, day: PlannableDay, state: str) -> None:
    del day
    made = order_final(session, MORNING)
    assert made is not None
    made.state = state
    session.execute(text("update procrastinate_jobs set status = 'failed' where task_name = 'plan_day'"))
    session.flush()
    assert order_final(session, MORNING + timedelta(minutes=1)) is None
    assert made.state == "failed"
    assert order_final(session, MORNING + timedelta(minutes=3)) is not None


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


def in_force(session: UnitOfWork) -> dict[int, int]:
    """The plan of each office."""
    rows = session.scalars(select(PlanOffice).where(PlanOffice.day == DAY, PlanOffice.published))
    return {row.office_id: row.plan_id for row in rows}


def evening_draft(session: UnitOfWork) -> Plan:
    return make_plan(session, by=f"timer:draft:{DAY}", office_ids=())


@pytest.mark.parametrize(("hour", "plans"), [("05:19", 0), ("05:20", 1), ("06:59", 1), ("07:00", 0)])
def test_without_a_final_plan_the_draft_of_the_evening_is_published_from_twenty_past_five(
    session: UnitOfWork, day: PlannableDay, hour: str, plans: int
) -> None:
    draft = evening_draft(session)
    published = stand_in(session, at(DAY, time.fromisoformat(hour)))
    assert published is (draft if plans else None)
    assert {errand.state for errand in day.errands} == {ErrandState.PLANNED if plans else ErrandState.SCHEDULED}


def test_the_draft_stands_in_once(session: UnitOfWork, day: PlannableDay) -> None:
    del day
    evening_draft(session)
    assert stand_in(session, TWENTY_PAST) is not None
    assert stand_in(session, TWENTY_PAST + timedelta(minutes=1)) is None


def test_a_draft_that_somebody_made_by_hand_stands_in_for_nothing(session: UnitOfWork, day: PlannableDay) -> None:
    del day
    make_plan(session, by="staff:1")
    assert stand_in(session, TWENTY_PAST) is None


def test_the_draft_leaves_alone_whom_a_plan_is_published_for(session: UnitOfWork, day: PlannableDay) -> None:
    evening_draft(session)
    first, second = day.offices
    by_hand = make_plan(session, office_ids=(first.id,))
    publish(session, PublishPlan(by_hand.id, by="staff:1", now=NOW))
    stood_in = stand_in(session, TWENTY_PAST)
    assert stood_in is not None
    assert in_force(session) == {first.id: by_hand.id, second.id: stood_in.id}


def test_a_draft_that_breaks_a_promise_stands_in_for_nothing(session: UnitOfWork, day: PlannableDay) -> None:
    del day
    evening_draft(session).violations = 1
    session.flush()
    assert stand_in(session, TWENTY_PAST) is None


def test_who_called_off_since_the_evening_is_not_on_the_draft_that_stands_in(
    session: UnitOfWork, day: PlannableDay
) -> None:
    evening_draft(session)
    errands.cancel(session, CancelErrand(day.errands[0].id, "staff:1", NOW + timedelta(hours=1)))
    session.flush()
    published = stand_in(session, TWENTY_PAST)
    assert published is not None
    assert published.served == len(day.errands) - 1


def test_the_coordinator_is_told_that_the_draft_stands_in_until_the_final_plan_comes(
    session: UnitOfWork, day: PlannableDay
) -> None:
    make_errand(session, office=day.offices[0], day=DAY)
    evening_draft(session)
    made = order_final(session, MORNING)
    assert made is not None
    fail(session, made.id, "planning_failed", MORNING)
    stand_in(session, TWENTY_PAST)
    told = [task.kind for task in tasks(session, DAY, TWENTY_PAST) if task.kind.startswith("plan_")]
    assert told == ["plan_stood_in"]
    late = make_errand(session, office=day.offices[0], day=DAY)
    again = order_final(session, TWENTY_PAST)
    assert again is not None
    assert again.office_ids == ids(day, 0)
    assert late.office_id == day.offices[0].id
    assert [task.kind for task in tasks(session, DAY, TWENTY_PAST) if task.kind.startswith("plan_")] == []


def test_a_final_plan_that_comes_late_takes_the_drafts_place_where_nobody_is_on_the_way(
    session: UnitOfWork, day: PlannableDay
) -> None:
    draft = evening_draft(session)
    stand_in(session, TWENTY_PAST)
    final = make_plan(session, by=f"timer:final:{DAY}")
    riding = next(route for route in draft.routes if route.office_id == day.offices[0].id)
    session.add(Run(route_id=riding.id, courier_id=riding.courier_id, started_at=at(DAY, time(5, 25))))
    session.flush()
    publish(session, PublishPlan(final.id, by="timer:final", now=at(DAY, time(5, 30))), around_runs=True)
    first, second = (office.id for office in day.offices)
    assert in_force(session) == {first: draft.id, second: final.id}
