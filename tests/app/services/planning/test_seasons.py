"""A plan reckons with the season's roads where it visits, says so, and moves and running days reckon alike."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import PublishPlan
from app.models import RoadSeason
from app.services.planning import load_problem, measure, publish, save_plan, unserved_of
from app.services.planning.hard_ways import hard_ways
from app.services.planning.in_force import in_force
from app.unit_of_work import UnitOfWork
from routing import solve
from routing.matrix import Geodesic
from tests.factories.planning import make_day, make_plan, make_planning
from tests.factories.times import DAY, NOW


def rain(session: Session, unit: str, first: int = 9, last: int = 12, factor: float = 1.5) -> None:
    session.add(RoadSeason(unit_code=unit, first_month=first, last_month=last, factor=factor, reason="đường đất"))
    session.flush()


def test_the_season_of_a_commune_makes_its_rides_longer_and_no_other(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=2)
    rain(session, day.offices[0].unit_code)
    loaded = load_problem(session, make_planning(session))
    hard = loaded.on_hard_ways()
    for office, factor in zip(day.offices, (1.5, 1.0), strict=True):
        seat = [(office.lon, office.lat)]
        doors = [job.location for job in loaded.problem.jobs if job.office == office.id and job.location]
        usual = loaded.problem.travel_times.block("motorbike", seat, doors)[0]
        found = hard.problem.travel_times.block("motorbike", seat, doors)[0]
        assert found.tolist() == [[pytest.approx(factor * seconds, abs=1) for seconds in usual[0].tolist()]]
    assert hard.slow == {day.offices[0].unit_code: 50}


@pytest.mark.parametrize(("first", "last"), [(5, 11), (1, 1)])
def test_another_months_season_is_not_asked_about(session: UnitOfWork, first: int, last: int) -> None:
    day = make_day(session, errands=1)
    rain(session, day.offices[0].unit_code, first, last)
    loaded = load_problem(session, make_planning(session))
    assert loaded.slow == {}
    assert loaded.on_hard_ways().problem.travel_times == loaded.problem.travel_times


def test_the_plan_keeps_what_it_reckoned(session: UnitOfWork) -> None:
    day = make_day(session, errands=2)
    rain(session, day.offices[0].unit_code, factor=1.4)
    planning = make_planning(session)
    loaded = load_problem(session, planning).on_hard_ways()
    solution = solve(loaded.problem, iterations=3, engine="insertion")
    assert not unserved_of(loaded, solution)
    plan = save_plan(session, planning.id, loaded, measure(loaded, solution, {}), wall_s=0.1, now=NOW)
    assert plan is not None
    assert plan.ways == {"slow": {day.offices[0].unit_code: 40}}


def test_a_day_that_runs_reckons_with_it(session: UnitOfWork) -> None:
    day = make_day(session, errands=2)
    rain(session, day.offices[0].unit_code)
    publish(session, PublishPlan(make_plan(session).id, by="staff:1", now=NOW))
    force = in_force(session, day.offices[0].id, at(DAY, time(8)), Geodesic())
    assert hard_ways(session, DAY).units
    assert force.problem.travel_times == hard_ways(session, DAY).over(Geodesic())
