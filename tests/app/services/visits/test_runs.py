"""A route is ridden by its courier, on its day, when it is published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.commands import PublishPlan
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import Errand, Route
from app.services.planning import publish
from app.services.visits.runs import end_run, start_run
from app.unit_of_work import UnitOfWork
from tests.factories.planning import PlannableDay, make_day, make_plan
from tests.factories.times import NOW

ON_THE_DAY = NOW + timedelta(days=1)


@pytest.fixture
def day(session: Session) -> PlannableDay:
    return make_day(session, errands=2)


@pytest.fixture
def route(session: UnitOfWork, day: PlannableDay) -> Route:
    return publish(session, PublishPlan(make_plan(session).id, by="staff:1", now=NOW)).routes[0]


def test_riding_out_puts_the_errands_under_way(session: Session, day: PlannableDay, route: Route) -> None:
    run = start_run(session, route.id, route.courier_id, ON_THE_DAY)
    assert start_run(session, route.id, route.courier_id, ON_THE_DAY + timedelta(minutes=1)) is run
    session.expire_all()
    assert {session.get_one(Errand, errand.id).state for errand in day.errands} == {ErrandState.UNDER_WAY}


def test_a_run_ends_when_every_visit_has_its_outcome(session: Session, route: Route) -> None:
    start_run(session, route.id, route.courier_id, ON_THE_DAY)
    with pytest.raises(DomainError) as refused:
        end_run(session, route.id, route.courier_id, ON_THE_DAY)
    assert (refused.value.code, refused.value.params) == ("run_unfinished", {"n": 2})
    session.execute(text("update errand set state = 'done' where state = 'under_way'"))
    ended = end_run(session, route.id, route.courier_id, ON_THE_DAY)
    assert ended.ended_at == ON_THE_DAY
    assert end_run(session, route.id, route.courier_id, ON_THE_DAY + timedelta(hours=1)).ended_at == ON_THE_DAY


def test_nobody_rides_the_route_of_another(session: Session, route: Route) -> None:
    with pytest.raises(DomainError) as refused:
        start_run(session, route.id, route.courier_id + 1, ON_THE_DAY)
    assert (refused.value.code, refused.value.kind) == ("not_your_route", "forbidden")


def test_a_route_is_not_ridden_before_its_day(session: Session, route: Route) -> None:
    with pytest.raises(DomainError) as refused:
        start_run(session, route.id, route.courier_id, NOW)
    assert refused.value.code == "route_other_day"


def test_a_draft_is_not_ridden(session: UnitOfWork, day: PlannableDay) -> None:
    route = make_plan(session).routes[0]
    with pytest.raises(DomainError) as refused:
        start_run(session, route.id, route.courier_id, ON_THE_DAY)
    assert refused.value.code == "route_not_published"
    assert len(day.errands) == 2
