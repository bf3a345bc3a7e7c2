"""An island is visited on its boat's days, in its hours, and the way there is the boat's."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from app.clock import at
from app.domain.errors import DomainError
from app.domain.slot import WhyNot
from app.models import BoatDay, Slot
from app.queries.reference.missing_days import missing_days
from app.services.booking import slots
from app.services.planning import load_problem
from app.services.planning.hard_ways import hard_ways
from app.unit_of_work import UnitOfWork
from routing.matrix import Geodesic
from tests.factories import make_world
from tests.factories.planning import make_day, make_planning
from tests.factories.times import DAY, NOW

PIER = (108.05, 13.9)


def boat(session: UnitOfWork, unit: str, weekday: int, last: time = time(10, 30)) -> None:
    told = {"unit_code": unit, "weekday": weekday, "first_at": time(8, 30), "last_at": last, "crossing_minutes": 45}
    session.add(BoatDay(**told, pier_lon=PIER[0], pier_lat=PIER[1]))
    session.flush()


def test_a_visit_on_an_island_is_planned_within_the_boats_hours_and_others_as_promised(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    boat(session, day.offices[0].unit_code, DAY.isoweekday())
    jobs = {job.office: job.windows for job in load_problem(session, make_planning(session)).problem.jobs}
    assert jobs[day.offices[0].id] == ((8 * 3600 + 1800, 10 * 3600 + 1800),)
    assert jobs[day.offices[1].id] == ((7 * 3600, 11 * 3600 + 1800),)


def test_on_a_day_without_a_boat_the_visit_is_left_out_for_that_reason(session: UnitOfWork) -> None:
    day = make_day(session, errands=1)
    boat(session, day.offices[0].unit_code, DAY.isoweekday() % 7 + 1)
    loaded = load_problem(session, make_planning(session))
    assert loaded.left_out == ((day.errands[0].id, "no_boat"),)
    assert not loaded.problem.jobs


def test_the_way_over_is_the_boats_and_not_a_line_over_the_sea(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    island, mainland = day.offices
    boat(session, island.unit_code, DAY.isoweekday())
    loaded = load_problem(session, make_planning(session)).on_hard_ways()
    (door,) = [job.location for job in loaded.problem.jobs if job.office == island.id and job.location]
    seat, landing = (mainland.lon, mainland.lat), (island.unit.lon, island.unit.lat)
    by_land = Geodesic()
    to_pier, on = (by_land.block("motorbike", [one], [two]) for one, two in ((seat, PIER), (landing, door)))
    seconds, metres = loaded.problem.travel_times.block("motorbike", [seat, door], [seat, door])
    assert seconds[0, 1] == to_pier[0][0, 0] + 45 * 60 + on[0][0, 0]
    assert metres[0, 1] == to_pier[1][0, 0] + on[1][0, 0]
    assert abs(int(seconds[1, 0]) - int(seconds[0, 1])) <= 2
    assert (seconds[0, 0], seconds[1, 1]) == (0, 0)


def test_without_boats_and_seasons_ways_are_as_they_were(session: UnitOfWork) -> None:
    assert hard_ways(session, DAY).over(Geodesic()) == Geodesic()


def test_slots_of_an_island_are_those_of_its_boat_and_its_page_says_why_others_are_not(session: UnitOfWork) -> None:
    world = make_world(session)
    boat(session, world.unit.code, DAY.isoweekday())
    offered = slots.open_slots(session, world.unit.code, NOW)
    assert offered
    assert {(slot.day, slot.starts_at) for slot in offered} == {(DAY, at(DAY, time(7)))}
    missing = missing_days(session, world.unit, NOW, {DAY})
    assert {one.day: one.why for one in missing}[DAY + timedelta(days=1)] is WhyNot.NO_BOAT
    afternoon = session.scalars(select(Slot).where(Slot.day == DAY, Slot.starts_at == at(DAY, time(13)))).one()
    with pytest.raises(DomainError) as refused:
        slots.take_slot(session, afternoon.id, NOW)
    assert refused.value.code == "no_boat"
