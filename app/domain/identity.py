"""People: phone numbers, staff roles, applicants."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final, NewType

import phonenumbers
from phonenumbers import PhoneNumberType

from app.domain.errors import DomainError


class Role(StrEnum):
    COURIER = "courier"
    COUNTER = "counter"
    DESK_CLERK = "desk_clerk"
    OFFICE_MANAGER = "office_manager"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


class FactorKind(StrEnum):
    """Codes that work once: for the day the authenticator is lost, or printed for who has none."""

    RECOVERY = "recovery"
    CARD = "card"


class ApplicantKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class Channel(StrEnum):
    """How we reach the citizen."""

    SMS = "sms"
    VOICE = "voice"
    HELPER = "helper"
    NONE = "none"


class PhoneProof(StrEnum):
    """How it is known that the telephone of a booking is the citizen's, or who vouched where nobody typed a code."""

    CODE = "code"
    REMEMBERED = "remembered"  # proved before, on this device, which was allowed to remember it
    SIGNED_IN = "signed_in"
    COUNTER = "counter"  # staff asked the questions, face to face
    VILLAGE_HEAD = "village_head"  # staff, on the word of whoever helps the household
    CALL_BACK = "call_back"  # staff called the number back
    PARTNER = "partner"  # a program with a key answers for it
    NONE = "none"  # booked before numbers were proved


BY_CITIZEN: Final = frozenset({PhoneProof.CODE, PhoneProof.REMEMBERED, PhoneProof.SIGNED_IN})
BY_STAFF: Final = frozenset({PhoneProof.COUNTER, PhoneProof.VILLAGE_HEAD, PhoneProof.CALL_BACK})

PhoneNumber = NewType("PhoneNumber", str)
"""A mobile or a landline as it is dialled in Vietnam, from 0; made by `parse_phone` where a form or a message is read, and
taken as it is from there on."""

_OF_A_PERSON: Final = frozenset(
    {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE}
)  # not 1900…, which costs who calls
_FROM_ABROAD: Final = re.compile(r"^(?:\+84|0084|84(?=0?[1-9][0-9]{8,9}$))0?")
_BETWEEN: Final = re.compile(r"[\s.\-()/]")
_LOOKS_LIKE: Final = str.maketrans("oO", "00")


def parse_phone(text: str, field: str = "phone") -> PhoneNumber:
    """The number as it is dialled here, however it is written. Raise `phone_malformed` at `field` where none is.

    Understood: 84…, +84 (0)…, 0084…, blanks, dots, digits of full width, the letter O for a nought. Which numbers exist,
    libphonenumber knows.
    """
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_LOOKS_LIKE)
    digits = _FROM_ABROAD.sub("0", digits)
    if not (digits.isascii() and digits.isdecimal() and digits.startswith("0") and _exists(digits)):
        raise DomainError("phone_malformed", kind="invalid", field=field)
    return PhoneNumber(digits)


def _exists(digits: str) -> bool:
    try:
        number = phonenumbers.parse(digits, "VN")
    except phonenumbers.NumberParseException:
        return False
    return number.country_code == 84 and phonenumbers.number_type(number) in _OF_A_PERSON  # noqa: PLR2004 (ours)


def is_landline(phone: PhoneNumber | str) -> bool:
    """Nothing can be written to it: whoever has it is called."""
    return phone.startswith("02")


_ATOM = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"  # RFC 5321, without the "?" of an encoded word (RFC 2047)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP}")
LONGEST_ADDRESS = 254  # RFC 5321


def parse_address(text: str, field: str) -> str | None:
    """An address of e-mail as every server takes it, in ASCII without quotes; blank: none.

    Raises `address_malformed` at `field`.
    """
    given = text.strip()
    if given and (len(given) > LONGEST_ADDRESS or _ADDRESS.fullmatch(given) is None):
        raise DomainError("address_malformed", kind="invalid", field=field)
    return given or None


def is_address(recipient: str) -> bool:
    """Is this written to by e-mail? Everybody else is written to by telephone."""
    return "@" in recipient


_LINE = re.compile(r"0[1-9][0-9]{8,9}|1[89]00[0-9]{4,6}")  # a mobile, a landline with its area, a number of services


def parse_line(text: str, field: str) -> str:
    """The telephone of an office, as it is dialled; blank: it has none. Raises `line_malformed` at `field`."""
    digits = re.sub(r"[\s.\-()]", "", text)
    digits = re.sub(r"^(\+84|0084)", "0", digits)
    if digits and _LINE.fullmatch(digits) is None:
        raise DomainError("line_malformed", kind="invalid", field=field)
    return digits


def masked_phone(phone: str) -> str:
    """The last three digits are enough to recognise one's own number."""
    return "*" * max(0, len(phone) - 3) + phone[-3:]
