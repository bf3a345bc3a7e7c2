"""People: phone numbers, staff roles, applicants."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NewType

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


PhoneNumber = NewType("PhoneNumber", str)
"""Ten digits from 0, made by `parse_phone` where a form or a message is read, and taken as they are from there on."""

_MOBILE = re.compile(r"0[1-9][0-9]{8}")  # 00 begins a number abroad


def parse_phone(text: str, field: str = "phone") -> PhoneNumber:
    """Return ten digits from 0; accept +84, blanks, dots. Raise `phone_malformed` at `field` otherwise."""
    digits = re.sub(r"[\s.\-()]", "", text)
    digits = re.sub(r"^(\+84|0084)", "0", digits)
    if _MOBILE.fullmatch(digits) is None:
        raise DomainError("phone_malformed", kind="invalid", field=field)
    return PhoneNumber(digits)


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
