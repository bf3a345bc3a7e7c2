"""Couriers' money by their receipts: what was taken on a day, handed in, still in hand, and what does not agree.

For a courier's day, a purse a sum: receipts = handed in + still in hand + difference. A difference is what the receipts say
that the last count had to find, less what was handed in; money taken after that count is in hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.clock import LOCAL, end_of_day, local_day, start_of_day
from app.domain.cash import NOTHING, Cash, Numbered, cash_of, may_be, total_of
from app.domain.custody import Holder
from app.domain.errors import DomainError
from app.domain.number_block import BLOCK, receipt_number, receipt_serial
from app.models import CashCount, CashHandIn, CashStart, Courier, Device, FeeRemittance, Operation, Parcel, Receipt


@dataclass(frozen=True, slots=True)
class TakenReceipt:
    number: str
    operation_id: UUID
    official_number: str | None
    errand_id: UUID | None
    device_id: UUID
    courier_id: int
    cash: Cash
    paid_at: datetime
    received_at: datetime


@dataclass(frozen=True)
class CashDay:
    """One courier's money of one day."""

    courier_id: int
    name: str
    day: date
    receipts: tuple[TakenReceipt, ...] = ()
    hand_ins: tuple[CashHandIn, ...] = ()  # those that stand, oldest first
    told: CashCount | None = None  # what the courier's phone told last, at the end of the run

    @cached_property
    def taken(self) -> Cash:
        return total_of(one.cash for one in self.receipts)

    @cached_property
    def handed_in(self) -> Cash:
        return total_of(one.cash for one in self.hand_ins)

    @cached_property
    def covered(self) -> tuple[TakenReceipt, ...]:
        """Receipts whose money the last count had to find."""
        until = max((one.covers_until for one in self.hand_ins), default=None)
        return tuple(one for one in self.receipts if until is not None and one.paid_at <= until)

    @property
    def difference(self) -> Cash:
        """Positive: less was handed in than the receipts say."""
        return total_of(one.cash for one in self.covered) - self.handed_in

    @property
    def in_hand(self) -> Cash:
        return self.taken - total_of(one.cash for one in self.covered)

    @property
    def suspects(self) -> tuple[str, ...]:
        """The receipts that the difference may be; those that came after the count first."""
        counted = max((one.taken_at for one in self.hand_ins), default=None)
        late = [one for one in self.covered if counted is not None and one.received_at > counted]
        rest = [one for one in self.covered if one not in late]
        return guess(self.difference, (*late, *rest))


def guess(difference: Cash, receipts: Iterable[TakenReceipt]) -> tuple[str, ...]:
    """Receipts whose money is missing or, where there is too much, was perhaps taken without being told."""
    numbered = [Numbered(one.number, one.cash) for one in receipts]
    return may_be(difference, numbered) or may_be(NOTHING - difference, numbered)


def office_cash(session: Session, office_id: int, day: date) -> list[CashDay]:
    """Every courier of the office who works there, or whose money or envelopes this day is about; by name."""
    return list(cash_days(session, couriers_of(session, office_id, day), day))


def couriers_of(session: Session, office_id: int, day: date) -> list[Courier]:
    """Also who has left, as long as his day is to be accounted for: a receipt of that day, or an envelope in the bag."""
    taken = select(Device.courier_id).join(Operation).join(Receipt, Receipt.operation_id == Operation.id)
    paid = taken.where(Receipt.paid_at >= start_of_day(day), Receipt.paid_at < end_of_day(day))
    holds = select(Parcel.id).where(
        Parcel.holder == Holder.COURIER, Parcel.holder_id == cast(Courier.id, Parcel.holder_id.type)
    )
    concerned = or_(Courier.active, Courier.id.in_(paid), holds.exists())
    theirs = select(Courier).where(Courier.office_id == office_id, concerned)
    return list(session.scalars(theirs.order_by(Courier.name, Courier.id)))


def cash_day(session: Session, courier: Courier, day: date) -> CashDay:
    (found,) = cash_days(session, [courier], day)
    return found


def cash_days(session: Session, couriers: Sequence[Courier], day: date) -> Iterable[CashDay]:
    ids = [courier.id for courier in couriers]
    within = (Receipt.paid_at >= start_of_day(day), Receipt.paid_at < end_of_day(day))
    receipts = by_courier(taken(session, ids, *within))
    given = by_courier(session.scalars(_standing().where(CashHandIn.courier_id.in_(ids), CashHandIn.day == day)))
    told = {one.courier_id: one for one in session.scalars(_told(ids, day))}
    for courier in couriers:
        yield CashDay(
            courier.id, courier.name, day, tuple(receipts[courier.id]), tuple(given[courier.id]), told.get(courier.id)
        )


Row = TypeVar("Row", TakenReceipt, CashHandIn)


def by_courier(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.courier_id].append(row)
    return found


def taken(session: Session, courier_ids: Collection[int], *which: ColumnElement[bool]) -> list[TakenReceipt]:
    """Receipts of these couriers' phones, by the time of payment."""
    rows: Sequence[Any] = session.execute(
        select(
            Receipt.number,
            Receipt.operation_id,
            Receipt.official_number,
            Receipt.errand_id,
            Device.id,
            Device.courier_id,
            Receipt.parts,
            Receipt.paid_at,
            Receipt.received_at,
        )
        .join(Operation, Operation.id == Receipt.operation_id)
        .join(Device, Device.id == Operation.device_id)
        .where(Device.courier_id.in_(courier_ids), *which)
        .order_by(Receipt.paid_at, Receipt.number)
    ).all()
    return [
        TakenReceipt(number, act, official, errand, device, courier, cash_of(parts), paid, came)
        for number, act, official, errand, device, courier, parts, paid, came in rows
    ]


def in_hand(session: Session, courier_ids: Collection[int]) -> Mapping[int, list[TakenReceipt]]:
    """Courier → receipts of all days whose money no count has covered yet."""
    paid_day = cast(func.timezone(str(LOCAL), Receipt.paid_at), Date)
    covered = select(CashHandIn.id).where(
        CashHandIn.courier_id == Device.courier_id,
        CashHandIn.day == paid_day,
        CashHandIn.covers_until >= Receipt.paid_at,
        *stands(),
    )
    began = select(func.max(CashStart.day)).scalar_subquery()
    booked = or_(began.is_(None), paid_day >= began)
    return by_courier(taken(session, courier_ids, ~covered.exists(), booked))


def is_booked(session: Session, day: date) -> bool:
    """Not a day of before cash was booked here."""
    began = session.scalar(select(func.max(CashStart.day)))
    return began is None or day >= began


def handed_in(session: Session, courier_id: int, day: date) -> Cash:
    theirs = _standing().where(CashHandIn.courier_id == courier_id, CashHandIn.day == day)
    return total_of(one.cash for one in session.scalars(theirs))


def stands() -> list[ColumnElement[bool]]:
    """No other row corrects it."""
    correction = aliased(CashHandIn)
    return [~select(correction.id).where(correction.corrects_id == CashHandIn.id).exists()]


def _standing() -> Select[CashHandIn]:
    return select(CashHandIn).where(*stands()).order_by(CashHandIn.covers_until, CashHandIn.id)


def _told(courier_ids: Collection[int], day: date) -> Select[CashCount]:
    """The newest last."""
    by_phone = and_(CashCount.courier_id.in_(courier_ids), CashCount.by.startswith("courier:"))
    return select(CashCount).where(by_phone, CashCount.day == day).order_by(CashCount.at, CashCount.id)


def skipped(session: Session, receipts: Sequence[TakenReceipt]) -> list[str]:
    """Numbers between those that a phone gave out that day, of which nobody has told: left unused, or still to come."""
    serials: dict[UUID, set[int]] = defaultdict(set)
    for one in receipts:
        try:
            serials[one.device_id].add(receipt_serial(one.number))
        except DomainError:
            continue  # a number used again, or none of ours
    between = {receipt_number(serial) for used in serials.values() for serial in _between(used)}
    known = set(session.scalars(select(Receipt.number).where(Receipt.number.in_(between)))) if between else set()
    return sorted(between - known)


def _between(used: Collection[int]) -> Iterator[int]:
    """A phone gives its numbers in their order; from one block to the next there may be any distance."""
    for before, after in pairwise(sorted(used)):
        if after - before < BLOCK:
            yield from range(before + 1, after)


def remittances(session: Session, office_id: int) -> list[FeeRemittance]:
    """Those that stand, newest first."""
    correction = aliased(FeeRemittance)
    corrected = select(correction.id).where(correction.corrects_id == FeeRemittance.id)
    mine = select(FeeRemittance).where(FeeRemittance.office_id == office_id, ~corrected.exists())
    return list(session.scalars(mine.order_by(FeeRemittance.at.desc(), FeeRemittance.id.desc())))


def fees_held(session: Session, office_id: int) -> int:
    """State fees that couriers have handed in here and nobody has passed on."""
    came = select(func.coalesce(func.sum(CashHandIn.state_fee), 0)).where(CashHandIn.office_id == office_id, *stands())
    return int(session.scalar(came) or 0) - sum(one.amount for one in remittances(session, office_id))


def day_of(receipt: TakenReceipt) -> date:
    return local_day(receipt.paid_at)
