"""Write again with the promoted secrets what older ones closed, a few at a time, while everybody works; and find out
which old ones nothing needs any more. Repeating it is harmless: what is new already stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.models import (
    Device,
    HandoverCode,
    KnownSecret,
    SecondFactorCode,
    SignInSession,
    StaffAccount,
    StoredAnswer,
    StoredFile,
    Subscriber,
)
from app.services.booking.rebooking import CARD_LIVES
from app.services.evidence import vault
from app.services.messaging.handover_codes import is_of
from app.services.staff import second_factor, sessions
from app.services.staff.devices import REVOKED_MAY_SEND

AT_ONCE: Final = 20
KEPT_ON_PHONES: Final = timedelta(days=7)  # acknowledged boxes, sealed to the key of their day


def alone(keys: Keys) -> Keys:
    """Only what is written with today."""
    return replace(
        keys, other_webs=(), other_peppers=(), other_signings=(), other_phones=(), other_files=(), other_secrets=()
    )


def reclosed(sha256: str, body: bytes, keys: Keys) -> bytes | None:
    """The file closed with today's key; None: it is already. Raises `file_forged` when no key opens it."""
    try:
        vault.open_closed(alone(keys), sha256, body)
    except DomainError:
        return vault.close(keys, sha256, vault.open_closed(keys, sha256, body))
    return None


def stored_names(session: Session, after: str) -> Sequence[str]:
    wanted = select(StoredFile.sha256).where(StoredFile.state == "stored", StoredFile.sha256 > after)
    return session.scalars(wanted.order_by(StoredFile.sha256).limit(AT_ONCE)).all()


def reclose_secrets(session: Session, keys: Keys) -> int:
    """Of webhooks, answers that are still repeated, citizens' sessions, authenticators. Returns how many changed."""
    changed = _reclose_sessions(session, keys) + _reclose_factors(session, keys)
    for subscriber in session.scalars(select(Subscriber).with_for_update(of=Subscriber)):
        owner = f"partner:{subscriber.partner_id}"
        for field in ("secret", "former_secret"):
            closed = _reclosed_secret(owner, getattr(subscriber, field), keys)
            if closed is not None:
                setattr(subscriber, field, closed)
                changed += 1
    answers = select(StoredAnswer).where(StoredAnswer.body["secret"].as_string().is_not(None)).with_for_update()
    for answer in session.scalars(answers):
        body = dict(answer.body or {})
        closed = _reclosed_secret(f"partner:{answer.partner_id}", body["secret"], keys)
        if closed is not None:
            answer.body = body | {"secret": closed}
            changed += 1
    session.flush()
    return changed


def _reclose_sessions(session: Session, keys: Keys) -> int:
    changed = 0
    for row in session.scalars(select(SignInSession).where(SignInSession.phone_closed.is_not(None)).with_for_update()):
        closed = _reclosed_secret(sessions.owner_of(row), row.phone_closed, keys)
        if closed is not None:
            row.phone_closed = closed
            changed += 1
    return changed


def _reclose_factors(session: Session, keys: Keys) -> int:
    changed = 0
    enrolled = select(StaffAccount).where(StaffAccount.totp_closed.is_not(None)).with_for_update(of=StaffAccount)
    for account in session.scalars(enrolled):
        closed = _reclosed_secret(second_factor.owner_of(account), account.totp_closed, keys)
        if closed is not None:
            account.totp_closed = closed
            changed += 1
    return changed


def _reclosed_secret(owner: str, closed: str | None, keys: Keys) -> str | None:
    if closed is None:
        return None
    try:
        vault.open_secret(alone(keys), owner, closed)
    except DomainError:
        return vault.close_secret(keys, owner, vault.open_secret(keys, owner, closed))
    return None


def release(session: Session, keys: Keys, now: datetime, *, files_done: bool) -> list[KnownSecret]:
    """Retired secrets that nothing needs any more may leave the lists. Returns those that are still needed."""
    retired = select(KnownSecret).where(KnownSecret.retired_at.is_not(None), KnownSecret.released_at.is_(None))
    still = []
    for row in session.scalars(retired.with_for_update()):
        since = row.retired_at or now
        free = {
            "files": files_done,
            "web": now - since > CARD_LIVES
            and not _codes_of_others(session, keys, now)
            and not _factor_codes_of(session, since),
            "signing": not _phones_of(session, since, now),
        }
        if free[row.kind]:
            row.released_at = now
        else:
            still.append(row)
    session.flush()
    return still


def _codes_of_others(session: Session, keys: Keys, now: datetime) -> bool:
    """Is a living code of an older pepper on the road: in a citizen's telephone, or on a slip?"""
    living = select(HandoverCode).where(HandoverCode.expires_at > now, HandoverCode.confirmed_at.is_(None))
    return any(not is_of(row, keys.pepper) for row in session.scalars(living).yield_per(1000))


def _factor_codes_of(session: Session, retired_at: datetime) -> int:
    """Lines of printed cards and recovery codes that were made before: their owners print anew first."""
    made = (SecondFactorCode.used_at.is_(None), SecondFactorCode.made_at < retired_at)
    return int(session.scalar(select(func.count()).select_from(SecondFactorCode).where(*made)) or 0)


def _phones_of(session: Session, retired_at: datetime, now: datetime) -> int:
    """Phones that may hold boxes of the older key: those that have not been in touch, empty, a week after it went."""
    quiet = or_(Device.last_contact_at < retired_at + KEPT_ON_PHONES, Device.waiting > 0, Device.waiting_files > 0)
    alive = or_(Device.revoked_at.is_(None), Device.revoked_at > now - REVOKED_MAY_SEND)
    asked = select(func.count()).select_from(Device).where(Device.enrolled_at < retired_at, quiet, alive)
    return int(session.scalar(asked) or 0)
