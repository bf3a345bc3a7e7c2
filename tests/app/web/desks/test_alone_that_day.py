"""Who was an office's one person on a day signs no book of it; what he signed alone stays open when he is it no more."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import event, select

from app.clock import at
from app.domain.day_book import ReopenReason
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Parcel, StaffAccount
from app.queries.desks.day_book import signed
from app.queries.desks.signed_alone import not_looked_at, unsigned_safes
from app.services.custody import day_signing
from app.services.custody.one_person import end_one_person, name_one_person
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import TODAY, Place
from tests.app.web.desks.test_one_person import hands_in_alone, takes_in
from tests.factories import make_staff
from tests.factories.custody import collected

YESTERDAY, BEFORE = TODAY - timedelta(days=1), TODAY - timedelta(days=2)
PAGE, BOOK = "/dieu-phoi/mot-nguoi", "/dieu-phoi/so-ngay"


@pytest.fixture
def was_alone(place: Place, session: UnitOfWork) -> Place:
    """The office's manager rides himself; yesterday he was the whole office, since the evening two work there."""
    place.courier.role, place.courier.office_id = Role.OFFICE_MANAGER, place.road.world.office.id
    name_one_person(session, place.road.world.courier.id, "staff:1", at(YESTERDAY, time(6)))
    end_one_person(session, place.road.world.office.id, "staff:1", at(YESTERDAY, time(20)))
    session.flush()
    session.refresh(place.courier)  # as another request reads it
    return place


def signs(session: UnitOfWork, place: Place, who: StaffAccount, day: date) -> bool:
    try:
        day_signing.close(session, place.road.safe, day, f"staff:{who.id}", at(TODAY, time(18)))
    except DomainError as refusal:
        return refusal.code != "not_your_side"
    return True


def test_who_was_the_whole_office_that_day_never_signs_its_book(was_alone: Place, session: UnitOfWork) -> None:
    assert not signs(session, was_alone, was_alone.courier, YESTERDAY)


@pytest.mark.parametrize("day", [BEFORE, TODAY])
def test_of_the_days_before_and_after_he_signs_like_any_manager(
    was_alone: Place, session: UnitOfWork, day: date
) -> None:
    assert signs(session, was_alone, was_alone.courier, day)


def test_who_is_the_whole_office_only_now_signs_the_days_of_before(was_alone: Place, session: UnitOfWork) -> None:
    name_one_person(session, was_alone.road.world.courier.id, "staff:1", at(TODAY, time(7)))
    session.refresh(was_alone.courier)

    assert [signs(session, was_alone, was_alone.courier, day) for day in (BEFORE, TODAY)] == [True, False]


def test_a_colleague_signs_the_day_on_which_the_other_was_alone(was_alone: Place, session: UnitOfWork) -> None:
    assert signs(session, was_alone, was_alone.counter, YESTERDAY)


def test_from_afar_that_day_is_signed_although_two_work_there_again(was_alone: Place, session: UnitOfWork) -> None:
    above = make_staff(session, Role.COORDINATOR)

    assert [signs(session, was_alone, above, day) for day in (TODAY, YESTERDAY)] == [False, True]


def test_nor_does_he_open_it_again(was_alone: Place, session: UnitOfWork) -> None:
    signs(session, was_alone, was_alone.counter, YESTERDAY)
    book = (was_alone.road.safe, YESTERDAY, f"staff:{was_alone.courier.id}", at(TODAY, time(18)))

    with pytest.raises(DomainError, match="not_your_side"):
        day_signing.reopen(session, *book, ReopenReason.LATE_FACTS)


def test_the_page_offers_no_signature_that_would_be_refused(was_alone: Place, sign_in: SignIn) -> None:
    sign_in(was_alone.courier)
    pages = [was_alone.client.get(f"/buu-cuc/so-ngay?ngay={day}").text for day in (YESTERDAY, TODAY)]

    assert ["Ký sổ" in page for page in pages] == [False, True]


def test_the_one_person_reads_who_signs_the_own_book(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    name_one_person(session, place.road.world.courier.id, "staff:1", at(YESTERDAY, time(6)))
    session.flush()
    sign_in(place.courier)
    page = place.client.get("/buu-cuc/so-ngay").text

    assert ("Ký sổ" in page, "do điều phối viên xem và ký" in page) == (False, True)


def test_a_coordinator_of_this_office_alone_is_offered_no_signature_where_two_work(
    place: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = place.road.world.office
    sign_in(make_staff(session, Role.COORDINATOR, office=office))

    assert "Ký sổ" not in place.client.get(f"{BOOK}?office_id={office.id}&ngay={TODAY}").text


# -- what was signed alone


@pytest.fixture
def over(place: Place, session: UnitOfWork, sign_in: SignIn) -> Place:
    """One hand alone took an envelope and the own money in; then two work there again."""
    name_one_person(session, place.road.world.courier.id, "staff:1", at(TODAY, time(6)))
    session.flush()
    sign_in(place.courier)
    assert takes_in(place, collected(session, place.road)) == 303
    hands_in_alone(place, session)
    end_one_person(session, place.road.world.office.id, "staff:1", at(TODAY, time(9)))
    sign_in(make_staff(session, Role.COORDINATOR))
    return place


def test_it_stays_on_the_page_when_two_work_there_again(over: Place, session: UnitOfWork) -> None:
    code = session.scalars(select(Parcel.code)).one()
    page = over.client.get(PAGE).text

    assert ("Không còn là bưu cục một người" in page, "Tiền tự nộp, chưa ai xem lại" in page, code in page) == (
        True,
    ) * 3


def test_it_is_gone_once_somebody_has_seen_it(over: Place, session: UnitOfWork) -> None:
    assert signs(session, over, over.counter, TODAY)

    assert "Tiền tự nộp, chưa ai xem lại" not in over.client.get(PAGE).text


def test_a_book_that_was_opened_again_has_not_been_looked_at(over: Place, session: UnitOfWork) -> None:
    office = over.road.world.office
    signs(session, over, over.counter, TODAY)
    assert (not_looked_at(session, {office.id}), unsigned_safes(session, {office.id}, TODAY)) == ([], set())
    manager, late = make_staff(session, Role.OFFICE_MANAGER, office=office), at(TODAY, time(19))
    day_signing.reopen(session, over.road.safe, TODAY, f"staff:{manager.id}", late, ReopenReason.LATE_FACTS)

    assert signed(session, over.road.safe, TODAY) is None
    assert (len(not_looked_at(session, {office.id})), unsigned_safes(session, {office.id}, TODAY)) == (1, {office.id})


def test_many_hand_ins_are_looked_through_in_one_statement(over: Place, session: UnitOfWork) -> None:
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    session.flush()
    event.listen(session.get_bind(), "before_cursor_execute", count)
    try:
        rows = not_looked_at(session, None)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", count)

    assert (len(rows), asked) == (1, 1)
