"""An order is carried out along the operator's roads, and nothing of the database is open while their server is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import date, timedelta
from threading import Event
from urllib.parse import unquote

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from app.clock import Clock
from app.database import Database
from app.gateways.roads import travel_times
from app.models import Desk, Errand, Office, Place, Plan, Planning, PlanOffice, PlanUnserved
from app.queries.planning.plan_pages import ends_off_road, offices_off_road
from app.worker.carry_out import CarriedOut, carry_out
from routing.matrix import Geodesic
from routing.problem import Point
from tests.factories.planning import make_day, make_planning
from tests.factories.times import DAY, NOW
from tests.fakes.partner import Partner, Reply, Sent, told

OPEN = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
  and backend_type = 'client backend'
"""
"""The server's own vacuum comes by where many rows were written, and works in transactions, too."""


class RoadServer:
    """OSRM with roads twice as long as straight lines; before each answer it looks for open transactions."""

    def __init__(self, url: URL) -> None:
        self.watch = create_engine(url, poolclass=NullPool)
        self.found_open: list[int] = []

    def look(self) -> None:
        with self.watch.connect() as connection:
            self.found_open.append(connection.execute(text(OPEN)).scalar_one())

    def __call__(self, sent: Sent) -> Reply:
        self.look()
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
    done = carry_out(database, planning_id, Clock(fixed=NOW), None if roads is None else travel_times(roads))
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


def test_roads_that_hang_in_mid_plan_are_left_for_the_whole_plan_in_bounded_time(
    database: Database, planning_id: int, roads: RoadServer
) -> None:
    over = Event()

    def hanging(sent: Sent) -> Reply:
        if len(roads.found_open) < 3:
            return roads(sent)
        over.wait(120)
        return Reply(503)

    with database.transaction() as session:
        order = session.get_one(Planning, planning_id)
        order.engine, order.seconds = "auto", 2
    began = time.monotonic()
    with Partner(hanging) as server:
        done = carry_out(database, planning_id, Clock(fixed=NOW), travel_times(server.url, one_table_s=0.5))
        over.set()
    assert time.monotonic() - began < 60
    assert done is not None
    assert (done.plan.ways, done.plan.served) == ({"roads_away": True}, 3)


class HalfARoadServer:
    """Roads that do not reach some places: `away` are snapped from afar, `nowhere` costs the whole table (`NoSegment`)."""

    def __init__(self, roads: RoadServer, away: Sequence[Point] = (), nowhere: Sequence[Point] = ()) -> None:
        self.roads = roads
        self.away, self.nowhere = ([f"{lon:.6f},{lat:.6f}" for lon, lat in some] for some in (away, nowhere))

    def __call__(self, sent: Sent) -> Reply:
        places = unquote(sent.path).rpartition("/")[2].split(";")
        if set(places) & set(self.nowhere):
            return told({"code": "NoSegment", "message": "Could not find a matching segment for coordinate 0"}, 400)
        body = json.loads(self.roads(sent).body)
        for end in ("sources", "destinations"):
            asked = [places[int(n)] for n in sent.query[end].split(";")]
            body[end] = [{"distance": 5_000.0 if place in self.away else 0.0} for place in asked]
        return told(body)


def test_a_desk_off_every_road_costs_the_province_no_plan(
    database: Database, planning_id: int, roads: RoadServer
) -> None:
    with database.transaction() as session:
        desk = session.scalars(select(Desk)).one()
        name, at = desk.name, (desk.lon, desk.lat)
    with Partner(HalfARoadServer(roads, away=[at])) as server:
        done = carried_out(database, planning_id, server.url)
    ((leg, metres),) = done.loaded.problem.onward.distances.items()  # type: ignore[union-attr]  # this plan has both
    ends = done.loaded.onward_ends
    assert metres == Geodesic().block("motorbike", [ends.offices[leg[0]]], [ends.desks[leg[1]]])[1][0, 0]
    assert done.plan.ways == {"off_road": [list(leg)]}
    with database.transaction() as session:
        assert ends_off_road(session, session.get_one(Plan, done.plan.id)) == [name]


@pytest.mark.parametrize("off", ["away", "nowhere"])
def test_a_home_off_every_road_is_left_out_alone_and_the_rest_rides_on_roads(
    database: Database, planning_id: int, roads: RoadServer, off: str
) -> None:
    with database.transaction() as session:
        lost = session.scalars(select(Errand).order_by(Errand.created_at)).all()[2]
        lost_id, home = lost.id, (lost.place.lon, lost.place.lat)
    with Partner(HalfARoadServer(roads, **{off: [home]})) as server:
        done = carried_out(database, planning_id, server.url)
    assert (lost_id, "unreachable") in done.loaded.left_out
    assert (done.plan.served, done.plan.errands, done.plan.ways) == (3, 6, None)
    with database.transaction() as session:
        reason = select(PlanUnserved.reason).where(PlanUnserved.errand_id == lost_id)
        assert session.scalars(reason).all() == ["unreachable"]


def test_an_office_off_every_road_keeps_its_plan_and_is_named(
    database: Database, planning_id: int, roads: RoadServer
) -> None:
    with database.transaction() as session:
        office = session.scalars(select(Office)).one()
        name, seat = office.name, (office.lon, office.lat)
    with Partner(HalfARoadServer(roads, nowhere=[seat])) as server:
        done = carried_out(database, planning_id, server.url)
        first, second = (job.location for job in done.loaded.problem.jobs[:2])
        assert first is not None
        assert second is not None
        metres = done.loaded.problem.travel_times.block("motorbike", [seat, first], [second])[1]
    straight = Geodesic().block("motorbike", [seat, first], [second])[1]
    assert (metres == straight * [[1], [2]]).all()
    assert done.plan.served == 3
    with database.transaction() as session:
        plan = session.get_one(Plan, done.plan.id)
        assert offices_off_road(session, plan) == [name]
        assert ends_off_road(session, plan) == []


def test_an_office_and_a_desk_off_the_roads_are_no_other_province_for_the_one_door_on_them(
    database: Database, roads: RoadServer
) -> None:
    with database.transaction() as session:
        make_day(session, errands=1)
        session.execute(update(Desk).values(lon=Desk.lon + 0.05))
        order = make_planning(session, engine="insertion").id
        off = [(row.lon, row.lat) for row in (*session.scalars(select(Office)), *session.scalars(select(Desk)))]
    with Partner(HalfARoadServer(roads, away=off)) as server:
        done = carried_out(database, order, server.url)
    assert done.plan.ways is not None
    assert done.plan.ways.keys() == {"off_road", "offices"}
    assert done.plan.served == 1


def test_roads_of_another_province_leave_a_plan_of_straight_lines(
    database: Database, planning_id: int, roads: RoadServer
) -> None:
    with database.transaction() as session:
        homes = [(place.lon, place.lat) for place in session.scalars(select(Place))]
    with Partner(HalfARoadServer(roads, nowhere=homes)) as server:
        done = carried_out(database, planning_id, server.url)
    assert (done.plan.ways, done.plan.served) == ({"roads_elsewhere": True}, 3)


@pytest.mark.parametrize("wrong", ["break", "position"])
def test_the_wrong_data_of_one_office_cost_the_others_no_plan(database: Database, wrong: str) -> None:
    with database.transaction() as session:
        day = make_day(session, offices=2, errands=2)
        if wrong == "break":
            day.shifts[0].break_s = 20 * 3600
        else:
            day.offices[0].lon = float("nan")
        broken = {errand.id for errand in day.errands if errand.office_id == day.offices[0].id}
        order = make_planning(session, engine="insertion").id
    done = carried_out(database, order, None)
    assert {errand for errand, reason in done.loaded.left_out if reason == "broken_data"} == broken
    assert done.plan.served == 2


def test_a_large_office_with_wrong_data_costs_the_small_one_no_plan_and_keeps_its_own(database: Database) -> None:
    with database.transaction() as session:
        large, small = make_day(session, errands=5), make_day(session, errands=1)
        large.offices[0].lat = 300.0
        order = make_planning(session, engine="insertion").id
    done = carried_out(database, order, None)
    assert (done.plan.served, done.plan.errands) == (1, 6)
    with database.transaction() as session:
        spoken_for = select(PlanOffice.office_id).where(PlanOffice.plan_id == done.plan.id)
        assert session.scalars(spoken_for).all() == [small.offices[0].id]


def test_wrong_data_of_another_day_are_no_price_and_cost_no_plan(database: Database, planning_id: int) -> None:
    with database.transaction() as session:
        seat = session.scalars(select(Office)).one()
        later = make_day(session, errands=1, day=DAY + timedelta(days=1))
        later.errands[0].office = seat
        later.errands[0].place.lat = 300.0
    done = carried_out(database, planning_id, None)
    with database.transaction() as session:
        out = session.scalars(select(PlanUnserved).where(PlanUnserved.plan_id == done.plan.id)).all()
        changes = [
            change for row in out if row.relaxation for change in (row.relaxation, row.relaxation.get("instead"))
        ]
    assert done.plan.served == 3
    assert [change["cost_delta"] > 0 for change in changes if change and change["kind"] == "day"] == [True] * 3


def test_a_home_that_is_no_place_has_no_other_day(database: Database) -> None:
    with database.transaction() as session:
        day, alone = make_day(session, errands=1), make_day(session, errands=1)
        alone.shifts[0].works = False
        alone.errands[0].place.lat = 300.0
        alone.offices[0].unit.in_service_from = date(2026, 1, 1)
        order = make_planning(session, engine="insertion").id
    done = carried_out(database, order, None)
    assert (done.plan.served, done.loaded.left_out) == (len(day.errands), ((alone.errands[0].id, "no_courier"),))


def test_one_visit_with_wrong_data_is_left_out_alone(database: Database) -> None:
    with database.transaction() as session:
        day = make_day(session, errands=3)
        day.errands[1].place.lat = 300.0
        broken = day.errands[1].id
        order = make_planning(session, engine="insertion").id
    done = carried_out(database, order, None)
    assert done.loaded.left_out == ((broken, "broken_data"),)
    assert done.plan.served == 2
