"""Couriers' cash at the counter: who still holds what, counting blind, taking over, passing state fees on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.cash import NOTHING, Cash, CashReason, PaidTo, total_of
from app.domain.countersigning import SigningAct
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import whole_number
from app.models import CashCount, CashHandIn, Courier
from app.queries.desks.cash import (
    CashDay,
    cash_day,
    day_of,
    fees_held,
    guess,
    in_hand,
    office_cash,
    remittances,
    skipped,
)
from app.services.desks import cash
from app.services.desks.signed_acts import TwoSides, perform
from app.texts.cash import PAID_TO, PURSES, REASONS, SIGNED
from app.web.auth import current_staff, staff, staff_actor
from app.web.desks.blueprint import counter_bp, errors_here, here, own_office
from app.web.desks.days import asked_day
from app.web.desks.two_hands import both_sign
from app.web.i18n import gettext as _
from app.web.session import context, now, transaction

TOLD: Final = "told"  # the button where the courier's phone has told the same


@dataclass(frozen=True, slots=True)
class Held:
    """What a courier has on him, of all days."""

    courier_id: int
    cash: Cash
    earlier: tuple[date, ...]  # days before, of which money has not been handed in
    ceiling: int

    @property
    def too_much(self) -> bool:
        return self.cash.total > self.ceiling


@counter_bp.get("/tien-thu")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def cash_page() -> ResponseReturnValue:
    return _page({})


@counter_bp.post("/tien-thu")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def remit_action() -> ResponseReturnValue:
    try:
        with transaction() as session:
            cash.remit(session, _remittance())
    except DomainError as refusal:
        return _page(errors_here(refusal)), 422
    flash(_("Đã ghi lần nộp lệ phí."), "good")
    return redirect(url_for("counter.cash_page"), 303)


@counter_bp.get("/tien-thu/dem/<int:courier_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def count_cash_page(courier_id: int) -> ResponseReturnValue:
    return _count_page(courier_id, {})


@counter_bp.post("/tien-thu/dem/<int:courier_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def count_cash_action(courier_id: int) -> ResponseReturnValue:
    """Written before anything is compared: who looks first and counts then has not counted."""
    try:
        with transaction() as session:
            count = cash.count_cash(
                session,
                cash.CountCash(
                    courier_id=courier_id,
                    office_id=own_office(),
                    day=asked_day(),
                    cash=_counted(),
                    account_id=current_staff().id,
                    operation_id=_operation(),
                    now=now(),
                ),
            )
            number = count.id
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _count_page(courier_id, errors_here(refusal)), 422
    return redirect(url_for("counter.hand_in_page", count_id=number, corrects=request.values.get("corrects")), 303)


@counter_bp.get("/tien-thu/nop/<int:count_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def hand_in_page(count_id: int) -> ResponseReturnValue:
    return _hand_in_page(count_id, {})


@counter_bp.post("/tien-thu/nop/<int:count_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def hand_in_action(count_id: int) -> ResponseReturnValue:
    with transaction() as session:
        count = _count(session, count_id)
        form, courier, day = _what_is_handed_in(count), Party(Holder.COURIER, str(count.courier_id)), count.day
    try:
        if request.form.get("sign") == TOLD:
            with transaction() as session:
                perform(session, SigningAct.CASH, form, TwoSides(here(), staff_actor(), None, "", now()))
        elif isinstance(answer := both_sign(SigningAct.CASH, form, courier), Response):
            return answer
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _hand_in_page(count_id, errors_here(refusal)), 422
    flash(_("Hai bên đã xác nhận tiền nộp."), "good")
    return redirect(url_for("counter.cash_page", ngay=day.isoformat()), 303)


def _what_is_handed_in(count: CashCount) -> dict[str, Any]:
    cash = count.cash or NOTHING
    return {
        "count": count.id,
        "day": count.day.isoformat(),
        "cash": {"postage": cash.postage, "state_fee": cash.state_fee},
        "reason": _reason(),
        "corrects": _corrects(),
        "operation": f"cash:{count.id}",
    }


def _counted() -> Cash:
    return Cash(
        cash.amount(request.form.get("postage", ""), "postage"),
        cash.amount(request.form.get("state_fee", ""), "state_fee"),
    )


def _operation() -> UUID:
    try:
        return UUID(request.form.get("operation", ""))
    except ValueError:
        return uuid4()


def _reason() -> CashReason | None:
    given = request.form.get("cash_reason", "")
    return CashReason(given) if given in set(CashReason) else None


def _corrects() -> int | None:
    return whole_number(request.values.get("corrects", ""))


def _remittance() -> cash.RemitFees:
    paid_to = request.form.get("paid_to", "")
    return cash.RemitFees(
        office_id=own_office(),
        account_id=current_staff().id,
        amount=cash.amount(request.form.get("amount", ""), "amount"),
        paid_to=PaidTo(paid_to) if paid_to in set(PaidTo) else PaidTo.DESK,
        slip_number=request.form.get("slip_number", ""),
        operation_id=_operation(),
        now=now(),
        reason=_reason(),
        corrects_id=_corrects(),
    )


def _courier(session: Session, courier_id: int) -> Courier:
    courier = session.get(Courier, courier_id)
    if courier is None or courier.office_id != own_office():
        raise DomainError("not_found", kind="not_found")
    return courier


def _count(session: Session, count_id: int) -> CashCount:
    """Of the counter, of a courier of here. Raises `not_found`."""
    count = session.get(CashCount, count_id)
    if count is None or count.cash is None:
        raise DomainError("not_found", kind="not_found")
    _courier(session, count.courier_id)
    return count


def _held(session: Session, days: list[CashDay], day: date) -> Iterator[Held]:
    kept = in_hand(session, [money.courier_id for money in days])
    for money in days:
        receipts = kept.get(money.courier_id, [])
        earlier = sorted({day_of(one) for one in receipts if day_of(one) < day})
        total = total_of(one.cash for one in receipts)
        yield Held(money.courier_id, total, tuple(earlier), context().settings.cash_ceiling)


def _page(errors: dict[str, str]) -> str:
    day, today = asked_day(), local_day(now())
    with transaction() as session:
        days = office_cash(session, own_office(), day)
        return render_template(
            "desks/cash.html",
            day=day,
            before=day - timedelta(days=1),
            after=day + timedelta(days=1) if day < today else None,
            days=days,
            held={one.courier_id: one for one in _held(session, days, today)},
            fees=fees_held(session, own_office()),
            remitted=remittances(session, own_office()),
            corrects=_corrects(),
            operation=str(uuid4()),
            given=request.form,
            errors=errors,
            **_words(),
        )


def _count_page(courier_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        return render_template(
            "desks/cash_count.html",
            courier=_courier(session, courier_id),
            day=asked_day(),
            corrects=_corrects(),
            operation=request.form.get("operation") or str(uuid4()),
            given=request.form,
            errors=errors,
        )


def _hand_in_page(count_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        count = _count(session, count_id)
        courier = _courier(session, count.courier_id)
        money = cash_day(session, courier, count.day)
        corrects = next((one for one in money.hand_ins if one.id == _corrects()), None)
        return render_template(
            "desks/cash_hand_in.html",
            **_compared(session, money, count, corrects),
            own=courier.staff_account_id == current_staff().id,
            errors=errors,
        )


def _compared(session: Session, money: CashDay, count: CashCount, corrects: CashHandIn | None) -> dict[str, object]:
    expected = cash.expected_at(money, count, corrects)
    found = count.cash or NOTHING
    until = corrects.covers_until if corrects is not None else count.at
    covered = [one for one in money.receipts if one.paid_at <= until]
    return {
        "money": money,
        "count": count,
        "corrects": corrects,
        "expected": expected,
        "difference": expected - found,
        "suspects": guess(expected - found, reversed(covered)),
        "skipped": skipped(session, covered),
        "receipts": covered,
        "on_phone": corrects is None and cash.said_on_phone(money, count),
        "given": request.form,
        **_words(),
    }


def _words() -> dict[str, object]:
    return {
        "purse_name": lambda purse: _(PURSES[purse]),
        "signed_name": lambda signed: _(SIGNED[signed]),
        "reason_name": lambda reason: _(REASONS[reason]),
        "paid_to_name": lambda place: _(PAID_TO[place]),
        "reasons": [{"value": key, "label": _(word)} for key, word in REASONS.items()],
        "places": [{"value": key, "label": _(word)} for key, word in PAID_TO.items()],
    }
