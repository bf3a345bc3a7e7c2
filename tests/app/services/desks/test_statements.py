"""A statement as a file: the same money as by webhook, once; every line answered, faults with line and field."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from app.domain.bank import BankOdd, Incoming
from app.domain.errors import DomainError
from app.domain.headed_table import RowAnswer, RowVerdict
from app.models import BankLine
from app.services.desks import bank
from app.services.desks.statements import HEADINGS, hear_statement
from app.table_files import read_table
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.app.services.desks.test_bank import ACCOUNT, charges, code, make_charged, told
from tests.factories import NOW

HEAD = "STT;Ngày giao dịch;Số giao dịch;Ghi nợ;Ghi có;Số dư;Nội dung\n"
TODAY = NOW.strftime("%d/%m/%Y %H:%M")


def hear(session: UnitOfWork, text: str | bytes) -> list[RowAnswer]:
    raw = text if isinstance(text, bytes) else text.encode()
    return hear_statement(session, read_table(raw, len(HEADINGS.columns), HEADINGS.is_heading), ACCOUNT, NOW)


def kept(session: UnitOfWork) -> list[BankLine]:
    return list(session.scalars(select(BankLine).order_by(BankLine.id)))


@pytest.mark.parametrize("amount", ["26.000", "26,000.00", "+26.000 VND", "26000"])
def test_a_line_pays_as_the_webhook_would(session: UnitOfWork, amount: str) -> None:
    errand = make_charged(session)
    (answer,) = hear(session, f"{HEAD}1;{TODAY};FT-1;;{amount};1;CT {code(session, errand)}\n")
    assert (answer.verdict, answer.fields) == (RowVerdict.NEW, ("settled",))
    assert charges(session, errand.request_id)[0].paid_at is not None


def test_what_the_webhook_told_is_the_same_line(session: UnitOfWork) -> None:
    errand = make_charged(session)
    words = f"CT {code(session, errand)}"
    numbered, plain = told(words, reference="FT-1"), told("khong ro", 5_000, reference="sepay-77")
    for said in (numbered, plain):
        bank.take_in(session, said, ACCOUNT, NOW)
    rows = f"1;{TODAY};FT-1;;26.000;1;{words}\n2;{TODAY};FT-2;;5.000;1;khong ro\n"
    assert [one.verdict for one in hear(session, HEAD + rows)] == [RowVerdict.SAME, RowVerdict.SAME]
    assert not bank.take_in(session, replace(numbered, source="file", operator_id="9"), ACCOUNT, NOW)
    assert len(kept(session)) == 2


def plain(number: int, after: int = 0) -> Incoming:
    """By a webhook that had no number of the bank."""
    at = NOW + timedelta(minutes=after)
    return replace(told("khong ro", 5_000, reference=f"sepay-{number}"), operator_id=str(number), booked_at=at)


TWO = f"{HEAD}1;{TODAY};FT-1;;5.000;1;khong ro\n2;{TODAY};FT-2;;5.000;1;khong ro\n"


def test_two_equal_lines_of_a_file_are_one_that_the_webhook_told_and_one_that_is_new(session: UnitOfWork) -> None:
    bank.take_in(session, plain(77), ACCOUNT, NOW)
    assert [one.verdict for one in hear(session, TWO)] == [RowVerdict.SAME, RowVerdict.NEW]
    assert {one.verdict for one in hear(session, TWO)} == {RowVerdict.SAME}  # whichever way it is told again
    assert not bank.take_in(session, plain(77), ACCOUNT, NOW)
    assert [(one.reference, one.operator_id) for one in kept(session)] == [("FT-1", "77"), ("FT-2", None)]


def test_two_equal_webhooks_are_one_that_the_file_told_and_one_that_is_new(session: UnitOfWork) -> None:
    hear(session, f"{HEAD}1;{TODAY};FT-1;;5.000;1;khong ro\n")
    assert [bank.take_in(session, plain(n, n), ACCOUNT, NOW) for n in (1, 2, 1, 2)] == [False, True, False, False]
    assert [(one.reference, one.operator_id) for one in kept(session)] == [("FT-1", "1"), ("sepay-2", "2")]
    hear(session, TWO)  # the file that has both comes after all
    assert [(one.reference, one.operator_id) for one in kept(session)] == [("FT-1", "1"), ("FT-2", "2")]


def test_a_file_may_be_told_again_and_money_that_goes_out_is_passed_over(session: UnitOfWork) -> None:
    file = f"{HEAD}1;{TODAY};FT-1;;7.000;1;la\n2;{TODAY};FT-1;1.100;;1;phi\n3;{TODAY};FT-3;;-7.000;1;tra lai\n"
    assert [one.verdict for one in hear(session, file)] == [RowVerdict.NEW, RowVerdict.SAME, RowVerdict.SAME]
    assert {one.verdict for one in hear(session, file)} == {RowVerdict.SAME}
    assert [(one.amount, one.odd, one.source) for one in kept(session)] == [(7_000, BankOdd.NO_CODE, "file")]


def test_an_account_that_is_not_ours_is_named_and_not_kept_for_it_may_be_the_payers(session: UnitOfWork) -> None:
    head = "Số giao dịch,Ngày,Số tiền,Nội dung,Số tài khoản\n"
    theirs, ours = hear(session, f"{head}FT-1,{TODAY},7000,x,00 1122 99\nFT-2,{TODAY},7000,x,{ACCOUNT.number}\n")
    assert theirs.error is not None
    assert (theirs.error.code, theirs.error.field) == ("statement_account", "account")
    assert "2299" in explain(theirs.error)
    assert "001122" not in explain(theirs.error)
    assert (ours.verdict, [one.account for one in kept(session)]) == (RowVerdict.NEW, [ACCOUNT.number])


def test_a_wrong_line_is_named_with_its_column_and_stops_no_other(session: UnitOfWork) -> None:
    lines = (
        f";{TODAY};;;7.000;1;x", f";{TODAY};FT-2;;bay;1;x", ";hom qua;FT-3;;7.000;1;x", ";31/12/2999;FT-4;;7.000;1;x",
        ";01/01/0001;FT-7;;7.000;1;x",
        f";{TODAY};FT-5;;;1;x", f";{TODAY};FT-6;;7.000;1;x",
    )  # fmt: skip
    answers = hear(session, HEAD + "\n".join(lines))
    assert [(one.number, one.error.field) for one in answers if one.error is not None] == [
        (2, "reference"), (3, "amount"), (4, "booked_at"), (5, "booked_at"), (6, "booked_at"), (7, "amount"),
    ]  # fmt: skip
    assert "hom qua" in explain(answers[2].error or DomainError("not_found"))
    assert [one.reference for one in kept(session)] == ["FT-6"]


def test_a_workbook_is_read_too(session: UnitOfWork) -> None:
    book, file = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Số giao dịch", "Thời gian giao dịch", "Ghi có", "Nội dung"])
    sheet.append(["FT-1", NOW.replace(tzinfo=None), 7_000, "x"])
    book.save(file)
    assert [one.verdict for one in hear(session, file.getvalue())] == [RowVerdict.NEW]
