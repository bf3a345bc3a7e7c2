"""Phones of couriers: signed in for a shift, known for ever, revoked at the next contact.

Two tokens: *access* opens today's bundle and lives a shift; *upload* takes sealed facts and files in, also from a phone
that comes back after three weeks or was revoked meanwhile (docs/decisions/sealed-phone.md).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from app.config import Keys
from app.domain.custody import GENESIS
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import tidy
from app.models import Courier, Device, Operation, StaffAccount
from app.services import audit
from app.services.messaging import browsers
from app.services.staff.phone_keys import ChallengeAnswered, proved

SHIFT: Final = timedelta(hours=14)
REVOKED_MAY_SEND: Final = timedelta(days=14)  # by itself, with no password; not renewed
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class SignInPhone:
    name: str  # "Android 13 · Chrome 126"
    device_id: UUID | None  # known from an earlier sign-in on the same phone
    now: datetime
    challenge: str | None = None  # signed by the key of that phone, where it has one
    signature: bytes | None = None

    @property
    def answered(self) -> ChallengeAnswered | None:
        given = self.challenge is not None and self.signature is not None
        return ChallengeAnswered(self.challenge or "", self.signature or b"") if given else None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The tokens are shown this once: only their hashes are kept."""

    device: Device
    access_token: str
    upload_token: str


def sign_in(session: Session, account: StaffAccount, command: SignInPhone, keys: Keys) -> SignedIn:
    """A shift on this phone, for whoever has given the password. A known phone keeps its numbers and its chain, if it shows
    its key where it has one; else it is enrolled anew.

    Raises `not_a_courier`, and `phone_suspected` until its office has looked.
    """
    courier = _courier_of(session, account)
    if courier is None:
        raise DomainError("not_a_courier", kind="forbidden", field="username")
    if _suspected(session, courier):
        raise DomainError("phone_suspected", kind="forbidden", field="username")
    device = _known(session, command.device_id, courier)
    if device is None or not proved(session, device, command.answered, keys, command.now):
        device = _enrol(session, courier, command)
    access_token, upload_token = f"ta_{secrets.token_urlsafe(32)}", f"tu_{secrets.token_urlsafe(32)}"
    device.name = tidy(command.name)[:LONGEST_NAME]
    device.access_hash, device.access_until = token_hash(access_token), command.now + SHIFT
    device.upload_hash = token_hash(upload_token)
    device.epoch, device.last_contact_at = account.session_epoch, command.now
    session.flush()
    audit.record(session, f"courier:{courier.id}", "sign_in", "device", device.id, command.now)
    return SignedIn(device, access_token, upload_token)


def _courier_of(session: Session, account: StaffAccount) -> Courier | None:
    if account.role is not Role.COURIER:
        return None
    return session.scalar(select(Courier).where(Courier.staff_account_id == account.id, Courier.active))


def _suspected(session: Session, courier: Courier) -> bool:
    waiting = (Device.courier_id == courier.id, Device.suspected_at.is_not(None), Device.revoked_at.is_(None))
    return session.scalar(select(Device.id).where(*waiting).limit(1)) is not None


def _known(session: Session, device_id: UUID | None, courier: Courier) -> Device | None:
    if device_id is None:
        return None
    mine = (Device.id == device_id, Device.courier_id == courier.id, Device.revoked_at.is_(None))
    return session.scalar(select(Device).where(*mine).options(joinedload(Device.courier)).with_for_update(of=Device))


def _enrol(session: Session, courier: Courier, command: SignInPhone) -> Device:
    """A phone that nobody here knows keeps the id it has: a restored database forgot it, and its acts are signed with it."""
    own, now = command.device_id, command.now
    device = Device(
        id=own if own is not None and session.get(Device, own) is None else uuid4(),
        courier_id=courier.id,
        courier=courier,
        enrolled_at=now,
        last_seq=0,
        head_hash=GENESIS,
        waiting=0,
        waiting_files=0,
    )
    session.add(device)
    return device


def by_access(session: Session, token: str, now: datetime) -> Device | None:
    """The phone that may open today's bundle; None: signed out, revoked, too old, or the account is switched off."""
    device = session.scalar(_known_phones().where(Device.access_hash == token_hash(token)))
    return None if device is None or access_ended(device, now) else device


def by_upload(session: Session, token: str, now: datetime) -> Device | None:
    """The phone that may bring facts home: any that ever signed in.

    Raises `upload_over` two weeks after it was signed out from afar: then its rescue package, by a person's hand.
    """
    device = session.scalar(_known_phones().where(Device.upload_hash == token_hash(token)))
    if device is not None and device.revoked_at is not None and now - device.revoked_at > REVOKED_MAY_SEND:
        raise DomainError("upload_over", kind="forbidden")
    return device


def access_ended(device: Device, now: datetime) -> bool:
    """The phone must sign in again before it sees another bundle."""
    account = device.courier.staff_account
    return (
        device.access_until is None
        or device.access_until <= now
        or device.revoked_at is not None
        or account is None
        or not (account.active and device.courier.active)
        or account.session_epoch != device.epoch
    )


def _known_phones() -> Select[Device]:
    courier = joinedload(Device.courier)
    office = courier.joinedload(Courier.office)
    return select(Device).options(courier.joinedload(Courier.staff_account), office, joinedload(Device.key))


def revoke(session: Session, device_id: UUID, by: str, reason: str, now: datetime) -> Device:
    """Sign a lost phone out at its next contact; what it still sends is kept for a person to look at.

    Raises `not_found`. Revoking twice is revoking once.
    """
    device = session.get(Device, device_id, with_for_update=True)
    if device is None:
        raise DomainError("not_found", kind="not_found")
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by, device.revoke_reason = now, by, tidy(reason) or None
        device.access_hash = device.access_until = None
        session.flush()
        browsers.end_for_phone(session, device.id)
        audit.record(session, by, "revoke", "device", device.id, now)
    return device


def suspect(session: Session, device: Device, now: datetime) -> None:
    """End what this phone may see: it tells of envelopes by the number. What it sends is kept as claims; its office is told.

    The office talks to the courier and signs the phone out, or clears it; then the courier signs in anew.
    """
    device.suspected_at = now
    device.access_hash = device.access_until = None
    audit.record(session, "system", "suspect", "device", device.id, now)


def clear_suspicion(session: Session, device_id: UUID, by: str, now: datetime) -> None:
    """Its courier had a good reason: the phone may sign in again. What it told meanwhile stays with the offices that look at it.

    Raises `not_found`.
    """
    device = session.get(Device, device_id, with_for_update=True)
    if device is None:
        raise DomainError("not_found", kind="not_found")
    if device.suspected_at is not None:
        device.suspected_at = None
        audit.record(session, by, "clear_suspicion", "device", device.id, now)
        session.flush()


def sign_out(session: Session, device_id: UUID, waiting: int, waiting_files: int, now: datetime) -> None:
    """End the shift on this phone. Raises `queue_not_empty`: what is still on it would be out of sight."""
    device = session.get_one(Device, device_id, with_for_update=True)
    note_contact(device, now, waiting, waiting_files)
    if waiting or waiting_files:
        raise DomainError("queue_not_empty", waiting=waiting, files=waiting_files)
    device.access_hash = device.access_until = None
    session.flush()
    browsers.end_for_phone(session, device.id)
    audit.record(session, f"courier:{device.courier_id}", "sign_out", "device", device.id, now)


def note_standing(session: Session, device_id: UUID, waiting: int, waiting_files: int, now: datetime) -> None:
    """What the phone still holds, as it tells while it has a line: should it be wiped or lost, that is what is known."""
    note_contact(session.get_one(Device, device_id, with_for_update=True), now, waiting, waiting_files)


def note_contact(device: Device, now: datetime, waiting: int, waiting_files: int) -> None:
    device.last_contact_at, device.waiting, device.waiting_files = now, waiting, waiting_files


def owes(session: Session, device_id: UUID) -> list[tuple[int, int]]:
    """The numbers below the highest one that never arrived: [(37, 39)]. (As `domain.operation.missing`, in one query.)"""
    seq = Operation.seq
    before = func.lag(seq, 1, 0).over(order_by=seq)
    numbers = select(seq.label("seq"), before.label("before")).where(Operation.device_id == device_id).subquery()
    gaps = select(numbers.c.before + 1, numbers.c.seq - 1).where(numbers.c.seq > numbers.c.before + 1)
    return [(first, last) for first, last in session.execute(gaps.order_by(numbers.c.seq))]


def token_hash(token: str) -> str:
    # a token has 256 random bits: a plain hash can't be guessed backwards
    return hashlib.sha256(token.encode()).hexdigest()
