"""One's own password: changed here, set anew by a link that works once."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.models import StaffAccount
from app.services.staff import access, passwords, resets
from app.services.staff.password_rules import SHORTEST, check_new, names_of
from app.web.auth import current_staff, public, sign_in, staff
from app.web.errors import by_field, status_of
from app.web.i18n import gettext as _
from app.web.limits import links, wrong_tries
from app.web.navigation import first_page
from app.web.password_check import check_password
from app.web.session import keys, now, transaction, wall
from app.web.staff.blueprint import bp


@bp.get("/tai-khoan/mat-khau")
@staff()
def password_page() -> ResponseReturnValue:
    return _own_page({})


def _own_page(errors: dict[str, str]) -> str:
    return render_template(
        "staff/password.html", errors=errors, shortest=SHORTEST, first=current_staff().must_change_password
    )


@bp.post("/tai-khoan/mat-khau")
@staff()
@wrong_tries
def password_action() -> ResponseReturnValue:
    """The one in use is asked for, since whoever passes an unlocked screen could change it. All other places are signed out."""
    account = current_staff()
    try:
        _check_current(account)
        hashed = _chosen(account)
        with transaction() as session:
            changed = session.get_one(StaffAccount, account.id, with_for_update=True)
            access.set_password(session, changed, hashed, f"staff:{account.id}", now())
    except DomainError as refusal:
        return _own_page(by_field(refusal)), status_of(refusal)
    sign_in(changed)
    flash(_("Mật khẩu đã đổi. Mọi nơi khác đã đăng xuất."), "good")
    return redirect(first_page(changed), 303)


def _check_current(account: StaffAccount) -> None:
    found = check_password(account.username, request.form.get("current", ""))
    if isinstance(found, DomainError):
        found.field = "current"
        raise found


def _chosen(account: StaffAccount) -> str:
    """The hash of what was typed twice. Raises `passwords_differ` and the refusals of `check_new`."""
    chosen = request.form.get("password", "")
    check_new(chosen, *names_of(account))
    if request.form.get("again", "") != chosen:
        raise DomainError("passwords_differ", kind="invalid", field="again")
    return passwords.hash_password(chosen)


@bp.get("/dat-lai-mat-khau/<token>")
@public
@links
def reset_page(token: str) -> ResponseReturnValue:
    with transaction() as session:
        account = resets.account_of(session, token, wall(), keys())
    return _reset_page(token, account, {})


def _reset_page(token: str, account: StaffAccount, errors: dict[str, str]) -> str:
    return render_template("staff/reset.html", token=token, username=account.username, errors=errors, shortest=SHORTEST)


@bp.post("/dat-lai-mat-khau/<token>")
@public
@links
def reset_action(token: str) -> ResponseReturnValue:
    """Sets the password and nothing more: one signs in afterwards, with the second factor as before."""
    with transaction() as session:
        account = resets.account_of(session, token, wall(), keys())
    try:
        hashed = _chosen(account)
    except DomainError as refusal:
        return _reset_page(token, account, by_field(refusal)), status_of(refusal)
    with transaction() as session:
        resets.use(session, token, hashed, wall(), keys())
    flash(_("Mật khẩu đã đặt. Xin đăng nhập."), "good")
    return redirect(url_for("staff.sign_in_page"), 303)
