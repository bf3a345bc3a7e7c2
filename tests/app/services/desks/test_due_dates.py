"""A due date is moved once; what the exchange moves again is taken and waits for a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.dossier import DossierState
from app.domain.due_date import DueTold
from app.domain.errors import DomainError
from app.models import Dossier
from app.queries.desks.due_dates import moved_again
from app.services.desks import dossier_steps, due_dates
from app.services.desks.counting import count_papers
from app.services.inbox.dossier_states import Heard, hear
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_dossier, make_request
from tests.factories.custody import at_desk, counting, make_road
from tests.factories.links import make_link
from tests.factories.transfers import make_desk_road, received

FIRST, SECOND, THIRD = date(2026, 12, 5), date(2026, 12, 10), date(2026, 12, 15)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def dossier(session: Session) -> Dossier:
    return make_dossier(session, make_request(session), code="H21.65-261130-0077", state=4, due_on=FIRST)


def moved(session: UnitOfWork, dossier: Dossier, on: date) -> str:
    return hear(session, dossier.id, Heard(dossier.state, due_on=on), LATER)


def tasks(session: Session, dossier: Dossier) -> list[tuple[Dossier, date]]:
    return [(line.dossier, line.before) for line in moved_again(session, dossier.desk_id)]


def test_the_exchange_moves_a_date_without_a_step(session: UnitOfWork, dossier: Dossier) -> None:
    assert moved(session, dossier, SECOND) == "redated"
    assert (dossier.due_on, tasks(session, dossier)) == (SECOND, [])


def test_what_the_exchange_moves_again_is_taken_and_waits_for_the_desk(session: UnitOfWork, dossier: Dossier) -> None:
    moved(session, dossier, SECOND)
    moved(session, dossier, THIRD)
    assert (dossier.due_on, tasks(session, dossier)) == (THIRD, [(dossier, SECOND)])


def test_a_step_of_the_exchange_with_another_date_waits_for_the_desk_too(session: UnitOfWork, dossier: Dossier) -> None:
    dossier.state = DossierState.ACCEPTED
    moved(session, dossier, SECOND)
    assert hear(session, dossier.id, Heard(4, LATER, THIRD), LATER) == "learned"
    assert (dossier.state, dossier.due_on, tasks(session, dossier)) == (4, THIRD, [(dossier, SECOND)])


def test_a_date_that_was_left_behind_is_no_news_of_the_exchange(session: UnitOfWork, dossier: Dossier) -> None:
    due_dates.tell(session, dossier, DueTold(SECOND, 4, "partner:1", NOW))
    assert moved(session, dossier, FIRST) == "same"
    assert (dossier.due_on, tasks(session, dossier)) == (SECOND, [])


def test_a_date_that_the_exchange_itself_left_behind_and_returns_to_is_taken(
    session: UnitOfWork, dossier: Dossier
) -> None:
    moved(session, dossier, SECOND)
    assert moved(session, dossier, FIRST) == "redated"
    assert (dossier.due_on, tasks(session, dossier)) == (FIRST, [(dossier, SECOND)])


def test_after_a_later_word_of_the_desk_what_the_exchange_said_before_is_no_news(
    session: UnitOfWork, dossier: Dossier
) -> None:
    moved(session, dossier, SECOND)
    dossier.state = DossierState.PAPERS_WANTED  # the time stands still: a new date is no re-dating
    due_dates.tell(session, dossier, DueTold(THIRD, 4, "partner:1", LATER))
    assert moved(session, dossier, SECOND) == "same"
    assert (dossier.due_on, tasks(session, dossier)) == (THIRD, [])


def test_a_first_date_is_no_re_dating(session: UnitOfWork) -> None:
    dossier = make_dossier(session, make_request(session), code="H21.65-261130-0078", state=4)
    for on in (FIRST, SECOND):
        moved(session, dossier, on)
    assert (dossier.due_on, tasks(session, dossier)) == (SECOND, [])


def test_our_own_word_goes_first_while_it_is_on_its_way(session: UnitOfWork, dossier: Dossier) -> None:
    make_link(session, "one_stop")
    dossier_steps.move(session, dossier, DossierState.IN_PROCESS, by="staff:1", at=NOW, now=NOW)
    assert moved(session, dossier, SECOND) == "same"
    assert dossier.due_on == FIRST


def test_a_task_ends_when_the_desk_has_looked_and_comes_back_with_the_next_move(
    session: UnitOfWork, dossier: Dossier
) -> None:
    for on in (SECOND, THIRD):
        moved(session, dossier, on)
    due_dates.checked(session, dossier.id, dossier.desk_id, "staff:1", LATER)
    assert tasks(session, dossier) == []
    moved(session, dossier, date(2026, 12, 20))
    assert tasks(session, dossier) == [(dossier, THIRD)]


def test_nobody_looks_at_the_task_of_another_desk(session: UnitOfWork, dossier: Dossier) -> None:
    for on in (SECOND, THIRD):
        moved(session, dossier, on)
    with pytest.raises(DomainError, match="not_found"):
        due_dates.checked(session, dossier.id, dossier.desk_id + 1, "staff:1", LATER)


def test_the_task_follows_the_desk_that_owns_the_date(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    dossier = received(session, way, due_on=FIRST).dossier
    for on in (SECOND, THIRD):
        moved(session, dossier, on)
    assert [line.dossier for line in moved_again(session, dossier.desk_id)] == [dossier]
    dossier.sent_on_at = LATER
    assert moved_again(session, dossier.desk_id) == []
    assert [line.dossier for line in moved_again(session, way.there.id)] == [dossier]


def test_the_desk_does_not_give_a_third_date_when_it_counts(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)
    road.dossier.state, road.dossier.due_on = DossierState.IN_PROCESS, FIRST
    due_dates.tell(session, road.dossier, DueTold(SECOND, 4, "partner:1", NOW))

    with pytest.raises(DomainError) as refusal:
        count_papers(session, counting(road, parcel, due_on=THIRD))

    assert (refusal.value.code, refusal.value.field) == ("redated_once", "due_on")
