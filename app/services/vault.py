"""Files at rest: AES-256-GCM, bound to the SHA-256 of what they show. One file put in another's place does not open."""

from __future__ import annotations

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.config import Keys
from app.domain.errors import DomainError

VERSION: Final = b"\x01"
IV: Final = 12
TAG: Final = 16


def close(keys: Keys, sha256: str, plain: bytes) -> bytes:
    """0x01 ‖ iv (12) ‖ ciphertext and tag."""
    iv = os.urandom(IV)
    return VERSION + iv + AESGCM(keys.files).encrypt(iv, plain, sha256.encode())


def open_closed(keys: Keys, sha256: str, body: bytes) -> bytes:
    """The file itself. Raises `file_forged`: a changed byte, another key, another file, or what is inside is not it."""
    if len(body) < len(VERSION) + IV + TAG or body[:1] != VERSION:
        raise forged(sha256)
    try:
        plain = AESGCM(keys.files).decrypt(body[1 : 1 + IV], body[1 + IV :], sha256.encode())
    except InvalidTag:
        raise forged(sha256) from None
    check_hash(sha256, plain)
    return plain


def check_hash(sha256: str, plain: bytes) -> None:
    """Raise `file_forged` unless these are the bytes that the hash was taken of."""
    if hashlib.sha256(plain).hexdigest() != sha256:
        raise forged(sha256)


def forged(sha256: str) -> DomainError:
    return DomainError("file_forged", kind="invalid", field="file", sha256=sha256)
