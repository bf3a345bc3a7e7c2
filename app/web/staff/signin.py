"""Staff sign in with a password and sign out."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.models import StaffAccount
from app.services.staff.passwords import LONGEST
from app.web import kept_form, signed_in
from app.web.auth import public, safe_next, sign_in, signed_in_staff
from app.web.errors import by_field, status_of
from app.web.identity import offered, sign_out_of_both, was_by_province
from app.web.limits import staff_tries
from app.web.navigation import first_page
from app.web.password_check import check_password, remember_browser
from app.web.staff.blueprint import bp
from app.web.staff.factor import asks_for_factor, factor_form


@bp.get("/dang-nhap")
@public
def sign_in_page() -> ResponseReturnValue:
    row = signed_in.begun_session()
    if row is not None and signed_in.staff_session() is None:  # half signed in, or locked
        further = "staff.factor_page" if row.waits_for_factor else "staff.lock_page"
        return redirect(url_for(further, tiep=request.args.get("tiep")))
    account = signed_in_staff()
    if account is not None:
        return redirect(safe_next(request.args.get("tiep"), first_page(account)))
    return render_template(
        "staff/sign_in.html", errors={}, username="", by_province=offered(), was_by_province=was_by_province()
    )


@bp.post("/dang-nhap")
@public
@staff_tries
def sign_in_action() -> ResponseReturnValue:
    username = request.form.get("username", "")[:LONGEST]
    found = _checked(username, request.form.get("password", ""))
    if isinstance(found, DomainError):
        errors = by_field(found)
        return render_template(
            "staff/sign_in.html", errors=errors, username=username, by_province=offered(), kept=kept_form.carried()
        ), status_of(found)
    waits = asks_for_factor(found)
    sign_in(found, waits_for_factor=waits)
    if waits and kept_form.carried():
        return factor_form(found, {})  # a redirect would lose it
    if waits:
        return redirect(url_for("staff.factor_page", tiep=request.form.get("tiep") or None), 303)
    remember_browser(found)
    return kept_form.go_on(found, safe_next(request.form.get("tiep"), first_page(found)))


def _checked(username: str, password: str) -> StaffAccount | DomainError:
    try:
        return check_password(username, password)
    except DomainError as refusal:
        return refusal


@bp.post("/dang-xuat")
@public
def sign_out_action() -> ResponseReturnValue:
    sign_out_of_both()
    return redirect(url_for("staff.sign_in_page"), 303)
