"""What all of a demonstration shares."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.services.demo import people, plan
from app.services.demo.make import NEIGHBOURS, NUMBERS
from app.services.demo.staff import OFFICE_PHONES_FROM
from tests.app.services.demo.conftest import ORDER, Demo
from tests.factories.planning import make_day
from tests.factories.times import DAY


@pytest.mark.parametrize(("visits", "seconds"), [(0, 2), (2, 2), (5, 5), (20, 15)])
def test_a_demonstrations_plan_is_searched_as_long_as_its_visits_are_worth(
    session: Session, monkeypatch: pytest.MonkeyPatch, visits: int, seconds: int
) -> None:
    monkeypatch.setattr(plan, "VISITS_A_SECOND", 1)
    make_day(session, errands=visits)
    assert plan.search_s(session, DAY) == seconds


@pytest.mark.parametrize("visits", [1500, 3000])
def test_every_door_of_a_whole_province_has_a_telephone_of_its_own(demo: Demo, visits: int) -> None:
    """One telephone books three visits at most: where numbers came round again, the demonstration ended in its middle."""
    with demo[0].transaction() as session:
        whole = plan.demo_plan_of(session, replace(ORDER, errands=visits))
    assert len(whole.codes) == 135
    assert NEIGHBOURS + max(whole.shares.values()) <= NUMBERS
    phones = {people.phone(NUMBERS * office + NUMBERS - 1) for office in range(len(whole.codes))}
    assert len(phones) == 135
    assert max(phones) < people.phone(OFFICE_PHONES_FROM)
