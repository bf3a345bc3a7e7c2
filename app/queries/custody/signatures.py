"""The digests' keys: Ed25519, from the installation's seeds. Who holds a public key alone can check an exported digest."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.custody import digest
from app.models import CustodyDigest, DigestKey

KEY_ID_LENGTH = 16


def digest_hash(office_id: int, day: date, heads: list[dict[str, Any]], previous: str) -> str:
    """What is signed: the office, the day, every head, and the office's digest before."""
    return digest({"office": office_id, "day": day.isoformat(), "heads": heads, "previous": previous})


def is_digest_of(row: CustodyDigest) -> bool:
    """Is its hash still that of what it says?"""
    try:
        return digest_hash(row.office_id, row.day, row.heads, row.previous) == row.hash
    except TypeError:  # changed until it can't be written canonically
        return False


def private_key(keys: Keys) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.signing)


def public_key(keys: Keys) -> bytes:
    """32 raw bytes, to be published."""
    return private_key(keys).public_key().public_bytes_raw()


def key_id(keys: Keys) -> str:
    return id_of(public_key(keys))


def id_of(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:KEY_ID_LENGTH]


def endorsed(public: bytes) -> str:
    """What a younger key of ours signs about an older one; no digest's hash can be this text."""
    return f"tannha digest key {public.hex()}"


def believed_keys(session: Session, keys: Keys) -> dict[str, bytes]:
    """By id: those whose private half is in the settings, and those that one of them vouches for, link by link."""
    seeds = (keys.signing, *keys.other_signings)
    publics = [Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() for seed in seeds]
    believed = {id_of(public): public for public in publics}
    waiting = [row for row in session.scalars(select(DigestKey)) if row.endorsed_by is not None]
    while found := [row for row in waiting if row.id not in believed and _vouched(row, believed)]:
        believed |= {row.id: bytes.fromhex(row.public_key) for row in found}
    return believed


def _vouched(row: DigestKey, believed: dict[str, bytes]) -> bool:
    younger, public = believed.get(row.endorsed_by or ""), bytes.fromhex(row.public_key)
    return younger is not None and row.id == id_of(public) and holds(endorsed(public), row.endorsement or "", younger)


def sign(text: str, keys: Keys) -> str:
    return private_key(keys).sign(text.encode()).hex()


def holds(text: str, signature: str, public: bytes) -> bool:
    """Was `text` signed by the owner of this public key?"""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
