"""Money over the bank as people look at it: what is due, what waits for a decision, and whether it adds up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Select, cast, column, exists, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, selectinload

from app.domain.bank import BankOdd, confirmation_number
from app.domain.errand import ErrandState
from app.domain.tariff import ChargeKind
from app.models import BankLine, Charge, Errand, MoneyConfirmation, PaymentCode, Refund, ServiceRequest

PART = func.jsonb_array_elements(MoneyConfirmation.parts).table_valued(column("value", JSONB), name="part")


def due_charges(
    session: Session, request_id: UUID, kinds: Collection[ChargeKind], *, hold: bool = False
) -> Sequence[Charge]:
    """What may still be transferred: known, more than nothing, unpaid, of a visit that stands."""
    over = select(Errand.id).where(Errand.request_id == request_id, Errand.state == ErrandState.CANCELLED)
    due = select(Charge).where(
        Charge.request_id == request_id,
        Charge.kind.in_(kinds),
        Charge.paid_at.is_(None),
        Charge.amount > 0,
        Charge.errand_id.is_(None) | Charge.errand_id.not_in(over),
    )
    return session.scalars((due.with_for_update() if hold else due).order_by(Charge.id)).all()


def code_of(session: Session, request_id: UUID) -> str | None:
    """None: nobody has asked for it yet."""
    return session.scalar(select(PaymentCode.code).where(PaymentCode.request_id == request_id))


def is_called_off(session: Session, request_id: UUID) -> bool:
    stands = exists().where(Errand.request_id == request_id, Errand.state != ErrandState.CANCELLED)
    return not session.scalar(select(stands))


@dataclass(frozen=True, slots=True)
class BankTask:
    """One decision that waits. `charge_id`: of a visit that was called off after it was paid."""

    line: BankLine
    reference: str | None  # of the request that its code stands for
    why: BankOdd | str
    amount: int
    refund: Refund | None = None
    charge_id: int | None = None

    @property
    def since(self) -> datetime:
        return self.line.received_at


def bank_tasks(session: Session) -> list[BankTask]:
    """Refunds under way, lines with something left, visits called off after they were paid: oldest first."""
    found = [*_odd_lines(session), *_called_off_later(session)]
    return sorted(found, key=lambda one: (one.since, one.line.id, one.charge_id or 0))


def _odd_lines(session: Session) -> Iterator[BankTask]:
    left = select(BankLine).where(BankLine.settled < BankLine.amount, BankLine.elsewhere_at.is_(None))
    lines = session.scalars(
        left.options(selectinload(BankLine.refunds)).execution_options(populate_existing=True)
    ).all()
    references = _references(session, lines)
    for line in lines:
        refund = next((one for one in line.refunds if one.charge_id is None), None)
        if refund is None or refund.paid_at is None:
            yield BankTask(line, references.get(line.code or ""), line.odd or BankOdd.OVER, line.rest, refund)


def _called_off_later(session: Session) -> Iterator[BankTask]:
    over = (
        select(Charge, BankLine)
        .join(Errand, Errand.id == Charge.errand_id)
        .join(PaymentCode, PaymentCode.request_id == Charge.request_id)
        .join(BankLine, BankLine.code == PaymentCode.code)
        .where(Errand.state == ErrandState.CANCELLED, Charge.paid_at.is_not(None), BankLine.settled > 0)
        .options(selectinload(BankLine.refunds))
        .order_by(Charge.id, BankLine.id)
        .execution_options(populate_existing=True)
    )
    seen: set[int] = set()
    for charge, line in session.execute(over).all():
        paid = session.get_one(MoneyConfirmation, (line.confirmation_year, line.confirmation_serial))
        part = next((one for one in paid.parts if one["charge"] == charge.id), None)
        refund = next((one for one in line.refunds if one.charge_id == charge.id), None)
        if part is None or charge.id in seen:
            continue
        seen.add(charge.id)
        if refund is None or refund.paid_at is None:
            reference = session.get_one(ServiceRequest, charge.request_id).reference
            yield BankTask(line, reference, "called_off_later", part["amount"], refund, charge.id)


def _references(session: Session, lines: Sequence[BankLine]) -> dict[str, str]:
    codes = {line.code for line in lines if line.code is not None}
    named = select(PaymentCode.code, ServiceRequest.reference).join(
        ServiceRequest, ServiceRequest.id == PaymentCode.request_id
    )
    return {row.code: row.reference for row in session.execute(named.where(PaymentCode.code.in_(codes)))}


def missing_serials(session: Session, year: int) -> list[int]:
    """Numbers of confirmations that the year should have and has not: none, ever."""
    given = set(session.scalars(select(MoneyConfirmation.serial).where(MoneyConfirmation.year == year)))
    return [serial for serial in range(1, max(given, default=0) + 1) if serial not in given]


def missing_confirmations(session: Session) -> list[str]:
    """The same of every year there is, as they would be written."""
    years = session.scalars(select(MoneyConfirmation.year).distinct().order_by(MoneyConfirmation.year))
    return [confirmation_number(year, serial) for year in years.all() for serial in missing_serials(session, year)]


def transferred_charges(errand_ids: Collection[UUID]) -> Select[int]:
    """Charges of these visits that a transfer has paid: nothing more of them is taken at the door."""
    charge = cast(PART.c.value["charge"].astext, Integer)
    told = (
        select(Charge.id).select_from(MoneyConfirmation).join(PART, onclause=true()).join(Charge, Charge.id == charge)
    )
    return told.where(Charge.errand_id.in_(errand_ids))
