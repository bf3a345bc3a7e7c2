"""Another day as the way in for what a plan leaves out: with room, before it is due, at a price."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import PlanUnserved, Slot
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.saving import _cheapest_first
from app.unit_of_work import UnitOfWork
from routing.matrix import Geodesic
from tests.factories.planning import PlannableDay, make_day, make_plan
from tests.factories.times import DAY


@pytest.fixture
def day(session: Session) -> PlannableDay:
    """Nobody works: everything is left out."""
    made = make_day(session, errands=2)
    made.shifts[0].works = False
    made.offices[0].unit.in_service_from = date(2026, 1, 1)
    session.flush()
    return made


def told(session: UnitOfWork, day: PlannableDay, which: int = 0) -> dict[str, Any] | None:
    plan = make_plan(session)
    row = session.scalars(
        select(PlanUnserved).where(PlanUnserved.plan_id == plan.id, PlanUnserved.errand_id == day.errands[which].id)
    ).one()
    return row.relaxation


def test_the_next_day_with_room_is_told_with_the_days_left_until_it_is_due(
    session: UnitOfWork, day: PlannableDay
) -> None:
    day.errands[0].dossiers[0].due_on = DAY + timedelta(days=3)
    session.flush()
    found = told(session, day)
    assert found is not None
    assert (found["kind"], found["unit"]) == ("day", "d")
    later = date.fromisoformat(found["day"])
    assert DAY < later <= DAY + timedelta(days=3)
    assert found["amount"] == (DAY + timedelta(days=3) - later).days
    home, (office,) = day.errands[0].place, day.offices
    seconds, metres = (
        int(way[0, 0])
        for way in Geodesic().block(ASSUMPTIONS.profile, [(home.lon, home.lat)], [(office.lon, office.lat)])
    )
    there = (ASSUMPTIONS.per_km * metres * 3600 + ASSUMPTIONS.per_hour * seconds * 1000) // 3_600_000
    assert found["cost_delta"] == 2 * there > 0


def test_a_day_that_is_already_visited_nearby_is_cheaper(session: UnitOfWork, day: PlannableDay) -> None:
    alone = told(session, day, 1)
    assert alone is not None
    slot = session.scalars(
        select(Slot).where(Slot.day == date.fromisoformat(alone["day"]), Slot.unit_code == day.offices[0].unit_code)
    ).first()
    assert slot is not None
    day.errands[0].slot = slot
    session.flush()
    beside = told(session, day, 1)
    assert beside is not None
    assert beside["cost_delta"] < alone["cost_delta"]


def test_no_day_after_the_due_date_is_offered(session: UnitOfWork, day: PlannableDay) -> None:
    day.errands[0].dossiers[0].due_on = DAY
    session.flush()
    assert told(session, day) is None


def test_without_a_due_date_no_days_are_counted(session: UnitOfWork, day: PlannableDay) -> None:
    day.errands[0].dossiers[0].due_on = None
    session.flush()
    found = told(session, day)
    assert found is not None
    assert found["amount"] is None


def test_the_cheaper_of_today_and_another_day_comes_first() -> None:
    today, later = {"kind": "window", "cost_delta": 9}, {"kind": "day", "cost_delta": 5}
    assert _cheapest_first(today, later) == {"kind": "day", "cost_delta": 5, "instead": today}
    assert _cheapest_first(today, {"kind": "day", "cost_delta": 50}) == today | {
        "instead": {"kind": "day", "cost_delta": 50}
    }
    assert _cheapest_first(None, later) == later
    assert _cheapest_first(today, None) == today
