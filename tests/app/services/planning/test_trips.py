"""A day with a second trip: the bag is filled again at the office, and everybody who reads the route sees it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from app.config import Settings, load_keys
from app.domain.draft_acts import ActKind
from app.models import Route
from app.services.documents.route_sheet import load_route, sheet_of
from app.services.planning import load_problem
from app.unit_of_work import UnitOfWork
from tests.factories.planning import PlannableDay, act_on, make_day, make_delivery, make_plan, make_planning


def day_of_full_bags(session: Session, trips: int = 2) -> PlannableDay:
    """Four results, and a bag that holds two."""
    day = make_day(session, errands=4)
    for errand in day.errands:
        make_delivery(session, errand)
    day.shifts[0].capacity, day.shifts[0].trips, day.shifts[0].reload_s = 2, trips, 600
    session.flush()
    return day


def trips_of_stops(route: Route) -> list[int]:
    return [stop.trip for stop in sorted(route.stops, key=lambda stop: stop.sequence)]


def test_what_one_bag_can_not_hold_goes_on_the_second_trip(session: UnitOfWork) -> None:
    day_of_full_bags(session)
    plan = make_plan(session)
    (route,) = plan.routes
    assert (plan.served, plan.violations) == (4, 0)
    assert trips_of_stops(route) == [1, 1, 2, 2]
    assert route.reloads is not None
    (between,) = route.reloads
    assert between["leaves"] - between["at"] == 600
    assert all(stop.marginal_m >= 0 for stop in route.stops)
    assert [stop.sequence for stop, _ in route.returns()] == [3]


def test_without_a_second_trip_half_of_them_are_left_out(session: UnitOfWork) -> None:
    day_of_full_bags(session, trips=1)
    plan = make_plan(session)
    assert plan.served == 2
    assert plan.routes[0].reloads is None
    assert plan.routes[0].returns() == []


def test_a_vehicle_of_one_trip_is_loaded_as_ever(session: UnitOfWork) -> None:
    day_of_full_bags(session, trips=1)
    (vehicle,) = load_problem(session, make_planning(session)).problem.vehicles
    assert (vehicle.max_trips, vehicle.reload) == (1, 0)


def test_a_move_times_the_trips_anew(session: UnitOfWork) -> None:
    day_of_full_bags(session)
    plan = make_plan(session)
    (route,) = plan.routes
    for _ in range(2):
        act_on(session, plan, ActKind.TAKE_OUT, stop_id=route.stops[0].id)
    assert trips_of_stops(route) == [1, 1]
    assert route.reloads is None


def test_the_printed_list_sends_the_courier_back_for_the_second_bag(session: UnitOfWork, tmp_path: Path) -> None:
    day_of_full_bags(session)
    (route,) = make_plan(session).routes
    session.expire_all()
    rows = sheet_of(session, load_route(session, route.id), load_keys(Settings(var=tmp_path)), "vi")["rows"]
    assert ["pause" in row for row in rows[:3]] == [False, False, True]
    assert rows[2]["pause"].startswith("Về bưu cục lấy chuyến hai, ")
