"""A phone's own key: registered once, with a proof that the phone has it; asked for again at every sign-in.

The private half is made on the phone and can't leave it. Another key is another enrolment: a new phone to the office.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.domain.signing import FARTHEST_AHEAD, enrolment_text, sign_in_text
from app.models import Device, DeviceKey
from app.queries.custody.phone_keys import fingerprint, load_key, signed_text
from app.services import audit

CHALLENGE_LIVES: Final = timedelta(minutes=5)
STAMP_BYTES, RANDOM_BYTES = 8, 16


@dataclass(frozen=True, slots=True)
class RegisterKey:
    """`signature`: over `enrolment_text`, by the key itself. `signed_from_seq`: what the phone writes next."""

    public_key: str
    signed_from_seq: int
    signature: bytes
    now: datetime


@dataclass(frozen=True, slots=True)
class ChallengeAnswered:
    challenge: str
    signature: bytes


def register(session: Session, device_id: UUID, command: RegisterKey) -> DeviceKey:
    """From `signed_from_seq` on, what this phone tells has to be signed; what has come already stays as it is.

    Asked twice with one key, it is registered once. Raises `phone_key_malformed`, `phone_key_unproved`,
    `phone_key_too_far`, `phone_key_registered`.
    """
    device = session.get_one(Device, device_id, with_for_update=True)
    known = session.scalar(_of(device_id, command.public_key))
    if known is not None:
        if (known.device_id, known.public_key) != (device_id, command.public_key):
            raise DomainError("phone_key_registered", field="public_key")
        return known
    _check(device, command)
    key = DeviceKey(
        device_id=device_id,
        public_key=command.public_key,
        signed_from_seq=max(command.signed_from_seq, device.last_seq + 1),
        registered_at=command.now,
    )
    session.add(key)
    session.flush()
    detail = {"fingerprint": fingerprint(key.public_key), "signed_from": key.signed_from_seq}
    audit.record(session, f"courier:{device.courier_id}", "register_key", "device", device_id, command.now, **detail)
    return key


def _of(device_id: UUID, public_key: str) -> Select[DeviceKey]:
    return select(DeviceKey).where((DeviceKey.device_id == device_id) | (DeviceKey.public_key == public_key))


def _check(device: Device, command: RegisterKey) -> None:
    key = load_key(command.public_key)
    if key is None:
        raise DomainError("phone_key_malformed", kind="invalid", field="public_key")
    text = enrolment_text(device.id, command.public_key, command.signed_from_seq)
    if not signed_text(key, text, command.signature):
        raise DomainError("phone_key_unproved", kind="invalid", field="signature")
    if command.signed_from_seq > device.last_seq + FARTHEST_AHEAD:
        raise DomainError("phone_key_too_far", kind="invalid", field="signed_from_seq")


# -- at sign-in


def challenge(device_id: UUID, keys: Keys, now: datetime) -> str:
    """Something new to sign, for this phone and these minutes. Nothing is kept of it, whoever asks and for whatever phone."""
    body = round(now.timestamp()).to_bytes(STAMP_BYTES) + secrets.token_bytes(RANDOM_BYTES)
    return base64.urlsafe_b64encode(body + _mac(device_id, body, keys)).decode()


def proved(session: Session, device: Device, answered: ChallengeAnswered | None, keys: Keys, now: datetime) -> bool:
    """Is this the phone that it says? A phone without a key is believed by its number, as ever."""
    kept = session.scalar(select(DeviceKey.public_key).where(DeviceKey.device_id == device.id))
    if kept is None:
        return True
    key = load_key(kept)
    if key is None or answered is None or not _is_ours(device.id, answered.challenge, keys, now):
        return False
    return signed_text(key, sign_in_text(device.id, answered.challenge), answered.signature)


def _is_ours(device_id: UUID, given: str, keys: Keys, now: datetime) -> bool:
    try:
        whole = base64.urlsafe_b64decode(given)
    except ValueError:
        return False
    body, mac = whole[: STAMP_BYTES + RANDOM_BYTES], whole[STAMP_BYTES + RANDOM_BYTES :]
    if not hmac.compare_digest(mac, _mac(device_id, body, keys)):
        return False
    age_s = now.timestamp() - int.from_bytes(body[:STAMP_BYTES])
    return -1 <= age_s <= CHALLENGE_LIVES.total_seconds()


def _mac(device_id: UUID, body: bytes, keys: Keys) -> bytes:
    return hmac.digest(keys.pepper, b"phone challenge\0" + device_id.bytes + body, hashlib.sha256)
