"""Cash at the counter: counted blind, compared with the receipts, taken over by both sides; state fees passed on.

Rows are only added. Who has counted wrong counts again: the new row says which one it takes the place of, and why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.cash import NOTHING, Cash, CashReason, PaidTo, Signed, total_of
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.wording import tidy
from app.models import CashCount, CashHandIn, Courier, FeeRemittance, Office
from app.queries.custody.one_person import stands_alone
from app.queries.desks.cash import CashDay, cash_day, fees_held

MOST: Final = 1_000_000_000
LONGEST_SLIP: Final = 60
TYPED: Final = re.compile(r"([0-9][0-9\s.,]{0,20})[^\s0-9]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class CountCash:
    """`account_id`: of whoever counts at the counter."""

    courier_id: int
    office_id: int
    day: date
    cash: Cash
    account_id: int
    operation_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class HandInCash:
    """`side`: for whose bag a second hand has signed, and how; None where the courier's phone has told the same."""

    count_id: int
    office_id: int
    account_id: int
    side: Party | None
    reason: CashReason | None
    corrects_id: int | None
    now: datetime
    signed: Signed = Signed.ON_SCREEN
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class RemitFees:
    office_id: int
    account_id: int
    amount: int
    paid_to: PaidTo
    slip_number: str
    operation_id: UUID
    now: datetime
    reason: CashReason | None = None
    corrects_id: int | None = None


def count_cash(session: Session, command: CountCash) -> CashCount:
    """What lies on the counter, before anybody has said what should. Pressed twice, it is one count.

    Raises `not_found`, `day_ahead`, `cash_amount` or `confirmation_by_oneself`.
    """
    _courier(session, command.courier_id, command.office_id, command.account_id)
    before = session.scalar(select(CashCount).where(CashCount.operation_id == command.operation_id))
    if before is not None:
        return before
    if command.day > local_day(command.now):
        raise DomainError("day_ahead", kind="invalid", field="day", day=command.day)
    count = CashCount(
        operation_id=command.operation_id,
        courier_id=command.courier_id,
        day=command.day,
        postage=command.cash.postage,
        state_fee=command.cash.state_fee,
        total=command.cash.total,
        by=f"staff:{command.account_id}",
        at=command.now,
    )
    session.add(count)
    session.flush()
    return count


def expected_at(money: CashDay, count: CashCount, corrects: CashHandIn | None) -> Cash:
    """What should have been found: receipts up to the count, less what was handed in of them before."""
    until = corrects.covers_until if corrects is not None else count.at
    paid = total_of(one.cash for one in money.receipts if one.paid_at <= until)
    return paid - money.handed_in + (corrects.cash if corrects is not None else NOTHING)


def said_on_phone(money: CashDay, count: CashCount) -> bool:
    """The courier's phone told the same at the end of the run, and nothing has been handed in since."""
    told = money.told
    if told is None or any(one.covers_until >= told.at for one in money.hand_ins):
        return False
    return told.total == count.total if told.cash is None else told.cash == count.cash


def hand_in(session: Session, command: HandInCash) -> CashHandIn:
    """Both sides say the same: the money is the counter's. Pressed twice, it is handed in once.

    Raises `not_found`, `confirmation_by_oneself` for the own money anywhere but where one person is the whole office,
    `cash_reason_missing`, `cash_side_missing`, `not_this_courier` or `cash_corrected_already`.
    """
    count = session.get(CashCount, command.count_id)
    if count is None or count.cash is None:
        raise DomainError("not_found", kind="not_found")
    courier = _courier(session, count.courier_id, command.office_id, command.account_id)
    before = session.scalar(select(CashHandIn).where(CashHandIn.count_id == count.id))
    if before is not None:
        return before
    money = cash_day(session, courier, count.day)
    corrects = corrected(money, command.corrects_id)
    expected = expected_at(money, count, corrects)
    if command.reason is None and (corrects is not None or count.cash != expected):
        raise DomainError("cash_reason_missing", kind="invalid", field="cash_reason")
    told = corrects is None and said_on_phone(money, count)
    row = CashHandIn(
        count_id=count.id,
        courier_id=courier.id,
        office_id=command.office_id,
        day=count.day,
        postage=count.cash.postage,
        state_fee=count.cash.state_fee,
        expected_postage=expected.postage,
        expected_state_fee=expected.state_fee,
        covers_until=corrects.covers_until if corrects is not None else count.at,
        reason=command.reason,
        given_by=f"courier:{courier.id}",
        signed=_signed(courier, command, told=told),
        taken_by=f"staff:{command.account_id}",
        taken_at=command.now,
        corrects_id=command.corrects_id,
        mark=command.mark,
    )
    session.add(row)
    session.flush()
    return row


def corrected(money: CashDay, hand_in_id: int | None) -> CashHandIn | None:
    """The row that is put right. Raises `cash_corrected_already` when it stands no more, or is of another day."""
    if hand_in_id is None:
        return None
    for one in money.hand_ins:
        if one.id == hand_in_id:
            return one
    raise DomainError("cash_corrected_already")


def _signed(courier: Courier, command: HandInCash, *, told: bool) -> Signed:
    """By which hand; what the own phone of one person told is no second one."""
    if courier.staff_account_id == command.account_id and command.signed is not Signed.ONE_PERSON:
        raise DomainError("confirmation_by_oneself", kind="forbidden")
    if command.side is None and told:
        return Signed.ON_PHONE
    if command.side is None:
        raise DomainError("cash_side_missing", kind="invalid", field="other_name")
    if command.side != Party(Holder.COURIER, str(courier.id)):
        raise DomainError("not_this_courier", kind="invalid", field="other_name", courier=courier.name)
    return command.signed


def _courier(session: Session, courier_id: int, office_id: int, account_id: int) -> Courier:
    """Held, so that two people who count at once count one after the other."""
    mine = (Courier.id == courier_id, Courier.office_id == office_id)
    courier = session.scalar(select(Courier).where(*mine).with_for_update())
    if courier is None:
        raise DomainError("not_found", kind="not_found")
    if courier.staff_account_id == account_id and not _is_one_person(session, office_id, account_id):
        raise DomainError("confirmation_by_oneself", kind="forbidden")
    return courier


def _is_one_person(session: Session, office_id: int, account_id: int) -> bool:
    alone = stands_alone(session, account_id)
    return alone is not None and alone.office_id == office_id


def remit(session: Session, command: RemitFees) -> FeeRemittance:
    """State fees leave the office against a slip. Pressed twice, they are passed on once.

    Raises `slip_missing`, `cash_amount`, `fees_not_here`, `cash_reason_missing` or `cash_corrected_already`.
    """
    session.execute(select(Office.id).where(Office.id == command.office_id).with_for_update())
    before = session.scalar(select(FeeRemittance).where(FeeRemittance.operation_id == command.operation_id))
    if before is not None:
        return before
    replaced = _replaced(session, command)
    slip = tidy(command.slip_number, LONGEST_SLIP)
    if not slip:
        raise DomainError("slip_missing", kind="invalid", field="slip_number")
    held = fees_held(session, command.office_id) + (replaced.amount if replaced is not None else 0)
    if command.amount > held:
        raise DomainError("fees_not_here", field="amount", held=held)
    row = FeeRemittance(
        operation_id=command.operation_id,
        office_id=command.office_id,
        day=local_day(command.now),
        amount=command.amount,
        paid_to=command.paid_to,
        slip_number=slip,
        by=f"staff:{command.account_id}",
        at=command.now,
        reason=command.reason,
        corrects_id=command.corrects_id,
    )
    session.add(row)
    session.flush()
    return row


def _replaced(session: Session, command: RemitFees) -> FeeRemittance | None:
    if command.corrects_id is None:
        return None
    row = session.get(FeeRemittance, command.corrects_id)
    if row is None or row.office_id != command.office_id:
        raise DomainError("not_found", kind="not_found")
    if session.scalar(select(FeeRemittance.id).where(FeeRemittance.corrects_id == row.id)) is not None:
        raise DomainError("cash_corrected_already")
    if command.reason is None:
        raise DomainError("cash_reason_missing", kind="invalid", field="cash_reason")
    return row


def amount(text: str, field: str) -> int:
    """Đồng as people type them: "1.250.000", or with the sign of the currency behind. Raises `cash_amount`."""
    typed = TYPED.fullmatch(text.strip())
    value = int(re.sub(r"[\s.,]", "", typed[1])) if typed is not None else MOST + 1
    if value > MOST:
        raise DomainError("cash_amount", kind="invalid", field=field)
    return value
