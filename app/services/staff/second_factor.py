"""The second factor: six digits of an authenticator (RFC 6238), or the next code of a printed card; recovery codes beside them.

Asked once a day on a known machine. Wrong ones are counted as wrong passwords are: by account and known browser, else by
account alone, since whoever comes so far has the password.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pyotp
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.config import Keys
from app.domain.errors import DomainError
from app.domain.identity import FactorKind, Role
from app.models import KnownDevice, SecondFactorCode, StaffAccount
from app.queries.custody.apart import FACTOR_REMOVED
from app.services import audit
from app.services.evidence import vault
from app.services.staff import sign_in

FORCED: Final = frozenset({Role.ADMIN, Role.OFFICE_MANAGER, Role.COORDINATOR})
BY_PHONE: Final = frozenset({Role.COURIER})  # the enrolled phone's own key is theirs
STEP_S: Final = 30
DRIFT: Final = 1  # steps that a telephone's clock may be off, either way
RECOVERY_CODES: Final = 10
CARD_CODES: Final = 40
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else on paper
ISSUER: Final = "Tan Nha"


@dataclass(frozen=True, slots=True)
class FactorPolicy:
    """`on`: off in demonstrations only. `everybody_from`: from this day on clerks and counters, too."""

    on: bool
    everybody_from: date | None

    def asks(self, account: StaffAccount, today: date, *, enrolled: bool) -> bool:
        if not self.on or account.role in BY_PHONE:
            return False
        later = self.everybody_from is not None and today >= self.everybody_from
        return enrolled or account.role in FORCED or later


def is_enrolled(session: Session, account: StaffAccount) -> bool:
    return account.totp_closed is not None or has_card(session, account)


def has_card(session: Session, account: StaffAccount) -> bool:
    """A card counts once its first code has been typed: before that it may lie in the printer."""
    mine = (SecondFactorCode.staff_account_id == account.id, SecondFactorCode.kind == FactorKind.CARD)
    typed = select(SecondFactorCode.id).where(*mine, SecondFactorCode.used_at.is_not(None)).limit(1)
    return session.scalar(typed) is not None


def owner_of(account: StaffAccount) -> str:
    """Whose closed authenticator it is."""
    return f"totp:{account.id}"


def new_secret() -> str:
    return pyotp.random_base32()


def address_of(secret: str, account: StaffAccount) -> str:
    """What the QR says to an authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


def enrol(session: Session, account: StaffAccount, secret: str, code: str, now: datetime, keys: Keys) -> list[str]:
    """Take the authenticator over, when it shows the right digits: the recovery codes, shown this once.

    Raises `factor_wrong`.
    """
    step = _step_of(secret, code, now)
    if step is None:
        raise DomainError("factor_wrong", kind="invalid", field="code")
    account.totp_closed, account.totp_last_step = vault.close_secret(keys, owner_of(account), secret), step
    audit.record(session, f"staff:{account.id}", "enrol_factor", "staff_account", account.id, now, kind="totp")
    return _write_codes(session, account, FactorKind.RECOVERY, now, keys)


def print_card(session: Session, account: StaffAccount, now: datetime, keys: Keys) -> list[str]:
    """A new card's codes, for the paper only; an earlier card ends."""
    audit.record(session, f"staff:{account.id}", "print_card", "staff_account", account.id, now)
    return _write_codes(session, account, FactorKind.CARD, now, keys)


def next_on_card(session: Session, account: StaffAccount) -> int | None:
    """The number of the code that is asked for; None: no card, or used up."""
    unused = SecondFactorCode.used_at.is_(None)
    mine = (SecondFactorCode.staff_account_id == account.id, SecondFactorCode.kind == FactorKind.CARD)
    return session.scalar(select(func.min(SecondFactorCode.number)).where(*mine, unused))


def check(session: Session, account: StaffAccount, code: str, now: datetime, keys: Keys) -> bool:
    """Whether this is the authenticator's code, not used before; the card's next one; or a recovery code. It is used up."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())[:32]
    step = None
    if account.totp_closed is not None:
        step = _step_of(vault.open_secret(keys, owner_of(account), account.totp_closed), typed, now)
    if step is not None and (account.totp_last_step is None or step > account.totp_last_step):
        account.totp_last_step = step
        return True
    row = _matching(session, account, typed, keys)
    if row is None:
        return False
    row.used_at = now
    audit.record(
        session, f"staff:{account.id}", "used_factor_code", "staff_account", account.id, now, kind=row.kind.value
    )
    return True


def proved_today(session: Session, account: StaffAccount, browser: str | None, now: datetime, keys: Keys) -> bool:
    """On this machine, today, by this account."""
    if browser is None:
        return False
    macs = sign_in.browser_macs(browser, keys)
    mine = (KnownDevice.staff_account_id == account.id, KnownDevice.token_mac.in_(macs))
    at = session.scalar(select(func.max(KnownDevice.factor_at)).where(*mine))
    return at is not None and local_day(at) == local_day(now) and now - at < timedelta(days=1)


def remove(session: Session, account: StaffAccount, by: str, now: datetime, reason: str = "") -> None:
    """The telephone is lost: all of it goes, sessions end, and one enrols at the next sign-in. `reason`: a code."""
    account.totp_closed = account.totp_last_step = None
    account.session_epoch += 1
    session.execute(delete(SecondFactorCode).where(SecondFactorCode.staff_account_id == account.id))
    session.execute(delete(KnownDevice).where(KnownDevice.staff_account_id == account.id))
    audit.record(
        session, by, FACTOR_REMOVED, "staff_account", account.id, now, **({"reason": reason} if reason else {})
    )


def _matching(session: Session, account: StaffAccount, typed: str, keys: Keys) -> SecondFactorCode | None:
    """An unused recovery code, or the one that the card has next: who has seen one line of it has no other."""
    following = next_on_card(session, account)
    recovery, card = SecondFactorCode.kind == FactorKind.RECOVERY, SecondFactorCode.number == following
    mine = (SecondFactorCode.staff_account_id == account.id, SecondFactorCode.used_at.is_(None), or_(recovery, card))
    macs = [_mac(account, typed, pepper) for pepper in keys.peppers]  # paper outlives a promoted secret
    return session.scalar(select(SecondFactorCode).where(*mine, SecondFactorCode.code_mac.in_(macs)).with_for_update())


def _write_codes(session: Session, account: StaffAccount, kind: FactorKind, now: datetime, keys: Keys) -> list[str]:
    mine = (SecondFactorCode.staff_account_id == account.id, SecondFactorCode.kind == kind)
    session.execute(delete(SecondFactorCode).where(*mine))
    letters, many = (8, CARD_CODES) if kind is FactorKind.CARD else (12, RECOVERY_CODES)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(letters)) for _ in range(many)]
    mine_now = {"staff_account_id": account.id, "kind": kind, "made_at": now}
    session.add_all(
        SecondFactorCode(number=number, code_mac=_mac(account, code, keys.pepper), **mine_now)
        for number, code in enumerate(codes, 1)
    )
    session.flush()
    return [f"{code[:4]} {code[4:8]} {code[8:]}".strip() for code in codes]


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time whose digits these are."""
    digits = "".join(letter for letter in code if letter.isdecimal())
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    steps = range(current - DRIFT, current + DRIFT + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def _mac(account: StaffAccount, code: str, pepper: bytes) -> str:
    return hmac.new(pepper, f"factor\0{account.id}\0{code}".encode(), hashlib.sha256).hexdigest()
