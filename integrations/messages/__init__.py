"""Messages to citizens: what one is, what it costs, and who sends it. An adapter is imported from its own module."""

from integrations.messages.channel import (
    AnyText,
    Arrival,
    Balance,
    Callback,
    Elsewhere,
    Forged,
    Later,
    MessageChannel,
    MessageTaken,
    Never,
    Outcome,
    OutgoingMessage,
    Report,
    masked,
)
from integrations.messages.console import Console, rotate
from integrations.messages.short import ShortSms, SmsForm
from integrations.messages.text import Segments, segments, unaccented

__all__ = [
    "AnyText",
    "Arrival",
    "Balance",
    "Callback",
    "Console",
    "Elsewhere",
    "Forged",
    "Later",
    "MessageChannel",
    "MessageTaken",
    "Never",
    "Outcome",
    "OutgoingMessage",
    "Report",
    "Segments",
    "ShortSms",
    "SmsForm",
    "masked",
    "rotate",
    "segments",
    "unaccented",
]
