"""Whose result it is, of a dossier that somebody named by its code alone: nobody's, until the desk or the exchange says so.

Codes can be counted up. So a code that is typed in is kept as asked for, apart from the dossiers that we know: it is
answered alike whether it stands for anything or not, and several may ask for one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.wording import folded, tidy


class EntitlementState(StrEnum):
    TO_CONFIRM = "to_confirm"
    PROVED = "proved"
    DENIED = "denied"


class PlacedBy(StrEnum):
    """Who named the desk that is asked: each overrules those behind it."""

    DESK = "desk"  # the result lies there
    EXCHANGE = "exchange"
    PREFIX = "prefix"  # of the dossier's code
    HOME = "home"  # nobody: the desk of the citizen's own commune looks for it


class DenialReason(StrEnum):
    """For the desk's own eyes. The page of who asked says one thing for all: a stranger learns nothing from it."""

    NO_SUCH_DOSSIER = "no_such_dossier"
    NOT_THE_OWNER = "not_the_owner"
    HANDED_OVER = "handed_over"  # at the counter, meanwhile
    FOR_SOMEBODY_ELSE = "for_somebody_else"  # another request for this dossier was confirmed


class OwnerMatch(StrEnum):
    """What the exchange's answer comes to, beside what was told in booking."""

    SAME = "same"
    ACCENTS_DIFFER = "accents_differ"
    OTHER = "other"
    NOT_TOLD = "not_told"  # the exchange holds the dossier and says too little of its owner


@dataclass(frozen=True, slots=True)
class OwnerKnown:
    """What the exchange has on file; compared and forgotten."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)


LAST_DIGITS: Final = 4
BY_EXCHANGE: Final = "exchange"  # who decides where no person does


def match_owner(known: OwnerKnown, *, name: str, id_last4: str | None, phone: str | None) -> OwnerMatch:
    """The telephone on file gets every code, and so proves; else the name with the last four digits of the number.

    A name that differs by its accents alone is a clerk's slip as often as another person: somebody looks.
    """
    if phone and _digits(known.phone) == phone:
        return OwnerMatch.SAME
    number = _digits(known.id_number)
    if len(number) < LAST_DIGITS or not known.name.strip():
        return OwnerMatch.NOT_TOLD
    if not id_last4 or number[-LAST_DIGITS:] != id_last4:
        return OwnerMatch.OTHER
    ours, theirs = tidy(name).casefold(), tidy(known.name).casefold()
    if ours == theirs:
        return OwnerMatch.SAME
    return OwnerMatch.ACCENTS_DIFFER if folded(ours) == folded(theirs) else OwnerMatch.OTHER


def _digits(text: str) -> str:
    """Telephones as we keep them begin with 0, wherever they were written with +84."""
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdecimal())
    return f"0{digits[2:]}" if digits.startswith("84") and len(digits) == len("84912345678") else digits


@dataclass(frozen=True, slots=True)
class DecideEntitlement:
    """A desk's word on who asked; `reason` None confirms."""

    dossier_id: UUID
    desk_id: int
    by: str
    now: datetime
    reason: DenialReason | None = None


@dataclass(frozen=True, slots=True)
class ResultHere:
    """A result that lies at a desk, of a dossier that no confirmed visit waits for."""

    code: str
    desk_id: int
    by: str
    now: datetime
