"""The console side: messages appear on a stream that a person at the demo reads; nothing leaves the machine."""

from __future__ import annotations

import logging
from typing import TextIO

from integrations.sms.message import SentSms, SmsMessage, masked, receipt
from integrations.sms.text import segments

log = logging.getLogger(__name__)


class ConsoleSms:
    """Write messages to `stream` (the demo passes stdout); without one only their existence is logged.

    The log line holds reference, last three digits and segments: never the text, which may hold a code.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._sent: dict[str, SentSms] = {}

    def send(self, message: SmsMessage) -> SentSms:
        if message.reference in self._sent:
            return self._sent[message.reference]
        sent = receipt(message, f"console-{message.reference}")
        if self._stream is not None:
            self._stream.write(f"[SMS → {masked(message.to)}] {message.text}\n")
            self._stream.flush()
        cost = segments(message.text)
        log.info("sms %s to %s: %d segment(s)", message.reference, masked(message.to), cost.count)
        self._sent[message.reference] = sent
        return sent
