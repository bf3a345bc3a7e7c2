"""Call me back: one task, its time, and whoever has called."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import at
from app.domain.identity import Role
from app.domain.working_days import Calendar
from app.models import AuditEvent, CallbackWish
from app.queries.attention import tasks
from app.services.booking.callbacks import ask_to_be_called, call_due, called_back
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.factories import DAY, NOW, TODAY, make_errand, make_staff

FRIDAY = TODAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (at(TODAY, time(9)), at(TODAY, time(11))),
        (at(TODAY, time(5)), at(TODAY, time(9))),
        (at(TODAY, time(16)), at(DAY, time(9))),
        (at(FRIDAY, time(22)), at(FRIDAY + timedelta(days=3), time(9))),
    ],
)
def test_somebody_is_called_within_two_working_hours(asked: datetime, due: datetime) -> None:
    assert call_due(asked, Calendar()) == due


def test_who_asks_twice_is_called_once(session: UnitOfWork) -> None:
    request = make_errand(session).request
    first = ask_to_be_called(session, request, NOW)
    again = ask_to_be_called(session, request, NOW + timedelta(minutes=5))
    assert again.id == first.id
    asked = select(AuditEvent).where(AuditEvent.action == "callback.asked")
    assert len(session.scalars(asked).all()) == 1


def test_one_telephone_is_called_once_by_an_office_for_all_its_requests(session: UnitOfWork) -> None:
    first = make_errand(session)
    second = make_errand(session, office=first.office)
    elsewhere = make_errand(session)
    for errand in (first, second, elsewhere):
        errand.request.applicant.phone = "0900000555"
    session.flush()
    wish = ask_to_be_called(session, first.request, NOW)
    assert ask_to_be_called(session, second.request, NOW + timedelta(minutes=5)).id == wish.id
    ask_to_be_called(session, second.request, NOW + timedelta(minutes=6))
    asked = select(AuditEvent.object_id).where(AuditEvent.action == "callback.asked").order_by(AuditEvent.id)
    assert session.scalars(asked).all() == [str(first.request_id), str(second.request_id)]
    assert ask_to_be_called(session, elsewhere.request, NOW).id != wish.id
    called_back(session, wish, "staff:1", NOW + timedelta(hours=1))
    session.flush()
    assert ask_to_be_called(session, second.request, NOW + timedelta(hours=2)).id != wish.id


def test_the_page_asks_the_board_shows_it_without_a_number_and_the_button_ends_it(
    client: FlaskClient,
    session: UnitOfWork,
    sign_in: SignIn,
) -> None:
    errand = make_errand(session)
    page = f"/theo-doi/{errand.request.tracking_token}"
    assert "Gọi lại cho tôi" in client.get(page).text
    answer = client.post(f"{page}/goi-lai", follow_redirects=True).text
    assert "Bưu cục sẽ gọi lại cho ông/bà trước 11:00" in answer
    (task,) = [one for one in tasks(session, DAY, NOW, {errand.office_id}) if one.kind == "call_back"]
    assert task.reference == errand.request.reference
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=errand.office))
    board = client.get("/dieu-phoi/").text
    assert "Người dân xin được gọi lại" in board
    assert str(errand.request.applicant.phone) not in board
    wish = session.scalars(select(CallbackWish)).one()
    client.post(f"/dieu-phoi/goi-lai/{wish.id}")
    session.expire_all()
    assert (wish.done_at, str(wish.done_by).split(":")[0]) == (NOW, "staff")
    assert not [one for one in tasks(session, DAY, NOW, {errand.office_id}) if one.kind == "call_back"]


def test_a_time_that_has_passed_is_not_promised_anew(client: FlaskClient, session: UnitOfWork) -> None:
    request = make_errand(session).request
    wish = ask_to_be_called(session, request, NOW - timedelta(days=3))
    assert wish.due_at < NOW
    answer = client.post(f"/theo-doi/{request.tracking_token}/goi-lai", follow_redirects=True).text
    assert "Bưu cục sẽ gọi lại sớm nhất có thể" in answer
    assert "Bưu cục sẽ gọi lại cho ông/bà trước" not in answer
    assert session.scalars(select(CallbackWish)).one().id == wish.id


def test_another_offices_wish_is_nobodys_to_end(
    client: FlaskClient,
    session: UnitOfWork,
    sign_in: SignIn,
) -> None:
    wish = ask_to_be_called(session, make_errand(session).request, NOW)
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_errand(session).office))
    assert client.post(f"/dieu-phoi/goi-lai/{wish.id}").status_code in {403, 404}
    assert wish.done_at is None
