"""A plan leaves room for rides that take longer than they should, and loses no visit to it."""

from __future__ import annotations

from datetime import time
from functools import partial

import pytest

from app.clock import at
from app.models import Calibration
from app.services.planning import load_problem, with_margins
from app.services.planning.margins import MOST_S, margins_of, most_margin_s, tightened
from app.unit_of_work import UnitOfWork
from routing import plan as planned
from routing import solve
from routing.calibrate import TravelCalibration, to_json
from routing.problem import Problem
from tests.factories.planning import make_day, make_planning
from tests.factories.times import NOW, TODAY

SEARCH = partial(solve, iterations=3, engine="insertion")


def learned(session: UnitOfWork, late: float | None) -> None:
    """The same spread all day long, everywhere; None: a row of before it was learned."""
    fitted = to_json(TravelCalibration((None,) * 5))
    if late is not None:
        fitted["spread"] = {"province": [late] * 4, "units": {}}
    session.add(Calibration(day=TODAY, profile="motorbike", legs=9, days=1, fitted=fitted, learned_at=NOW))
    session.flush()


@pytest.mark.parametrize(("late", "margin"), [(90.0, 90), (3_000.0, MOST_S), (-20.0, 0), (None, 0)])
def test_the_search_sees_a_window_that_ends_earlier_and_the_promise_stands(
    session: UnitOfWork, late: float | None, margin: int
) -> None:
    make_day(session, errands=2)
    learned(session, late)
    loaded = load_problem(session, make_planning(session))
    searched: list[Problem] = []

    def search(problem: Problem) -> planned.Plan:
        searched.append(problem)
        return SEARCH(problem)

    with_margins(loaded.problem, loaded.margins, search)
    ends = 11 * 3600 + 1800
    assert [job.windows[-1][1] for job in loaded.problem.jobs] == [ends, ends]
    assert [[job.windows[-1][1] for job in problem.jobs] for problem in searched] == [[ends - margin] * 2]


def test_nothing_is_left_out_for_the_sake_of_caution(session: UnitOfWork) -> None:
    """The one visit that can only be reached in the last minutes of its window is reached then."""
    day = make_day(session, offices=2, errands=1)
    learned(session, 600.0)
    slot = day.errands[0].slot
    assert slot is not None
    day.shifts[0].starts_at = at(slot.day, time(11, 25))
    day.shifts[0].break_s = 0
    session.flush()
    loaded = load_problem(session, make_planning(session))
    assert SEARCH(tightened(loaded.problem, loaded.margins)).unassigned
    searched: list[Problem] = []

    def search(problem: Problem) -> planned.Plan:
        searched.append(problem)
        return SEARCH(problem)

    found = with_margins(loaded.problem, loaded.margins, search)
    assert not found.unassigned
    assert not found.violations
    ends = {job.office: job.windows[-1][1] for job in searched[1].jobs}
    assert ends == {day.offices[0].id: 11 * 3600 + 1800, day.offices[1].id: 11 * 3600 + 1200}


def test_a_short_window_keeps_three_quarters_of_itself(session: UnitOfWork) -> None:
    day = make_day(session, errands=1)
    slot = day.errands[0].slot
    assert slot is not None
    slot.ends_at = slot.starts_at.replace(minute=20)
    learned(session, 600.0)
    session.flush()
    loaded = load_problem(session, make_planning(session))
    assert list(margins_of(session, loaded.problem.jobs).values()) == [300]


def test_without_days_driven_there_is_no_margin(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    assert load_problem(session, make_planning(session)).margins == {}
    assert most_margin_s(None) == 0
