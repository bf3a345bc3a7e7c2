"""Words of the environment, read: what is malformed is said in one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

MOST_PORTS = 65_535
STATE_FEE_URL: Final = "https://dichvucong.gov.vn/"  # the national portal, where state fees are paid
LINE: Final = re.compile(r"(?:1[89]00\d{4,6}|0\d{9,10})")
LETTERS_OF_32_BYTES: Final = 43  # in base64; hex has 64
DIFFERENT_LETTERS: Final = 10
OF_A_CODE: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[^\s\"<>{}]*\{code\}[^\s\"<>{}]*")


class SettingsError(Exception):
    """A setting is missing or malformed; the message names it and says what to write instead."""


def integer(name: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not low <= int(text) <= high:
        raise SettingsError(
            f"{name}={text!r} is not a whole number from {low} to {high}: correct it or leave it unset."
        )
    return int(text)


def flag(name: str, text: str) -> bool:
    if text not in {"0", "1"}:
        raise SettingsError(f"{name}={text!r} is neither 0 nor 1.")
    return text == "1"


def day(name: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"{name}={text!r} is not a day such as 2027-01-15: correct it or leave it unset.") from None


def one_of(name: str, text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise SettingsError(f"{name}={text!r} is unknown: write {', '.join(known)}, or leave it unset.")
    return text


def listening(name: str, text: str | None) -> tuple[str, int] | None:
    """`127.0.0.1:9464` or `[::1]:9464`: an address of this machine and a port."""
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not 1 <= int(port) <= MOST_PORTS:
        raise SettingsError(f"{name}={text!r} is no address such as 127.0.0.1:9464: correct it or leave it unset.")
    return host.strip("[]"), int(port)


def secure_address(name: str, text: str) -> str:
    if re.fullmatch(r"https://[^\s\"'<>@]+", text) is None:
        raise SettingsError(f"{name}={text!r} is no address such as https://portal.example/pay: correct it.")
    return text


def telephone(name: str, text: str | None) -> str | None:
    """`1900 54 54 81`, `(0269) 3 123 456`: as it is dialled, without blanks."""
    if text is None:
        return None
    digits = re.sub(r"[\s.\-()]", "", text)
    if LINE.fullmatch(digits) is None:
        raise SettingsError(f"{name}={text!r} is no telephone such as 1900 1234 or 0269 3 123 456: correct it.")
    return digits


def check_floor(name: str, secret: str | None) -> None:
    """Text of 32 random bytes at least: 43 letters of base64, 64 of hex, and not the same few of them again and again."""
    if secret and (len(secret) < LETTERS_OF_32_BYTES or len(set(secret)) < DIFFERENT_LETTERS):
        raise SettingsError(
            f"{name} can be guessed: write 32 random bytes, for example what `openssl rand -hex 32` prints."
        )


def page_of_code(name: str, text: str | None) -> str | None:
    """The address of an official page of a procedure, its code written as `{code}`."""
    if text is not None and OF_A_CODE.fullmatch(text) is None:
        raise SettingsError(f"{name}={text!r} is no address such as https://example.vn/procedure?code={{code}}.")
    return text
