"""The digests' key: Ed25519, from the installation's seed. Who holds the public key alone can check an exported digest."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.config import Keys
from app.domain.custody import digest

KEY_ID_LENGTH = 16


def digest_hash(office_id: int, day: date, heads: list[dict[str, Any]], previous: str) -> str:
    """What is signed: the office, the day, every head, and the office's digest before."""
    return digest({"office": office_id, "day": day.isoformat(), "heads": heads, "previous": previous})


def private_key(keys: Keys) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.signing)


def public_key(keys: Keys) -> bytes:
    """32 raw bytes, to be published."""
    return private_key(keys).public_key().public_bytes_raw()


def key_id(keys: Keys) -> str:
    return hashlib.sha256(public_key(keys)).hexdigest()[:KEY_ID_LENGTH]


def sign(text: str, keys: Keys) -> str:
    return private_key(keys).sign(text.encode()).hex()


def holds(text: str, signature: str, public: bytes) -> bool:
    """Was `text` signed by the owner of this public key?"""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
