"""Files and partners' secrets at rest: AES-256-GCM, bound to what they are. One put in another's place does not open."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
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
    return _close(keys.files, sha256, plain)


def open_closed(keys: Keys, sha256: str, body: bytes) -> bytes:
    """The file itself. Raises `file_forged`: a changed byte, another key, another file, or what is inside is not it."""
    try:
        plain = _open((keys.files, *keys.other_files), sha256, body)
    except ValueError:
        raise forged(sha256) from None
    check_hash(sha256, plain)
    return plain


def close_secret(keys: Keys, owner: str, secret: str) -> str:
    """As text for a column; it opens for the same `owner` only."""
    return base64.b64encode(_close(keys.secrets, owner, secret.encode())).decode()


def open_secret(keys: Keys, owner: str, closed: str) -> str:
    """Raises `secret_forged`: a changed letter, another key, another owner."""
    try:
        return _open((keys.secrets, *keys.other_secrets), owner, base64.b64decode(closed, validate=True)).decode()
    except ValueError:
        raise DomainError("secret_forged", kind="invalid", owner=owner) from None


def _close(key: bytes, bound: str, plain: bytes) -> bytes:
    iv = os.urandom(IV)
    return VERSION + iv + AESGCM(key).encrypt(iv, plain, bound.encode())


def _open(keys: Sequence[bytes], bound: str, body: bytes) -> bytes:
    """With whichever key closed it. Raises ValueError."""
    if len(body) < len(VERSION) + IV + TAG or body[:1] != VERSION:
        raise ValueError("not ours")
    for key in keys:
        try:
            return AESGCM(key).decrypt(body[1 : 1 + IV], body[1 + IV :], bound.encode())
        except InvalidTag:
            continue
    raise ValueError("changed, or closed for something else")


def check_hash(sha256: str, plain: bytes) -> None:
    """Raise `file_forged` unless these are the bytes that the hash was taken of."""
    if hashlib.sha256(plain).hexdigest() != sha256:
        raise forged(sha256)


def forged(sha256: str) -> DomainError:
    return DomainError("file_forged", kind="invalid", field="file", sha256=sha256)
