"""A parcel: one sealed envelope with an S10 code, and the papers inside."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from app.domain.errors import DomainError
from app.domain.typed_code import plain, readings


class ParcelPurpose(StrEnum):
    DOSSIER = "dossier"
    RESULT = "result"
    PAPERS_DUE = "papers_due"
    SUPPLEMENT = "supplement"  # what the dossier lacked, fetched by a visit of its own
    GIVE_BACK = "give_back"
    TRANSFER = "transfer"


def taken_at_door(only_lines: Collection[int] | None) -> ParcelPurpose:
    """What a collection seals: the dossier, or what it lacks, where the visit was booked for these lines alone."""
    return ParcelPurpose.DOSSIER if only_lines is None else ParcelPurpose.SUPPLEMENT


class PaperForm(StrEnum):
    ORIGINAL = "original"
    CERTIFIED = "certified"
    COPY = "copy"


class PaperState(StrEnum):
    IN_PARCEL = "in_parcel"
    TAKEN_OUT = "taken_out"
    RETURNED = "returned"
    MISSING = "missing"


_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10 = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")  # \d would take digits of other scripts
MOST_PIECES = 6  # Mã: RT 473 124 829 VN
_SEAL = re.compile(r"[A-Z0-9]{6,20}")


def s10_check_digit(serial: int) -> int:
    """The check digit of UPU standard S10 (weights 8 6 4 2 3 5 9 7, modulo 11)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, f"{serial:08d}", strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def s10(serial: int, service: str = "RT", country: str = "VN") -> str:
    """Write serial 0–99,999,999 as an S10 item code, e.g. `RT473124829VN`."""
    return f"{service}{serial:08d}{s10_check_digit(serial)}{country}"


def parse_s10(text: str) -> str:
    """Return the code in capitals without blanks; raise `parcel_code_malformed` when it is none, or its digit is wrong."""
    code = read_s10(text)
    if code is None:
        raise DomainError("parcel_code_malformed", kind="invalid", field="parcel_code", given=text[:30])
    return code


def read_s10(text: str) -> str | None:
    """As `parse_s10`; None also where a letter of a Vietnamese keyboard may stand for either of two."""
    codes = [reading for reading in readings(text) if _is_s10(reading)]
    return codes[0] if len(codes) == 1 else None


def _is_s10(code: str) -> bool:
    match = _S10.fullmatch(code)
    return match is not None and s10_check_digit(int(match[2])) == int(match[3])


def split_codes(text: str) -> list[str]:
    """Of a field that holds many: a line each, or with commas or blanks between; a code may have blanks of its own.

    What is no code stays as it was typed, for whoever has to be told of it.
    """
    codes: list[str] = []
    for line in re.split(r"[\r\n,;]+", text):
        words = line.upper().split()
        while words:
            read = ((width, read_s10(" ".join(words[:width]))) for width in range(1, MOST_PIECES + 1))
            width, code = next(((width, code) for width, code in read if code), (1, words[0]))
            codes.append(code)
            words = words[width:]
    return codes


def parse_seal(text: str) -> str:
    """Return a seal number in capitals; raise `seal_number_malformed` unless 6–20 letters and digits."""
    number = plain(text)
    if _SEAL.fullmatch(number) is None:
        raise DomainError("seal_number_malformed", kind="invalid", field="seal_number", given=text[:30])
    return number
