"""The cookie's token and the row behind it: who uses this browser, as staff and as a citizen."""

from __future__ import annotations

import json
import re
from typing import cast

from flask import g, request
from flask import session as cookie

from app.models import SignInSession, StaffAccount
from app.services.staff import sessions
from app.services.staff.sessions import SignInPlace
from app.web import tabs
from app.web.session import keys, transaction, wall

STAFF, CITIZEN = "session", "citizen_session"

# what a person calls it, in the order of asking: Edge and Chrome both say "Chrome", an iPad says "Mac OS"
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("coc_coc", "Coc Coc"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(agent: str) -> str:
    """ "Chrome · Windows": enough to know one's own machines apart, too little to follow anybody."""
    found = [next((name for mark, name in table if re.search(re.escape(mark), agent, re.IGNORECASE)), "")
             for table in (BROWSERS, SYSTEMS)]  # fmt: skip
    return " · ".join(name for name in found if name) or "?"


def place(token: str | None = None) -> SignInPlace:
    return SignInPlace(browser_name(request.user_agent.string), wall(), token)


def has_staff_cookie() -> bool:
    return STAFF in cookie or "staff" in cookie


def staff_session() -> SignInSession | None:
    """The staff's session of this browser, whole and open: with the second factor where it is asked for, and not locked."""
    row = begun_session()
    return None if row is None or row.waits_for_factor or sessions.is_locked(row, wall()) else row


def begun_session() -> SignInSession | None:
    """The same, also while it still waits for the second factor; read once a request."""
    if "staff_session" not in g:
        g.staff_session = _read_staff() if has_staff_cookie() else None
    return cast("SignInSession | None", g.staff_session)


def _read_staff() -> SignInSession | None:
    if STAFF not in cookie:
        _take_former_staff()
    with transaction() as session:
        row = sessions.find_staff(session, cookie.get(STAFF, ""), wall(), keys())
        if row is not None and not sessions.is_locked(row, wall()):
            sessions.note_seen(row, wall())
        if row is None:
            g.session_over_of = sessions.find_over(session, cookie.pop(STAFF, ""), wall(), keys())
    return row


def session_over_of() -> StaffAccount | None:
    """Whose session of this browser has just come to its end, twelve hours after it began."""
    begun_session()
    return cast("StaffAccount | None", g.get("session_over_of"))


def _take_former_staff() -> None:
    """A sealed cookie of an installation of before becomes a row, once: what sign-out ended stays ended."""
    account_id, epoch = cookie.pop("staff"), cookie.pop("epoch", None)
    token = sessions.former_token(json.dumps(["staff", account_id, epoch, cookie.get("csrf_token")]), keys())
    with transaction() as session:
        account = session.get(StaffAccount, account_id)
        if account is not None and account.active and account.session_epoch == epoch:
            cookie[STAFF] = sessions.begin_staff(session, account, place(token), keys())


def citizen_session() -> tuple[SignInSession, str] | None:
    """The citizen's session of this browser and its telephone, read once a request."""
    if "citizen_session" not in g:
        g.citizen_session = _read_citizen() if CITIZEN in cookie or "phone" in cookie else None
    return cast("tuple[SignInSession, str] | None", g.citizen_session)


def _read_citizen() -> tuple[SignInSession, str] | None:
    with transaction() as session:
        if CITIZEN not in cookie:
            phone = str(cookie.pop("phone"))
            token = sessions.former_token(json.dumps(["citizen", phone, cookie.get("csrf_token")]), keys())
            cookie[CITIZEN] = sessions.begin_citizen(session, phone, place(token), keys())
        found = sessions.find_citizen(session, cookie[CITIZEN], wall(), keys())
        if found is not None:
            sessions.note_seen(found[0], wall())
    if found is None:
        cookie.pop(CITIZEN, None)
    return found


def begin_staff(account: StaffAccount, *, waits_for_factor: bool = False) -> None:
    """A new session for this account: nothing of an older one stays in the cookie, and the older one ends."""
    end_here()
    with transaction() as session:
        token = sessions.begin_staff(session, account, place(), keys(), waits_for_factor=waits_for_factor)
    cookie[STAFF] = token
    cookie.permanent = True


def begin_citizen(phone: str) -> None:
    with transaction() as session:
        if CITIZEN in cookie:
            sessions.end(session, cookie[CITIZEN], wall(), keys())
        cookie[CITIZEN] = sessions.begin_citizen(session, phone, place(), keys())
    cookie.pop("phone", None)
    cookie.permanent = True
    g.pop("citizen_session", None)


def end_citizen() -> None:
    """End the citizen's session of this browser alone: its staff's, and its half-filled forms, stay."""
    if citizen_session() is not None:
        with transaction() as session:
            sessions.end(session, cookie.pop(CITIZEN), wall(), keys())
        g.pop("citizen_session", None)


def end_here() -> None:
    """End on the server whatever this browser is signed in as, and empty its cookie but for the language."""
    begun_session()  # a cookie of before becomes a row, so that there is something to end
    citizen_session()
    tokens = [cookie[name] for name in (STAFF, CITIZEN) if name in cookie]
    if tokens:
        with transaction() as session:
            for token in tokens:
                sessions.end(session, token, wall(), keys())
    tabs.forget_all()
    language = cookie.get("lang")
    cookie.clear()
    cookie["lang"] = language
    for name in ("staff_session", "citizen_session"):
        g.pop(name, None)
