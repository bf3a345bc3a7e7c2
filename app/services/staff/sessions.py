"""Who is signed in where: rows that sign-out ends, whatever cookie somebody still holds.

Times are the wall clock's (`Clock.wall`). A session ends twelve hours after it began, used or not.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from app.config import Keys
from app.domain.identity import Role
from app.models import SignInSession, StaffAccount
from app.services import audit
from app.services.evidence import vault
from app.services.staff.access import phone_mac, phone_macs

LIVES: Final = timedelta(hours=12)
AT_THE_COUNTER: Final = frozenset({Role.COUNTER, Role.DESK_CLERK, Role.OFFICE_MANAGER})  # strangers pass these screens
LOCKS_AFTER: Final = timedelta(minutes=15)
LOCKS_LATE: Final = timedelta(hours=1)
FACTOR_WITHIN: Final = timedelta(minutes=15)  # to find the telephone, or print the card
CITIZEN_IDLE: Final = timedelta(hours=2)  # a family's telephone lies about
SEEN_EVERY: Final = timedelta(minutes=1)
_STAFF: Final = joinedload(SignInSession.staff_account)


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """The browser that signs in; `token`: one that its cookie of before already stands for."""

    browser: str
    now: datetime
    token: str | None = None


def begin_staff(
    session: Session, account: StaffAccount, place: SignInPlace, keys: Keys, *, waits_for_factor: bool = False
) -> str:
    """A new session of this account: the token for the cookie. One that waits opens nothing but the page of the second factor."""
    token = place.token or secrets.token_urlsafe(32)
    of = {"staff_account_id": account.id, "epoch": account.session_epoch, "waits_for_factor": waits_for_factor}
    _insert(session, token, place, keys, **of)
    return token


def begin_citizen(session: Session, phone: str, place: SignInPlace, keys: Keys) -> str:
    """A new session of whoever holds this telephone; its number is closed at rest."""
    token = place.token or secrets.token_urlsafe(32)
    mac = token_mac(token, keys)
    closed = vault.close_secret(keys, f"session:{mac}", phone)
    _insert(session, token, place, keys, phone_mac=phone_mac(phone, keys), phone_closed=closed)
    return token


def _insert(session: Session, token: str, place: SignInPlace, keys: Keys, **of: object) -> None:
    """Twice the same token is one session: a browser sends several requests with the cookie of before."""
    if place.token is not None and session.scalar(select(SignInSession.id).where(_is(token, keys))) is not None:
        return
    row = insert(SignInSession).values(
        token_mac=token_mac(token, keys), browser=place.browser,
        began_at=place.now, last_seen_at=place.now, ends_at=place.now + LIVES, **of,
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing(index_elements=[SignInSession.token_mac]))


def find_staff(session: Session, token: str, now: datetime, keys: Keys) -> SignInSession | None:
    """The running session with its account, office and desk; None: ended, too old, closed, or under an older password."""
    office = joinedload(StaffAccount.office)
    place = _STAFF.options(office, joinedload(StaffAccount.desk))
    row = session.scalar(_running(now, _is(token, keys)).options(place))
    account = row.staff_account if row is not None else None
    if account is None or row is None or not account.active or account.session_epoch != row.epoch:
        return None
    if row.waits_for_factor and now - row.began_at >= FACTOR_WITHIN:
        return None
    return row


def find_over(session: Session, token: str, now: datetime, keys: Keys) -> StaffAccount | None:
    """Whose session came to its end by the clock alone: neither signed out nor under an older password."""
    wanted = select(SignInSession).where(_is(token, keys)).options(_STAFF)
    row = session.scalar(wanted.where(SignInSession.ended_at.is_(None), SignInSession.ends_at <= now))
    account = row.staff_account if row is not None and not row.waits_for_factor else None
    still = account is not None and row is not None and account.active and account.session_epoch == row.epoch
    return account if still else None


def find_citizen(session: Session, token: str, now: datetime, keys: Keys) -> tuple[SignInSession, str] | None:
    """The running session and the telephone it stands for."""
    row = session.scalar(_running(now, _is(token, keys), SignInSession.phone_mac.is_not(None)))
    if row is None or row.phone_closed is None or now - row.last_seen_at >= CITIZEN_IDLE:
        return None
    return row, vault.open_secret(keys, owner_of(row), row.phone_closed)


def owner_of(row: SignInSession) -> str:
    """What its telephone is closed for."""
    return f"session:{row.token_mac}"


def locks_after(account: StaffAccount) -> timedelta:
    return LOCKS_AFTER if account.role in AT_THE_COUNTER else LOCKS_LATE


def is_locked(row: SignInSession, now: datetime) -> bool:
    """Whether nobody has used it for so long that the password is asked for again."""
    return row.staff_account is not None and now - row.last_seen_at >= locks_after(row.staff_account)


def unlock(session: Session, number: int, now: datetime) -> None:
    """The password was right."""
    session.get_one(SignInSession, number, with_for_update=True).last_seen_at = now


def note_seen(row: SignInSession, now: datetime) -> None:
    """Write that it was used, at most once a minute."""
    if now - row.last_seen_at >= SEEN_EVERY:
        row.last_seen_at = now


def of_staff(session: Session, account: StaffAccount, now: datetime) -> list[SignInSession]:
    """Where this account is signed in, the latest used first."""
    mine = (
        SignInSession.staff_account_id == account.id,
        SignInSession.epoch == account.session_epoch,
        ~SignInSession.waits_for_factor,
    )
    return list(session.scalars(_running(now, *mine).order_by(SignInSession.last_seen_at.desc(), SignInSession.id)))


def of_citizen(session: Session, phone: str, now: datetime, keys: Keys) -> list[SignInSession]:
    mine = (SignInSession.phone_mac.in_(phone_macs(phone, keys)), SignInSession.last_seen_at > now - CITIZEN_IDLE)
    return list(session.scalars(_running(now, *mine).order_by(SignInSession.last_seen_at.desc(), SignInSession.id)))


def end(session: Session, token: str, now: datetime, keys: Keys) -> None:
    """Sign out: the token opens nothing any more."""
    for row in session.scalars(_running(now, _is(token, keys)).with_for_update()):
        _end(session, row, now)


def end_some(session: Session, rows: list[SignInSession], now: datetime, *, but: int | None = None) -> int:
    """End these sessions of one person, all but the one he sits at. Returns how many."""
    others = [row for row in rows if row.id != but]
    for row in others:
        _end(session, row, now)
    return len(others)


def _end(session: Session, row: SignInSession, now: datetime) -> None:
    row.ended_at, row.phone_closed = now, None
    by = f"staff:{row.staff_account_id}" if row.staff_account_id is not None else "citizen:web"
    audit.record(session, by, "sign_out", "sign_in_session", row.id, now)


def _running(now: datetime, *conditions: ColumnElement[bool]) -> Select[SignInSession]:
    return select(SignInSession).where(SignInSession.ended_at.is_(None), SignInSession.ends_at > now, *conditions)


def token_mac(token: str, keys: Keys) -> str:
    """How a session is known to the database: whoever reads it there can't sign in with it."""
    return _token_mac(token, keys.pepper)


def _token_mac(token: str, pepper: bytes) -> str:
    return hmac.new(pepper, b"session\0" + token.encode(), hashlib.sha256).hexdigest()


def _is(token: str, keys: Keys) -> ColumnElement[bool]:
    """The row of this token, under whichever pepper it began."""
    return SignInSession.token_mac.in_([_token_mac(token, pepper) for pepper in keys.peppers])


def former_token(kept: str, keys: Keys) -> str:
    """The one token that a sealed cookie of before stands for: brought twice, it is the same session, ended or not."""
    return hmac.new(keys.first_web.encode(), b"former session\0" + kept.encode(), hashlib.sha256).hexdigest()
