"""Sign-in through the province's own door (OpenID Connect), for staff and, where it is offered, for citizens."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import parse_phone
from app.gateways import oidc
from app.gateways.identity import begin_sign_in, claimed, finish_sign_in, sign_out_address, verified_phone
from app.services.staff.identities import sign_in_by_claims
from app.web.auth import public, safe_next, sign_in, sign_in_citizen, sign_out
from app.web.errors import by_field, status_of
from app.web.limits import looks, wrong_tries
from app.web.navigation import first_page
from app.web.session import now, settings, transaction

bp = Blueprint("identity", __name__)

BEGUN, THROUGH = "identity_begun", "by_province"
LONGEST = 4096


def offered(*, citizen: bool = False) -> bool:
    """Whether a sign-in page shows the button."""
    link = oidc(settings())
    return link is not None and (link.citizens or not citizen)


def _back() -> str:
    return f"{settings().base_url}{url_for('identity.finish')}"


@bp.get("/dang-nhap/tinh")
@public
@looks
def begin() -> ResponseReturnValue:
    citizen = request.args.get("ai") == "cong-dan"
    begun = begin_sign_in(settings(), _back(), citizen=citizen)
    cookie[BEGUN] = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "citizen": citizen,
        "next": request.args.get("tiep", "")[:500],
    }
    return redirect(begun.url)


@bp.get("/dang-nhap/tinh/tro-lai")
@public
@wrong_tries
def finish() -> ResponseReturnValue:
    begun = cookie.pop(BEGUN, None)  # whatever comes of it: a second try begins anew
    if begun is None or not hmac.compare_digest(request.args.get("state", "").encode(), begun["state"].encode()):
        raise DomainError("identity_state", kind="invalid")
    code = request.args.get("code", "")[:LONGEST]
    if not code:  # the person said no, over there
        raise DomainError("identity_unproven", kind="invalid")
    claims = finish_sign_in(settings(), _back(), code, begun["nonce"], begun["verifier"])
    return _enter_citizen(claims, begun["next"]) if begun["citizen"] else _enter_staff(claims, begun["next"])


def _enter_staff(claims: Mapping[str, Any], wanted: str) -> ResponseReturnValue:
    command = claimed(settings(), claims, now())
    with transaction() as session:
        found = sign_in_by_claims(session, command)
    if isinstance(found, DomainError):
        page = render_template("staff/sign_in.html", errors=by_field(found), username="", by_province=offered())
        return page, status_of(found)
    sign_in(found)
    cookie[THROUGH] = True
    return redirect(safe_next(wanted, first_page(found)), 303)


def _enter_citizen(claims: Mapping[str, Any], wanted: str) -> ResponseReturnValue:
    phone = verified_phone(claims)
    if phone is None:
        raise DomainError("identity_phone_unproven", kind="forbidden")
    sign_in_citizen(parse_phone(phone))
    return redirect(safe_next(wanted, url_for("citizens.my_requests")), 303)


def sign_out_of_both() -> None:
    """End our session; who came through the province is offered, on the next page, to end that one, too."""
    came_so = cookie.get(THROUGH)
    sign_out()
    if came_so:
        cookie[THROUGH] = True


def was_by_province() -> bool:
    """Whether the session that ended last came through the province; asked once."""
    return bool(cookie.pop(THROUGH, False))


@bp.get("/dang-xuat/tinh")
@public
@looks
def end_there() -> ResponseReturnValue:
    """The province's session. A link, since a form of ours may not lead to another site."""
    ours = f"{settings().base_url}{url_for('staff.sign_in_page')}"
    return redirect((sign_out_address(settings(), ours) if offered() else None) or ours)
