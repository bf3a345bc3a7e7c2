"""The office's book of a day: its safe and each courier's bag, what does not come out, and the signatures."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.custody import Holder, Party
from app.domain.day_book import CloseReason, ReopenReason
from app.domain.errors import DomainError
from app.domain.wording import whole_number
from app.models import Office
from app.queries.desks.day_book import COUNTED, DayBook, Signature, office_books
from app.queries.desks.safe_counts import of_day
from app.queries.desks.signed_alone import taken_alone
from app.services.custody import day_signing
from app.texts.bags import CASH, CLOSE_REASONS, FAULTS, INCIDENTS, REOPEN_REASONS
from app.web.auth import check_office, current_staff, staff_actor
from app.web.desks.blueprint import COORDINATION, COUNTER, counter_bp, opened_from, own_office
from app.web.desks.days import SOON, asked_day
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@opened_from("GET", "/so-ngay", COUNTER, COORDINATION)
def day_book_page() -> ResponseReturnValue:
    return _page({})


@opened_from("POST", "/so-ngay", COUNTER, COORDINATION)
def sign_day() -> ResponseReturnValue:
    day, office = asked_day(), book_of()
    try:
        with transaction() as session:
            day_signing.close(session, _party(), day, staff_actor(), now(), _close_reason())
    except DomainError as refusal:
        return _page(_refused(refusal)), 409
    flash(_("Đã ký sổ ngày %(day)s.", day=f"{day:%d/%m/%Y}"), "good")
    return redirect(url_for(".day_book_page", ngay=day.isoformat(), office_id=office), 303)


@opened_from("POST", "/so-ngay/mo-lai", COUNTER, COORDINATION)
def reopen_day() -> ResponseReturnValue:
    day, office = asked_day(), book_of()
    given = request.form.get("reopen_reason", "")
    reason = ReopenReason(given) if given in set(ReopenReason) else None
    try:
        with transaction() as session:
            day_signing.reopen(session, _party(), day, staff_actor(), now(), reason)
    except DomainError as refusal:
        return _page(_refused(refusal)), 409
    flash(_("Đã mở lại sổ ngày %(day)s. Chữ ký trước vẫn được giữ.", day=f"{day:%d/%m/%Y}"), "good")
    return redirect(url_for(".day_book_page", ngay=day.isoformat(), office_id=office), 303)


def book_of() -> int:
    """Which office's book: the own one at the counter; from above one of those that the account sees. Raises `not_found`."""
    if request.blueprint == counter_bp.name:
        return own_office()
    number = whole_number(request.values.get("office_id", "")) or 0
    check_office(number)
    return number


def _close_reason() -> CloseReason | None:
    given = request.form.get("close_reason", "")
    return CloseReason(given) if given in set(CloseReason) else None


def _refused(refusal: DomainError) -> dict[str, str]:
    """Above all: a page of many books has many fields of one name."""
    return {"": " ".join(by_field(refusal).values())}


def _party() -> Party:
    """`office_safe:7` or `courier:3`. Raises `party_unknown`."""
    holder, _sep, number = request.form.get("party", "").partition(":")
    if holder not in {Holder.OFFICE_SAFE, Holder.COURIER}:
        raise DomainError("party_unknown", kind="invalid", party=holder)
    return Party(Holder(holder), number)


def _page(errors: dict[str, str]) -> str:
    day, today = asked_day(), local_day(now())
    with transaction() as session:
        office = session.get(Office, book_of())
        if office is None:
            raise DomainError("not_found", kind="not_found")
        signs = day_signing.may_sign(session, office.id, day, current_staff())
        return render_template(
            "desks/day_book.html",
            office=office,
            at_counter=request.blueprint == counter_bp.name,
            alone=taken_alone(session, office.id, day),
            counts=of_day(session, office.id, day),
            late=now() - SOON,
            books=office_books(session, office.id, day),
            day=day,
            before=day - timedelta(days=1),
            after=day + timedelta(days=1) if day < today else None,
            manages=signs and current_staff().role in day_signing.MANAGERS,
            signs=signs,
            own_book=not signs and current_staff().works_alone,
            changed=_changed,
            left_open=_left_open,
            fault_name=lambda why: _(FAULTS[why]),
            close_reason=lambda reason: _(CLOSE_REASONS[reason]),
            reopen_reason=lambda reason: _(REOPEN_REASONS[reason]),
            close_reasons=[{"value": key, "label": _(word)} for key, word in CLOSE_REASONS.items()],
            reopen_reasons=[{"value": key, "label": _(word)} for key, word in REOPEN_REASONS.items()],
            kind_name=lambda kind: _(INCIDENTS[kind]),
            cash_name=lambda kind: _(CASH[kind]),
            errors=errors,
        )


def _left_open(signed: Signature) -> int:
    """How much was out or did not agree when it was signed; rows of before know of envelopes alone."""
    return sum(len(signed.balance.get(what, ())) for what in ("faults", "out", "money"))


def _changed(book: DayBook) -> bool:
    """Whether the counts of the day moved after it was signed: a late phone, a found envelope."""
    current = book.figures()
    return book.signed is not None and any(book.signed.balance[name] != current[name] for name in (*COUNTED, "cash"))
