"""What all of a demonstration shares."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.services.demo import plan
from tests.factories.planning import make_day
from tests.factories.times import DAY


@pytest.mark.parametrize(("visits", "seconds"), [(0, 2), (2, 2), (5, 5), (20, 15)])
def test_a_demonstrations_plan_is_searched_as_long_as_its_visits_are_worth(
    session: Session, monkeypatch: pytest.MonkeyPatch, visits: int, seconds: int
) -> None:
    monkeypatch.setattr(plan, "VISITS_A_SECOND", 1)
    make_day(session, errands=visits)
    assert plan.search_s(session, DAY) == seconds
