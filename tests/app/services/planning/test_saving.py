"""A plan is stored once, whole, with a reason for everything it leaves out."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.clock import at
from app.domain.commands import AskForPlan
from app.domain.errors import DomainError
from app.models import Plan, PlanUnserved, Route, Stop
from app.queries.planning.plans import plan_summary
from app.services.planning import ask_for_plan, compare, load_problem, measure, report_progress, save_plan, start
from app.unit_of_work import UnitOfWork
from routing import solve
from routing.engines.versions import versions
from routing.matrix import Geodesic
from tests.factories.planning import make_day, make_delivery, make_parcel, make_plan, make_planning
from tests.factories.times import DAY, NOW


def test_routes_and_stops_are_timed_in_their_order(session: UnitOfWork) -> None:
    make_day(session, errands=6)
    route = make_plan(session).routes[0]
    assert [stop.sequence for stop in route.stops] == [1, 2, 3, 4, 5, 6]
    times = [moment for stop in route.stops for moment in (stop.arrives_at, stop.starts_at, stop.leaves_at)]
    assert times == sorted(times)
    assert at(DAY, time(7)) <= route.starts_at < times[0]
    assert times[-1] < route.ends_at <= at(DAY, time(17))
    assert all(at(DAY, time(7)) <= stop.starts_at <= at(DAY, time(11, 30)) for stop in route.stops)
    assert all(stop.leaves_at - stop.starts_at == timedelta(seconds=300) for stop in route.stops)
    assert [stop.distance_m for stop in route.stops] == sorted(stop.distance_m for stop in route.stops)
    assert route.distance_m > route.stops[-1].distance_m


def test_marginal_metres_are_what_the_route_would_save_without_the_stop(session: UnitOfWork) -> None:
    day = make_day(session, errands=1)
    route = make_plan(session).routes[0]
    assert route.stops[0].marginal_m == route.distance_m
    assert day.errands[0] in route.stops[0].errands


def test_a_stop_between_others_saves_its_ways_less_the_way_between_them(session: UnitOfWork) -> None:
    (office,) = make_day(session, errands=4).offices
    (route,) = make_plan(session).routes
    doors = [(stop.place.lon, stop.place.lat) for stop in route.stops]
    places = [(office.lon, office.lat), *doors, (office.lon, office.lat)]
    m = Geodesic().block("motorbike", places, places)[1].tolist()
    saved = [m[n - 1][n] + m[n][n + 1] - m[n - 1][n + 1] for n in range(1, 5)]
    assert [stop.marginal_m for stop in route.stops] == saved


def test_what_is_left_out_is_counted_and_has_its_reason(session: UnitOfWork) -> None:
    day = make_day(session, errands=3)
    make_delivery(session, day.errands[0])
    parcel = make_parcel(session, day.errands[0], created_at=NOW + timedelta(minutes=1))
    parcel.holder_id = "999999"
    plan = make_plan(session)
    assert (plan.errands, plan.served, plan.violations) == (3, 2, 0)
    told = {
        "errand": str(day.errands[0].id),
        "reason": "parcel_elsewhere",
        "sentence": "Bưu gửi chưa về tới tủ của bưu cục. Xin kiểm tra chuỗi giao nhận.",
        "relaxation": None,
        "way_out": None,
    }
    assert plan_summary(session, plan)["unserved"] == [told]
    assert [(row.errand_id, row.reason) for row in session.scalars(select(PlanUnserved))] == [
        (day.errands[0].id, "parcel_elsewhere")
    ]


def test_a_second_finisher_of_the_same_order_stores_nothing(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    planning = start(session, make_planning(session).id)
    assert planning is not None
    loaded = load_problem(session, planning)
    measured = measure(loaded, solve(loaded.problem, engine="insertion"), {})
    assert save_plan(session, planning.id, loaded, measured, wall_s=1, now=NOW) is not None
    assert save_plan(session, planning.id, loaded, measured, wall_s=1, now=NOW) is None
    assert session.scalar(select(func.count()).select_from(Plan)) == 1
    assert session.scalar(select(func.count()).select_from(Route)) == 1
    assert session.scalar(select(func.count()).select_from(Stop)) == 2


def test_an_order_whose_plan_exists_is_not_taken_up_again(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    plan = make_plan(session)
    assert plan.planning_id is not None
    assert start(session, plan.planning_id) is None


def test_progress_is_written_while_the_plan_is_being_made(session: UnitOfWork) -> None:
    planning = start(session, make_planning(session).id)
    assert planning is not None
    report_progress(session, planning.id, 3, 9)
    session.refresh(planning)
    assert (planning.progress_done, planning.progress_total) == (3, 9)


def test_a_day_without_errands_gives_an_empty_plan(session: UnitOfWork) -> None:
    make_day(session, errands=0)
    plan = make_plan(session)
    assert (plan.errands, plan.served, plan.couriers, plan.routes) == (0, 0, 0, [])


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"office_ids": (999_999,)}, "unknown_offices", "office_ids"),
        ({"assignment": "anywhere"}, "unknown_assignment", "assignment"),
        ({"engine": "magic"}, "unknown_engine", "engine"),
        ({"seconds": 0}, "seconds_out_of_range", "seconds"),
    ],
)
def test_a_malformed_order_names_its_field(session: UnitOfWork, given: dict[str, Any], code: str, field: str) -> None:
    command = replace(AskForPlan(day=DAY, by="system", now=NOW), **given)
    with pytest.raises(DomainError) as refused:
        ask_for_plan(session, command)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_order_and_its_job_come_together(session: UnitOfWork) -> None:
    planning = ask_for_plan(session, AskForPlan(day=DAY, by="system", now=NOW))
    jobs = session.execute(text("select queue_name, args from procrastinate_jobs where task_name = 'plan_day'")).all()
    assert [tuple(job) for job in jobs] == [("plans", {"planning_id": planning.id})]


def test_the_comparison_counts_work_without_breaks_and_papers_carried_on(session: UnitOfWork) -> None:
    make_day(session, errands=4)
    plan = make_plan(session)
    plan.onward_m = 1_500
    (figures,) = compare([plan])
    (route,) = plan.routes
    assert figures.working_s == (route.ends_at - route.starts_at).total_seconds() - route.break_s
    assert figures.working_s > figures.riding_s == plan.duration_s
    assert figures.all_m == plan.distance_m + 1_500
    assert (figures.served, figures.couriers, figures.assignment) == (4, 1, "home")


def test_a_plan_keeps_which_engines_made_it_and_how_long_was_searched(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    planning = start(session, make_planning(session).id)
    assert planning is not None
    loaded = load_problem(session, planning)
    solution = solve(loaded.problem, engine="insertion", seconds=0.05)
    plan = save_plan(session, planning.id, loaded, measure(loaded, solution, {}), wall_s=1, now=NOW)
    assert plan is not None
    assert solution.searched is not None
    assert plan.engine_versions == {
        "versions": versions(),
        "gains": solution.engines,
        "searched": asdict(solution.searched),
    }
    assert plan_summary(session, plan)["searched"] == asdict(solution.searched)


def test_engines_that_are_there_are_named_with_their_versions_the_compiled_one_by_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "libsisr.so"
    monkeypatch.setattr("routing.engines.versions.COMPILED", library)
    assert versions()["ortools"] == version("ortools")
    assert "sisr" not in versions()
    library.write_bytes(b"one")
    one = versions()["sisr"]
    library.write_bytes(b"another")
    assert len(one) == len(versions()["sisr"]) == 12
    assert versions()["sisr"] != one
