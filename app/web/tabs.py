"""What one tab of a browser is in the middle of, sealed in a cookie of its own for an hour; the number in its address names nobody.

Two tabs are two forms, and a telephone that is passed on begins with an empty one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Response, after_this_request, current_app, g, request
from itsdangerous import BadSignature

from app.web.cookies import CookieSeal
from app.web.session import wall

NAME: Final = "nhap"  # in the address: `?nhap=3f9a01c2`
COOKIE: Final = "tannha_tab_"
LIVES: Final = timedelta(hours=1)  # since the last answer [assumption]: long enough to look for a paper
MOST: Final = 4  # tabs of one browser: a header holds no more of them
_ID: Final = re.compile(r"[0-9a-f]{8}")

Kept = dict[str, Any]


def here() -> str | None:
    """The tab that this request belongs to: of its address, or just begun."""
    if "tab" not in g:
        asked = request.args.get(NAME, "")
        g.tab = asked if _ID.fullmatch(asked) else None
    tab: str | None = g.tab
    return tab


def begin() -> None:
    """A new tab for this request; of too many the one that was left longest is forgotten."""
    kept = sorted((saved, tab) for tab, saved, _ in _every())
    for _saved, tab in kept[: max(0, len(kept) - MOST + 1)]:
        _write(tab, None)
    g.tab = secrets.token_hex(4)


def read() -> Kept | None:
    """What was kept for this tab; None: nothing, too old, or not sealed by us."""
    tab = here()
    if tab is None:
        return None
    changed = _changed()
    if tab in changed:
        return changed[tab]
    opened = _opened(request.cookies.get(COOKIE + tab, ""))
    return opened[1] if opened is not None else None


def keep(what: Mapping[str, Any]) -> None:
    tab = here()
    if tab is not None:
        _write(tab, dict(what))


def forget() -> None:
    """Nothing of this tab stays in the browser."""
    tab = here()
    if tab is not None:
        _write(tab, None)


def forget_all() -> None:
    for name in request.cookies:
        if name.startswith(COOKIE) and _ID.fullmatch(name.removeprefix(COOKIE)):
            _write(name.removeprefix(COOKIE), None)


def _every() -> Iterator[tuple[str, float, Kept]]:
    for name, value in request.cookies.items():
        tab = name.removeprefix(COOKIE)
        if name.startswith(COOKIE) and _ID.fullmatch(tab):
            saved, what = _opened(value) or (0.0, {})
            yield tab, saved, what


def _opened(sealed: str) -> tuple[float, Kept] | None:
    if not sealed:
        return None
    try:
        saved, what = _seal().loads(sealed)
    except (BadSignature, ValueError, TypeError):
        return None
    return (float(saved), what) if wall().timestamp() - saved <= LIVES.total_seconds() else None


def _changed() -> dict[str, Kept | None]:
    if "tabs_changed" not in g:
        g.tabs_changed = {}
    changed: dict[str, Kept | None] = g.tabs_changed
    return changed


def _write(tab: str, what: Kept | None) -> None:
    if not _changed():
        after_this_request(_set_cookies)
    _changed()[tab] = what


def _set_cookies(response: Response) -> Response:
    flags: dict[str, Any] = {
        "secure": bool(current_app.config["SESSION_COOKIE_SECURE"]), "httponly": True, "samesite": "Lax",
    }  # fmt: skip
    for tab, what in _changed().items():
        if what is None:
            response.delete_cookie(COOKIE + tab, **flags)
        else:
            sealed = _seal().dumps([wall().timestamp(), what])
            response.set_cookie(COOKIE + tab, sealed, max_age=LIVES, **flags)
    return response


def _seal() -> CookieSeal:
    return CookieSeal(str(current_app.secret_key), *current_app.config["SECRET_KEY_FALLBACKS"])
