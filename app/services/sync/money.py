"""Money taken at a door: a row a receipt, and the charges that it pays; and what the courier has counted at the end.

The money is there, whatever the books make of the visit or of the number: no receipt is ever left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import end_of_day, local_day, start_of_day
from app.domain.acts import ReceiptGiven, RunEnded
from app.domain.cash import Cash, cash_of, total_of
from app.domain.errors import DomainError
from app.domain.number_block import receipt_again, receipt_serial
from app.models import CashCount, Device, Errand, Operation, Receipt
from app.queries.desks.cash import handed_in
from app.services.sync.context import OperationContext


def take(context: OperationContext, errand: Errand | None, receipt: ReceiptGiven | None) -> None:
    """Write the receipt once; a number used before, or set aside for another phone, is looked at."""
    if receipt is None:
        return
    if not _of_this_phone(context, receipt.number):
        context.look("receipt_outside_block", number=receipt.number)
    row = {
        "number": receipt.number,
        "official_number": receipt.official,
        "operation_id": context.header.op_id,
        "errand_id": errand.id if errand is not None else None,
        "parts": [{"kind": kind.value, "amount": amount} for kind, amount in receipt.parts],
        "paid_at": context.occurred_at,
        "received_at": context.now,
    }
    if context.work.prefetched is not None:  # a number that is used already shows itself when the batch is written
        context.work.add_later(Receipt(**row))
    elif not _write(context.work, row):
        context.look("receipt_used", number=receipt.number)
    if errand is not None:
        context.paid += [{"errand": errand.id, "of": kind, "at": context.occurred_at} for kind, _ in receipt.parts]


def _write(session: Session, row: Mapping[str, Any]) -> bool:
    """False: the number is used; the money is written as the number's second, third … use."""
    mine = select(Receipt.number).where(Receipt.operation_id == row["operation_id"])
    if session.scalar(mine) is not None:
        return True  # of a claim that two offices have confirmed
    for use in count(1):
        numbered = {**row, "number": receipt_again(row["number"], use)}
        once = insert(Receipt).values(**numbered).on_conflict_do_nothing(index_elements=["number"])
        if session.scalar(once.returning(Receipt.number)) is not None:
            return use == 1
    raise AssertionError  # there is always a next use


def _of_this_phone(context: OperationContext, number: str) -> bool:
    try:
        serial = receipt_serial(number)
    except DomainError:
        return False
    return any(first <= serial <= last for first, last in context.receipts())


def count_at_the_end(context: OperationContext, said: RunEnded) -> None:
    """The courier's own side: kept for whoever takes the money over, and compared with what should still be in hand."""
    day = local_day(context.occurred_at)
    context.work.add_later(
        CashCount(
            operation_id=context.header.op_id,
            courier_id=context.courier_id,
            day=day,
            postage=said.purses.postage if said.purses is not None else None,
            state_fee=said.purses.state_fee if said.purses is not None else None,
            total=said.cash,
            by=context.by,
            at=context.occurred_at,
        )
    )
    expected = _taken(context, day) - handed_in(context.work, context.courier_id, day)
    if expected.total != said.cash:
        context.look("cash_differs", counted=said.cash, receipts=expected.total)
    elif said.purses not in (None, expected):
        context.look("purses_differ")


def _taken(context: OperationContext, day: date) -> Cash:
    """By the receipts of this courier's phones; those of this very batch, too."""
    before = (
        select(Operation.id)
        .join(Device, Device.id == Operation.device_id)
        .where(Device.courier_id == context.courier_id, Operation.id == Receipt.operation_id)
    )
    mine = or_(Receipt.operation_id.in_(context.taken), before.exists())
    today = (Receipt.paid_at >= start_of_day(day), Receipt.paid_at < end_of_day(day))
    return total_of(map(cash_of, context.work.scalars(select(Receipt.parts).where(*today, mine))))
