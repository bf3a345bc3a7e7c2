"""Who may open a page. Every view carries one rule, `view.access`; a view without a rule is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import DetachedInstanceError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Device, Partner, StaffAccount
from app.services.staff import devices
from app.services.staff.access import find_partner
from app.web import kept_form, signed_in
from app.web.session import now, transaction

View = TypeVar("View", bound=Callable[..., Any])

CHANGES_PASSWORD = frozenset({"staff.password_page", "staff.password_action"})
EVERYWHERE = frozenset({Role.ADMIN, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Access:
    audience: str  # public | citizen | staff | partner | phone | phone_upload | phone_sign_in
    roles: frozenset[Role] = frozenset()


def _mark(view: View, access: Access) -> View:
    view.__dict__["access"] = access
    return view


def public(view: View) -> View:
    """Anybody; what a secret token in the address protects is public, too."""
    return _mark(view, Access("public"))


def citizen(view: View) -> View:
    """Whoever has typed the code sent to a phone: `current_citizen_phone()`."""
    return _mark(view, Access("citizen"))


def staff(*roles: Role) -> Callable[[View], View]:
    """Staff with one of these roles (an administrator always may; no role named: any of the staff)."""
    return lambda view: _mark(view, Access("staff", frozenset(roles or Role) | {Role.ADMIN}))


def partner(view: View) -> View:
    """A program with a key: `current_partner()`."""
    return _mark(view, Access("partner"))


def phone(view: View) -> View:
    """A courier's phone within its shift: `current_device()`."""
    return _mark(view, Access("phone"))


def phone_upload(view: View) -> View:
    """A courier's phone that brings facts home, whatever became of its shift: `current_device()`."""
    return _mark(view, Access("phone_upload"))


def signed(view: View) -> View:
    """An outside system that proves itself by a signature over what it sends: the view checks it, no cookie counts."""
    return _mark(view, Access("signed"))


def phone_sign_in(view: View) -> View:
    """A phone that has no token yet: name and password in the body, no cookie, so nothing another site could ride on."""
    return _mark(view, Access("phone_sign_in"))


def access_of(endpoint: str) -> Access | None:
    return cast("Access | None", getattr(current_app.view_functions.get(endpoint), "access", None))


# -- staff


def sign_in(account: StaffAccount, *, waits_for_factor: bool = False) -> None:
    """A new session for this account: nothing of an older one stays."""
    signed_in.begin_staff(account, waits_for_factor=waits_for_factor)


def sign_in_citizen(phone: str) -> None:
    signed_in.begin_citizen(phone)


def sign_out() -> None:
    """End the session on the server: a copy of the cookie opens nothing afterwards."""
    signed_in.end_here()


def signed_in_staff() -> StaffAccount | None:
    """The account of this session, read anew at each request: switched off or signed out elsewhere ends it here."""
    row = signed_in.staff_session()
    return row.staff_account if row is not None else None


def current_staff() -> StaffAccount:
    """Inside a `@staff` view."""
    account = signed_in_staff()
    if account is None:
        raise DomainError("sign_in_needed", kind="forbidden")
    return account


def staff_actor() -> str:
    """The `by` of a command."""
    return f"staff:{current_staff().id}"


def visible_office_ids() -> frozenset[int] | None:
    """The offices this account may see; None: all of them (coordinators and administrators without an office)."""
    account = current_staff()
    if account.office_id is not None:
        return frozenset({account.office_id})
    if account.desk is not None:
        return frozenset() if account.desk.office_id is None else frozenset({account.desk.office_id})
    return None if account.role in EVERYWHERE else frozenset()


def check_office(office_id: int) -> None:
    """Raise `not_found` for an office this account may not see: its existence is nobody's business."""
    visible = visible_office_ids()
    if visible is not None and office_id not in visible:
        raise DomainError("not_found", kind="not_found")


# -- citizens


def check_everywhere() -> None:
    """Places are everybody's: an administrator of one office tells none."""
    if current_staff().office_id is not None:
        raise DomainError("not_your_page", kind="forbidden")


def signed_in_phone() -> str | None:
    found = signed_in.citizen_session()
    return found[1] if found is not None else None


def current_citizen_phone() -> str:
    """Inside a `@citizen` view."""
    phone = signed_in_phone()
    if phone is None:
        raise DomainError("sign_in_needed", kind="forbidden")
    return phone


# -- programs


def current_partner() -> Partner:
    """Inside a `@partner` view: whose key it is."""
    return cast("Partner", g.partner)


# -- phones


def current_device() -> Device:
    """Inside a `@phone` or `@phone_upload` view: whose token it is, with courier, account and office read."""
    return cast("Device", g.device)


# -- who asks


def caller() -> str:
    """Whom the guard let in, by number and never by name: `staff:7`, `partner:3`, `device:…`, `citizen`, else `-`."""
    row = g.get("staff_session")
    try:
        found = {"staff": row and row.staff_account, "partner": g.get("partner"), "device": g.get("device")}
        named = [f"{kind}:{one.id}" for kind, one in found.items() if one is not None]
    except DetachedInstanceError:  # the database went away as they were read: then nobody was let in
        return "-"
    return named[0] if named else "citizen" if g.get("citizen_session") else "-"


# -- the guard


def safe_next(target: str | None, otherwise: str) -> str:
    """Where to go after signing in: only a path of our own."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return otherwise  # a line break ends a header, and a browser drops a tab before it looks for the second slash
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def _ask_to_sign_in(endpoint: str) -> ResponseReturnValue:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    url = url_for(endpoint, tiep=wanted)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url, 303)


def _ask_for_the_password() -> ResponseReturnValue:
    """A locked screen, and a session that is over, keep what was sent."""
    row = signed_in.begun_session()
    sent = request.method == "POST" and not request.headers.get("HX-Request")
    over = signed_in.session_over_of()
    if over is not None and sent:
        return kept_form.ask_to_sign_in(over), 403
    if row is None or row.waits_for_factor or row.staff_account is None:
        return _ask_to_sign_in("staff.sign_in_page")
    if sent:
        return kept_form.ask(row.staff_account, {}), 403
    return _ask_to_sign_in("staff.lock_page")


def _check_staff(access: Access) -> ResponseReturnValue | None:
    account = signed_in_staff()
    if account is None:
        return _ask_for_the_password()
    if account.must_change_password and request.endpoint not in CHANGES_PASSWORD:
        return redirect(url_for("staff.password_page"), 303)
    if account.roles.isdisjoint(access.roles):
        raise DomainError("not_your_page", kind="forbidden")
    return None


def _check_citizen(_access: Access) -> ResponseReturnValue | None:
    return None if signed_in_phone() else _ask_to_sign_in("citizens.sign_in_page")


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _check_partner(_access: Access) -> None:
    key = _bearer()
    with transaction() as session:
        g.partner = find_partner(session, key) if key else None
    if g.partner is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))


def _check_phone(access: Access) -> None:
    token = _bearer()
    with transaction() as session:
        if not token:
            g.device = None
        elif access.audience == "phone":
            g.device = devices.by_access(session, token, now())
        else:
            g.device = devices.by_upload(session, token, now())
    if g.device is None:
        raise DomainError("sign_in_needed", kind="forbidden")


_CHECKS: dict[str, Callable[[Access], ResponseReturnValue | None]] = {
    "staff": _check_staff,
    "citizen": _check_citizen,
    "partner": _check_partner,
    "phone": _check_phone,
    "phone_upload": _check_phone,
}


def guard() -> ResponseReturnValue | None:
    """Before every request: find the view's rule and apply it."""
    if request.endpoint is None:
        return None
    access = access_of(request.endpoint)
    if access is None:
        raise DomainError("not_your_page", kind="forbidden")
    check = _CHECKS.get(access.audience)
    return check(access) if check else None


def init_auth(app: Flask) -> None:
    app.before_request(guard)
    app.view_functions["static"].__dict__["access"] = Access("public")
