"""A desk is told of an apology that is owed while it is still in time, of its own dates only, until the result is there."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.domain.due_date import DueTold
from app.domain.transfer import DueHint
from app.models import Dossier
from app.queries.desks.due_dates import apologies_owed
from app.services.desks import due_dates
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_dossier, make_request
from tests.factories.transfers import make_desk_road, received

MONDAY = date(2026, 12, 7)


@pytest.fixture
def dossier(session: Session) -> Dossier:
    return make_dossier(session, make_request(session), code="H21.65-261130-0079", state=4, due_on=MONDAY)


def owed(session: Session, dossier: Dossier, today: date) -> list[tuple[Dossier, DueHint, bool]]:
    return [(line.dossier, line.hint, line.moved) for line in apologies_owed(session, dossier.desk_id, today)]


@pytest.mark.parametrize(
    ("today", "hint"),
    [
        (date(2026, 12, 4), DueHint.APOLOGY),  # the Friday before
        (date(2026, 12, 6), DueHint.APOLOGY),
        (MONDAY, DueHint.TODAY),
        (date(2026, 12, 8), DueHint.OVERDUE),
    ],
)
def test_an_apology_is_owed_from_the_working_day_before(
    session: Session, dossier: Dossier, today: date, hint: DueHint
) -> None:
    assert owed(session, dossier, today) == [(dossier, hint, False)]


def test_two_working_days_before_nobody_is_reminded(session: Session, dossier: Dossier) -> None:
    assert owed(session, dossier, date(2026, 12, 3)) == []


def test_a_dossier_that_waits_for_papers_or_has_its_result_owes_nothing(session: Session, dossier: Dossier) -> None:
    for state in (1, 5, 6, 9, 10):
        dossier.state = state
        assert owed(session, dossier, MONDAY) == [], state
    dossier.state, dossier.result_ready_at = 4, NOW
    assert owed(session, dossier, MONDAY) == []


def test_another_date_ends_the_task_and_its_own_end_says_that_it_was_the_last(
    session: Session, dossier: Dossier
) -> None:
    due_dates.tell(session, dossier, DueTold(date(2026, 12, 14), 4, "partner:1", NOW))
    assert owed(session, dossier, MONDAY) == []
    assert owed(session, dossier, date(2026, 12, 14)) == [(dossier, DueHint.TODAY, True)]


def test_only_the_desk_that_owns_the_date_is_reminded(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    dossier = received(session, way, due_on=MONDAY).dossier
    assert [line.dossier for line in apologies_owed(session, way.there.id, MONDAY)] == []
    assert owed(session, dossier, MONDAY) == [(dossier, DueHint.TODAY, False)]
    dossier.sent_on_at = NOW
    assert owed(session, dossier, MONDAY) == []
    assert [line.dossier for line in apologies_owed(session, way.there.id, MONDAY)] == [dossier]
