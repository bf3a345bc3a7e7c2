"""Money taken at doors, without the visits: an operation of the phone, and its receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.number_block import receipt_number
from app.models import Device, Receipt
from tests.factories.counter import number
from tests.factories.files import make_operation


def make_receipt(
    session: Session, device: Device, paid_at: datetime, postage: int = 26_000, state_fee: int = 0, **given: Any
) -> Receipt:
    amounts = {"postage": postage, "state_fee": state_fee}
    defaults: dict[str, Any] = {
        "number": receipt_number(900_000 + number()),
        "operation_id": make_operation(session, device).id,
        "parts": [{"kind": kind, "amount": amount} for kind, amount in amounts.items() if amount],
        "paid_at": paid_at,
        "received_at": paid_at,
    }
    receipt = Receipt(**{**defaults, **given})
    session.add(receipt)
    session.flush()
    return receipt
