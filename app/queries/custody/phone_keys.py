"""Signatures of phones: ECDSA P-256 with SHA-256, as WebCrypto makes them, r and s of 32 bytes each, one behind the other."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

HALF: Final = 32
LONGEST_KEY: Final = 200  # letters of base64; a P-256 key has 124
_BY_HASH: Final = ECDSA(Prehashed(SHA256()))


def load_key(public_key: str) -> EllipticCurvePublicKey | None:
    """Of base64 SPKI; None for what is no point of P-256."""
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1) else None


def signed_by(key: EllipticCurvePublicKey, hash_hex: str, signature: bytes) -> bool:
    """Did this key sign the text whose SHA-256 this is?"""
    if len(signature) != 2 * HALF:
        return False
    r, s = (int.from_bytes(half) for half in (signature[:HALF], signature[HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), bytes.fromhex(hash_hex), _BY_HASH)
    except InvalidSignature:
        return False
    return True


def signed_text(key: EllipticCurvePublicKey, text: bytes, signature: bytes) -> bool:
    return signed_by(key, hashlib.sha256(text).hexdigest(), signature)


def fingerprint(public_key: str) -> str:
    """How people compare keys: the first 16 digits of the SHA-256 of its SPKI."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]
