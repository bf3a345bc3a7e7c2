"""Ask for a password without holding a transaction, a lock or the server's threads while it is compared."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import Response, after_this_request

from app.domain.errors import DomainError
from app.models import StaffAccount
from app.services.staff import passwords, sign_in
from app.services.staff.sign_in import STAYS_KNOWN, SignInAttempt
from app.web.known_device import BROWSER, browser_token
from app.web.limits import client_address
from app.web.session import keys, settings, transaction, wall


def check_password(username: str, password: str, *, phone: UUID | None = None) -> StaffAccount | DomainError:
    """The account, or the refusal (returned: its try is counted). Raises `sign_in_slow`, `sign_in_busy`."""
    attempt = SignInAttempt(username[: passwords.LONGEST], password, client_address(), wall(), browser_token(), phone)
    with transaction() as session:
        who = sign_in.look(session, attempt, keys())
    right = passwords.matches(who.password_hash, password, known=who.known)
    renewed = passwords.hash_password(password) if right and passwords.needs_rehash(who.password_hash or "") else None
    with transaction() as session:
        found = sign_in.settle(session, attempt, who, right=right)
        if renewed is not None and isinstance(found, StaffAccount):
            found.password_hash = renewed
    return found


def check_own_password(account: StaffAccount) -> None:
    """Raise `first_password`: what somebody else has given opens one page only, the one to change it."""
    if account.must_change_password:
        raise DomainError("first_password", kind="forbidden", field="password")


def remember_browser(account: StaffAccount, *, proved: bool = False) -> None:
    """This browser is known to the account from now on; `proved`: the second factor was given, too."""
    token = browser_token() or secrets.token_urlsafe(32)
    with transaction() as session:
        sign_in.note_known(session, account, token, wall(), keys(), proved=proved)

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            BROWSER, token, max_age=STAYS_KNOWN, httponly=True, samesite="Lax", secure=settings().secure_cookies
        )
        return response
