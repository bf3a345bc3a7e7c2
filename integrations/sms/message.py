"""A short message, the receipt for it, and the interface that every operator satisfies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from integrations.sms.text import segments

PHONE: Final = re.compile(r"\+?\d{8,15}")


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One text to one telephone; `reference` is ours, so that an operator can drop a second copy.

    `text` and `to` never reach a repr, because reprs reach logs and the text may hold a code.
    """

    reference: str
    to: str
    text: str

    def __post_init__(self) -> None:
        if not PHONE.fullmatch(re.sub(r"[\s.\-]", "", self.to)):
            raise ValueError("to: not a telephone number")
        if not self.text.strip():
            raise ValueError("text: a message needs words")

    def __repr__(self) -> str:
        return f"SmsMessage(reference={self.reference!r}, to={masked(self.to)!r})"


@dataclass(frozen=True, slots=True)
class SentSms:
    """An operator's receipt: its own id for the message and the segments it charges."""

    reference: str
    operator_id: str
    segments: int


class SmsSender(Protocol):
    """Whoever takes messages; raises integrations.errors and nothing else."""

    def send(self, message: SmsMessage) -> SentSms:
        """Hand over one message and return its receipt; the same reference twice is one message."""
        ...


def masked(phone: str) -> str:
    """Return a telephone number that tells two apart but calls nobody: "0900 000 123" becomes "•••123"."""
    digits = re.sub(r"\D", "", phone)
    return "•••" + digits[-3:]


def receipt(message: SmsMessage, operator_id: str) -> SentSms:
    """Return the receipt for a message whose operator reports no segments of its own."""
    return SentSms(message.reference, operator_id, segments(message.text).count)
