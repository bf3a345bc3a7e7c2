"""The counter's page of cash: nothing is shown before it is counted, both sides confirm, a difference is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.cash import Cash, Signed
from app.domain.countersigning import SignedBy
from app.models import CashHandIn, Countersignature, FeeRemittance, SigningInvitation
from app.services.staff.devices import token_hash
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import PASSWORD, TODAY, Place
from tests.app.web.desks.test_two_hands import UPLOAD, answer_online, phone_of
from tests.factories import make_courier
from tests.factories.cash import counted, handed_in, make_receipt
from tests.factories.custody import AT_THE_DOOR
from tests.factories.phone import make_device

MORNING = AT_THE_DOOR + timedelta(days=3)  # before the page is opened
PAGE = "/buu-cuc/tien-thu"


@pytest.fixture
def till(at_counter: Place, session: UnitOfWork) -> Place:
    make_receipt(session, make_device(session, at_counter.road.world.courier), MORNING, 26_000, 51_000)
    return at_counter


def count(till: Place, postage: str = "26000", state_fee: str = "51000") -> TestResponse:
    number = till.road.world.courier.id
    data = {"postage": postage, "state_fee": state_fee, "ngay": TODAY.isoformat()}
    return till.client.post(f"{PAGE}/dem/{number}", data=data)


def confirm(till: Place, at: str, **given: str) -> TestResponse:
    signs = {"other_name": till.courier.username, "other_password": PASSWORD}
    return till.client.post(at, data={**signs, **given})


def test_what_there_should_be_is_shown_only_after_counting(till: Place) -> None:
    number = till.road.world.courier.id
    for page in (PAGE, f"{PAGE}/dem/{number}"):
        said = till.client.get(page).text
        assert "51.000" not in said
        assert "26.000" not in said
    assert "51.000" in till.client.get(count(till).location).text


def test_both_sides_confirm_and_the_money_is_the_counter_s(till: Place, session: UnitOfWork) -> None:
    answer = confirm(till, count(till).location)
    assert answer.status_code == 303
    row = session.scalars(select(CashHandIn)).one()
    assert (row.cash, row.taken_by) == (Cash(26_000, 51_000), f"staff:{till.counter.id}")
    assert "Đủ" in till.client.get(answer.location).text


def test_without_the_courier_nothing_is_handed_in(till: Place, session: UnitOfWork) -> None:
    answer = till.client.post(count(till).location, data={"sign": "told"})
    assert (answer.status_code, "Bưu tá chưa ghi" in answer.text) == (422, True)
    assert session.scalars(select(CashHandIn)).all() == []


def test_the_courier_s_own_phone_signs_for_the_money(till: Place, session: UnitOfWork) -> None:
    device = phone_of(session, till)
    asked = till.client.post(count(till).location, data={"sign": "own"})
    invitation = session.scalars(select(SigningInvitation)).one()
    assert invitation.said["cash"] == {"postage": 26_000, "state_fee": 51_000}
    assert "51.000" in till.client.get(asked.location).text
    assert session.scalars(select(CashHandIn)).all() == []

    assert answer_online(till.client, invitation, device).status_code == 200

    row = session.scalars(select(CashHandIn)).one()
    assert (row.signed, row.taken_by) == (Signed.BY_KEY, f"staff:{till.counter.id}")
    assert row.mark == session.scalars(select(Countersignature.mark)).one()
    assert PAGE in till.client.get(asked.location).text


def test_a_colleague_s_phone_signs_for_nobody_s_money_but_his_own(till: Place, session: UnitOfWork) -> None:
    colleague = make_courier(session, office=till.road.world.office)
    device = make_device(session, colleague, upload_hash=token_hash(UPLOAD))
    till.client.post(count(till).location, data={"sign": "own"})
    invitation = session.scalars(select(SigningInvitation)).one()
    assert answer_online(till.client, invitation, device).status_code == 403
    assert session.scalars(select(CashHandIn)).all() == []


def test_nobody_is_asked_to_sign_a_difference_without_a_reason(till: Place, session: UnitOfWork) -> None:
    answer = till.client.post(count(till, postage="25000").location, data={"sign": "own"})
    assert (answer.status_code, 'id="cash_reason-error"' in answer.text) == (422, True)
    assert session.scalars(select(SigningInvitation)).all() == []


def test_a_password_typed_here_is_marked_and_counted(till: Place, session: UnitOfWork) -> None:
    confirm(till, count(till).location)
    hand = session.scalars(select(Countersignature.signed_by)).one()
    assert (hand, session.scalars(select(CashHandIn.signed)).one()) == (SignedBy.PASSWORD, Signed.ON_SCREEN)


def test_a_difference_is_named_and_asks_for_its_reason(till: Place, session: UnitOfWork) -> None:
    make_receipt(session, make_device(session, till.road.world.courier), MORNING, 30_000, number="TN00000777")
    where = count(till).location
    assert "TN00000777" in till.client.get(where).text
    assert confirm(till, where).status_code == 422
    assert confirm(till, where, cash_reason="short").status_code == 303
    assert "TN00000777" in till.client.get(f"{PAGE}?ngay={TODAY}").text


def test_what_is_no_amount_is_asked_again(till: Place) -> None:
    assert count(till, postage="nhiều").status_code == 422


def test_a_recount_takes_the_place_of_the_first(till: Place, session: UnitOfWork) -> None:
    confirm(till, count(till, state_fee="5100").location, cash_reason="short")
    first = session.scalars(select(CashHandIn)).one()
    number = till.road.world.courier.id
    data = {"postage": "26000", "state_fee": "51000", "ngay": TODAY.isoformat(), "corrects": str(first.id)}
    again = till.client.post(f"{PAGE}/dem/{number}", data=data)
    assert confirm(till, again.location, cash_reason="wrong_count", corrects=str(first.id)).status_code == 303
    assert "Bản sửa" in till.client.get(f"{PAGE}?ngay={TODAY}").text


def test_money_of_days_before_is_asked_for(till: Place, session: UnitOfWork) -> None:
    make_receipt(session, make_device(session, till.road.world.courier), MORNING - timedelta(days=1))
    assert "chưa nộp hết tiền ngày" in till.client.get(PAGE).text


def test_who_carries_too_much_is_named(till: Place, session: UnitOfWork) -> None:
    make_receipt(session, make_device(session, till.road.world.courier), MORNING, 5_000_000)
    assert "quá mức cho phép" in till.client.get(PAGE).text


def test_fees_are_passed_on_with_their_slip(till: Place, session: UnitOfWork) -> None:
    courier = till.road.world.courier
    handed_in(
        session, counted(session, courier, MORNING, Cash(26_000, 51_000), by=till.counter), courier, by=till.counter
    )
    data = {"amount": "51.000", "paid_to": "treasury", "slip_number": "KB-12"}
    assert till.client.post(PAGE, data=data).status_code == 303
    assert session.scalars(select(FeeRemittance.slip_number)).all() == ["KB-12"]
    assert "KB-12" in till.client.get(PAGE).text
    assert till.client.post(PAGE, data=data).status_code == 422  # nothing is left to pass on


def test_another_office_s_money_is_nobody_s_business(client: FlaskClient, till: Place, session: UnitOfWork) -> None:
    stranger = make_courier(session)
    assert client.get(f"{PAGE}/dem/{stranger.id}").status_code == 404
    assert client.get(f"{PAGE}/nop/999999").status_code == 404
