"""Money taken at a door: a row a receipt number, and the charges that it pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.acts import ReceiptGiven
from app.domain.errors import DomainError
from app.domain.number_block import receipt_serial
from app.models import Errand, Receipt
from app.services.sync.context import OperationContext


def take(context: OperationContext, errand: Errand, receipt: ReceiptGiven | None) -> None:
    """Write the receipt once; a number used before, or set aside for another phone, is looked at."""
    if receipt is None:
        return
    if not _of_this_phone(context, receipt.number):
        context.look("receipt_outside_block", number=receipt.number)
    row = {
        "number": receipt.number,
        "operation_id": context.header.op_id,
        "errand_id": errand.id,
        "parts": [{"kind": kind.value, "amount": amount} for kind, amount in receipt.parts],
        "paid_at": context.occurred_at,
        "received_at": context.now,
    }
    if context.work.prefetched is not None:  # a number that is used already shows itself when the batch is written
        context.work.add_later(Receipt(**row))
    elif not _write(context.work, row):
        context.look("receipt_used", number=receipt.number)
    context.paid += [{"errand": errand.id, "of": kind, "at": context.occurred_at} for kind, _ in receipt.parts]


def _write(session: Session, row: Mapping[str, Any]) -> bool:
    """False: the number is used."""
    once = insert(Receipt).values(**row).on_conflict_do_nothing(index_elements=["number"])
    return session.scalar(once.returning(Receipt.number)) is not None


def _of_this_phone(context: OperationContext, number: str) -> bool:
    try:
        serial = receipt_serial(number)
    except DomainError:
        return False
    return any(first <= serial <= last for first, last in context.receipts())
