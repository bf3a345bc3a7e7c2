"""After a quarter of an hour the screen at a desk is locked; the password opens it, and what was being done goes on.

A form that was sent meanwhile is not done and not lost: it is sealed into the page that asks for the password, for this
account only, and offered again once the screen is open.
"""

from __future__ import annotations

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.models import SignInSession, StaffAccount
from app.services.staff import sessions
from app.web import kept_form, signed_in
from app.web.auth import public, safe_next, staff
from app.web.errors import by_field, status_of
from app.web.limits import wrong_tries
from app.web.navigation import first_page
from app.web.password_check import check_password
from app.web.session import transaction, wall
from app.web.staff.blueprint import bp


@bp.get("/tai-khoan/con-day")
@staff()
def still_here() -> ResponseReturnValue:
    """Somebody types: the screen stays open."""
    return "", 204


def _mine() -> tuple[SignInSession, StaffAccount] | None:
    """The session of this browser, locked or not, past its second step."""
    row = signed_in.begun_session()
    return (row, row.staff_account) if row and row.staff_account and not row.waits_for_factor else None


@bp.get("/mo-khoa")
@public
def lock_page() -> ResponseReturnValue:
    found = _mine()
    if found is None:
        return redirect(url_for("staff.sign_in_page", tiep=request.args.get("tiep")), 303)
    if signed_in.staff_session() is not None:
        return redirect(safe_next(request.args.get("tiep"), first_page(found[1])), 303)
    return kept_form.ask(found[1], {})


@bp.post("/mo-khoa")
@public
@wrong_tries
def unlock() -> ResponseReturnValue:
    """From the page, or from the cover that the script lays over a page (which stays as it is)."""
    found = _mine()
    by_script = request.accept_mimetypes.best == "application/json"
    if found is None:
        return ("", 401) if by_script else redirect(url_for("staff.sign_in_page"), 303)
    row, account = found
    refusal = _refusal(account)
    if refusal is not None:
        errors = by_field(refusal)
        said = " ".join(errors.values())
        return (jsonify(said=said) if by_script else kept_form.ask(account, errors)), status_of(refusal)
    with transaction() as session:
        sessions.unlock(session, row.id, wall())
    if by_script:
        return jsonify(said="")
    return kept_form.go_on(account, safe_next(request.form.get("tiep"), first_page(account)))


def _refusal(account: StaffAccount) -> DomainError | None:
    try:
        found = check_password(account.username, request.form.get("password", ""))
    except DomainError as refusal:
        return refusal
    return found if isinstance(found, DomainError) else None
