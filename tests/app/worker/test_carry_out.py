"""An order is carried out along the operator's roads, and nothing of the database is open while their server is asked."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import unquote

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from app.clock import Clock
from app.database import Database
from app.models import Desk, Plan, PlanUnserved
from app.queries.planning.plan_pages import places_off_road
from app.worker.carry_out import CarriedOut, carry_out
from routing.matrix import Geodesic
from tests.factories.planning import make_day, make_planning
from tests.factories.times import NOW
from tests.fakes.partner import Partner, Reply, Sent, told

OPEN = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
"""


class RoadServer:
    """OSRM with roads twice as long as straight lines; before each answer it looks for open transactions."""

    def __init__(self, url: URL) -> None:
        self.watch = create_engine(url, poolclass=NullPool)
        self.found_open: list[int] = []

    def __call__(self, sent: Sent) -> Reply:
        with self.watch.connect() as connection:
            self.found_open.append(connection.execute(text(OPEN)).scalar_one())
        places = [tuple(map(float, one.split(","))) for one in unquote(sent.path).rpartition("/")[2].split(";")]
        sources, targets = ([places[int(n)] for n in sent.query[end].split(";")] for end in ("sources", "destinations"))
        seconds, metres = Geodesic().block(
            "motorbike", [(lon, lat) for lon, lat in sources], [(a, b) for a, b in targets]
        )
        snapped = {end: [{"distance": 0.0}] * len(of) for end, of in (("sources", sources), ("destinations", targets))}
        return told({"code": "Ok", "durations": (2 * seconds).tolist(), "distances": (2 * metres).tolist(), **snapped})


@pytest.fixture
def roads(database: Database) -> RoadServer:
    return RoadServer(database.engine.url)


@pytest.fixture
def planning_id(database: Database) -> int:
    """One courier with room for three of six papers, all bound for a desk: onward legs, and ways out on other days."""
    with database.transaction() as session:
        day = make_day(session, errands=6)
        day.offices[0].unit.in_service_from = date(2026, 1, 1)
        day.shifts[0].capacity = 3
        session.execute(update(Desk).values(lon=Desk.lon + 0.05))
        return make_planning(session, engine="insertion").id


def carried_out(database: Database, planning_id: int, roads: str | None) -> CarriedOut:
    done = carry_out(database, planning_id, Clock(fixed=NOW), roads)
    assert done is not None
    return done


def test_no_road_is_asked_with_a_transaction_open(database: Database, planning_id: int, roads: RoadServer) -> None:
    with Partner(roads) as server:
        done = carried_out(database, planning_id, server.url)
    assert done.plan.served == 3
    assert len(roads.found_open) >= 6  # for onward legs, the search, marginal metres, and the price of three other days
    assert set(roads.found_open) == {0}


def test_onward_legs_and_other_days_are_measured_along_the_roads(
    database: Database, planning_id: int, roads: RoadServer
) -> None:
    with Partner(roads) as server:
        done = carried_out(database, planning_id, server.url)
    ends, onward = done.loaded.onward_ends, done.loaded.problem.onward
    assert onward is not None
    ((leg, metres),) = onward.distances.items()
    straight = Geodesic().block("motorbike", [ends.offices[leg[0]]], [ends.desks[leg[1]]])[1][0, 0]
    assert metres == 2 * straight
    assert done.plan.onward_m == 3 * metres
    with database.transaction() as session:
        ways_in = session.scalars(select(PlanUnserved.relaxation).where(PlanUnserved.plan_id == done.plan.id)).all()
    days = [change for way in ways_in if way for change in (way, way.get("instead", {})) if change.get("kind") == "day"]
    assert len(days) == 3
    assert all(change["cost_delta"] > 0 for change in days)


def test_without_a_road_server_the_ways_are_straight_lines(database: Database, planning_id: int) -> None:
    done = carried_out(database, planning_id, None)
    assert isinstance(done.loaded.problem.travel_times, Geodesic)
    assert done.plan.served == 3


def test_roads_that_break_off_in_mid_plan_leave_a_plan_of_straight_lines_alone(
    database: Database, planning_id: int, roads: RoadServer
) -> None:
    answered: list[Sent] = []

    def dying(sent: Sent) -> Reply:
        if len(answered) == 3:
            return Reply(503)
        answered.append(sent)
        return roads(sent)

    with Partner(dying) as server:
        done = carried_out(database, planning_id, server.url)
    assert len(answered) == 3
    assert done.plan.ways == {"roads_away": True}
    with database.transaction() as session:
        again = make_planning(session, engine="insertion").id
    straight = carried_out(database, again, None)
    figures = ("distance_m", "duration_s", "onward_m", "cost", "served")
    assert [getattr(done.plan, name) for name in figures] == [getattr(straight.plan, name) for name in figures]
    assert straight.plan.ways is None


def test_a_desk_off_every_road_costs_the_province_no_plan(
    database: Database, planning_id: int, roads: RoadServer
) -> None:
    def without_desk(sent: Sent) -> Reply:
        answer = roads(sent)
        if len(sent.query["destinations"].split(";")) > 1 or "onward" in left:
            return answer
        left.append("onward")
        body = json.loads(answer.body)
        return told(body | {"destinations": [{"distance": 5_000.0}]})

    left: list[str] = []
    with Partner(without_desk) as server:
        done = carried_out(database, planning_id, server.url)
    ((leg, metres),) = done.loaded.problem.onward.distances.items()  # type: ignore[union-attr]
    ends = done.loaded.onward_ends
    assert metres == Geodesic().block("motorbike", [ends.offices[leg[0]]], [ends.desks[leg[1]]])[1][0, 0]
    assert done.plan.ways == {"off_road": [list(leg)]}
    with database.transaction() as session:
        plan = session.get_one(Plan, done.plan.id)
        assert places_off_road(session, plan) == [session.get_one(Desk, leg[1]).name]
