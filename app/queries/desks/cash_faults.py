"""What is not right about a day's money, named by the receipt: not handed in, different, taken twice, taken too much."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Charge, Receipt
from app.queries.desks.bank import transferred_charges
from app.queries.desks.cash import CashDay, TakenReceipt


class MoneyWhy(StrEnum):
    NO_CASH = "no_cash"
    DIFFERENCE = "difference"
    TAKEN_TWICE = "taken_twice"
    TAKEN_OVER = "taken_over"  # more than the door was told


@dataclass(frozen=True, slots=True)
class MoneyFault:
    """`named`: a receipt's number; of a difference its đồng."""

    named: str
    why: MoneyWhy


def money_faults(session: Session, days: Sequence[CashDay]) -> Iterator[MoneyFault]:
    for money in days:
        for receipt in money.receipts:
            if receipt not in money.covered:
                yield MoneyFault(receipt.number, MoneyWhy.NO_CASH)
        if money.difference:
            yield MoneyFault(str(money.difference.total or money.difference.postage), MoneyWhy.DIFFERENCE)
    yield from _wrongly_taken(session, [receipt for money in days for receipt in money.receipts])


def _wrongly_taken(session: Session, receipts: Iterable[TakenReceipt]) -> Iterator[MoneyFault]:
    """By door: all that was ever taken there, against all that it was told it would pay at most."""
    doors = {one.errand_id for one in receipts if one.errand_id is not None}
    if not doors:
        return
    numbers: dict[UUID | None, list[str]] = defaultdict(list)
    sums: dict[UUID | None, Counter[str]] = defaultdict(Counter)
    rows = session.scalars(
        select(Receipt).where(Receipt.errand_id.in_(doors)).order_by(Receipt.paid_at, Receipt.number)
    )
    for row in rows:
        numbers[row.errand_id].append(row.number)
        for part in row.parts:
            sums[row.errand_id][part["kind"]] += part["amount"]
    limits = _limits(session, doors)
    for door, taken in sums.items():
        if any(amount > limits.get((door, kind), 0) for kind, amount in taken.items()):
            why = MoneyWhy.TAKEN_TWICE if len(numbers[door]) > 1 else MoneyWhy.TAKEN_OVER
            yield from (MoneyFault(number, why) for number in numbers[door])


def _limits(session: Session, doors: set[UUID]) -> Mapping[tuple[UUID | None, str], int]:
    """Who has paid the lower value over the bank pays nothing more: the rest up to the upper one is not the door's."""
    most = func.sum(func.coalesce(Charge.upper_amount, Charge.amount, 0))
    owed = (Charge.errand_id.in_(doors), Charge.id.not_in(transferred_charges(doors)))
    told = select(Charge.errand_id, Charge.kind, most).where(*owed)
    rows = session.execute(told.group_by(Charge.errand_id, Charge.kind))
    return {(errand_id, kind.value): int(limit) for errand_id, kind, limit in rows}
