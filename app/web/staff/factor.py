"""The second step of signing in: the code, or at the first time the authenticator or the printed card."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import local_day
from app.domain.errors import DomainError
from app.models import StaffAccount
from app.queries.custody.apart import factor_removed
from app.services.documents import code_card
from app.services.documents.qr import qr_image
from app.services.staff import second_factor
from app.services.staff import sign_in as trying
from app.services.staff.second_factor import FactorPolicy
from app.services.staff.sign_in import SignInAttempt
from app.web import kept_form, signed_in
from app.web.auth import public, safe_next, sign_in
from app.web.errors import by_field, status_of
from app.web.known_device import browser_token
from app.web.limits import client_address, wrong_tries
from app.web.navigation import first_page
from app.web.password_check import remember_browser
from app.web.pdf import pdf
from app.web.session import keys, language, settings, transaction, wall
from app.web.staff.blueprint import bp

BEGUN = "enrol"
"""The secret of the authenticator that is being taken over, in the sealed cookie until it has shown its first code."""


def asks_for_factor(account: StaffAccount) -> bool:
    """Whether the password alone is not enough here and today."""
    policy = FactorPolicy(settings().second_factor, settings().second_factor_from)
    with transaction() as session:
        enrolled = second_factor.is_enrolled(session, account)
        proved = second_factor.proved_today(session, account, browser_token(), wall(), keys())
    return policy.asks(account, local_day(wall()), enrolled=enrolled) and not proved


def _waiting() -> StaffAccount | None:
    """Whose password was right on this browser, a moment ago."""
    row = signed_in.begun_session()
    return row.staff_account if row is not None and row.waits_for_factor else None


def _back_to_sign_in() -> Response:
    return redirect(url_for("staff.sign_in_page", tiep=request.values.get("tiep") or None), 303)


def _enrolled(account: StaffAccount) -> bool:
    with transaction() as session:
        return second_factor.is_enrolled(session, account)


@bp.route("/dang-nhap/ma", methods=["GET", "POST"])
@public
@wrong_tries
def factor_page() -> ResponseReturnValue:
    account = _waiting()
    if account is None:
        return _back_to_sign_in()
    if not _enrolled(account):
        return redirect(url_for("staff.enrol_page", tiep=request.values.get("tiep") or None), 303)
    refusal = _checked(account) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return _let_in(account)
    return factor_form(account, by_field(refusal) if refusal else {}), status_of(refusal) if refusal else 200


def factor_form(account: StaffAccount, errors: dict[str, str]) -> str:
    """Asks for the code; what a form before sign-in has sent goes with it."""
    with transaction() as session:
        number = second_factor.next_on_card(session, account) if second_factor.has_card(session, account) else None
    return render_template("staff/factor.html", errors=errors, number=number, kept=kept_form.carried())


def _checked(account: StaffAccount) -> DomainError | None:
    """A wrong code is counted in a transaction that is committed."""
    attempt = SignInAttempt(account.username, "", client_address(), wall(), browser_token())
    try:
        with transaction() as session:
            who = trying.look_at_factor(session, account, attempt, keys())
            mine = session.get_one(StaffAccount, account.id, with_for_update=True)
            right = second_factor.check(session, mine, request.form.get("code", ""), wall(), keys())
            return trying.settle_factor(session, attempt, who, right=right)
    except DomainError as refusal:
        return refusal


def _let_in(account: StaffAccount) -> ResponseReturnValue:
    """A new session, whole this time; the half one ends."""
    sign_in(account)
    remember_browser(account, proved=True)
    return kept_form.go_on(account, safe_next(request.form.get("tiep"), first_page(account)))


@bp.get("/dang-nhap/buoc-hai")
@public
def enrol_page() -> ResponseReturnValue:
    account = _waiting()
    if account is None or _enrolled(account):
        return _back_to_sign_in()
    return _enrol_page(account, {})


def _enrol_page(account: StaffAccount, errors: dict[str, str]) -> str:
    cookie.setdefault(BEGUN, second_factor.new_secret())
    secret = str(cookie[BEGUN])
    with transaction() as session:
        removed = factor_removed(session, account.id)
    return render_template(
        "staff/enrol.html",
        removed=removed,
        errors=errors,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr=qr_image(second_factor.address_of(secret, account)),
    )


@bp.post("/dang-nhap/buoc-hai")
@public
@wrong_tries
def enrol_action() -> ResponseReturnValue:
    """The first code of the authenticator, or of the card that was just printed."""
    account = _waiting()
    if account is None or _enrolled(account):
        return _back_to_sign_in()
    code = request.form.get("code", "")
    cookie.setdefault(BEGUN, second_factor.new_secret())  # a secret that was never shown is nobody's
    try:
        with transaction() as session:
            mine = session.get_one(StaffAccount, account.id, with_for_update=True)
            codes = [] if second_factor.check(session, mine, code, wall(), keys()) else _take_over(session, mine, code)
    except DomainError as refusal:
        return _enrol_page(account, by_field(refusal)), status_of(refusal)
    if not codes:
        return _let_in(account)
    _let_in(account)
    return render_template("staff/recovery.html", codes=codes, go_on=_next_of(account))


def _take_over(session: Session, account: StaffAccount, code: str) -> list[str]:
    return second_factor.enrol(session, account, str(cookie[BEGUN]), code, wall(), keys())


def _next_of(account: StaffAccount) -> str:
    return safe_next(request.form.get("tiep"), first_page(account))


@bp.post("/dang-nhap/the-ma.pdf")
@public
@wrong_tries
def print_card() -> ResponseReturnValue:
    """For whoever has no telephone of that kind: forty codes on paper, each good once."""
    account = _waiting()
    if account is None or _enrolled(account):
        return _back_to_sign_in()
    with transaction() as session:
        codes = second_factor.print_card(session, account, wall(), keys())
    return pdf(code_card.render(account.username, codes, language()), "the-ma")
