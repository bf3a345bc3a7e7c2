"""Sign-in: citizens by a code to their telephone, programs by key; the staff's passwords (see `sign_in`).

Tries are counted in rows, and a refusal that counts one is *returned*: raised, it would roll its own count back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.domain.identity import PhoneNumber, is_landline
from app.domain.wording import tidy
from app.models import Desk, Partner, SignInCode, StaffAccount
from app.queries.tracking.code_budget import (
    AN_HOUR,
    CODE_LIVES,
    TYPED,
    UNTYPED_OF_A_CLIENT,
    UNTYPED_OF_ALL,
    is_known,
    untyped_of,
    untyped_of_lane,
)
from app.services import audit
from app.services.messaging import messages
from app.services.outbox import subscriptions
from app.unit_of_work import UnitOfWork
from app.watching.figures import CODES_REFUSED

CODE_TRIES: Final = 5
CODES_AN_HOUR: Final = 3  # within any sixty minutes


def send_sign_in_code(
    work: UnitOfWork, number: PhoneNumber, now: datetime, keys: Keys, language: str = "vi", client: str = ""
) -> None:
    """Send six digits to a mobile telephone; an earlier code ends. `client`: who asks, hashed.

    Raises `landline_without_code`, `too_many_codes`, `codes_of_client`, `codes_of_all`.
    """
    if is_landline(number):
        raise DomainError("landline_without_code", kind="invalid", field="phone")
    before, mac = code_row(work, number, keys, with_for_update=True), phone_mac(number, keys)
    last_hour = [sent for sent in (before.sent_times if before is not None else ()) if now - sent < AN_HOUR]
    if len(last_hour) >= CODES_AN_HOUR:
        raise DomainError("too_many_codes", kind="too_many", field="phone", again=_free_from(last_hour[-CODES_AN_HOUR]))
    _check_budget(work, mac, client, now)
    _write(work, before, SignInCode(phone_mac=mac, sent_times=[*last_hour, now], client=client), number, now, keys)
    messages.tell_phone(work, number, "sign_in_code", now, f"sign_in:{mac[:16]}:{now.timestamp():.6f}", language)


def count_without_code(work: UnitOfWork, number: PhoneNumber, now: datetime, keys: Keys, client: str) -> None:
    """Of somebody who types no code something else is asked: it counts as a code that nobody has typed, once a telephone.

    A code that is on its way stays as it is. Raises `codes_of_client`, `codes_of_all`.
    """
    before, mac = code_row(work, number, keys, with_for_update=True), phone_mac(number, keys)
    if before is not None and now - before.sent_at < AN_HOUR and not (before.client or TYPED).startswith(TYPED):
        return
    _check_budget(work, mac, client, now)
    sent = [*(sent for sent in (before.sent_times if before is not None else ()) if now - sent < AN_HOUR), now]
    _write(work, before, SignInCode(phone_mac=mac, sent_times=sent, client=client), number, now, keys)


def _write(
    work: UnitOfWork, before: SignInCode | None, row: SignInCode, number: PhoneNumber, now: datetime, keys: Keys
) -> None:
    """By one statement, whether the telephone was ever sent a code or not: how it is answered tells no stranger."""
    code_mac = _mac(f"{number}\0{sign_in_code(row, number, keys)}", keys.pepper)
    said = {"code_mac": code_mac, "expires_at": now + CODE_LIVES, "tries": 0}
    said |= {"sent_times": row.sent_times, "client": row.client}
    written = insert(SignInCode).values(phone_mac=row.phone_mac, **said)
    if before is not None and before.phone_mac != row.phone_mac:
        work.delete(before)  # of an older pepper: a code that is sent now is one of today's
    work.execute(written.on_conflict_do_update(index_elements=["phone_mac"], set_=said))
    if before is not None and before.phone_mac == row.phone_mac:
        work.expire(before)


def _check_budget(session: Session, mac: str, client: str, now: datetime) -> None:
    """A script that invents numbers can type no code: it ends here, with no message to strangers and no place held."""
    if client and untyped_of(session, client, mac, now) >= UNTYPED_OF_A_CLIENT:
        CODES_REFUSED.labels("client").inc()
        raise DomainError("codes_of_client", kind="too_many", field="phone")
    if untyped_of_lane(session, now, known=is_known(session, client), phone_mac=mac) >= UNTYPED_OF_ALL:
        CODES_REFUSED.labels("all").inc()
        raise DomainError("codes_of_all", kind="too_many", field="phone")


def _free_from(oldest: datetime) -> datetime:
    """When the oldest of three codes is an hour old, in whole minutes, as sentences tell it: never too early."""
    return (oldest + AN_HOUR - timedelta(microseconds=1)).replace(second=0, microsecond=0) + timedelta(minutes=1)


def check_sign_in_code(
    session: Session, number: PhoneNumber, code: str, now: datetime, keys: Keys
) -> DomainError | None:
    """None: the code is right, and used up. Otherwise the refusal, to be raised after the transaction that counted the try.

    `sign_in_code_wrong`, `sign_in_code_expired`, `too_many_tries`.
    """
    row = code_row(session, number, keys, with_for_update=True)
    if row is None or row.expires_at <= now:
        return DomainError("sign_in_code_expired", kind="invalid", field="code")
    row.tries += 1
    session.flush()
    if row.tries > CODE_TRIES:
        return DomainError("too_many_tries", kind="too_many", field="code")
    digits = "".join(letter for letter in code if letter.isdecimal())
    if not any(hmac.compare_digest(row.code_mac, _mac(f"{number}\0{digits}", pepper)) for pepper in keys.peppers):
        if row.tries == CODE_TRIES:
            return DomainError("too_many_tries", kind="too_many", field="code")
        return DomainError("sign_in_code_wrong", kind="invalid", field="code", left=CODE_TRIES - row.tries)
    row.expires_at, row.client = now, TYPED + row.client if row.client else None
    session.flush()
    return None


def code_row(session: Session, number: str, keys: Keys, *, with_for_update: bool = False) -> SignInCode | None:
    """The telephone's row, under whichever pepper it was written."""
    found = (session.get(SignInCode, one, with_for_update=with_for_update) for one in phone_macs(number, keys))
    return next((row for row in found if row is not None), None)


def sign_in_code(row: SignInCode, number: str, keys: Keys) -> str:
    """Work the digits out again from the row: only for the message to that telephone."""
    written = (pepper for pepper in keys.peppers if _phone_mac(number, pepper) == row.phone_mac)
    seed = _mac(f"sign-in\0{row.phone_mac}\0{row.sent_at.timestamp():.6f}", next(written, keys.pepper))
    return f"{int(seed[:16], 16) % 1_000_000:06d}"


def phone_mac(phone: str, keys: Keys) -> str:
    """How a telephone is known where its number is not kept."""
    return _phone_mac(phone, keys.pepper)


def phone_macs(phone: str, keys: Keys) -> list[str]:
    """The same, under whichever pepper a row was written."""
    return [_phone_mac(phone, pepper) for pepper in keys.peppers]


def _phone_mac(phone: str, pepper: bytes) -> str:
    return _mac(f"phone\0{phone}", pepper)


def set_password(session: Session, account: StaffAccount, password_hash: str, by: str, now: datetime) -> None:
    """Give an account a new password; every session of it ends at its next contact.

    One that somebody else has given must be changed at the next sign-in.
    """
    account.password_hash = password_hash
    account.must_change_password = by != f"staff:{account.id}"
    account.session_epoch += 1
    audit.record(session, by, "set_password", "staff_account", account.id, now)


def make_partner(
    session: Session, name: str, by: str, now: datetime, *, live: bool = False, desk: str | None = None
) -> tuple[Partner, str]:
    """A program that may call the API, and its key, shown this once: only the hash is kept.

    `desk`: the code of the desk that an agency's key speaks for. Raises `partner_name_missing`, `partner_name_taken`,
    `unknown_desk_code`.
    """
    named = tidy(name)
    if not named:
        raise DomainError("partner_name_missing", kind="invalid", field="name")
    if session.scalar(select(Partner.id).where(Partner.name == named)) is not None:
        raise DomainError("partner_name_taken", field="name", partner=named)
    key = _new_key(live=live)
    partner = Partner(name=named, key_hash=_key_hash(key), live=live, desk_id=_desk_of(session, desk))
    session.add(partner)
    session.flush()
    audit.record(session, by, "make_partner", "partner", partner.id, now, live=live, desk=desk)
    return partner, key


def _desk_of(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    desk_id = session.scalar(select(Desk.id).where(Desk.code == code.strip(), Desk.closed_at.is_(None)))
    if desk_id is None:
        raise DomainError("unknown_desk_code", kind="invalid", field="desk", desk=code)
    return desk_id


def rotate_key(session: Session, partner: Partner, by: str, now: datetime) -> str:
    """A second key beside the first: both open until `finish_rotation`. Asked again, the second one is replaced."""
    key = _new_key(live=partner.live)
    partner.next_key_hash = _key_hash(key)
    audit.record(session, by, "rotate_partner", "partner", partner.id, now)
    return key


def finish_rotation(session: Session, partner: Partner, by: str, now: datetime) -> None:
    """From now on only the newer key opens. Raises `no_newer_key`."""
    if partner.next_key_hash is None:
        raise DomainError("no_newer_key", field="name", partner=partner.name)
    partner.key_hash, partner.next_key_hash = partner.next_key_hash, None
    audit.record(session, by, "finish_partner_rotation", "partner", partner.id, now)


def find_partner(session: Session, key: str) -> Partner | None:
    """Whose key this is; None for an unknown or revoked one. While a key is replaced, the older and the newer open."""
    kept = _key_hash(key)
    either = or_(Partner.key_hash == kept, Partner.next_key_hash == kept)
    return session.scalars(select(Partner).where(either, Partner.revoked_at.is_(None))).one_or_none()


def partner_of(session: Session, name: str) -> Partner:
    """By its name. Raises `partner_unknown`, for a revoked one as well."""
    wanted = select(Partner).where(Partner.name == tidy(name), Partner.revoked_at.is_(None)).with_for_update()
    partner = session.scalars(wanted).one_or_none()
    if partner is None:
        raise DomainError("partner_unknown", kind="not_found", field="name", partner=name)
    return partner


def revoke_partner(session: Session, partner: Partner, by: str, now: datetime) -> None:
    """Its key opens nothing any more, and its subscriptions end."""
    partner.revoked_at = now
    subscriptions.end_all(session, partner.id, by, now)
    audit.record(session, by, "revoke_partner", "partner", partner.id, now)


def _mac(text: str, pepper: bytes) -> str:
    return hmac.new(pepper, text.encode(), hashlib.sha256).hexdigest()


def _new_key(*, live: bool) -> str:
    return f"tn_{'live' if live else 'test'}_{secrets.token_urlsafe(24)}"


def _key_hash(key: str) -> str:
    # a key has 192 random bits: a plain hash can't be guessed backwards
    return hashlib.sha256(key.encode()).hexdigest()
