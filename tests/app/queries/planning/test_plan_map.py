"""The map's JSON is small, complete and holds nobody's name or address."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from shapely import Point, Polygon

from app.queries.planning.plan_map import minutes, plan_map, steps_of, way_of
from app.queries.planning.plans import route_lines
from app.queries.reference.areas import nearest_office_areas
from app.unit_of_work import UnitOfWork
from tests.factories.planning import make_day, make_plan
from tests.factories.times import DAY


def cells(drawn: dict[str, Any], row: Sequence[Any]) -> dict[str, Any]:
    """A stop by the names of its columns."""
    return dict(zip(drawn["columns"], row, strict=False))


def test_stops_are_numbered_in_order_and_say_code_commune_and_window(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=3)
    drawn = plan_map(session, make_plan(session))
    assert {office["id"] for office in drawn["offices"]} >= {str(office.id) for office in day.offices}
    assert len(drawn["routes"]) == 2
    codes = {errand.request.reference: errand for errand in day.errands}
    for route in drawn["routes"]:
        stops = [cells(drawn, row) for row in route["stops"]]
        assert [stop["n"] for stop in stops] == [1, 2, 3]
        for stop in stops:
            errand = codes.pop(stop["codes"])
            assert (stop["kinds"], stop["state"], stop["late"], stop["due"]) == (1, 0, 0, None)
            assert drawn["units"][stop["unit"]] == errand.place.unit.name
            assert errand.slot is not None
            assert (stop["from"], stop["to"]) == (minutes(errand.slot.starts_at), minutes(errand.slot.ends_at))
            assert stop["lon"] * drawn["unit"] == pytest.approx(errand.place.lon, abs=1e-5)
    assert codes == {}


def test_the_way_of_a_route_begins_and_ends_at_its_office(session: UnitOfWork) -> None:
    make_day(session, errands=3)
    drawn = plan_map(session, make_plan(session))
    homes = {office["id"]: (office["lon"], office["lat"]) for office in drawn["offices"]}
    (route,) = drawn["routes"]
    way = way_of(route, homes)
    assert (way[0], way[-1], len(way)) == (homes[route["office"]], homes[route["office"]], 5)


def test_a_line_by_road_is_told_in_steps() -> None:
    assert steps_of([(108.0, 13.9), (108.1, 13.9), (108.1, 13.89999)]) == [10800000, 1390000, 10000, 0, 0, -1]


def test_the_earliest_day_that_papers_are_due_counts_from_the_plans_day(session: UnitOfWork) -> None:
    day = make_day(session, errands=3)
    first, second, third = day.errands
    first.dossiers[0].due_on = DAY + timedelta(days=3)
    second.dossiers[0].due_on = DAY - timedelta(days=1)
    second.held_until = DAY + timedelta(days=9)
    session.flush()
    drawn = plan_map(session, make_plan(session))
    due = {stop["codes"]: stop["due"] for row in drawn["routes"][0]["stops"] for stop in [cells(drawn, row)]}
    assert due == {first.request.reference: 3, second.request.reference: -1, third.request.reference: None}


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
    left = cells(drawn, drawn["unserved"][0])
    reason = drawn["reasons"][left["reason"]]
    assert reason == "Bưu cục không có bưu tá làm việc hôm đó. Xin xếp ca hoặc hẹn ngày khác."
    assert (left["office"], left["codes"]) == (str(day.offices[0].id), day.errands[0].request.reference)


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
