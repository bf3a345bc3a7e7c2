"""The bank's statement as a file, where no webhook tells it or after it was away: first what each line would do, then written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask.typing import ResponseReturnValue

from app.domain.bank import BankAccount
from app.domain.headed_table import RowAnswer
from app.domain.identity import Role
from app.gateways.bank import bank_account
from app.services.desks import statements
from app.table_files import Line
from app.texts.mark import n
from app.unit_of_work import UnitOfWork
from app.web.auth import check_everywhere, staff
from app.web.coordinators.blueprint import bp, not_found
from app.web.session import now, settings
from app.web.staff.told_tables import TellsByFile, heard, told_page


def _hear(work: UnitOfWork, lines: Sequence[Line]) -> list[RowAnswer]:
    return statements.hear_statement(work, lines, _account(), now())


def _account() -> BankAccount:
    account = bank_account(settings())
    if account is None:
        raise not_found()
    return account


STATEMENT: Final = TellsByFile(
    "coordinators.bank_statement_page",
    n("Sao kê từ tệp"),
    n("Khoản đã biết thì giữ nguyên, tiền ra thì bỏ qua. Khoản đúng số phải trả tự vào sổ, còn lại chờ quyết định."),
    n("Số giao dịch, Ngày giao dịch, Ghi có, Ghi nợ, Nội dung, Số tài khoản, Số dư, STT"),
    statements.HEADINGS,
    _hear,
    ("coordinators.bank_page", n("Tiền chuyển khoản")),
    (n("Số giao dịch"), n("Ghi thế nào")),
)  # fmt: skip


@bp.get("/chuyen-khoan/sao-ke")
@staff(Role.COORDINATOR)
def bank_statement_page() -> ResponseReturnValue:
    check_everywhere()
    _account()
    return told_page(STATEMENT)


@bp.post("/chuyen-khoan/sao-ke")
@staff(Role.COORDINATOR)
def bank_statement_action() -> ResponseReturnValue:
    check_everywhere()
    _account()
    return heard(STATEMENT)
