"""`/theo-doi/<token>`: who holds the papers now, who must act next, what was said, and two buttons: cancel, another slot.
`/t/<token>` leads there: letters of a text message are paid for.

The address is the secret: it is never logged, never sent on as a referrer, never indexed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.commands import CancelErrand, RescheduleErrand
from app.domain.errors import DomainError
from app.domain.wording import whole_number
from app.gateways import push_key
from app.models import Errand, ServiceRequest
from app.queries.reference import serving
from app.queries.tracking import requests
from app.services.booking import callbacks, errands, slots
from app.services.booking.slots import OpenSlot
from app.services.desks import bank
from app.web.auth import public
from app.web.citizens import tracked, transferring
from app.web.citizens.blueprint import bp
from app.web.citizens.visit_time import chosen_slot, days_of, why_missing
from app.web.i18n import gettext as _
from app.web.i18n import local_moment
from app.web.limits import links
from app.web.session import language, now, settings, transaction
from app.web.whom_to_call import told

P = ParamSpec("P")


def secret_address(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Keep the token out of referrers, of search engines and of shared caches."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        response = make_response(view(*args, **kwargs))
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return wrapped


@bp.get("/theo-doi/<token>")
@public
@links
@secret_address
def tracking_page(token: str) -> ResponseReturnValue:
    key = push_key(settings())
    with transaction() as session:
        row = requests.by_token(session, token, now())
        notices = tracked.notices_of(session, row, key)
        shown = tracked.present(session, row, now(), language())
        return render_template("citizens/tracking.html", token=token, notices=notices, **shown)


@bp.get("/t/<token>")
@public
@links
@secret_address
def short_address(token: str) -> ResponseReturnValue:
    return redirect(url_for("citizens.tracking_page", token=token))


def _errand(session: Session, token: str, errand_id: UUID) -> tuple[ServiceRequest, Errand]:
    """The errand, if the link's request has it. Raises `not_found`, `link_expired`."""
    row = requests.by_token(session, token, now())
    errand = next((errand for errand in requests.errands_of(session, row) if errand.id == errand_id), None)
    if errand is None:
        raise DomainError("not_found", kind="not_found")
    return row, errand


@bp.route("/theo-doi/<token>/huy/<uuid:errand_id>", methods=["GET", "POST"])
@public
@links
@secret_address
def cancel_page(token: str, errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        row, errand = _errand(session, token, errand_id)
        if request.method == "GET":
            return _refused(errands.check_cancel, token, errand) or render_template(
                "citizens/cancel.html", **_about(token, row, errand)
            )
        revision = seen_revision()
        errands.cancel(session, CancelErrand(errand.id, f"citizen:{row.id}", now(), revision=revision))
    flash(_("Đã hủy lịch hẹn."), "good")
    return redirect(url_for("citizens.tracking_page", token=token), 303)


@bp.route("/theo-doi/<token>/doi-gio/<uuid:errand_id>", methods=["GET", "POST"])
@public
@links
@secret_address
def reschedule_page(token: str, errand_id: UUID) -> ResponseReturnValue:
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _reschedule(token, errand_id)
        if not errors:
            flash(_("Đã đổi giờ hẹn."), "good")
            return redirect(url_for("citizens.tracking_page", token=token), 303)
    with transaction() as session:
        row, errand = _errand(session, token, errand_id)
        if request.method == "GET" and (refused := _refused(errands.check_move, token, errand)) is not None:
            return refused
        unit = row.place.unit
        reach = errands.reach_of(session, errand, now())
        every = slots.open_slots(session, unit.code, now(), language())
        choices = [
            slot for slot in every if slot.id != errand.slot_id and reach is not None and slot.starts_at >= reach
        ]
        (place,) = serving.served(session, [unit.code], now().date())
        page = render_template(
            "citizens/reschedule.html",
            days=days_of(choices),
            on_the_way=_on_the_way(every, reach) if not choices else "",
            missing=why_missing(session, unit, every),
            place=place,
            errors=errors,
            **_about(token, row, errand),
        )
    return page, 422 if errors else 200


def _on_the_way(every: Sequence[OpenSlot], reach: datetime | None) -> str:
    """Why none of the open slots can be chosen, where it is for the result that is not there yet."""
    waits = bool(every) and (reach is None or reach > now())
    return told(DomainError("result_on_the_way")) if waits else ""


@bp.post("/theo-doi/<token>/goi-lai")
@public
@links
@secret_address
def call_me_back(token: str) -> ResponseReturnValue:
    with transaction() as session:
        wish = callbacks.ask_to_be_called(session, requests.by_token(session, token, now()), now())
        late, due = wish.due_at <= now(), local_moment(wish.due_at)
    if late:  # what was promised before is over: no time that has passed is promised anew
        flash(_("Xin lỗi ông/bà, bưu cục chưa gọi kịp. Bưu cục sẽ gọi lại sớm nhất có thể."), "wait")
    else:
        flash(_("Bưu cục sẽ gọi lại cho ông/bà trước %(due)s.", due=due), "good")
    return redirect(url_for("citizens.tracking_page", token=token), 303)


@bp.post("/theo-doi/<token>/chuyen-khoan")
@public
@links
@secret_address
def transfer_action(token: str) -> ResponseReturnValue:
    """The code of a transfer is made when it is asked for: reading the page writes nothing."""
    with transaction() as session:
        row = requests.by_token(session, token, now())
        offered = transferring.transfer_of(session, row, now())
        if offered is not None:
            bank.code_for(session, row.id, now())
    if offered is None:
        flash(_("Yêu cầu này hiện không có khoản nào chuyển khoản trước được."), "wait")
    return redirect(url_for("citizens.tracking_page", token=token, _anchor="gia"), 303)


def _refused(check: Callable[[Errand, datetime], None], token: str, errand: Errand) -> ResponseReturnValue | None:
    """A form that would be refused is not shown: back to the page that says how things stand, with the reason."""
    try:
        check(errand, now())
    except DomainError as error:
        flash(told(error), "wait")
        return redirect(url_for("citizens.tracking_page", token=token), 303)
    return None


def _reschedule(token: str, errand_id: UUID) -> dict[str, str]:
    slot_id = chosen_slot()
    if slot_id is None:
        return {"slot": _("Xin chọn một giờ hẹn.")}
    try:
        with transaction() as session:
            row, errand = _errand(session, token, errand_id)
            by = f"citizen:{row.id}"
            errands.reschedule(session, RescheduleErrand(errand.id, slot_id, by, now(), revision=seen_revision()))
    except DomainError as error:
        if error.kind in {"not_found", "gone"}:
            raise
        return {"slot": told(error)}
    return {}


def seen_revision() -> int | None:
    """What the citizen saw: a stale page must not undo what somebody changed meanwhile."""
    return whole_number(request.form.get("revision", ""))


def _about(token: str, row: ServiceRequest, errand: Errand) -> dict[str, Any]:
    return {"token": token, "row": row, "errand": errand, "when": tracked.when(errand, language())}
