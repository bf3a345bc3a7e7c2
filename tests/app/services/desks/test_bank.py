from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.bank import BankAccount, BankOdd, Incoming, new_code
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.tariff import ChargeKind, Direction
from app.models import BankLine, Charge, Errand, MoneyConfirmation
from app.queries.custody.apart import APART
from app.queries.desks.bank import bank_tasks, missing_serials
from app.queries.tracking.paid import paid_amounts
from app.services.desks import bank
from app.services.staff import resets
from app.texts import explain
from app.texts.bank import ODD
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, make_dossier, make_errand, make_request, make_staff

ACCOUNT = BankAccount("970403", "0011012345678", "BUU DIEN THU")
HUMAN, OTHER = "staff:1", "staff:2"
serial = count(1)


def make_charged(session: Session, postage: int = 26_000, state_fee: int = 0) -> Errand:
    errand = make_errand(session, request=make_request(session))
    dossier = make_dossier(session, request=errand.request)
    parts = [(ChargeKind.POSTAGE, Direction.SEND, postage)]
    if state_fee:
        parts += [(ChargeKind.STATE_FEE, None, state_fee), (ChargeKind.REMITTANCE, None, 8_000)]  # type: ignore[list-item]  # a fee has no direction
    for kind, direction, amount in parts:
        session.add(
            Charge(
                request_id=errand.request_id,
                dossier_id=dossier.id,
                errand_id=errand.id,
                kind=kind,
                direction=direction,
                amount=amount,
                upper_amount=amount,
                basis="",
            )
        )
    session.flush()
    return errand


def told(words: str, amount: int = 26_000, **given: object) -> Incoming:
    said = Incoming("webhook", ACCOUNT.number, f"FT{next(serial)}", amount, words, NOW, None)
    return replace(said, **given)  # type: ignore[arg-type]  # test shorthand


def code(session: Session, errand: Errand) -> str:
    return bank.code_for(session, errand.request_id, NOW)


def the_line(session: Session, said: Incoming) -> BankLine:
    return session.scalars(select(BankLine).where(BankLine.reference == said.reference)).one()


def come(session: UnitOfWork, said: Incoming) -> BankLine:
    bank.take_in(session, said, ACCOUNT, NOW)
    return the_line(session, said)


def deciding(line: BankLine, by: str = HUMAN, reference: str = "") -> bank.DecideLine:
    return bank.DecideLine(line.id, by, NOW + timedelta(hours=1), reference)


def charges(session: Session, request_id: UUID) -> list[Charge]:
    return list(session.scalars(select(Charge).where(Charge.request_id == request_id).order_by(Charge.id)))


def test_a_request_keeps_its_code(session: UnitOfWork) -> None:
    errand = make_charged(session)
    assert code(session, errand) == code(session, errand)


def test_the_right_sum_pays_by_itself_and_is_confirmed(session: UnitOfWork) -> None:
    errand = make_charged(session)
    line = come(session, told(f"MBVCB.123.{code(session, errand)}.CT tu 0123"))
    (charge,) = charges(session, errand.request_id)
    assert (charge.paid_at, line.odd, line.settled) == (NOW, None, 26_000)
    assert line.confirmation_serial is not None
    assert paid_amounts(session, [charge]) == {charge.id: 26_000}
    assert bank_tasks(session) == []


def test_the_state_fee_never_goes_to_the_posts_account_by_itself(session: UnitOfWork) -> None:
    errand = make_charged(session, state_fee=20_000)
    come(session, told(code(session, errand), 34_000))
    assert {charge.kind for charge in charges(session, errand.request_id) if charge.paid_at is None} == {
        ChargeKind.STATE_FEE
    }


def test_it_goes_there_where_the_contract_says_so(session: UnitOfWork) -> None:
    errand = make_charged(session, state_fee=20_000)
    said = told(code(session, errand), 54_000)
    bank.take_in(session, said, replace(ACCOUNT, state_fees=True), NOW)
    assert all(charge.paid_at for charge in charges(session, errand.request_id))


def test_a_line_told_twice_is_one(session: UnitOfWork) -> None:
    errand = make_charged(session)
    said = told(code(session, errand), operator_id="92704")
    assert bank.take_in(session, said, ACCOUNT, NOW)
    assert not bank.take_in(session, said, ACCOUNT, NOW)
    assert not bank.take_in(session, replace(said, source="file", operator_id=None), ACCOUNT, NOW)
    assert session.scalar(select(func.count()).select_from(BankLine)) == 1


@pytest.mark.parametrize(("amount", "odd"), [(25_999, BankOdd.SHORT), (26_001, BankOdd.OVER)])
def test_another_sum_is_a_persons_task(session: UnitOfWork, amount: int, odd: BankOdd) -> None:
    errand = make_charged(session)
    line = come(session, told(code(session, errand), amount))
    assert (line.odd, line.settled, charges(session, errand.request_id)[0].paid_at) == (odd, 0, None)
    assert [(task.why, task.amount, task.reference) for task in bank_tasks(session)] == [
        (odd, amount, errand.request.reference)
    ]


def test_what_is_paid_twice_is_a_persons_task(session: UnitOfWork) -> None:
    errand = make_charged(session)
    come(session, told(code(session, errand)))
    odd = come(session, told(code(session, errand))).odd
    assert odd is BankOdd.PAID_ALREADY
    assert ODD[odd] == "Không còn khoản nào phải trả cho mã này"  # it may never have been: the fee of the state alone


def test_what_comes_after_it_was_called_off_is_a_persons_task(session: UnitOfWork) -> None:
    errand = make_charged(session)
    errand.state = ErrandState.CANCELLED
    session.flush()
    assert come(session, told(code(session, errand))).odd is BankOdd.CALLED_OFF


@pytest.mark.parametrize(
    ("words", "odd"),
    [("tien nha", BankOdd.NO_CODE), (new_code(), BankOdd.CODE_UNKNOWN)],
    ids=["no code", "a code of nobody's"],
)
def test_whose_it_is_nobody_guesses(session: UnitOfWork, words: str, odd: BankOdd) -> None:
    make_charged(session)
    assert come(session, told(words)).odd is odd


def test_two_requests_in_one_transfer_are_nobodys_to_choose_between(session: UnitOfWork) -> None:
    one, other = make_charged(session), make_charged(session)
    line = come(session, told(f"{code(session, one)} {code(session, other)}"))
    assert (line.odd, line.code) == (BankOdd.CODE_UNKNOWN, None)


def test_another_account_of_ours_pays_nothing_here(session: UnitOfWork) -> None:
    errand = make_charged(session)
    line = come(session, told(code(session, errand), account="99"))
    assert (line.odd, line.settled) == (BankOdd.OTHER_ACCOUNT, 0)


def test_two_halves_pay_when_a_person_says_so(session: UnitOfWork) -> None:
    errand = make_charged(session)
    first, second = (come(session, told(code(session, errand), 13_000)) for _ in range(2))
    bank.settle(session, deciding(second), ACCOUNT)
    assert (first.settled, second.settled) == (13_000, 13_000)
    assert charges(session, errand.request_id)[0].paid_at is not None
    assert bank_tasks(session) == []


def test_half_alone_pays_nothing(session: UnitOfWork) -> None:
    errand = make_charged(session)
    line = come(session, told(code(session, errand), 13_000))
    with pytest.raises(DomainError, match="bank_too_little") as refused:
        bank.settle(session, deciding(line), ACCOUNT)
    assert "26.000 đồng" in explain(refused.value)


def test_the_rest_of_too_much_goes_back(session: UnitOfWork) -> None:
    errand = make_charged(session)
    line = come(session, told(code(session, errand), 30_000))
    bank.settle(session, deciding(line), ACCOUNT)
    (task,) = bank_tasks(session)
    assert task.amount == 4_000
    assert bank.ask_refund(session, deciding(line)).amount == 4_000


def test_a_refund_takes_two_hands(session: UnitOfWork) -> None:
    line = come(session, told("khong ro"))
    refund = bank.ask_refund(session, deciding(line))
    with pytest.raises(DomainError, match="confirmation_by_oneself"):
        bank.pay_refund(session, refund.id, deciding(line, reference="FT-back"))
    with pytest.raises(DomainError, match="bank_reference_missing"):
        bank.pay_refund(session, refund.id, deciding(line, OTHER))
    assert len(bank_tasks(session)) == 1
    bank.pay_refund(session, refund.id, deciding(line, OTHER, "FT-back"))
    assert bank_tasks(session) == []


def test_who_gave_the_other_a_new_password_is_no_second_hand_for_a_day(session: UnitOfWork) -> None:
    asker, payer = make_staff(session, Role.COORDINATOR), make_staff(session, Role.ADMIN)
    resets.make(session, asker, payer, NOW, KEYS)
    line = come(session, told("khong ro"))
    refund = bank.ask_refund(session, deciding(line, f"staff:{asker.id}"))
    paying = deciding(line, f"staff:{payer.id}", "FT-back")
    with pytest.raises(DomainError, match="reset_lately"):
        bank.pay_refund(session, refund.id, paying)
    assert refund.paid_at is None
    bank.pay_refund(session, refund.id, replace(paying, now=NOW + APART))
    assert refund.paid_by == paying.by


def test_one_line_is_not_sent_back_twice(session: UnitOfWork) -> None:
    line = come(session, told("khong ro"))
    bank.ask_refund(session, deciding(line))
    with pytest.raises(DomainError, match="bank_line_decided"):
        bank.ask_refund(session, deciding(line))
    with pytest.raises(DomainError, match="bank_line_decided"):
        bank.set_aside(session, deciding(line))


def test_money_for_something_else_is_set_aside(session: UnitOfWork) -> None:
    line = come(session, told("tien thue mat bang"))
    bank.set_aside(session, deciding(line))
    assert bank_tasks(session) == []


def test_a_visit_called_off_after_it_was_paid_is_paid_back(session: UnitOfWork) -> None:
    errand = make_charged(session)
    line = come(session, told(code(session, errand)))
    errand.state = ErrandState.CANCELLED
    session.flush()
    (task,) = bank_tasks(session)
    assert (task.why, task.amount) == ("called_off_later", 26_000)
    assert task.charge_id is not None
    refund = bank.ask_refund_of_charge(session, task.charge_id, deciding(line))
    bank.pay_refund(session, refund.id, deciding(line, OTHER, "FT-back"))
    assert bank_tasks(session) == []


def test_what_was_paid_for_a_visit_that_stands_is_not_sent_back(session: UnitOfWork) -> None:
    errand = make_charged(session)
    line = come(session, told(code(session, errand)))
    (charge,) = charges(session, errand.request_id)
    with pytest.raises(DomainError, match="not_found"):
        bank.ask_refund_of_charge(session, charge.id, deciding(line))


def test_confirmations_have_no_gap_even_where_one_was_taken_back(session: UnitOfWork) -> None:
    for _ in range(2):
        come(session, told(code(session, make_charged(session))))
    undone = session.begin_nested()
    come(session, told(code(session, make_charged(session))))
    undone.rollback()
    come(session, told(code(session, make_charged(session))))
    assert session.scalars(select(MoneyConfirmation.serial).order_by(MoneyConfirmation.serial)).all() == [1, 2, 3]
    assert missing_serials(session, NOW.year) == []


def test_what_came_to_another_account_is_not_spent_with_this_ones(session: UnitOfWork) -> None:
    errand = make_charged(session)
    elsewhere = come(session, told(code(session, errand), 13_000, account="0099"))
    line = come(session, told(code(session, errand), 13_000))
    with pytest.raises(DomainError, match="bank_too_little"):
        bank.settle(session, deciding(line), ACCOUNT)
    assert (elsewhere.settled, line.settled) == (0, 0)
