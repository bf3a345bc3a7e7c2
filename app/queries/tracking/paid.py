"""What was really taken at the door, which is one number: the quote was from … to …"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Charge, MoneyConfirmation, Receipt


def _transferred(session: Session, charges: Sequence[Charge]) -> dict[int, int]:
    requests = {charge.request_id for charge in charges}
    confirmed = session.scalars(select(MoneyConfirmation.parts).where(MoneyConfirmation.request_id.in_(requests)))
    return {part["charge"]: part["amount"] for parts in confirmed for part in parts}


def paid_amounts(session: Session, charges: Sequence[Charge]) -> Mapping[int, int]:
    """By charge, for those whose receipt is known. A receipt has a part a charge, in the order of the charges."""
    errands = {charge.errand_id for charge in charges if charge.paid_at is not None and charge.errand_id is not None}
    if not errands:
        return {}
    given = select(Receipt).where(Receipt.errand_id.in_(errands)).order_by(Receipt.paid_at, Receipt.number)
    parts: dict[tuple[UUID | None, str], list[int]] = defaultdict(list)
    for receipt in session.scalars(given):
        for part in receipt.parts:
            parts[receipt.errand_id, part["kind"]].append(part["amount"])
    found = _transferred(session, charges)
    for charge in sorted(charges, key=lambda one: one.id):
        if charge.id in found:
            continue
        waiting = parts[charge.errand_id, charge.kind.value] if charge.paid_at is not None else []
        if waiting:
            found[charge.id] = waiting.pop(0)
    return found
