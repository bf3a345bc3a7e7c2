"""Money in a courier's hands: two purses that are never one number, and what a difference may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any, Final, NamedTuple

from app.domain.countersigning import SignedBy
from app.domain.tariff import ChargeKind

MOST_GUESSED: Final = 3  # receipts that together make a difference: more of them are a coincidence
MOST_LOOKED_AT: Final = 60


class Purse(StrEnum):
    """Whose the money is: the post's, or the state's, for which the post takes it in."""

    POSTAGE = "postage"
    STATE_FEE = "state_fee"


PURSE_OF: Final[Mapping[ChargeKind, Purse]] = {
    ChargeKind.POSTAGE: Purse.POSTAGE,
    ChargeKind.REMITTANCE: Purse.POSTAGE,  # what the post takes for passing a fee on is its own
    ChargeKind.STATE_FEE: Purse.STATE_FEE,
}


class CashReason(StrEnum):
    """Why a hand-in is not what the receipts say, or a row is put right: words of a list, so that they can name nobody."""

    RECEIPT_TO_COME = "receipt_to_come"  # the phone has not told of it yet
    TAKEN_TWICE = "taken_twice"  # two receipts for one payment
    SHORT = "short"  # the courier owes it
    OVER = "over"  # nobody knows whose it is
    WRONG_COUNT = "wrong_count"
    WRONG_DAY = "wrong_day"


class PaidTo(StrEnum):
    """Where the post passes state fees on."""

    DESK = "desk"
    TREASURY = "treasury"


class Signed(StrEnum):
    """How the courier has said the same as the counter."""

    ON_PHONE = "on_phone"  # what his phone told at the end of the run
    ON_SCREEN = "on_screen"  # his own account, at the counter
    BY_KEY = "by_key"  # his own phone, with its own key, what the counter's screen says
    ONE_PERSON = "one_person"  # nobody else works there: looked at from afar, with the day's book


BY_HAND: Final[Mapping[SignedBy | None, Signed]] = {
    SignedBy.PHONE: Signed.BY_KEY,
    SignedBy.ONE_PERSON: Signed.ONE_PERSON,
}
"""By which hand the courier's side of a hand-in was signed; any other is the own account, at the counter."""


@dataclass(frozen=True, slots=True)
class Cash:
    """Integer đồng, a purse a number."""

    postage: int = 0
    state_fee: int = 0

    @property
    def total(self) -> int:
        return self.postage + self.state_fee

    def __add__(self, other: Cash) -> Cash:
        return Cash(self.postage + other.postage, self.state_fee + other.state_fee)

    def __sub__(self, other: Cash) -> Cash:
        return Cash(self.postage - other.postage, self.state_fee - other.state_fee)

    def __bool__(self) -> bool:
        return bool(self.postage or self.state_fee)


NOTHING: Final = Cash()


def cash_of(parts: Iterable[Mapping[str, Any]]) -> Cash:
    """The parts of a receipt, as they are stored, by purse."""
    cash = NOTHING
    for part in parts:
        cash += Cash(**{PURSE_OF[ChargeKind(part["kind"])].value: part["amount"]})
    return cash


def total_of(amounts: Iterable[Cash]) -> Cash:
    return sum(amounts, NOTHING)


class Numbered(NamedTuple):
    number: str
    cash: Cash


def may_be(difference: Cash, receipts: Sequence[Numbered]) -> tuple[str, ...]:
    """The fewest receipts whose money is exactly what is missing; else those that fit each purse by itself.

    None where nothing is missing, or nothing fits.
    """
    whole = _fewest(difference, receipts)
    if whole:
        return whole
    postage = _fewest(Cash(difference.postage), [Numbered(one.number, Cash(one.cash.postage)) for one in receipts])
    fees = [Numbered(one.number, Cash(0, one.cash.state_fee)) for one in receipts]
    return tuple(dict.fromkeys((*postage, *_fewest(Cash(0, difference.state_fee), fees))))


def _fewest(difference: Cash, receipts: Sequence[Numbered]) -> tuple[str, ...]:
    if not difference:
        return ()
    looked_at = [one for one in receipts if one.cash][:MOST_LOOKED_AT]
    for size in range(1, MOST_GUESSED + 1):
        for chosen in combinations(looked_at, size):
            if total_of(one.cash for one in chosen) == difference:
                return tuple(one.number for one in chosen)
    return ()
