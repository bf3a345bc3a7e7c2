"""A safe counted by surprise: asked for from above, scanned blind, and what differs is named to both."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from app.clock import at
from app.domain.custody import Holder
from app.domain.identity import Role
from app.domain.incident import IncidentKind
from app.models import AuditEvent, FirstScan, Incident, Parcel, SafeCount, StaffAccount, SurpriseCount
from app.queries.desks.day_book import Why, day_book
from app.queries.desks.safe_counts import long_uncounted
from app.services.custody.one_person import name_one_person
from app.services.desks.safe_counts import ask
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import TODAY, Place
from tests.app.web.desks.test_bags import in_the_safe
from tests.factories import make_office, make_staff
from tests.factories.custody import collected, make_road

PAGE, ABOVE = "/buu-cuc/kiem-tu", "/dieu-phoi/kiem-tu"


@pytest.fixture
def above(session: UnitOfWork) -> StaffAccount:
    return make_staff(session, Role.COORDINATOR)


@pytest.fixture
def asked(place: Place, session: UnitOfWork, sign_in: SignIn, above: StaffAccount) -> SurpriseCount:
    """Whoever stands above has asked; the counter is signed in."""
    sign_in(above)
    assert place.client.post(ABOVE, data={"office_id": place.road.world.office.id}).status_code == 303
    sign_in(place.counter)
    return session.scalars(select(SurpriseCount)).one()


def count(place: Place, asked: SurpriseCount, parcels: list[Parcel], **given: str) -> TestResponse:
    codes = "\n".join(parcel.code for parcel in parcels)
    return place.client.post(PAGE, data={"surprise_id": asked.id, "codes": codes, **given})


def test_the_counter_is_told_and_how_many_but_not_which(
    place: Place, session: UnitOfWork, asked: SurpriseCount
) -> None:
    (parcel,) = in_the_safe(session, place)
    assert PAGE in place.client.get("/buu-cuc/").text
    page = place.client.get(PAGE).text
    assert ('data-awaited="1"' in page, parcel.code in page) == (True, False)


def test_a_count_that_agrees_is_told_to_who_asked(
    place: Place, session: UnitOfWork, asked: SurpriseCount, sign_in: SignIn, above: StaffAccount
) -> None:
    assert asked.asked_by == f"staff:{above.id}"
    assert count(place, asked, in_the_safe(session, place, 2)).status_code == 303
    row = session.scalars(select(SafeCount)).one()
    assert (row.missing, row.strange, row.by) == ([], [], f"staff:{place.counter.id}")
    sign_in(above)
    assert "quét 2, theo sổ 2" in place.client.get(ABOVE).text


def test_what_was_not_scanned_is_named_once_before_it_is_written(
    place: Place, session: UnitOfWork, asked: SurpriseCount
) -> None:
    here, missing = in_the_safe(session, place, 2)
    answer = count(place, asked, [here])
    assert (answer.status_code, missing.code in answer.text, 'name="fewer"' in answer.text) == (422, True, True)
    assert session.scalars(select(SafeCount)).all() == []


def test_what_was_scanned_before_it_was_named_is_kept(
    place: Place, session: UnitOfWork, asked: SurpriseCount, sign_in: SignIn, above: StaffAccount
) -> None:
    here, missing = in_the_safe(session, place, 2)
    for scanned in ([here], [], [here, missing]):
        count(place, asked, scanned)
    row = session.scalars(select(SafeCount)).one()
    first = session.scalars(select(FirstScan)).one()
    assert (first.found, first.missing, first.by) == ([here.code], [missing.code], f"staff:{place.counter.id}")
    assert (row.missing, row.told) == ([], [missing.code])
    sign_in(above)
    assert "Chỉ quét sau khi máy nêu mã" in place.client.get(ABOVE).text


def test_a_count_that_agrees_at_once_was_told_nothing(place: Place, session: UnitOfWork, asked: SurpriseCount) -> None:
    count(place, asked, in_the_safe(session, place, 2))
    assert session.scalars(select(SafeCount)).one().told == []
    assert session.scalars(select(FirstScan)).all() == []


def test_a_missing_envelope_is_an_incident_and_moves_nowhere(
    place: Place, session: UnitOfWork, asked: SurpriseCount
) -> None:
    here, missing = in_the_safe(session, place, 2)
    assert count(place, asked, [here], fewer="1").status_code == 303
    incident = session.scalars(select(Incident)).one()
    assert (incident.kind, incident.parcel_code) == (IncidentKind.MISSING_AT_COUNT, missing.code)
    assert session.get_one(Parcel, missing.id).holder is Holder.OFFICE_SAFE


def test_the_office_s_book_and_who_asked_read_the_missing_code(
    place: Place, session: UnitOfWork, asked: SurpriseCount, sign_in: SignIn, above: StaffAccount
) -> None:
    (missing,) = in_the_safe(session, place)
    count(place, asked, [], fewer="1")
    assert missing.code in place.client.get(f"/buu-cuc/so-ngay?ngay={TODAY}").text.partition('id="counts"')[2]
    sign_in(above)
    assert missing.code in place.client.get(ABOVE).text


def test_what_lies_there_and_is_written_down_elsewhere_is_named(
    place: Place, session: UnitOfWork, asked: SurpriseCount
) -> None:
    elsewhere = collected(session, make_road(session, place.road.world))
    count(place, asked, [elsewhere])
    assert session.scalars(select(SafeCount)).one().strange == [elsewhere.code]


def test_a_safe_is_counted_once_however_often_it_is_pressed(
    place: Place, session: UnitOfWork, asked: SurpriseCount
) -> None:
    parcels = in_the_safe(session, place)
    assert [count(place, asked, parcels).status_code for _ in range(2)] == [303, 303]
    assert len(session.scalars(select(SafeCount)).all()) == 1


def test_asked_twice_before_it_is_done_it_is_one_count(place: Place, session: UnitOfWork, asked: SurpriseCount) -> None:
    assert ask(session, place.road.world.office.id, "staff:1", at(TODAY, time(9))).id == asked.id


def test_a_day_with_a_count_asked_for_and_not_done_is_not_closed_like_any_other(
    place: Place, session: UnitOfWork, asked: SurpriseCount
) -> None:
    assert Why.COUNT in {one.why for one in day_book(session, place.road.safe, TODAY).out}
    count(place, asked, [])
    assert Why.COUNT not in {one.why for one in day_book(session, place.road.safe, TODAY).out}


def test_another_office_counts_nothing_here(
    place: Place, session: UnitOfWork, asked: SurpriseCount, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.COUNTER, office=make_office(session)))
    assert count(place, asked, []).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICE_MANAGER, Role.COUNTER])
def test_nobody_of_the_office_says_when_it_is_surprised(
    place: Place, session: UnitOfWork, sign_in: SignIn, role: Role
) -> None:
    office = place.road.world.office
    sign_in(make_staff(session, role, office=office))
    assert place.client.post(ABOVE, data={"office_id": office.id}).status_code == 403


def test_a_count_stands_in_the_audit_without_a_name(place: Place, session: UnitOfWork, asked: SurpriseCount) -> None:
    count(place, asked, [])
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("safe."))).all()
    assert actions == ["safe.count_asked", "safe.counted"]


@pytest.mark.parametrize(
    "change",
    [
        "delete from surprise_count",
        "update surprise_count set office_id = office_id",
        "delete from first_scan",
        "update first_scan set found = found",
        "delete from safe_count",
        'update safe_count set "by" = "by"',
    ],
)
def test_neither_the_question_nor_the_answers_are_changed_afterwards(
    place: Place, session: UnitOfWork, asked: SurpriseCount, change: str
) -> None:
    in_the_safe(session, place)
    for fewer in ("", "1"):
        count(place, asked, [], fewer=fewer)
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(text(change))


def test_an_office_of_one_person_that_nobody_has_counted_for_a_month_is_suggested(
    place: Place, session: UnitOfWork, asked: SurpriseCount, sign_in: SignIn, above: StaffAccount
) -> None:
    office = place.road.world.office
    assert long_uncounted(session, None, at(TODAY, time(9))) == []
    name_one_person(session, place.road.world.courier.id, "staff:1", at(TODAY, time(6)))
    assert long_uncounted(session, None, at(TODAY, time(9))) == [office]
    count(place, asked, [])
    assert long_uncounted(session, None, at(TODAY, time(9))) == []
    assert long_uncounted(session, None, at(TODAY + timedelta(days=31), time(9))) == [office]
    sign_in(above)
    assert "Yêu cầu kiểm tủ" in place.client.get(ABOVE).text
