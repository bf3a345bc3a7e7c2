"""What a courier rides: the operator's figures in the plan, and a motorbike of old where nothing is said."""

from __future__ import annotations

import pytest

from app.domain.draft_acts import ActKind
from app.services.planning import load_problem
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.reference.catalogue import read_vehicles
from app.unit_of_work import UnitOfWork
from tests.factories.office import make_vehicle_kind
from tests.factories.planning import act_on, make_day, make_plan, make_planning


def test_the_bundled_motorbike_is_the_one_of_old() -> None:
    (motorbike,) = (kind for kind in read_vehicles() if kind.code == "motorbike")
    figures = (motorbike.capacity, motorbike.speed, motorbike.per_km, motorbike.per_hour, motorbike.fixed)
    assert figures == (60, 1.0, ASSUMPTIONS.per_km, ASSUMPTIONS.per_hour, ASSUMPTIONS.fixed)


def test_each_shift_rides_its_own_kind(session: UnitOfWork) -> None:
    day = make_day(session, couriers=2)
    make_vehicle_kind(session)
    day.shifts[1].vehicle, day.shifts[1].capacity = "van", 300
    session.flush()
    motorbike, van = load_problem(session, make_planning(session)).problem.vehicles
    assert (motorbike.per_km, motorbike.per_hour, motorbike.fixed) == (1_500, 30_000, 150_000)
    assert (motorbike.speed_factor, motorbike.capacity) == (1.0, (60,))
    assert (van.per_km, van.per_hour, van.fixed) == (4_500, 40_000, 350_000)
    assert (van.speed_factor, van.capacity) == (0.5, (300,))


def test_the_operator_s_motorbike_stands_before_the_assumed_one(session: UnitOfWork) -> None:
    make_day(session)
    make_vehicle_kind(session, "motorbike", per_km=2_000, speed=1.0)
    (vehicle,) = load_problem(session, make_planning(session)).problem.vehicles
    assert (vehicle.per_km, vehicle.fixed) == (2_000, 350_000)


def test_a_draft_is_judged_with_its_vehicles(session: UnitOfWork) -> None:
    day = make_day(session, errands=3)
    kind = make_vehicle_kind(session, speed=1.0)
    day.shifts[0].vehicle = "van"
    session.flush()
    plan = make_plan(session)
    (route,) = plan.routes
    before, kind.per_km = route.cost, 45_000
    stop = route.stops[0]
    for place in (3, 1):
        act_on(session, plan, ActKind.MOVE, stop_id=stop.id, to_shift=route.shift_id, sequence=place)
    assert route.cost - before == pytest.approx(40_500 * route.distance_m / 1_000, abs=1)
