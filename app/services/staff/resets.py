"""A forgotten password: the manager makes a link that works once, and never learns the new one.

The link leaves the second factor as it is; coordinators are told; and whoever made it can't sign beside that person for a
day, so that nobody hands papers over to himself under another's name (docs/decisions/sign-in.md).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from app.config import Keys
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import PasswordReset, StaffAccount
from app.queries.custody.apart import APART, factor_removed, reset_lately
from app.services import audit
from app.services.staff import access

LIVES: Final = timedelta(hours=2)
KEPT: Final = timedelta(days=30)
MAY_RESET: Final[Mapping[Role, frozenset[Role]]] = {
    Role.OFFICE_MANAGER: frozenset({Role.COURIER, Role.COUNTER}),  # of the own office
    Role.ADMIN: frozenset(Role),
}


def may_reset(by: StaffAccount, account: StaffAccount) -> bool:
    if by.id == account.id or not account.active or account.role not in MAY_RESET.get(by.role, frozenset()):
        return False
    return by.office_id is None if by.office_id != account.office_id else True


def make(session: Session, account: StaffAccount, by: StaffAccount, now: datetime, keys: Keys) -> str:
    """The link's token, shown this once; an earlier link ends.

    Raises `not_found` for an account that is none of his, `reset_by_two` where he has just taken its second factor off.
    """
    if not may_reset(by, account):
        raise DomainError("not_found", kind="not_found")
    removed = factor_removed(session, account.id)
    if removed is not None and removed.actor == f"staff:{by.id}" and removed.at > now - APART:
        raise DomainError("reset_by_two")
    mine = (PasswordReset.staff_account_id == account.id, PasswordReset.used_at.is_(None))
    session.execute(delete(PasswordReset).where(*mine, PasswordReset.expires_at <= now))
    for earlier in session.scalars(select(PasswordReset).where(*mine)):
        earlier.expires_at = now
    token = secrets.token_urlsafe(32)
    reset = PasswordReset(
        staff_account_id=account.id,
        made_by_id=by.id,
        token_mac=_mac(token, keys.pepper),
        made_at=now,
        expires_at=now + LIVES,
    )
    session.add(reset)
    audit.record(session, f"staff:{by.id}", "make_reset", "staff_account", account.id, now)
    return token


def account_of(session: Session, token: str, now: datetime, keys: Keys) -> StaffAccount:
    """Whose password the link sets. Raises `reset_over`."""
    return _open(session, token, now, keys).staff_account


def use(session: Session, token: str, password_hash: str, now: datetime, keys: Keys) -> StaffAccount:
    """Set the password; the link is used up, all sessions of the account end. Raises `reset_over`."""
    reset = _open(session, token, now, keys, lock=True)
    reset.used_at = now
    access.set_password(session, reset.staff_account, password_hash, f"staff:{reset.staff_account_id}", now)
    return reset.staff_account


def check_apart(session: Session, one_id: int, other_id: int, now: datetime) -> None:
    """Raise `reset_lately`: one of the two has reset the other's password within a day."""
    if reset_lately(session, one_id, other_id, now):
        raise DomainError("reset_lately", kind="forbidden", field="confirmed_by")


def forget(session: Session, now: datetime) -> None:
    session.execute(delete(PasswordReset).where(PasswordReset.made_at < now - KEPT))


def _open(session: Session, token: str, now: datetime, keys: Keys, *, lock: bool = False) -> PasswordReset:
    macs = [_mac(token, pepper) for pepper in keys.peppers]
    wanted = select(PasswordReset).where(
        PasswordReset.token_mac.in_(macs), PasswordReset.used_at.is_(None), PasswordReset.expires_at > now
    )
    place = joinedload(PasswordReset.staff_account)
    whole = wanted.options(place.joinedload(StaffAccount.office), place.joinedload(StaffAccount.desk))
    reset = session.scalar(whole.with_for_update(of=PasswordReset) if lock else whole)
    if reset is None or not reset.staff_account.active:
        raise DomainError("reset_over", kind="gone")
    return reset


def _mac(token: str, pepper: bytes) -> str:
    return hmac.new(pepper, b"reset\0" + token.encode(errors="replace"), hashlib.sha256).hexdigest()
