"""Whether a request comes from a machine that has proved itself before: its own cookie, or the id of a courier's phone."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from flask import request

from app.services.staff import sign_in
from app.web.session import keys, transaction, wall

BROWSER: Final = "tannha_browser"  # a cookie of its own: it outlives the session, and says only "was here before"
PHONE_SIGNS_IN: Final = "courier.sign_in"
_TOKEN: Final = re.compile(r"[\w-]{43}", re.ASCII)


def browser_token() -> str | None:
    """What the cookie says, if it can be one of ours."""
    token = request.cookies.get(BROWSER, "")
    return token if _TOKEN.fullmatch(token) else None


def proved() -> str | None:
    """The machine, if anybody who works here has signed in on it; a made-up cookie or id is nobody's."""
    browser, phone = browser_token(), _phone()
    if browser is None and phone is None:
        return None
    with transaction() as session:
        if browser is not None and sign_in.is_known_browser(session, browser, wall(), keys()):
            return f"browser {browser}"
        return f"phone {phone}" if phone is not None and sign_in.is_enrolled_phone(session, phone) else None


def _phone() -> UUID | None:
    if request.endpoint != PHONE_SIGNS_IN:
        return None
    given: Any = request.get_json(silent=True)
    try:
        return UUID(given["device_id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
