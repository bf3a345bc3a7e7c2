"""The map's JSON is small, complete and holds nobody's name or address."""

from __future__ import annotations

import json

from shapely import Point, Polygon

from app.queries.planning.plan_map import plan_map
from app.queries.planning.plans import route_lines
from app.queries.reference.areas import nearest_office_areas
from app.unit_of_work import UnitOfWork
from tests.factories.planning import make_day, make_plan


def test_routes_start_and_end_at_their_office_and_number_their_stops(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=3)
    drawn = plan_map(session, make_plan(session))
    assert {office["id"] for office in drawn["offices"]} >= {str(office.id) for office in day.offices}
    assert len(drawn["routes"]) == 2
    for route in drawn["routes"]:
        home = next([o["lon"], o["lat"]] for o in drawn["offices"] if o["id"] == route["office"])
        assert route["path"][0] == route["path"][-1] == home
        assert [stop["n"] for stop in route["stops"]] == [1, 2, 3]
        assert all(stop["title"].endswith("nhận hồ sơ") for stop in route["stops"])


def test_no_citizen_is_on_the_map(session: UnitOfWork) -> None:
    day = make_day(session, errands=2)
    text = json.dumps(plan_map(session, make_plan(session)), ensure_ascii=False)
    for errand in day.errands:
        applicant = errand.request.applicant
        assert not [
            said for said in (errand.place.address, applicant.name, applicant.phone) if not said or said in text
        ]


def test_what_is_left_out_says_why(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    day.shifts[0].works = False
    drawn = plan_map(session, make_plan(session))
    (left,) = drawn["unserved"]
    assert left["lines"] == ["Bưu cục không có bưu tá làm việc hôm đó. Xin xếp ca hoặc hẹn ngày khác."]


def test_a_manager_sees_the_own_office(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    own = [day.offices[0].id]
    plan = make_plan(session)
    assert [route["office"] for route in plan_map(session, plan, own)["routes"]] == [str(own[0])]
    assert [line.office_id for line in route_lines(session, plan.id, own)] == own


def test_the_table_counts_doors_and_errands(session: UnitOfWork) -> None:
    make_day(session, errands=3)
    (line,) = route_lines(session, make_plan(session).id)
    assert (line.stops, line.errands, line.number) == (3, 3, 1)


def test_every_office_lies_in_its_own_area_and_areas_do_not_overlap() -> None:
    spots = (("1", 108.0, 13.9), ("2", 108.2, 13.9), ("3", 108.1, 14.1), ("4", 108.1, 14.1))
    areas = {str(area["office"]): Polygon(area["ring"]) for area in nearest_office_areas(spots)}  # type: ignore[arg-type]  # its stub knows no list of lists
    assert set(areas) == {"1", "2", "3"}
    for office, lon, lat in spots[:3]:
        assert areas[office].contains(Point(lon, lat))
    assert areas["1"].intersection(areas["2"]).area < 1e-6
    assert nearest_office_areas(spots) is nearest_office_areas(spots)


def test_one_office_has_one_area_and_none_has_none() -> None:
    assert nearest_office_areas(()) == ()
    assert len(nearest_office_areas((("1", 108.0, 13.9),))) == 1
