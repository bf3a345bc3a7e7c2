"""Money that came over the bank and could not be booked by itself: a person decides, and money goes back by two hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.bank import BankOdd, confirmation_number
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.gateways.bank import bank_account
from app.queries.desks.bank import BankTask, bank_tasks, missing_confirmations
from app.services import audit
from app.services.desks import bank
from app.texts import explain, say
from app.texts.bank import ODD
from app.unit_of_work import UnitOfWork
from app.web.auth import check_everywhere, current_staff, staff, staff_actor
from app.web.coordinators.blueprint import bp, given_number, not_found
from app.web.i18n import gettext as _
from app.web.session import language, now, settings, transaction

SEARCHED: Final = frozenset({BankOdd.NO_CODE, BankOdd.CODE_UNKNOWN})  # whose it is, only the payer's words may tell
deciding = staff(Role.COORDINATOR)


@bp.get("/chuyen-khoan")
@deciding
def bank_page() -> ResponseReturnValue:
    check_everywhere()
    with transaction() as session:
        rows = [_row(task) for task in bank_tasks(session)]
        for row in rows:
            if row["words"]:
                audit.record(session, staff_actor(), "bank.viewed", "bank_line", row["line"].id, now())
        missing = missing_confirmations(session)
        joined = bank_account(settings()) is not None
        return render_template("coordinators/bank.html", rows=rows, missing=missing, joined=joined)


def _row(task: BankTask) -> dict[str, Any]:
    refund = task.refund
    return {
        "line": task.line,
        "reference": task.reference,
        "amount": task.amount,
        "why": say(ODD[task.why], language()),
        "words": task.line.words if task.why in SEARCHED else None,
        "charge_id": task.charge_id,
        "refund": refund,
        "mine": refund is not None and refund.asked_by == f"staff:{current_staff().id}",
        "payable": refund is None and task.reference is not None and task.charge_id is None,
        "elsewhere": refund is None and not task.line.settled,
    }


@bp.post("/chuyen-khoan/<int:line_id>")
@deciding
def bank_action(line_id: int) -> ResponseReturnValue:
    """`deed`: pay what is due with it, send it back, or it is no money of ours."""
    check_everywhere()
    deeds: Mapping[str, Callable[[UnitOfWork, bank.DecideLine], str]] = {
        "settle": _settle, "refund": _ask_refund, "elsewhere": _set_aside,
    }  # fmt: skip
    deed = deeds.get(request.form.get("deed", ""))
    if deed is None:
        raise not_found()
    return _decide(lambda session: deed(session, bank.DecideLine(line_id, staff_actor(), now())))


@bp.post("/chuyen-khoan/hoan/<int:refund_id>")
@deciding
def bank_refund_action(refund_id: int) -> ResponseReturnValue:
    """The second hand has sent the money back."""
    check_everywhere()

    def paid(session: UnitOfWork) -> str:
        said = bank.DecideLine(0, staff_actor(), now(), request.form.get("bank_reference", ""))
        bank.pay_refund(session, refund_id, said)
        return _("Đã ghi là tiền đã trả lại.")

    return _decide(paid)


def _decide(deed: Callable[[UnitOfWork], str]) -> ResponseReturnValue:
    try:
        with transaction() as session:
            done = deed(session)
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        flash(explain(refusal, language()), "wait")
    else:
        flash(done, "good")
    return redirect(url_for("coordinators.bank_page"), 303)


def _settle(session: UnitOfWork, said: bank.DecideLine) -> str:
    account = bank_account(settings())
    if account is None:
        raise not_found()
    made = bank.settle(session, said, account)
    number = confirmation_number(made.year, made.serial)
    return _("Đã trả cước bằng khoản này, giấy xác nhận số %(number)s.", number=number)


def _ask_refund(session: UnitOfWork, said: bank.DecideLine) -> str:
    charge = given_number("charge_id")
    if charge is None:
        bank.ask_refund(session, said)
    else:
        bank.ask_refund_of_charge(session, charge, said)
    return _("Đã ghi là phải trả lại. Người thứ hai chuyển tiền rồi ghi số giao dịch.")


def _set_aside(session: UnitOfWork, said: bank.DecideLine) -> str:
    bank.set_aside(session, said)
    return _("Đã ghi là tiền của việc khác.")
