"""The plan of a day that has begun: late errands go in, a courier who falls out hands on, and the past stands."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from app.clock import at
from app.domain.commands import AllowedBrowser, HandOnRoute, InsertToday, PublishPlan
from app.domain.custody import Holder
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.models import (
    Courier,
    Errand,
    Message,
    Parcel,
    Plan,
    PlanUnserved,
    PushSubscription,
    Route,
    Stop,
    StopErrand,
)
from app.services.messaging import browsers
from app.services.planning import publish
from app.services.planning.in_force import in_force
from app.services.planning.today import DayChange, hand_on, insert_today, waiting
from app.services.visits.runs import start_run
from app.unit_of_work import UnitOfWork
from routing.matrix import Geodesic
from tests.app.services.planning.in_force import published_routes
from tests.factories.phone import make_device
from tests.factories.planning import PlannableDay, make_day, make_delivery, make_plan
from tests.factories.procedure import make_procedure
from tests.factories.request import make_dossier, make_errand, make_place, make_request
from tests.factories.times import DAY, NOW

MORNING = at(DAY, time(7, 30))
BY = "staff:1"


@pytest.fixture
def day(session: UnitOfWork) -> PlannableDay:
    """Two couriers of one office, four doors each at most."""
    made = make_day(session, errands=6, couriers=2)
    for shift in made.shifts:
        shift.capacity = 4
    session.flush()
    return made


@pytest.fixture
def plan(session: UnitOfWork, day: PlannableDay) -> Plan:
    assert day.errands
    return publish(session, PublishPlan(make_plan(session).id, by=BY, now=NOW))


def late_errand(session: UnitOfWork, day: PlannableDay) -> Errand:
    unit = day.offices[0].unit
    place = make_place(session, unit=unit, lon=unit.lon + 0.006, lat=unit.lat + 0.001)
    request = make_request(session, place=place)
    make_dossier(session, request, procedure=make_procedure(session))
    return make_errand(session, request, office=day.offices[0], day=DAY)


def put_in(
    session: UnitOfWork, day: PlannableDay, *late: Errand, now: datetime = MORNING, polish: bool = False
) -> DayChange:
    ids = tuple(errand.id for errand in late)
    return insert_today(session, InsertToday(day.offices[0].id, ids, BY, now, polish))


def order(session: UnitOfWork, office_id: int) -> dict[int, list[int]]:
    return {route.id: [stop.id for stop in route.stops] for route in published_routes(session, office_id, DAY)}


def test_a_late_errand_joins_a_route_and_no_other_door_moves(
    session: UnitOfWork, day: PlannableDay, plan: Plan
) -> None:
    before, ridden = order(session, day.offices[0].id), plan.distance_m
    late = late_errand(session, day)
    assert [one.id for one in waiting(session, day.offices[0].id, DAY)] == [late.id]
    change = put_in(session, day, late)
    assert len(change.inserted) == 1
    assert (change.moved, change.unchanged, change.still_out) == ((), 6, ())
    after = order(session, day.offices[0].id)
    assert {r: [s for s in stops if s not in change.inserted] for r, stops in after.items()} == before
    assert plan.distance_m == ridden + change.distance_delta_m > ridden
    assert late.state is ErrandState.PLANNED
    assert (plan.errands, plan.served) == (7, 7)


def test_the_times_of_a_changed_route_follow_its_order(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    change = put_in(session, day, late_errand(session, day))
    stop = session.get_one(Stop, change.inserted[0])
    stops = session.get_one(Route, stop.route_id).stops
    assert [one.sequence for one in stops] == list(range(1, len(stops) + 1))
    moments = [moment for one in stops for moment in (one.arrives_at, one.starts_at, one.leaves_at)]
    assert moments == sorted(moments)
    assert [one.distance_m for one in stops] == sorted(one.distance_m for one in stops)
    assert plan.violations == 0


def test_what_was_left_out_is_left_out_no_more(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    late = late_errand(session, day)
    session.add(PlanUnserved(plan_id=plan.id, errand_id=late.id, reason="window"))
    plan.errands += 1
    session.flush()
    put_in(session, day, late)
    assert session.scalars(select(PlanUnserved)).all() == []
    assert (plan.errands, plan.served) == (7, 7)


def test_the_door_that_a_courier_rides_to_and_all_before_it_stand(
    session: UnitOfWork, day: PlannableDay, plan: Plan
) -> None:
    route = plan.routes[0]
    start_run(session, route.id, route.courier_id, MORNING)
    first, second = route.stops[0], route.stops[1]
    for errand in first.errands:
        errand.state = ErrandState.DONE
    session.flush()
    at_ten = at(DAY, time(10))
    late = late_errand(session, day)
    change = put_in(session, day, late, now=at_ten, polish=True)
    session.expire_all()
    assert [stop.id for stop in route.stops[:2]] == [first.id, second.id]
    inserted = session.get_one(Stop, change.inserted[0])
    assert inserted.arrives_at > at_ten
    assert late.state is (ErrandState.UNDER_WAY if inserted.route_id == route.id else ErrandState.PLANNED)


def test_a_result_in_the_safe_is_not_given_to_who_has_left(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    for route in plan.routes:
        start_run(session, route.id, route.courier_id, MORNING)
    late = make_delivery(session, late_errand(session, day))
    session.flush()
    change = put_in(session, day, late)
    assert change.inserted == ()
    assert [(left.errand_id, left.reason) for left in change.still_out] == [(late.id, "all_away")]
    assert late.state is ErrandState.SCHEDULED


def test_a_time_that_is_over_says_so_and_nothing_changes(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    before = order(session, day.offices[0].id)
    change = put_in(session, day, late_errand(session, day), now=at(DAY, time(15)))
    assert change.inserted == ()
    assert change.still_out[0].reason in {"window", "shift"}
    assert order(session, day.offices[0].id) == before
    assert plan.served == 6


def test_nothing_that_waits_is_said(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    with pytest.raises(DomainError) as refused:
        put_in(session, day, plan.routes[0].stops[0].errands[0])
    assert refused.value.code == "nothing_waits"


def test_without_a_plan_in_force_nothing_is_inserted(session: UnitOfWork, day: PlannableDay) -> None:
    with pytest.raises(DomainError) as refused:
        put_in(session, day, day.errands[0])
    assert refused.value.code == "no_plan_in_force"


def test_a_break_that_was_taken_is_not_planned_again(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    route = plan.routes[0]
    shift = route.shift
    shift.break_from, shift.break_to, shift.break_s = at(DAY, time(8)), at(DAY, time(12)), 1_800
    route.break_at, route.break_s = at(DAY, time(8, 30)), 1_800
    start_run(session, route.id, route.courier_id, MORNING)

    def breaks(now: datetime) -> int:
        force = in_force(session, day.offices[0].id, now, Geodesic())
        return len(next(vehicle for vehicle in force.problem.vehicles if vehicle.id == shift.id).breaks)

    assert [breaks(at(DAY, time(8, minute))) for minute in (29, 30, 59)] == [1, 0, 0]  # it may be taken until noon
    late = late_errand(session, day)
    put_in(session, day, late, now=at(DAY, time(8, 45)), polish=True)
    assert route.break_at == at(DAY, time(8, 30))


def test_a_courier_who_has_not_left_yet_still_has_the_break_ahead(
    session: UnitOfWork, day: PlannableDay, plan: Plan
) -> None:
    route = plan.routes[0]
    shift = route.shift
    shift.break_from, shift.break_to, shift.break_s = at(DAY, time(8)), at(DAY, time(12)), 1_800
    route.break_at, route.break_s = at(DAY, time(8, 30)), 1_800
    session.flush()
    force = in_force(session, day.offices[0].id, at(DAY, time(8, 45)), Geodesic())
    assert all(len(vehicle.breaks) == 1 for vehicle in force.problem.vehicles if vehicle.id == shift.id)


def test_a_courier_who_falls_out_hands_the_doors_on(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    for shift in day.shifts:
        shift.capacity = 60
    first, second = plan.routes
    doors = [errand.id for stop in first.stops for errand in stop.errands]
    start_run(session, first.id, first.courier_id, MORNING)
    change = hand_on(session, HandOnRoute(first.id, BY, MORNING + timedelta(minutes=5)))
    session.expire_all()
    assert len(change.inserted) == len(doors)
    theirs = {errand.id for stop in second.stops for errand in stop.errands}
    assert set(doors) <= theirs
    assert first.stops == []
    assert change.still_out == ()
    assert len(day.errands) == len(session.scalars(select(StopErrand)).all())


def test_a_route_that_never_began_and_has_no_door_left_is_gone(
    session: UnitOfWork, day: PlannableDay, plan: Plan
) -> None:
    for shift in day.shifts:
        shift.capacity = 60
    first = plan.routes[0]
    hand_on(session, HandOnRoute(first.id, BY, MORNING))
    session.expire_all()
    assert session.get(Route, first.id) is None
    assert (plan.couriers, len(plan.routes)) == (1, 1)


def test_what_the_fallen_courier_carries_stays_until_it_changes_hands(
    session: UnitOfWork, day: PlannableDay, plan: Plan
) -> None:
    for shift in day.shifts:
        shift.capacity = 60
    first = plan.routes[0]
    errand = first.stops[-1].errands[0]
    make_delivery(session, errand)
    parcel = session.scalars(select(Parcel).where(Parcel.dossier_id == errand.dossiers[0].id)).one()
    parcel.holder, parcel.holder_id = Holder.COURIER, str(first.courier_id)
    session.flush()
    assert errand.kind is ErrandKind.DELIVER
    change = hand_on(session, HandOnRoute(first.id, BY, MORNING))
    session.expire_all()
    assert [(left.errand_id, left.reason) for left in change.still_out] == [(errand.id, "in_the_bag")]
    assert [one.id for stop in first.stops for one in stop.errands] == [errand.id]
    with pytest.raises(DomainError) as refused:
        hand_on(session, HandOnRoute(10**6, BY, MORNING))
    assert refused.value.code == "not_found"


def test_the_phones_of_couriers_whose_day_changed_are_told(session: UnitOfWork, day: PlannableDay, plan: Plan) -> None:
    assert plan.routes
    phones = {
        shift.courier_id: make_device(session, session.get_one(Courier, shift.courier_id)) for shift in day.shifts
    }
    for phone in phones.values():
        phone.access_until = at(DAY, time(18))
        browsers.allow_for_phone(session, phone.id, AllowedBrowser("https://push.example/1", "p", "a", "k"), NOW)
    change = put_in(session, day, late_errand(session, day))
    stop = session.get_one(Stop, change.inserted[0])
    changed = phones[session.get_one(Route, stop.route_id).courier_id]
    told = select(PushSubscription.device_id).join(
        Message, Message.recipient == func.concat("browser:", PushSubscription.id)
    )
    assert session.scalars(told).all() == [changed.id]
