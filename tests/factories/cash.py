"""Money taken at doors, without the visits: an operation of the phone, its receipt; counted and handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.cash import Cash, CashReason
from app.domain.countersigning import SigningAct
from app.domain.custody import Holder, Party
from app.domain.number_block import receipt_number
from app.models import CashCount, CashHandIn, Courier, Device, Receipt, StaffAccount
from app.services.desks.cash import CountCash, HandInCash, count_cash, hand_in
from app.services.desks.countersigning import Asked
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


def counted(
    session: Session, courier: Courier, at: datetime, cash: Cash, *, by: StaffAccount, **given: Any
) -> CashCount:
    """`at` the counter, for the money of the same day unless told otherwise."""
    defaults: dict[str, Any] = {"day": local_day(at), "operation_id": uuid4(), "office_id": courier.office_id}
    who: dict[str, Any] = {"courier_id": courier.id, "account_id": by.id}
    return count_cash(session, CountCash(cash=cash, now=at, **who, **{**defaults, **given}))


def handing_in(
    count: CashCount,
    courier: Courier,
    by: StaffAccount,
    reason: CashReason | None = None,
    corrects_id: int | None = None,
) -> Asked:
    """The counter asks for a second hand; nothing is handed in yet."""
    cash = count.cash
    assert cash is not None
    form = {
        "count": count.id,
        "day": count.day.isoformat(),
        "cash": {"postage": cash.postage, "state_fee": cash.state_fee},
        "reason": reason,
        "corrects": corrects_id,
        "operation": f"cash:{count.id}",
    }
    safe, bag = Party(Holder.OFFICE_SAFE, str(courier.office_id)), Party(Holder.COURIER, str(courier.id))
    return Asked(SigningAct.CASH, form, safe, bag, f"staff:{by.id}", count.at)


def handed_in(
    session: Session,
    count: CashCount,
    courier: Courier,
    *,
    by: StaffAccount,
    reason: CashReason | None = None,
    **given: Any,
) -> CashHandIn:
    """The courier signs on the screen."""
    defaults: dict[str, Any] = {"side": Party(Holder.COURIER, str(courier.id)), "corrects_id": None, "now": count.at}
    who: dict[str, Any] = {"office_id": courier.office_id, "account_id": by.id}
    return hand_in(session, HandInCash(count_id=count.id, reason=reason, **who, **{**defaults, **given}))
