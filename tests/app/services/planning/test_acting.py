"""A coordinator's hand on a draft: priced before it is done, and never done against an office that somebody else changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import PublishPlan
from app.domain.draft_acts import ActKind, ActOnDraft, DraftAct
from app.domain.errors import DomainError
from app.domain.slot import AFTERNOON
from app.models import Plan, PlanOffice, PlanUnserved, Stop
from app.services.planning import act_on_draft, load_problem, propose, publish, violations_of
from app.unit_of_work import UnitOfWork
from tests.app.services.planning.plan_dump import plan_dump
from tests.factories import make_staff
from tests.factories.planning import PlannableDay, act_on, make_day, make_delivery, make_plan, make_planning
from tests.factories.request import make_slot
from tests.factories.times import NOW


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


@pytest.fixture
def neighbours(session: Session) -> PlannableDay:
    """Two offices with a courier each."""
    return make_day(session, offices=2, errands=3)


def refusal(session: Session, plan: Plan, kind: ActKind, **fields: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        act_on(session, plan, kind, **fields)
    return refused.value


def test_a_proposal_writes_nothing(session: UnitOfWork, neighbours: PlannableDay) -> None:
    plan = make_plan(session)
    one, other = plan.routes
    before = plan_dump(session, plan)
    found = propose(session, plan.id, DraftAct(ActKind.MOVE, stop_id=one.stops[0].id, to_shift=other.shift_id))
    assert found.figures.metres != 0
    assert not session.dirty
    assert plan_dump(session, plan) == before
    assert len(neighbours.offices) == 2


def test_taking_a_stop_out_shortens_its_route_and_says_why_it_is_left_out(
    session: UnitOfWork, day: PlannableDay
) -> None:
    plan = make_plan(session)
    route = plan.routes[0]
    stop = route.stops[1]
    errand, before, saved = stop.errands[0].id, route.distance_m, stop.marginal_m
    done = act_on(session, plan, ActKind.TAKE_OUT, stop_id=stop.id)
    assert (done.figures["metres"], done.figures["served"]) == (-saved, -1)
    assert route.distance_m == before - saved
    assert [other.sequence for other in route.stops] == [1, 2]
    assert session.scalars(select(PlanUnserved.reason).where(PlanUnserved.errand_id == errand)).all() == ["removed"]
    assert (plan.errands, plan.served) == (len(day.errands), 5)


def test_what_was_left_out_is_put_back_where_it_costs_least(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session)
    route = plan.routes[0]
    errand, before = route.stops[1].errands[0].id, route.distance_m
    act_on(session, plan, ActKind.TAKE_OUT, stop_id=route.stops[1].id)
    act_on(session, plan, ActKind.PUT_BACK, errand_id=errand, to_shift=route.shift_id)
    assert route.distance_m == before
    assert [stop.errands[0].id for stop in route.stops].count(errand) == 1
    assert session.scalars(select(PlanUnserved)).all() == []
    assert plan.served == len(day.errands)
    assert refusal(session, plan, ActKind.PUT_BACK, errand_id=errand, to_shift=route.shift_id).code == "plan_changed"


def test_a_move_that_breaks_promises_says_which_and_stands_only_with_a_reason(
    session: UnitOfWork, day: PlannableDay
) -> None:
    plan = make_plan(session)
    morning, afternoon = sorted(plan.routes, key=lambda route: route.starts_at)
    stop = morning.stops[0]
    move = DraftAct(ActKind.MOVE, stop_id=stop.id, to_shift=afternoon.shift_id, sequence=1)
    found = propose(session, plan.id, move)
    assert {(one.cause, one.shift_id, one.stop_id) for one in found.broken} == {("delay", afternoon.shift_id, stop.id)}
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=afternoon.shift_id, sequence=1)
    assert plan.violations == 1
    assert violations_of(session, plan, afternoon.id) == found.broken
    with pytest.raises(DomainError):
        publish(session, PublishPlan(plan.id, by="staff:1", now=NOW))
    assert refusal(session, plan, ActKind.ACCEPT, stop_id=stop.id, reason="because").code == "accept_reason_missing"
    act_on(session, plan, ActKind.ACCEPT, stop_id=stop.id, reason="citizen_agreed")
    assert plan.violations == 0
    assert [one.accepted for one in violations_of(session, plan, afternoon.id)] == ["citizen_agreed"]
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=afternoon.shift_id, sequence=3)
    assert plan.violations == 1  # later still than what was accepted
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=afternoon.shift_id, sequence=1)
    assert publish(session, PublishPlan(plan.id, by="staff:1", now=NOW)).state == "published"
    assert len(day.errands) == plan.served


def test_without_a_place_the_stop_goes_where_it_costs_least(session: UnitOfWork) -> None:
    made = make_day(session, errands=6, couriers=2)
    for shift in made.shifts:
        shift.capacity = 4
    session.flush()
    plan = make_plan(session)
    longer, shorter = sorted(plan.routes, key=lambda route: -len(route.stops))
    stop = longer.stops[0]
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=shorter.shift_id)
    chosen = shorter.distance_m
    tried = []
    for sequence in range(1, len(shorter.stops) + 1):
        act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=shorter.shift_id, sequence=sequence)
        tried.append(shorter.distance_m)
    assert chosen == min(tried) < max(tried)


def test_a_stop_given_to_another_office_is_there_on_purpose(session: UnitOfWork, neighbours: PlannableDay) -> None:
    """Also where no plan crosses communes; the errand is the other office's with the publication."""
    plan = make_plan(session)
    one, other = plan.routes
    stop = one.stops[0]
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=other.shift_id)
    assert [(b.cause, b.accepted) for b in violations_of(session, plan, other.id)] == [("office", "other_office")]
    assert plan.violations == 0
    publish(session, PublishPlan(plan.id, by="staff:1", now=NOW))
    session.expire_all()
    assert stop.errands[0].office_id == neighbours.offices[1].id


def test_a_result_in_another_office_s_safe_can_t_be_given_away(session: UnitOfWork, neighbours: PlannableDay) -> None:
    delivery = make_delivery(session, neighbours.errands[0])
    plan = make_plan(session)
    one, other = plan.routes
    stop = next(stop for stop in one.stops if delivery in stop.errands)
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=other.shift_id)
    assert [(b.cause, b.accepted) for b in violations_of(session, plan, other.id)] == [("office", "")]
    assert plan.violations == 1


def test_two_stops_change_places(session: UnitOfWork, neighbours: PlannableDay) -> None:
    plan = make_plan(session)
    one, other = plan.routes
    first, second = one.stops[0].id, other.stops[1].id
    act_on(session, plan, ActKind.SWAP, stop_id=first, other_id=second)
    assert (one.stops[0].id, other.stops[1].id) == (second, first)
    act_on(session, plan, ActKind.SWAP, stop_id=one.stops[0].id, other_id=one.stops[2].id)
    assert one.stops[2].id == second
    assert len(neighbours.errands) == plan.served


def test_a_route_is_split_with_a_courier_who_had_none_and_merged_again(session: UnitOfWork) -> None:
    made = make_day(session, errands=4, couriers=2)
    plan = make_plan(session)
    (route,) = plan.routes
    spare = next(shift for shift in made.shifts if shift.id != route.shift_id)
    rest = [stop.id for stop in route.stops[2:]]
    act_on(session, plan, ActKind.SPLIT, stop_id=rest[0], to_shift=spare.id)
    session.refresh(plan)
    assert [(one.number, one.shift_id, len(one.stops)) for one in plan.routes] == [
        (1, route.shift_id, 2),
        (2, spare.id, 2),
    ]
    assert [stop.id for stop in plan.routes[1].stops] == rest
    assert plan.couriers == 2
    act_on(session, plan, ActKind.MERGE, shift_id=spare.id, to_shift=route.shift_id)
    session.refresh(plan)
    assert [stop.id for stop in plan.routes[0].stops][2:] == rest
    assert plan.couriers == 1
    assert (
        refusal(session, plan, ActKind.MERGE, shift_id=spare.id, to_shift=route.shift_id).code == "act_changes_nothing"
    )


def test_the_last_stop_takes_its_route_with_it(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = make_plan(session)
    act_on(session, plan, ActKind.TAKE_OUT, stop_id=plan.routes[0].stops[0].id)
    session.expire_all()
    assert (plan.routes, plan.couriers, plan.distance_m, plan.cost) == ([], 0, 0, 0)


def test_a_locked_stop_stays_until_it_is_unlocked(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    plan = make_plan(session)
    stop = plan.routes[0].stops[0]
    times = stop.arrives_at, plan.routes[0].distance_m
    act_on(session, plan, ActKind.LOCK, stop_id=stop.id)
    assert refusal(session, plan, ActKind.TAKE_OUT, stop_id=stop.id).code == "stop_locked"
    assert refusal(session, plan, ActKind.LOCK, stop_id=stop.id).code == "act_changes_nothing"
    act_on(session, plan, ActKind.UNLOCK, stop_id=stop.id)
    assert (stop.arrives_at, plan.routes[0].distance_m) == times
    act_on(session, plan, ActKind.TAKE_OUT, stop_id=stop.id)
    assert plan.served == 1


def test_a_locked_courier_keeps_every_stop_also_in_the_next_plan(session: UnitOfWork) -> None:
    made = make_day(session, errands=6, couriers=2)
    for shift in made.shifts:
        shift.capacity = 4
    session.flush()
    plan = make_plan(session)
    route, other = plan.routes
    act_on(session, plan, ActKind.LOCK_COURIER, shift_id=route.shift_id)
    stop = route.stops[0]
    assert refusal(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=other.shift_id).code == "courier_locked"
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=route.shift_id, sequence=2)
    mine = {errand.id for one in route.stops for errand in one.errands}
    loaded = load_problem(session, make_planning(session))
    tied = {job.id: job.vehicle for job in loaded.problem.jobs}
    assert {tied[v.job_id] for v in loaded.visits.values() if mine & set(v.errand_ids)} == {route.shift_id}
    assert {tied[v.job_id] for v in loaded.visits.values() if not mine & set(v.errand_ids)} == {None}
    act_on(session, plan, ActKind.UNLOCK_COURIER, shift_id=route.shift_id)
    act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=other.shift_id)


def test_coordinators_of_two_offices_never_refuse_each_other(session: UnitOfWork, neighbours: PlannableDay) -> None:
    plan = make_plan(session)
    one, other = plan.routes
    mine = DraftAct(ActKind.TAKE_OUT, stop_id=one.stops[0].id)
    seen = propose(session, plan.id, mine).seen
    act_on(session, plan, ActKind.TAKE_OUT, by="staff:2", stop_id=other.stops[0].id)
    act_on_draft(session, ActOnDraft(plan.id, mine, seen, by="staff:1", now=NOW))
    rows = session.execute(
        select(PlanOffice.office_id, PlanOffice.revision, PlanOffice.changed_by, PlanOffice.changed_what)
        .where(PlanOffice.plan_id == plan.id)
        .order_by(PlanOffice.office_id)
    ).all()
    assert [tuple(row) for row in rows] == [
        (neighbours.offices[0].id, 2, "staff:1", "take_out"),
        (neighbours.offices[1].id, 2, "staff:2", "take_out"),
    ]
    assert plan.revision == 3


def test_the_slower_of_two_in_one_office_reads_who_was_faster(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session)
    lan = make_staff(session, name="Lan Mẫu")
    first, second = plan.routes[0].stops[:2]
    mine = DraftAct(ActKind.TAKE_OUT, stop_id=first.id)
    seen = propose(session, plan.id, mine).seen
    act_on(session, plan, ActKind.LOCK, by=f"staff:{lan.id}", stop_id=second.id)
    with pytest.raises(DomainError) as refused:
        act_on_draft(session, ActOnDraft(plan.id, mine, seen, by="staff:1", now=NOW))
    assert refused.value.code == "office_changed"
    assert refused.value.params == {"office": day.offices[0].name, "who": "Lan Mẫu", "act": "lock", "at": NOW}
    assert session.get(Stop, first.id) is not None


def test_a_stop_of_another_plan_is_none_of_this_one(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    one, other = make_plan(session), make_plan(session)
    assert refusal(session, one, ActKind.TAKE_OUT, stop_id=other.routes[0].stops[0].id).code == "plan_changed"


def test_a_courier_who_is_not_at_work_is_no_target(session: UnitOfWork, day: PlannableDay) -> None:
    plan = make_plan(session, office_ids=(day.offices[0].id,))
    away = make_day(session, errands=0).shifts[0]
    refused = refusal(session, plan, ActKind.MOVE, stop_id=plan.routes[0].stops[0].id, to_shift=away.id)
    assert (refused.code, refused.field) == ("not_found", "to_shift")


def test_a_published_plan_is_not_changed_by_hand(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = make_plan(session)
    plan.state = "published"
    session.flush()
    assert refusal(session, plan, ActKind.TAKE_OUT, stop_id=plan.routes[0].stops[0].id).code == "plan_not_draft"
