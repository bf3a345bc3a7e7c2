"""A call that ends in a booking: how it may end, and how often somebody is tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.domain.errand import RequestKind
from app.domain.identity import PhoneNumber

MOST_TRIES: Final = 3  # [assumption]
TRIES_APART: Final = timedelta(minutes=30)  # [assumption]: what is pressed twice is one try
OPEN_AT_MOST: Final = 40  # of one office [assumption]: more than a counter calls in a day


class WishResult(StrEnum):
    BOOKED = "booked"
    NOT_REACHED = "not_reached"  # tried three times
    UNWANTED = "unwanted"


@dataclass(frozen=True, slots=True)
class AskForCall:
    """What of the form is there, and nothing of the person but the number."""

    phone: PhoneNumber = field(repr=False)
    kind: RequestKind
    unit_code: str
    procedures: tuple[str, ...] = ()
    day: date | None = None
