"""Booking: the telephone is proved by a code, once; whoever allows it is remembered on this device, by no row of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast

from flask import Response, after_this_request, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature

from app.domain.errors import DomainError
from app.domain.identity import PhoneNumber, PhoneProof, masked_phone
from app.services.staff import access
from app.web import signed_in
from app.web.auth import public, signed_in_phone
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, draft_for, go_on
from app.web.citizens.presenting import back_from, progress
from app.web.cookies import CookieSeal
from app.web.errors import status_of
from app.web.limits import client, tab_tries
from app.web.session import keys, language, now, settings, transaction, wall
from app.web.whom_to_call import told

COOKIE: Final = "tannha_telephone"
REMEMBERED_FOR: Final = timedelta(days=180)  # [assumption] numbers are given to others after a year or so


def remembered() -> PhoneNumber | None:
    """The telephone that was proved on this device and that it may remember."""
    sealed = request.cookies.get(COOKIE, "")
    try:
        kept = _seal().loads(sealed) if sealed else {}
    except (BadSignature, ValueError):
        return None
    if not isinstance(kept, dict) or wall().timestamp() - kept.get("proved_at", 0) > REMEMBERED_FOR.total_seconds():
        return None
    return kept.get("remembered_phone")


def take_known(draft: Draft) -> None:
    """Whoever is signed in or remembered here is asked neither for the number nor for a code."""
    of_session = signed_in_phone()
    known = of_session or remembered()
    if known is not None and not draft.assisted:
        draft.phone = draft.proved = cast("PhoneNumber", known)
        draft.phone_proof = PhoneProof.SIGNED_IN if of_session else PhoneProof.REMEMBERED
        draft.save()


def send_code(draft: Draft) -> DomainError | None:
    """To the number of the form, unless it has one that can still be typed; the refusal stands at the number's field."""
    number = draft.reached
    if number is None or draft.code_typed or draft.asked == number:
        return None
    try:
        with transaction() as session:
            access.send_sign_in_code(session, number, now(), keys(), language(), client())
    except DomainError as refusal:
        return refusal
    draft.asked = number
    return None


@bp.route("/dat-lich/ma", methods=["GET", "POST"])
@public
@tab_tries
def code_page() -> ResponseReturnValue:
    draft = draft_for("code")
    number = draft.reached
    if number is None or draft.code_typed:
        return go_on(draft, "code")
    refusal = None
    if request.method == "POST":
        again = "again" in request.form
        refusal = _again(draft) if again else _check(draft, number)
        if refusal is None:
            return redirect(url_for("citizens.code_page"), 303) if again else go_on(draft, "code")
    errors = {"code": told(refusal)} if refusal is not None else {}
    return render_template(
        "citizens/phone_code.html",
        draft=draft, progress=progress(draft, "code"), back=back_from(draft, "code"), errors=errors,
        phone=masked_phone(number), on_console=settings().sms == "console",
    ), status_of(refusal) if refusal is not None else 200  # fmt: skip


def _again(draft: Draft) -> DomainError | None:
    draft.asked = None
    refusal = send_code(draft)
    if refusal is None:
        draft.save()
    return refusal


def _check(draft: Draft, number: PhoneNumber) -> DomainError | None:
    with transaction() as session:
        refusal = access.check_sign_in_code(session, number, request.form.get("code", "")[:20], now(), keys())
    if refusal is not None:
        return refusal
    draft.proved, draft.phone_proof, draft.asked = number, PhoneProof.CODE, None
    if request.form.get("remember") == "1" and number == draft.phone:
        _remember(number)
    return None


def _remember(number: PhoneNumber) -> None:
    sealed = _seal().dumps({"remembered_phone": number, "proved_at": wall().timestamp()})

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(COOKIE, sealed, max_age=REMEMBERED_FOR, **_flags())
        return response


@bp.post("/dat-lich/quen-so")
@public
def forget_number() -> ResponseReturnValue:
    """The device remembers nobody any more and nobody is signed in; the form asks for a number again."""
    draft = draft_for("contact")
    signed_in.end_citizen()
    draft.phone = draft.proved = draft.asked = None
    draft.phone_proof = PhoneProof.NONE
    draft.save()

    @after_this_request
    def drop(response: Response) -> Response:
        response.delete_cookie(COOKIE, **_flags())
        return response

    return redirect(url_for("citizens.contact_page"), 303)


def _flags() -> dict[str, Any]:
    return {"secure": settings().secure_cookies, "httponly": True, "samesite": "Lax", "path": "/dat-lich"}


def _seal() -> CookieSeal:
    return CookieSeal(str(current_app.secret_key), *current_app.config["SECRET_KEY_FALLBACKS"])
