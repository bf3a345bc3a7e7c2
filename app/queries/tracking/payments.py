"""What a request has paid, how, and with which confirmation: at the door with a receipt's number, over the bank with ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.bank import confirmation_number
from app.domain.tariff import ChargeKind
from app.models import BankLine, Errand, MoneyConfirmation, PaymentCode, Receipt, ServiceRequest


@dataclass(frozen=True, slots=True)
class Payment:
    """`official`: the number of the state's own receipt for its fee; `confirmation`: year and serial, of a transfer."""

    number: str
    paid_at: datetime
    amount: int
    official: str | None = None
    confirmation: tuple[int, int] | None = None
    parts: tuple[tuple[ChargeKind, int], ...] = ()  # each kind of money once


def payments_of(session: Session, row: ServiceRequest) -> list[Payment]:
    """In the order of paying."""
    errands = select(Errand.id).where(Errand.request_id == row.id)
    receipts = session.scalars(select(Receipt).where(Receipt.errand_id.in_(errands)))
    transfers = session.scalars(select(MoneyConfirmation).where(MoneyConfirmation.request_id == row.id))
    paid = [
        *(
            Payment(one.number, one.paid_at, _sum(one.parts), one.official_number, parts=_parts(one.parts))
            for one in receipts
        ),
        *(
            Payment(
                confirmation_number(one.year, one.serial),
                one.paid_at,
                _sum(one.parts),
                confirmation=(one.year, one.serial),
                parts=_parts(one.parts),
            )
            for one in transfers
        ),
    ]
    return sorted(paid, key=lambda one: (one.paid_at, one.number))


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What came by transfer and paid nothing: waiting for a person, or back with the payer at `returned_at`."""

    amount: int
    returned_at: datetime | None = None


def unsettled_of(session: Session, row: ServiceRequest) -> list[Unsettled]:
    """What waits first, then what went back, each in the order of coming."""
    code = select(PaymentCode.code).where(PaymentCode.request_id == row.id)
    mine = select(BankLine).where(BankLine.code.in_(code), BankLine.elsewhere_at.is_(None))
    lines = session.scalars(
        mine.options(selectinload(BankLine.refunds)).order_by(BankLine.booked_at, BankLine.id)
    ).all()
    refunds = [refund for line in lines for refund in line.refunds if refund.paid_at is not None]
    back = {refund.line_id for refund in refunds if refund.charge_id is None}
    return [
        *(Unsettled(line.rest) for line in lines if line.rest and line.id not in back),
        *(Unsettled(refund.amount, refund.paid_at) for refund in refunds),
    ]


def _parts(parts: list[dict[str, Any]]) -> tuple[tuple[ChargeKind, int], ...]:
    sums: dict[ChargeKind, int] = {}
    for part in parts:
        kind = ChargeKind(part["kind"])
        sums[kind] = sums.get(kind, 0) + part["amount"]
    return tuple(sums.items())


def _sum(parts: list[dict[str, Any]]) -> int:
    return sum(part["amount"] for part in parts)
