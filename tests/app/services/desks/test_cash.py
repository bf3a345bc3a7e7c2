"""Cash at the counter: counted blind, taken over by both sides, put right by new rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.clock import local_day
from app.domain.cash import Cash, CashReason, PaidTo, Signed
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import CashCount, CashHandIn, Countersignature, Courier, Device, FeeRemittance, StaffAccount
from app.queries.desks.cash import CashDay, cash_day, fees_held, in_hand, skipped
from app.services.custody.one_person import name_one_person
from app.services.desks.cash import RemitFees, amount, remit
from app.services.desks.countersigning import sign_alone
from app.unit_of_work import UnitOfWork
from tests.factories import make_courier, make_office, make_staff
from tests.factories.cash import counted, handed_in, handing_in, make_receipt
from tests.factories.phone import make_device
from tests.factories.times import NOW

EVENING = NOW + timedelta(hours=6)


@dataclass
class Till:
    session: UnitOfWork
    courier: Courier
    device: Device
    counter: StaffAccount

    def money(self, day: datetime = NOW) -> CashDay:
        return cash_day(self.session, self.courier, local_day(day))

    def hand_in(self, cash: Cash, at: datetime = EVENING, reason: CashReason | None = None) -> CashHandIn:
        return handed_in(self.session, self.count(cash, at), self.courier, by=self.counter, reason=reason)

    def count(self, cash: Cash, at: datetime = EVENING) -> CashCount:
        return counted(self.session, self.courier, at, cash, by=self.counter)

    def tell(self, cash: Cash | None, total: int, at: datetime) -> None:
        """By the phone, at the end of the run."""
        purses = {"postage": cash.postage if cash else None, "state_fee": cash.state_fee if cash else None}
        by = f"courier:{self.courier.id}"
        told = {"courier_id": self.courier.id, "day": local_day(at), "total": total, "by": by, "at": at}
        self.session.add(CashCount(operation_id=uuid4(), **purses, **told))
        self.session.flush()


@pytest.fixture
def till(session: UnitOfWork) -> Till:
    office = make_office(session)
    courier = make_courier(session, office=office)
    make_receipt(session, device := make_device(session, courier), NOW, 26_000, 50_000)
    return Till(session, courier, device, make_staff(session, Role.COUNTER, office=office))


def test_what_is_handed_in_is_in_hand_no_more(till: Till) -> None:
    assert till.money().in_hand == Cash(26_000, 50_000)
    till.hand_in(Cash(26_000, 50_000))
    money = till.money()
    assert (money.in_hand, money.handed_in, money.difference) == (Cash(), Cash(26_000, 50_000), Cash())
    assert not in_hand(till.session, [till.courier.id])


def test_money_taken_after_the_count_is_in_hand(till: Till) -> None:
    till.hand_in(Cash(26_000, 50_000))
    make_receipt(till.session, till.device, EVENING + timedelta(minutes=1), 30_000)
    money = till.money()
    assert (money.in_hand, money.difference) == (Cash(30_000), Cash())


def test_a_receipt_that_comes_late_makes_up_for_what_was_too_much(till: Till) -> None:
    till.hand_in(Cash(56_000, 50_000), reason=CashReason.RECEIPT_TO_COME)
    assert till.money().difference == Cash(-30_000)
    make_receipt(till.session, till.device, NOW, 30_000, received_at=EVENING + timedelta(days=3))
    assert till.money().difference == Cash()


def test_a_difference_names_the_receipt_that_it_may_be(till: Till) -> None:
    make_receipt(till.session, till.device, NOW, 30_000, number="TN00000777")
    make_receipt(till.session, till.device, NOW, 26_000, number="TN00000778")
    till.hand_in(Cash(52_000, 50_000), reason=CashReason.SHORT)
    assert till.money().suspects == ("TN00000777",)


def test_a_number_that_nobody_has_told_of_is_named(till: Till) -> None:
    for number in ("TN00000801", "TN00000803"):
        make_receipt(till.session, till.device, NOW, 1_000, number=number)
    assert "TN00000802" in skipped(till.session, till.money().receipts)


def test_a_difference_needs_a_reason(till: Till) -> None:
    with pytest.raises(DomainError, match="cash_reason_missing"):
        till.hand_in(Cash(26_000, 49_000))


def test_purses_do_not_make_up_for_each_other(till: Till) -> None:
    with pytest.raises(DomainError, match="cash_reason_missing"):
        till.hand_in(Cash(76_000))


@pytest.mark.parametrize("purses", [Cash(26_000, 50_000), None])
def test_what_the_courier_has_told_on_his_phone_is_his_side(till: Till, purses: Cash | None) -> None:
    till.tell(purses, 76_000, EVENING - timedelta(hours=1))
    row = handed_in(till.session, till.count(Cash(26_000, 50_000)), till.courier, by=till.counter, side=None)
    assert (row.signed, row.given_by, row.taken_by) == (
        Signed.ON_PHONE,
        f"courier:{till.courier.id}",
        f"staff:{till.counter.id}",
    )


@pytest.mark.parametrize("told", [Cash(26_000, 40_000), Cash(50_000, 26_000)])
def test_where_he_has_told_something_else_he_signs_on_the_screen(till: Till, told: Cash) -> None:
    till.tell(told, told.total, EVENING - timedelta(hours=1))
    count = till.count(Cash(26_000, 50_000))
    with pytest.raises(DomainError, match="cash_side_missing"):
        handed_in(till.session, count, till.courier, by=till.counter, side=None)
    assert handed_in(till.session, count, till.courier, by=till.counter).signed is Signed.ON_SCREEN


def test_one_word_of_the_phone_is_good_for_one_hand_in(till: Till) -> None:
    till.tell(Cash(26_000, 50_000), 76_000, EVENING - timedelta(hours=1))
    till.hand_in(Cash(26_000, 50_000))
    make_receipt(till.session, till.device, EVENING + timedelta(minutes=1), 26_000, 50_000)
    again = till.count(Cash(26_000, 50_000), EVENING + timedelta(hours=1))
    with pytest.raises(DomainError, match="cash_side_missing"):
        handed_in(till.session, again, till.courier, by=till.counter, side=None)


def test_nobody_signs_for_somebody_else(till: Till) -> None:
    other = make_courier(till.session, office=till.courier.office)
    count = till.count(Cash(26_000, 50_000))
    with pytest.raises(DomainError, match="not_this_courier"):
        handed_in(till.session, count, till.courier, by=till.counter, side=Party(Holder.COURIER, str(other.id)))


def test_nobody_takes_over_the_own_money(till: Till) -> None:
    own = till.session.get_one(StaffAccount, till.courier.staff_account_id)
    with pytest.raises(DomainError, match="confirmation_by_oneself"):
        counted(till.session, till.courier, EVENING, Cash(), by=own)


def test_one_person_hands_in_to_the_own_safe_and_it_is_marked(till: Till) -> None:
    name_one_person(till.session, till.courier.id, "staff:1", NOW)
    own = till.session.get_one(StaffAccount, till.courier.staff_account_id)
    count = counted(till.session, till.courier, EVENING, Cash(26_000, 50_000), by=own)
    sign_alone(till.session, handing_in(count, till.courier, own))
    (row,) = till.money().hand_ins
    assert (row.signed, row.taken_by, row.mark) == (
        Signed.ONE_PERSON,
        f"staff:{own.id}",
        till.session.scalars(select(Countersignature.mark)).one(),
    )


def test_what_the_own_phone_told_is_no_second_hand(till: Till) -> None:
    name_one_person(till.session, till.courier.id, "staff:1", NOW)
    till.tell(Cash(26_000, 50_000), 76_000, EVENING - timedelta(hours=1))
    own = till.session.get_one(StaffAccount, till.courier.staff_account_id)
    count = counted(till.session, till.courier, EVENING, Cash(26_000, 50_000), by=own)
    with pytest.raises(DomainError, match="confirmation_by_oneself"):
        handed_in(till.session, count, till.courier, by=own, side=None)


def test_one_person_does_not_sign_alone_for_the_second_courier_s_money(till: Till) -> None:
    second = make_courier(till.session, office=till.courier.office)
    name_one_person(till.session, second.id, "staff:1", NOW)
    own = till.session.get_one(StaffAccount, second.staff_account_id)
    count = counted(till.session, till.courier, EVENING, Cash(26_000, 50_000), by=own)
    with pytest.raises(DomainError, match="other_side_not_chosen"):
        sign_alone(till.session, handing_in(count, till.courier, own))


def test_another_office_counts_nothing_here(till: Till) -> None:
    elsewhere = make_office(till.session).id
    with pytest.raises(DomainError, match="not_found"):
        counted(till.session, till.courier, EVENING, Cash(), by=till.counter, office_id=elsewhere)


def test_pressed_twice_it_is_handed_in_once(till: Till) -> None:
    count = till.count(Cash(26_000, 50_000))
    first, second = (handed_in(till.session, count, till.courier, by=till.counter) for _ in range(2))
    assert first.id == second.id
    assert till.session.scalar(select(func.count()).select_from(CashHandIn)) == 1


def test_money_of_an_earlier_day_is_handed_in_for_that_day(till: Till) -> None:
    later = EVENING + timedelta(days=2)
    count = counted(till.session, till.courier, later, Cash(26_000, 50_000), by=till.counter, day=local_day(NOW))
    handed_in(till.session, count, till.courier, by=till.counter)
    assert (till.money().difference, till.money().in_hand) == (Cash(), Cash())


def test_a_correction_is_a_row_that_takes_the_place_of_the_first(till: Till) -> None:
    wrong = till.hand_in(Cash(26_000, 5_000), reason=CashReason.SHORT)
    make_receipt(till.session, till.device, EVENING + timedelta(minutes=1), 9_000)
    again = till.count(Cash(26_000, 50_000), EVENING + timedelta(hours=1))
    given: dict[str, Any] = {"reason": CashReason.WRONG_COUNT, "corrects_id": wrong.id}
    right = handed_in(till.session, again, till.courier, by=till.counter, **given)
    money = till.money()
    assert [one.id for one in money.hand_ins] == [right.id]
    assert (money.difference, money.in_hand) == (Cash(), Cash(9_000))
    with pytest.raises(DomainError, match="cash_corrected_already"):
        handed_in(
            till.session, till.count(Cash(1), EVENING + timedelta(hours=2)), till.courier, by=till.counter, **given
        )


@pytest.mark.parametrize("table", ["cash_count", "cash_hand_in", "fee_remittance"])
@pytest.mark.parametrize("change", ["delete from {}", "update {} set id = id"])
def test_no_row_is_changed_afterwards(till: Till, table: str, change: str) -> None:
    till.hand_in(Cash(26_000, 50_000))
    passed_on(till, 50_000)
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), till.session.begin_nested():
        till.session.execute(text(change.format(table)))


def passed_on(till: Till, fees: int, **given: object) -> FeeRemittance:
    command = RemitFees(
        office_id=till.courier.office_id, account_id=till.counter.id, amount=fees, paid_to=PaidTo.TREASURY,
        slip_number="KB-7", operation_id=uuid4(), now=EVENING,
    )  # fmt: skip
    for name, value in given.items():
        object.__setattr__(command, name, value)
    return remit(till.session, command)


def test_fees_are_passed_on_against_a_slip(till: Till) -> None:
    till.hand_in(Cash(26_000, 50_000))
    passed_on(till, 30_000)
    assert fees_held(till.session, till.courier.office_id) == 20_000
    with pytest.raises(DomainError, match="slip_missing"):
        passed_on(till, 1_000, slip_number=" ")


def test_no_more_is_passed_on_than_is_here(till: Till) -> None:
    till.hand_in(Cash(26_000, 50_000))
    with pytest.raises(DomainError, match="fees_not_here"):
        passed_on(till, 50_001)


def test_a_remittance_is_put_right_by_a_new_row(till: Till) -> None:
    till.hand_in(Cash(26_000, 50_000))
    wrong = passed_on(till, 50_000)
    with pytest.raises(DomainError, match="cash_reason_missing"):
        passed_on(till, 40_000, corrects_id=wrong.id)
    passed_on(till, 40_000, corrects_id=wrong.id, reason=CashReason.WRONG_COUNT)
    assert fees_held(till.session, till.courier.office_id) == 10_000


@pytest.mark.parametrize(("typed", "read"), [("26000", 26_000), ("1.250.000 đ", 1_250_000), (" 0 ", 0)])
def test_an_amount_is_read_as_people_type_it(typed: str, read: int) -> None:
    assert amount(typed, "postage") == read


@pytest.mark.parametrize("typed", ["", "-5", "hai mươi", "9" * 30, "²"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(DomainError, match="cash_amount"):
        amount(typed, "postage")
