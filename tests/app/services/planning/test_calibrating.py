"""Days that were driven teach the plans to come how long a ride takes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.models import Attempt, Calibration, Courier, Plan, PlanOffice, Run
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.calibrating import driven_legs, known_travel_times, learn, newest
from app.services.planning.margins import most_margin_s, spread_of
from routing.calibrate import from_json
from routing.matrix import Geodesic
from tests.factories.office import make_courier, make_office, make_unit
from tests.factories.request import make_errand, make_place, make_request
from tests.factories.route import make_route
from tests.factories.times import NOW, TODAY

PACE = 0.25
"""Seconds a straight metre: 14.4 km/h as the crow flies."""
DOORS = 8


@pytest.fixture
def courier(session: Session) -> Courier:
    return make_courier(session, office=make_office(session, unit=make_unit(session, lon=108.0, lat=14.0)))


def drive(session: Session, courier: Courier, day: date, pace: float = PACE, lunch_s: int = 0) -> None:
    """A day of doors a kilometre apart, as a phone would tell it: an outcome at each, after the ride and the work."""
    office = courier.office
    places = [
        make_place(session, unit=office.unit, lon=office.lon + n / 108, lat=office.lat) for n in range(1, DOORS + 1)
    ]
    errands = [make_errand(session, make_request(session, place=place), office=office, day=day) for place in places]
    route = make_route(session, courier, day, [[errand] for errand in errands])
    moment = at(day, route.starts_at.timetz().replace(tzinfo=None))
    session.add(Run(route_id=route.id, courier_id=courier.id, started_at=moment, ended_at=None))
    here = (office.lon, office.lat)
    for number, (place, errand) in enumerate(zip(places, errands, strict=True)):
        straight = int(Geodesic(detour=1.0).block("motorbike", [here], [(place.lon, place.lat)])[1][0, 0])
        moment += timedelta(
            seconds=straight * pace + ASSUMPTIONS.service_s(1) + (lunch_s if number == DOORS // 2 else 0)
        )
        here = (place.lon, place.lat)
        session.add(
            Attempt(
                errand_id=errand.id, number=1, courier_id=courier.id, outcome="DONE", evidence={},
                operation_id=f"{errand.id}", occurred_at=moment, received_at=moment,
            )
        )  # fmt: skip
    session.flush()


def test_rides_are_read_from_door_to_door(session: Session, courier: Courier) -> None:
    drive(session, courier, TODAY - timedelta(days=1))
    days, legs = driven_legs(session, TODAY - timedelta(days=5), TODAY)
    assert (days, len(legs)) == (1, DOORS)
    assert all(leg.seconds == pytest.approx(leg.straight * PACE, abs=1) for leg in legs)
    assert {leg.unit for leg in legs} == {courier.office.unit_code}


def test_the_known_pace_is_learned_from_a_week_with_lunches_in_it(session: Session, courier: Courier) -> None:
    for back in range(1, 8):
        drive(session, courier, TODAY - timedelta(days=back), lunch_s=3600)
    row = learn(session, NOW)
    assert row is not None
    assert (row.day, row.days, row.profile) == (TODAY - timedelta(days=1), 7, "motorbike")
    (band,) = [band for band in from_json(row.fitted).province if band is not None]
    assert band.pace == pytest.approx(PACE, rel=0.05)
    here, there = (courier.office.lon, courier.office.lat), (courier.office.lon + 1 / 108, courier.office.lat)
    seconds = known_travel_times(session).block("motorbike", [here], [there])[0][0, 0]
    straight = Geodesic(detour=1.0).block("motorbike", [here], [there])[1][0, 0]
    assert seconds == pytest.approx(straight * PACE, rel=0.05)


def test_how_far_rides_stray_is_learned_with_them(session: Session, courier: Courier) -> None:
    """Every other day is slow: what strays is about half the difference."""
    for back in range(1, 9):
        drive(session, courier, TODAY - timedelta(days=back), pace=PACE if back % 2 else 2 * PACE)
    row = learn(session, NOW)
    spread = spread_of(row)
    assert spread.late(courier.office.unit_code, 8 * 3600) == pytest.approx(1000 * PACE / 2, rel=0.1)
    assert most_margin_s(row) >= spread.late(courier.office.unit_code, 8 * 3600)


def test_a_second_night_replaces_nothing_and_a_second_run_of_a_night_does(session: Session, courier: Courier) -> None:
    drive(session, courier, TODAY - timedelta(days=1))
    learn(session, NOW)
    learn(session, NOW)
    learn(session, NOW + timedelta(days=1))
    days = [row.day for row in session.scalars(select(Calibration).order_by(Calibration.day))]
    assert days == [TODAY - timedelta(days=1), TODAY]
    found = newest(session)
    assert found is not None
    assert found.day == TODAY


def test_nothing_driven_teaches_nothing(session: Session) -> None:
    assert learn(session, NOW) is None
    assert known_travel_times(session) == Geodesic()


def test_a_plan_that_was_replaced_teaches_nothing(session: Session, courier: Courier) -> None:
    drive(session, courier, TODAY - timedelta(days=1))
    plan = session.scalars(select(Plan)).one()
    session.get_one(PlanOffice, (plan.id, courier.office_id)).published = False
    session.flush()
    assert driven_legs(session, TODAY - timedelta(days=5), TODAY) == (0, [])
