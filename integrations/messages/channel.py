"""A message to a citizen, what an operator may answer, and the interface that every operator's adapter satisfies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Final, Protocol

from integrations.errors import BadAnswer, Rejected, Unavailable

PHONE: Final = re.compile(r"\+?\d{8,15}")
ADDRESS: Final = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")  # of e-mail: one of it, and no second header behind it
THEIR_FAULT: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
"""What a refusal of this one message looks like; any other 4xx is a fault of the settings, and no message is given up for it."""
UNREADABLE: Final = "unreadable"
AWAY: Final = "away"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One text to one telephone, one address of e-mail, or one browser. `reference` is ours: the same again is the same message.

    `template` and `params` say the same as `text`, for operators that fill in registered templates themselves;
    `report_to` is the address to which this operator may report what became of it. `text`, `to` and `params` never reach
    a repr, because reprs reach logs and the text may hold a code.
    """

    reference: str
    to: str
    text: str
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    report_to: str | None = None

    def __post_init__(self) -> None:
        if not (PHONE.fullmatch(re.sub(r"[\s.\-]", "", self.to)) or ADDRESS.fullmatch(self.to) or is_browser(self.to)):
            raise ValueError("to: neither a telephone number nor an address of e-mail, nor a browser's")
        if not self.text.strip():
            raise ValueError("text: a message needs words")

    def __repr__(self) -> str:
        return f"OutgoingMessage(reference={self.reference!r}, to={masked(self.to)!r})"


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of what was paid: đồng, or messages."""

    left: int
    unit: str


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """The operator has it: not that it arrived. `operator_id` is its own, None where it tells none; `left`: to pay with,
    where each answer says so."""

    operator_id: str | None = None
    left: Balance | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: ask again, not before `after_s`. `unsure`: it may have been taken all the same, for the answer was lost."""

    code: str
    after_s: int | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Never:
    """The same message will always be refused."""

    code: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """This person can't be reached over this channel; another one may."""

    code: str


Outcome = MessageTaken | Later | Never | Elsewhere


class Arrival(StrEnum):
    """What an operator tells of a message that it took."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """One word of an operator on one message, which it names by its own id or by our reference; ids are text."""

    arrival: Arrival
    operator_id: str | None = None
    reference: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A request of an operator to us, as it came; names of `headers` in lower case."""

    raw: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Forged(Exception):
    """A callback that does not prove whose it is."""


class MessageChannel(Protocol):
    """Whoever takes messages. `send` returns an answer and raises nothing of the network's."""

    @property
    def name(self) -> str:
        """As the links file names it."""
        ...

    @property
    def drops_repeats(self) -> bool:
        """Does the operator send nothing when it is given the same reference again?"""
        ...

    @property
    def reports(self) -> bool:
        """Does it tell what became of a message?"""
        ...

    @property
    def signs(self) -> bool:
        """Do its reports prove whose they are?"""
        ...

    @property
    def tells_credit(self) -> bool:
        """Can it be asked what is left to pay with?"""
        ...

    def carries(self, template: str) -> bool:
        """Can it say what is worded by this template? "" is one without parameters."""
        ...

    def send(self, message: OutgoingMessage) -> Outcome:
        """Hand over one message."""
        ...

    def state(self, operator_id: str) -> Report | None:
        """Ask what became of a message; None: no news, or nobody can be asked. Raises `IntegrationError`."""
        ...

    def read_callback(self, callback: Callback) -> Report | None:
        """Read what the operator reports; None: it is about no message. Raises `Forged` and `BadAnswer`."""
        ...

    def balance(self) -> Balance | None:
        """What is left; None: it does not say. Raises `IntegrationError`."""
        ...


class AnyText:
    """A channel that carries whatever is worded; nothing but the address proves whose its reports are."""

    signs = False
    tells_credit = False

    def carries(self, template: str) -> bool:
        del template
        return True


def asked(call: Callable[[], Outcome]) -> Outcome:
    """The answer of `call`; what the network or a broken answer did to it is an outcome, too."""
    try:
        return call()
    except Unavailable as error:
        code = f"http {error.status}" if error.status else AWAY
        return Later(code, error.retry_after_s, unsure=error.unsure)
    except BadAnswer as error:
        return Later(f"http {error.status}") if error.status else Later(UNREADABLE, unsure=True)
    except Rejected as error:
        code = f"http {error.status}" if error.status else str(error.code)
        return Never(code) if error.status in THEIR_FAULT else Later(code)


def is_browser(to: str) -> bool:
    """Is it the address by which a push service knows one browser? Whoever has it can be told notices."""
    return to.startswith(("https://", "http://"))


def masked(phone: str) -> str:
    """Return a telephone number that tells two apart but calls nobody: "0900 000 123" becomes "•••123".

    "•••@" is an address of e-mail, "•••/" a browser.
    """
    if is_browser(phone):
        return "•••/"
    if "@" in phone:
        return "•••@"
    digits = re.sub(r"\D", "", phone)
    return "•••" + digits[-3:]


def from_abroad(phone: str) -> str:
    """Return a number as 84…, the form of operators that know no leading nought."""
    digits = re.sub(r"\D", "", phone)
    return "84" + digits[1:] if digits.startswith("0") else digits
