"""A bank's statement as a table: every line is answered, what came in is taken as the webhook takes it, once.

Nobody's name is read: of a line only date, sum, the bank's reference and what the payer wrote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.clock import LOCAL
from app.domain.bank import FROM_FILE, BankAccount, Incoming
from app.domain.errors import DomainError
from app.domain.headed_table import HeadedRow, Headings, RowAnswer, RowVerdict, answer_rows
from app.domain.wording import tidy
from app.models import BankLine
from app.services.desks import bank
from app.table_files import Line
from app.unit_of_work import UnitOfWork

HEADINGS: Final = Headings({
    "reference": ("so giao dich", "ma giao dich", "so tham chieu", "ma tham chieu", "so but toan", "so ct"),
    "booked_at": ("ngay giao dich", "thoi gian giao dich", "ngay gio giao dich", "ngay", "ngay hach toan", "thoi gian"),
    "amount": ("so tien ghi co", "ghi co", "phat sinh co", "so tien vao", "so tien", "co"),
    "debit": ("so tien ghi no", "ghi no", "phat sinh no", "so tien ra", "no"),
    "words": ("noi dung", "noi dung giao dich", "noi dung chuyen khoan", "dien giai", "mo ta"),
    "account": ("so tai khoan", "tai khoan"),
    "balance": ("so du", "so du cuoi"),
    "place": ("stt", "so thu tu"),
})  # fmt: skip
SUM: Final = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<whole>\d{1,3}(?:[.,\s]\d{3})+|\d+)(?:[.,]00?)?\s*[^\s\d.,]{0,4}", re.ASCII
)  # with the currency's sign or name behind it
MOST: Final = 1_000_000_000_000
DATES: Final = (
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d",
)  # fmt: skip
CLOCKS_APART: Final = timedelta(days=1)
OLDEST: Final = timedelta(days=400)


def hear_statement(work: UnitOfWork, lines: Sequence[Line], account: BankAccount, now: datetime) -> list[RowAnswer]:
    """Every line is answered; a wrong one changes nothing. For a rehearsal the caller takes the transaction back.

    Raises the `table_…` faults of `answer_rows`.
    """

    def take(row: HeadedRow) -> tuple[RowVerdict, tuple[str, ...]]:
        with work.begin_nested():
            return _take(work, row, account, now)

    return answer_rows(lines, HEADINGS, take, keys_once=False)


def _take(work: UnitOfWork, row: HeadedRow, account: BankAccount, now: datetime) -> tuple[RowVerdict, tuple[str, ...]]:
    amount = _came_in(row)
    if amount is None:
        return RowVerdict.SAME, ()
    ours = "".join(row.given("account").split())
    if ours not in {"", account.number}:  # whose column it is, banks do not agree: a payer's account is not kept
        raise DomainError("statement_account", kind="invalid", field="account", given=f"…{ours[-4:]}")
    told = Incoming(
        source=FROM_FILE,
        account=account.number,
        reference=_reference(row),
        amount=amount,
        words=row.given("words"),
        booked_at=_booked_at(row, now),
    )
    if not bank.take_in(work, told, account, now):
        return RowVerdict.SAME, ()
    same = (BankLine.account == told.account, BankLine.reference == told.reference, BankLine.amount == amount)
    kept = work.scalars(select(BankLine).where(*same)).one()
    return RowVerdict.NEW, ("odd" if kept.odd else "settled",)


def _came_in(row: HeadedRow) -> int | None:
    """None: money that went out, which is nobody's payment. Raises `statement_amount`."""
    said, out = row.given("amount").strip(), row.given("debit").strip()
    came, went = _sum(said, "amount"), _sum(out, "debit")
    if not came and not went:
        raise DomainError("statement_amount", kind="invalid", field="amount", given=said[:20])
    return came if came > 0 else None


def _sum(said: str, field: str) -> int:
    """0: an empty cell. Banks write 26.000, 26,000.00, +26.000 VND."""
    if said in {"", "-"}:
        return 0
    read = SUM.fullmatch(said)
    value = int(re.sub(r"\D", "", read["whole"])) if read is not None else MOST + 1
    if read is None or value > MOST:
        raise DomainError("statement_amount", kind="invalid", field=field, given=said[:20])
    return -value if read["sign"] == "-" else value


def _reference(row: HeadedRow) -> str:
    said = tidy(row.key)
    if not said:
        raise DomainError("statement_reference", kind="invalid", field="reference")
    if len(said) > bank.LONGEST_REFERENCE:
        raise DomainError("place_text_long", kind="invalid", field="reference", most=bank.LONGEST_REFERENCE)
    return said


def _booked_at(row: HeadedRow, now: datetime) -> datetime:
    """A day without an hour is its beginning. Raises `statement_date`, for a day to come or long gone, too."""
    said = " ".join(row.given("booked_at").split())
    oldest = now - OLDEST
    for form in DATES:
        with suppress(ValueError):
            at = datetime.strptime(said, form).replace(tzinfo=LOCAL)
            if oldest <= at <= now + CLOCKS_APART:
                return at
    raise DomainError("statement_date", kind="invalid", field="booked_at", given=said[:20])
