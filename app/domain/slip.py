"""Who signs the phiếu gửi hồ sơ with a pen: nobody twice what the glass has already (docs/decisions/one-signature.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

SIGNED_COPY = (
    "phiếu gửi hồ sơ"  # a paper of the published list: a copy of the slip, signed by both, belongs to the file
)


class Copy(StrEnum):
    SENDER = "copy_sender"
    DOSSIER = "copy_dossier"


class Signer(StrEnum):
    SENDER = "sender_signs"
    COURIER = "courier_signs"


class Named(Protocol):
    name: str


def file_wants_signed_slip(papers: Iterable[Named]) -> bool:
    return any(SIGNED_COPY in unicodedata.normalize("NFC", paper.name).lower() for paper in papers)


def signs_with_pen(copy: Copy, signer: Signer, *, on_glass: bool, wanted: bool) -> bool:
    """The sender keeps the courier's signature as proof of acceptance; a copy in the envelope needs one only where the
    file wants it, or where there was no glass."""
    if copy is Copy.SENDER:
        return signer is Signer.COURIER
    return wanted or not on_glass
