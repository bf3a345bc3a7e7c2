"""Money over the bank: a line of a statement is kept once, pays what its code stands for, or waits for a person.

Nothing is booked by guess: only a sum that is exactly what is due pays by itself. Who sends money back is never alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import LOCAL, end_of_day, local_day, start_of_day
from app.domain.bank import FROM_FILE, WITHOUT_REFERENCE, BankAccount, BankOdd, Incoming, codes_in, new_code
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.tariff import ChargeKind
from app.domain.wording import tidy
from app.models import BankLine, Charge, Errand, MoneyConfirmation, PaymentCode, Refund
from app.queries.custody.apart import reset_lately
from app.queries.desks.bank import code_of, due_charges, is_called_off
from app.services import audit
from app.unit_of_work import UnitOfWork

BANK: Final = "bank"
LONGEST_REFERENCE: Final = 60
LONGEST_WORDS: Final = 500
OF_THE_POST: Final = frozenset({ChargeKind.POSTAGE, ChargeKind.REMITTANCE})
SERIALS: Final = 0x746E_636B  # the lock under which a confirmation gets its number


@dataclass(frozen=True, slots=True)
class DecideLine:
    """`by`: "staff:7". `reference`: of the transfer back, where one was made."""

    line_id: int
    by: str
    now: datetime
    reference: str = ""


def kinds_of(account: BankAccount) -> frozenset[ChargeKind]:
    """What may go to this account: the post's own; state fees only where the contract says so."""
    return OF_THE_POST | {ChargeKind.STATE_FEE} if account.state_fees else OF_THE_POST


def code_for(session: Session, request_id: UUID, now: datetime) -> str:
    """The code of a request, made when somebody first asks for it."""
    found = code_of(session, request_id)
    if found is not None:
        return found
    made = insert(PaymentCode).values(code=new_code(), request_id=request_id, made_at=now)
    session.execute(made.on_conflict_do_nothing())
    return session.scalars(select(PaymentCode.code).where(PaymentCode.request_id == request_id)).one()


def take_in(work: UnitOfWork, told: Incoming, account: BankAccount, now: datetime) -> bool:
    """Keep a line and pay with it; False: it was known. Told by webhook and by file, it is one line."""
    if _told_before(work, told):
        return False
    row = {
        "source": told.source,
        "operator_id": told.operator_id,
        "account": told.account,
        "reference": tidy(told.reference, LONGEST_REFERENCE),
        "amount": told.amount,
        "words": tidy(told.words, LONGEST_WORDS) or None,
        "booked_at": told.booked_at,
        "received_at": now,
        "settled": 0,
    }
    kept = work.scalar(insert(BankLine).values(**row).on_conflict_do_nothing().returning(BankLine.id))
    if kept is None:
        return False
    line = work.get_one(BankLine, kept)
    line.code, line.odd = _whose(work, told)
    if told.account != account.number:
        line.odd = BankOdd.OTHER_ACCOUNT
    if line.odd is None and line.code is not None:
        _pay_by_itself(work, line, account, now)
    work.flush()
    return True


def _told_before(work: UnitOfWork, told: Incoming) -> bool:
    """By its number; else by the other source, where the webhook had no number of the bank.

    Two equal lines are two sums: each line of one source is paired with one of the other, once, and remembers it.
    """
    same = (BankLine.account == told.account, BankLine.reference == told.reference, BankLine.amount == told.amount)
    again = BankLine.operator_id == told.operator_id if told.operator_id is not None else false()
    if work.scalar(select(BankLine.id).where(or_(and_(*same), again)).limit(1)) is not None:
        return True
    pair = work.scalars(_by_the_other(told).limit(1).with_for_update()).first()
    if pair is None:
        return False
    if told.source == FROM_FILE:
        pair.reference = tidy(told.reference, LONGEST_REFERENCE)
    else:
        pair.operator_id = told.operator_id
    work.flush()
    return True


def _by_the_other(told: Incoming) -> Select[BankLine]:
    """The same sum with the same words on the same day, told by the other source alone; the nearest first."""
    day = local_day(told.booked_at)
    numbered = told.source == FROM_FILE
    alone = BankLine.reference.startswith(WITHOUT_REFERENCE) if numbered else BankLine.operator_id.is_(None)
    plain = numbered or (told.reference.startswith(WITHOUT_REFERENCE) and told.operator_id is not None)
    apart = func.abs(func.extract("epoch", BankLine.booked_at) - told.booked_at.timestamp())
    return (
        select(BankLine)
        .where(
            literal(plain),
            alone,
            BankLine.source != told.source,
            BankLine.account == told.account,
            BankLine.amount == told.amount,
            BankLine.words.is_not_distinct_from(tidy(told.words, LONGEST_WORDS) or None),
            BankLine.booked_at >= start_of_day(day),
            BankLine.booked_at < end_of_day(day),
        )
        .order_by(apart, BankLine.id)
    )


def _whose(session: Session, told: Incoming) -> tuple[str | None, BankOdd | None]:
    """The one code of ours that it carries; two different ones are nobody's to choose between."""
    said = codes_in(told.words)
    known = session.scalars(select(PaymentCode.code).where(PaymentCode.code.in_(said))).all()
    if len(known) == 1:
        return known[0], None
    return None, BankOdd.CODE_UNKNOWN if said else BankOdd.NO_CODE


def _pay_by_itself(work: UnitOfWork, line: BankLine, account: BankAccount, now: datetime) -> None:
    code = work.get_one(PaymentCode, line.code)
    due = due_charges(work, code.request_id, kinds_of(account), hold=True)
    total = sum(charge.amount or 0 for charge in due)
    if total and total == line.amount:
        _settle(work, code.request_id, [line], due, BANK, now)
    elif not total:
        line.odd = BankOdd.CALLED_OFF if is_called_off(work, code.request_id) else BankOdd.PAID_ALREADY
    else:
        line.odd = BankOdd.SHORT if line.amount < total else BankOdd.OVER


def _settle(
    work: UnitOfWork, request_id: UUID, lines: Sequence[BankLine], due: Collection[Charge], by: str, now: datetime
) -> MoneyConfirmation:
    """The charges are paid, the lines spent on them in their order, and one confirmation says so."""
    paid_at = max(line.booked_at for line in lines)
    confirmation = _confirm(work, request_id, due, paid_at, by, now)
    left = 0
    for charge in due:
        charge.paid_at = paid_at
        left += charge.amount or 0
    for line in lines:
        line.settled = min(line.amount, left)
        left -= line.settled
        if line.settled:
            line.confirmation_year, line.confirmation_serial = confirmation.year, confirmation.serial
    work.flush()
    return confirmation


def _confirm(
    work: UnitOfWork, request_id: UUID, due: Collection[Charge], paid_at: datetime, by: str, now: datetime
) -> MoneyConfirmation:
    """Numbered under a lock held to the end of the transaction: a number that was given stands, so none is left out."""
    work.execute(select(func.pg_advisory_xact_lock(SERIALS)))
    year = now.astimezone(LOCAL).year
    last = work.scalar(select(func.max(MoneyConfirmation.serial)).where(MoneyConfirmation.year == year))
    row = MoneyConfirmation(
        year=year,
        serial=(last or 0) + 1,
        request_id=request_id,
        parts=[
            {
                "charge": charge.id,
                "kind": charge.kind.value,
                "direction": charge.direction.value if charge.direction is not None else None,
                "amount": charge.amount,
            }
            for charge in due
        ],
        paid_at=paid_at,
        made_at=now,
        made_by=by,
    )
    work.add(row)
    work.flush()
    return row


# -- what a person decides


def settle(work: UnitOfWork, command: DecideLine, account: BankAccount) -> MoneyConfirmation:
    """Pay what is due with an odd line, and with the others of its account that wait under its code. What is left waits on.

    Raises `not_found`, `bank_line_decided`, `bank_code_missing`, `bank_nothing_due` or `bank_too_little`.
    """
    line = _open(work, command.line_id)
    if line.code is None:
        raise DomainError("bank_code_missing")
    request_id = work.get_one(PaymentCode, line.code).request_id
    alike = (BankLine.code == line.code, BankLine.account == line.account)
    waiting = select(BankLine).where(*alike, BankLine.settled == 0, BankLine.elsewhere_at.is_(None))
    others = work.scalars(waiting.order_by(BankLine.booked_at, BankLine.id).with_for_update()).all()
    lines = [one for one in others if not _refunds(work, one)]
    due = due_charges(work, request_id, kinds_of(account), hold=True)
    total = sum(charge.amount or 0 for charge in due)
    if not total:
        raise DomainError("bank_nothing_due")
    if sum(one.amount for one in lines) < total:
        raise DomainError("bank_too_little", due=f"{total:,}".replace(",", "."))
    made = _settle(work, request_id, lines, due, command.by, command.now)
    audit.record(work, command.by, "bank.settled", "bank_line", line.id, command.now, serial=made.serial)
    return made


def set_aside(work: UnitOfWork, command: DecideLine) -> None:
    """It is no money for errands: whoever keeps the account has it. Raises `not_found`, `bank_line_decided`."""
    line = _open(work, command.line_id)
    if line.settled:
        raise DomainError("bank_line_decided")
    line.elsewhere_by, line.elsewhere_at = command.by, command.now
    audit.record(work, command.by, "bank.elsewhere", "bank_line", line.id, command.now)


def ask_refund(work: UnitOfWork, command: DecideLine) -> Refund:
    """What is left of a line is to go back. Raises `not_found`, `bank_line_decided`."""
    line = _open(work, command.line_id)
    return _ask(work, line, None, line.rest, command)


def ask_refund_of_charge(work: UnitOfWork, charge_id: int, command: DecideLine) -> Refund:
    """A visit was called off after it was paid. Raises `not_found` where nothing of it was paid over this line."""
    line = _locked(work, command.line_id)
    charge = work.get(Charge, charge_id)
    errand = work.get(Errand, charge.errand_id) if charge is not None and charge.errand_id is not None else None
    paid = work.get(MoneyConfirmation, (line.confirmation_year, line.confirmation_serial)) if line.settled else None
    part = next((one for one in (paid.parts if paid is not None else ()) if one["charge"] == charge_id), None)
    if part is None or errand is None or errand.state is not ErrandState.CANCELLED:
        raise DomainError("not_found", kind="not_found")
    return _ask(work, line, charge_id, part["amount"], command)


def _ask(work: UnitOfWork, line: BankLine, charge_id: int | None, amount: int, command: DecideLine) -> Refund:
    if any(one.charge_id == charge_id for one in _refunds(work, line)):
        raise DomainError("bank_line_decided")
    row = Refund(line_id=line.id, charge_id=charge_id, amount=amount, asked_by=command.by, asked_at=command.now)
    work.add(row)
    work.flush()
    audit.record(work, command.by, "bank.refund_asked", "bank_line", line.id, command.now, amount=amount)
    return row


def pay_refund(work: UnitOfWork, refund_id: int, command: DecideLine) -> Refund:
    """The second hand says that the money went back, and under which number of the bank.

    Raises `not_found`, `bank_line_decided`, `confirmation_by_oneself`, `reset_lately` or `bank_reference_missing`.
    """
    row = work.get(Refund, refund_id, with_for_update=True)
    if row is None:
        raise DomainError("not_found", kind="not_found")
    if row.paid_at is not None:
        raise DomainError("bank_line_decided")
    if row.asked_by == command.by:
        raise DomainError("confirmation_by_oneself", kind="forbidden")
    if reset_lately(work, _account(row.asked_by), _account(command.by), command.now):
        raise DomainError("reset_lately", kind="forbidden")
    reference = tidy(command.reference, LONGEST_REFERENCE)
    if not reference:
        raise DomainError("bank_reference_missing", kind="invalid", field="reference")
    row.paid_by, row.paid_at, row.bank_reference = command.by, command.now, reference
    audit.record(work, command.by, "bank.refunded", "bank_line", row.line_id, command.now, amount=row.amount)
    return row


def _account(actor: str) -> int:
    return int(actor.removeprefix("staff:"))


def _locked(session: Session, line_id: int) -> BankLine:
    line = session.get(BankLine, line_id, with_for_update=True)
    if line is None:
        raise DomainError("not_found", kind="not_found")
    return line


def _open(session: Session, line_id: int) -> BankLine:
    """Waits for a person, and nobody has decided yet."""
    line = _locked(session, line_id)
    rest_decided = any(one.charge_id is None for one in _refunds(session, line))
    if not line.rest or line.elsewhere_at is not None or rest_decided:
        raise DomainError("bank_line_decided")
    return line


def _refunds(session: Session, line: BankLine) -> Sequence[Refund]:
    return session.scalars(select(Refund).where(Refund.line_id == line.id)).all()
