"""On its day the map says which doors are done, where couriers were last and who will be late; a draft never does."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from app.clock import at
from app.domain.errand import ErrandState
from app.domain.outcome import DONE
from app.models import Attempt, Plan, PlanOffice, Route, Run
from app.queries.planning.plan_map import plan_map
from app.unit_of_work import UnitOfWork
from tests.factories.counter import number
from tests.factories.planning import make_day, make_plan
from tests.factories.times import DAY

NINE = at(DAY, time(9, 0))


@pytest.fixture
def plan(session: UnitOfWork) -> Plan:
    """In force, one route of four doors."""
    make_day(session, errands=4)
    made = make_plan(session)
    made.state = "published"
    for office in session.query(PlanOffice).filter_by(plan_id=made.id):
        office.published = True
    session.flush()
    return made


def tried(session: UnitOfWork, route: Route, at_stop: int, outcome: str, moment: datetime) -> None:
    for errand in route.stops[at_stop].errands:
        errand.state = ErrandState.DONE if outcome == DONE else ErrandState.FAILED
        session.add(
            Attempt(
                errand_id=errand.id,
                number=1,
                courier_id=route.courier_id,
                outcome=outcome,
                evidence={},
                operation_id=f"op{number()}",
                occurred_at=moment,
                received_at=moment,
            )
        )
    session.flush()


def begun(session: UnitOfWork, route: Route, moment: datetime) -> None:
    session.add(Run(route_id=route.id, courier_id=route.courier_id, started_at=moment))
    session.flush()


def column(drawn: dict[str, Any], name: str) -> list[Any]:
    at_column = drawn["columns"].index(name)
    return [row[at_column] for row in drawn["routes"][0]["stops"]]


def test_doors_are_done_tried_in_vain_gone_or_open(session: UnitOfWork, plan: Plan) -> None:
    (route,) = plan.routes
    begun(session, route, route.starts_at)
    tried(session, route, 0, DONE, route.stops[0].leaves_at)
    tried(session, route, 1, "ABSENT", route.stops[1].leaves_at)
    route.stops[2].errands[0].state = ErrandState.CANCELLED
    session.flush()
    drawn = plan_map(session, plan, now=route.stops[1].leaves_at)
    assert column(drawn, "state") == [1, 2, 3, 0]
    assert drawn["routes"][0]["begun"] is True
    assert drawn["live"] is True


def test_a_courier_was_last_at_the_door_of_the_last_act_with_its_age(session: UnitOfWork, plan: Plan) -> None:
    (route,) = plan.routes
    begun(session, route, route.starts_at)
    tried(session, route, 0, DONE, NINE)
    last = plan_map(session, plan, now=NINE + timedelta(minutes=12))["routes"][0]["last"]
    place = route.stops[0].place
    assert last == {"lon": place.lon, "lat": place.lat, "age": "12 phút trước"}


def test_nobody_is_seen_before_the_first_act(session: UnitOfWork, plan: Plan) -> None:
    begun(session, plan.routes[0], plan.routes[0].starts_at)
    assert "last" not in plan_map(session, plan, now=NINE)["routes"][0]


def test_who_is_behind_will_be_late_where_no_slack_is_left(session: UnitOfWork, plan: Plan) -> None:
    (route,) = plan.routes
    begun(session, route, route.starts_at)
    slot = route.stops[3].errands[0].slot
    assert slot is not None
    delay = slot.ends_at - route.stops[3].starts_at + timedelta(minutes=7)
    tried(session, route, 0, DONE, route.stops[0].leaves_at + delay)
    late = column(plan_map(session, plan, now=route.stops[0].leaves_at + delay), "late")
    assert (late[0], late[3]) == (0, 7)


def test_who_has_not_left_leaves_now_at_the_earliest(session: UnitOfWork, plan: Plan) -> None:
    (route,) = plan.routes
    slot = route.stops[0].errands[0].slot
    assert slot is not None
    now = slot.ends_at
    drawn = plan_map(session, plan, now=now)
    behind = now - route.starts_at
    wanted = route.stops[0].arrives_at + behind - slot.ends_at
    assert column(drawn, "late")[0] == -(-wanted // timedelta(minutes=1))
    assert "begun" not in drawn["routes"][0]


def test_a_draft_tells_only_what_is_planned(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    drawn = plan_map(session, make_plan(session), now=NINE + timedelta(hours=8))
    assert drawn["live"] is False
    assert column(drawn, "late") == [0, 0]


def test_a_plan_of_tomorrow_is_not_running(session: UnitOfWork, plan: Plan) -> None:
    assert plan_map(session, plan, now=NINE - timedelta(days=1))["live"] is False
