"""Postage by bank transfer: the code that a transfer carries, the QR that fills it in (VietQR), and what may be odd.

The QR is EMVCo's merchant-presented text with NAPAS' account information in field 38 (GUID A000000727).
"""

from __future__ import annotations

import re
import secrets
from binascii import crc_hqx
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXY"  # none that is read as another; 31, a prime: see `_check`
CODE: Final = re.compile(r"TNQ[2-9A-HJ-NP-Y]{9}")  # banks cut, join and lower what they carry: no other sign survives
NAPAS: Final = "A000000727"
TO_ACCOUNT: Final = "QRIBFTTA"
DONG: Final = "704"
WITHOUT_REFERENCE: Final = "sepay-"  # a webhook's line that came without the bank's number
FROM_FILE: Final = "file"
LONGEST_ACCOUNT: Final = 19


class BankOdd(StrEnum):
    """Why a sum could not be booked by itself: a person decides."""

    NO_CODE = "no_code"
    CODE_UNKNOWN = "code_unknown"
    SHORT = "short"
    OVER = "over"
    PAID_ALREADY = "paid_already"
    CALLED_OFF = "called_off"
    OTHER_ACCOUNT = "other_account"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where postage goes. `state_fees`: the contract says that state fees go there, too; else never."""

    bin: str
    number: str
    name: str
    state_fees: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One sum of a statement, however it reached us."""

    source: str
    account: str
    reference: str
    amount: int
    words: str
    booked_at: datetime
    operator_id: str | None = None


def new_code() -> str:
    """`TNQ`, eight letters nobody guesses, and one that a slip of the finger doesn't survive."""
    body = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"TNQ{body}{_check(body)}"


def _check(body: str) -> str:
    """Weights that differ and a prime number of letters: no single letter changed, nor two swapped, leaves it the same."""
    weighed = sum((place + 1) * 3 * LETTERS.index(letter) + place for place, letter in enumerate(body))
    return LETTERS[weighed % len(LETTERS)]


def codes_in(words: str) -> list[str]:
    """Every code of ours in what a payer wrote, each once; banks put letters before and behind it, or blanks between."""
    joined = re.sub(r"[^0-9A-Z]", "", words.upper())
    found = [joined[at : at + 12] for at in range(len(joined)) if CODE.match(joined, at)]
    return list(dict.fromkeys(code for code in found if _check(code[3:11]) == code[11]))


def transfer_qr(account: BankAccount, amount: int, code: str) -> str:
    """The text of a VietQR: account, amount in đồng, what the transfer says."""
    bank = _field("00", account.bin) + _field("01", account.number)
    napas = _field("00", NAPAS) + _field("01", bank) + _field("02", TO_ACCOUNT)
    text = (
        _field("00", "01")
        + _field("01", "12")  # for one payment
        + _field("38", napas)
        + _field("53", DONG)
        + _field("54", str(amount))
        + _field("58", "VN")
        + _field("62", _field("08", code))
        + "6304"
    )
    return f"{text}{crc_hqx(text.encode(), 0xFFFF):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def confirmation_number(year: int, serial: int) -> str:
    return f"CK{year % 100:02d}-{serial:06d}"
