"""Which acts bear their phone's own signature, and how those without one are judged (docs/decisions/sealed-phone.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.custody import canonical_json

UNSIGNED: Final = "unsigned"
"""The review of an act from before its phone had a key: it is judged as ever, and whoever looks at it sees it."""

FARTHEST_AHEAD: Final = 5000  # acts that a phone may still hold from before its key: a month without a network


class SignatureVerdict(StrEnum):
    SIGNED = "signed"
    UNSIGNED_BEFORE = "unsigned_before"
    UNSIGNED_LATE = "unsigned_late"
    BAD_SIGNATURE = "bad_signature"


WRITES_NOTHING: Final = frozenset({SignatureVerdict.UNSIGNED_LATE, SignatureVerdict.BAD_SIGNATURE})
"""Kept whole and looked at by a person, but no envelope moves by it: anybody may have written it."""


def verdict_of(
    holds: bool | None,  # noqa: FBT001 (None: there is no signature, or no key to check it by)
    seq: int,
    signed_from: int | None,
    *,
    graceful: bool,
    in_place: bool,
) -> SignatureVerdict:
    """`signed_from`: the phone's first number that has to be signed; None: it has no key. `graceful`: phones without a key
    are still heard as before. `in_place`: the number is new, and the phone's chain is whole around it; so nobody puts an
    unsigned act under a number that the phone has used itself.
    """
    if holds is not None:
        return SignatureVerdict.SIGNED if holds else SignatureVerdict.BAD_SIGNATURE
    before = graceful if signed_from is None else seq < signed_from and in_place
    return SignatureVerdict.UNSIGNED_BEFORE if before else SignatureVerdict.UNSIGNED_LATE


def enrolment_text(device_id: UUID, public_key: str, signed_from: int) -> bytes:
    """What a phone signs to show that the key it registers is its own. No operation begins like this."""
    return b"tannha key v1\n" + canonical_json(
        {"device_id": str(device_id), "public_key": public_key, "signed_from_seq": signed_from}
    )


def sign_in_text(device_id: UUID, challenge: str) -> bytes:
    """What a known phone signs at sign-in: that it is the phone it says, now."""
    return b"tannha sign-in v1\n" + canonical_json({"device_id": str(device_id), "challenge": challenge})
