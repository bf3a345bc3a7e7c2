"""What a phone keeps is sealed to the server's public key when written: neither finder nor phone can read it.

box = 0x01 ‖ ephemeral P-256 point, uncompressed (65) ‖ iv (12) ‖ AES-256-GCM ciphertext and tag. The key is HKDF-SHA256
of the ECDH secret, bound to what the box is for (`op:<id>`, `file:<sha256>`), which is the additional data, too:
a box put in another's place does not open. WebCrypto in the phone writes the same.
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.config import Keys
from app.domain.errors import DomainError

VERSION: Final = b"\x01"
CURVE: Final = ec.SECP256R1()
POINT, IV, TAG = 65, 12, 16
SMALLEST: Final = len(VERSION) + POINT + IV + TAG


def public_point(keys: Keys) -> bytes:
    """The point phones seal to: 65 bytes, uncompressed."""
    return _point(_private(keys.phones).public_key())


def server_key(keys: Keys) -> str:
    """The public point in base64, as the wire carries it."""
    return base64.b64encode(public_point(keys)).decode()


def seal(point: bytes, context: str, plain: bytes) -> bytes:
    """A box only the server opens; `context` says what for: `op:<op_id>` or `file:<sha256>`."""
    ephemeral = ec.generate_private_key(CURVE)
    secret = ephemeral.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
    iv = os.urandom(IV)
    closed = AESGCM(_key(secret, context)).encrypt(iv, plain, context.encode())
    return VERSION + _point(ephemeral.public_key()) + iv + closed


def open_sealed(keys: Keys, context: str, box: bytes) -> bytes:
    """What was sealed. Raises `box_unreadable`: another key, another context, a changed byte, or no box at all."""
    if len(box) < SMALLEST or box[:1] != VERSION:
        raise DomainError("box_unreadable", kind="invalid", field="sealed")
    point, iv, closed = box[1 : 1 + POINT], box[1 + POINT : 1 + POINT + IV], box[1 + POINT + IV :]
    for scalar in (keys.phones, *keys.other_phones):  # a phone seals to the key that it was told last
        try:
            secret = _private(scalar).exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
            return AESGCM(_key(secret, context)).decrypt(iv, closed, context.encode())
        except (InvalidTag, ValueError):  # ValueError: the point is not on the curve
            continue
    raise DomainError("box_unreadable", kind="invalid", field="sealed")


@lru_cache(maxsize=16)
def _private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar), CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _key(secret: bytes, context: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"tannha seal v1\0" + context.encode()).derive(secret)
