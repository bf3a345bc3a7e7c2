"""Staff sign in with a password, in three steps: look (a transaction), compare (none open), settle (another one).

Who tries is slowed down by account and address *together*: a stranger slows himself, never the owner. From a browser or
phone that the account knows, only its own wrong tries count. A refusal that counts one is *returned*: raised, it would
roll its own count back.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.models import Courier, Device, KnownDevice, SignInTry, StaffAccount
from app.services import audit

FREE_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=1)  # tries as old as this count no more
STAYS_KNOWN: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """`address`: of the client's network. `browser`: the token of the browser's own cookie.
    `phone`: the id that a courier's phone was given.
    """

    username: str
    password: str
    address: str
    now: datetime
    browser: str | None = None
    phone: UUID | None = None


@dataclass(frozen=True, slots=True)
class SignInCandidate:
    """Whom the name stands for. `password_hash`: None for nobody, whose tries are counted all the same."""

    account_id: int | None
    password_hash: str | None
    known: bool
    key_mac: str  # whose tries these are


def look(session: Session, attempt: SignInAttempt, keys: Keys) -> SignInCandidate:
    """Who it might be, and which lane he takes. Raises `sign_in_slow` while he has to wait."""
    wanted = select(StaffAccount).where(StaffAccount.username == attempt.username.strip(), StaffAccount.active)
    account = session.scalar(wanted)
    known = account is not None and _is_known(session, account, attempt, keys)
    by = f"device\0{attempt.browser or attempt.phone}" if known else f"address\0{attempt.address}"
    key = _mac(f"try\0{attempt.username.strip().casefold()}\0{by}", keys)
    _check_wait(session, key, attempt.now, "password")
    if account is None:
        return SignInCandidate(None, None, known, key)
    return SignInCandidate(account.id, account.password_hash, known, key)


def settle(
    session: Session, attempt: SignInAttempt, who: SignInCandidate, *, right: bool
) -> StaffAccount | DomainError:
    """The account, or the refusal to raise after the transaction that counted the try.

    `sign_in_refused` (name or password: which, is nobody's business), `sign_in_slow` after five of them.
    """
    account = session.get(StaffAccount, who.account_id, with_for_update=True) if who.account_id is not None else None
    still = account is not None and account.active and account.password_hash == who.password_hash
    if account is None or not (right and still):
        return _count_failure(session, attempt, who)
    session.execute(delete(SignInTry).where(SignInTry.key_mac == who.key_mac))
    audit.record(session, f"staff:{account.id}", "sign_in", "staff_account", account.id, attempt.now)
    return account


def note_known(
    session: Session, account: StaffAccount, token: str, now: datetime, keys: Keys, *, proved: bool = False
) -> None:
    """From now on this browser has the lane of the known ones, for this account. `proved`: with the second factor."""
    seen = {"last_at": now} | ({"factor_at": now} if proved else {})
    row = insert(KnownDevice).values(
        staff_account_id=account.id, token_mac=browser_macs(token, keys)[0], first_at=now, **seen
    )
    same = [KnownDevice.staff_account_id, KnownDevice.token_mac]
    session.execute(row.on_conflict_do_update(index_elements=same, set_=seen))


def browser_macs(token: str, keys: Keys) -> list[str]:
    """How a browser is known: by every pepper that still counts, the one in use first."""
    others = [pepper for pepper in keys.peppers if pepper != keys.pepper]
    return [_keyed(f"browser\0{token}", pepper) for pepper in (keys.pepper, *others)]


def look_at_factor(session: Session, account: StaffAccount, attempt: SignInAttempt, keys: Keys) -> SignInCandidate:
    """Whose tries of the second factor these are. Raises `sign_in_slow` while he has to wait."""
    known = _is_known(session, account, attempt, keys)
    key = _mac(f"factor\0{account.id}\0{attempt.browser if known else ''}", keys)
    _check_wait(session, key, attempt.now, "code")
    return SignInCandidate(account.id, None, known, key)


def settle_factor(session: Session, attempt: SignInAttempt, who: SignInCandidate, *, right: bool) -> DomainError | None:
    """None: it was right. Else the refusal, `factor_wrong` or `sign_in_slow`, to be raised after this transaction."""
    if not right:
        refusal = _count_failure(session, attempt, who)
        code = "factor_wrong" if refusal.code == "sign_in_refused" else refusal.code
        return DomainError(code, kind=refusal.kind, field="code", **refusal.params)
    session.execute(delete(SignInTry).where(SignInTry.key_mac == who.key_mac))
    return None


def forget(session: Session, now: datetime) -> None:
    """Tries that count no more, and browsers that nobody has used for half a year."""
    session.execute(delete(SignInTry).where(SignInTry.last_at < now - FORGOTTEN))
    session.execute(delete(KnownDevice).where(KnownDevice.last_at < now - STAYS_KNOWN))


def is_known_browser(session: Session, token: str, now: datetime, keys: Keys) -> bool:
    """Whether any account has signed in on it within half a year."""
    return session.scalar(_browsers(token, now, keys).limit(1)) is not None


def is_enrolled_phone(session: Session, phone: UUID) -> bool:
    return session.scalar(_phones(phone)) is not None


def _is_known(session: Session, account: StaffAccount, attempt: SignInAttempt, keys: Keys) -> bool:
    if attempt.browser is not None:
        mine = KnownDevice.staff_account_id == account.id
        return session.scalar(_browsers(attempt.browser, attempt.now, keys).where(mine)) is not None
    if attempt.phone is not None:
        of_courier = _phones(attempt.phone).join(Courier, Courier.id == Device.courier_id)
        return session.scalar(of_courier.where(Courier.staff_account_id == account.id)) is not None
    return False


def _check_wait(session: Session, key_mac: str, now: datetime, field: str) -> None:
    until = session.scalar(select(SignInTry.wait_until).where(SignInTry.key_mac == key_mac))
    if until is not None and until > now:
        raise DomainError("sign_in_slow", kind="too_many", field=field, until=until)


def _browsers(token: str, now: datetime, keys: Keys) -> Select[int]:
    known = KnownDevice.last_at > now - STAYS_KNOWN
    return select(KnownDevice.id).where(KnownDevice.token_mac.in_(browser_macs(token, keys)), known)


def _phones(phone: UUID) -> Select[UUID]:
    return select(Device.id).where(Device.id == phone, Device.revoked_at.is_(None))


def _count_failure(session: Session, attempt: SignInAttempt, who: SignInCandidate) -> DomainError:
    now = attempt.now
    first = insert(SignInTry).values(key_mac=who.key_mac, tries=0, last_at=now)
    session.execute(first.on_conflict_do_nothing(index_elements=[SignInTry.key_mac]))
    row = session.get_one(SignInTry, who.key_mac, with_for_update=True, populate_existing=True)
    row.tries = 1 if now - row.last_at >= FORGOTTEN else row.tries + 1
    row.last_at = now
    over = row.tries - FREE_TRIES
    row.wait_until = now + min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else None
    session.flush()
    if who.account_id is not None:
        refused = "sign_in_refused"
        audit.record(session, "system", refused, "staff_account", who.account_id, now, tries=row.tries, known=who.known)
    if row.wait_until is None:
        return DomainError("sign_in_refused", kind="invalid", field="password", left=-over)
    return DomainError("sign_in_slow", kind="too_many", field="password", until=row.wait_until)


def _mac(text: str, keys: Keys) -> str:
    return _keyed(text, keys.pepper)


def _keyed(text: str, pepper: bytes) -> str:
    return hmac.new(pepper, text.encode(errors="replace"), hashlib.sha256).hexdigest()
