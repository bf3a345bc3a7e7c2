"""What the other side signs of a hand-over, an opening or money, and by which hand (docs/decisions/two-hands.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.custody import canonical_json, digest

LIVES: Final = timedelta(minutes=10)
MOST_CODES: Final = 25
"""So many codes are spelled out for the phone; of a longer list it shows the number, and the digest stands for all."""
ASKS: Final = "TNKY1 "
ANSWERS: Final = "TNTL1 "


class SignedBy(StrEnum):
    """By which hand the second signature came."""

    PHONE = "phone"  # the courier's own phone, with its own key
    SESSION = "session"  # the own account, signed in on a machine of its own
    PASSWORD = "password"  # noqa: S105 (typed on the first side's keyboard: marked, and counted)
    ONE_PERSON = "one_person"  # nobody else works there: covered by the next independent scan
    PAPER = "paper"  # signed by pen on two printed lists while nothing else worked


class SigningAct(StrEnum):
    HAND_OVER = "hand_over"
    COUNT = "count"
    CLOSE_BAG = "close_bag"
    OPEN_BAG = "open_bag"
    CASH = "cash"  # a courier hands in what was counted


def heads_digest(heads: Sequence[tuple[str, int, str]]) -> str:
    """Of (code, number of events, head) of each envelope: what is signed is about these chains as they stand."""
    return digest([list(head) for head in sorted(heads)])


def countersign_text(said: Mapping[str, object], device_id: UUID) -> bytes:
    """What a phone signs. No operation, key or sign-in begins like this."""
    return b"tannha countersign v1\n" + canonical_json({**said, "device_id": str(device_id)})


def asking(said: Mapping[str, object]) -> str:
    """As the QR code on the screen says it."""
    return ASKS + canonical_json(dict(said)).decode()
