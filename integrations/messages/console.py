"""The console side: messages lie in a file that a person at the demo reads; nothing leaves the machine."""

from __future__ import annotations

import logging
import os
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from integrations.messages.channel import AnyText, Callback, MessageTaken, OutgoingMessage, masked
from integrations.messages.text import segments

log = logging.getLogger(__name__)


class Console(AnyText):
    """Append messages to `outbox` (0600), and say on `stream` (the demo passes stdout) that one came.

    Neither the stream nor the log holds the text, which may hold a code: whatever a program prints ends in somebody's log.
    """

    name = "console"
    drops_repeats = True
    reports = False

    def __init__(self, stream: TextIO | None = None, outbox: Path | None = None) -> None:
        self._stream = stream
        self._outbox = outbox
        self._shown: set[str] = set()

    def send(self, message: OutgoingMessage) -> MessageTaken:
        taken = MessageTaken(f"console-{message.reference}")
        if message.reference in self._shown:
            return taken
        if self._outbox is not None:
            _append(self._outbox, f"[SMS → {masked(message.to)}] {message.text}\n")
        if self._stream is not None:
            where = f": its text is in {self._outbox}" if self._outbox is not None else ""
            self._stream.write(f"[SMS → {masked(message.to)}]{where}\n")
            self._stream.flush()
        cost = segments(message.text)
        log.info("sms %s to %s: %d segment(s)", message.reference, masked(message.to), cost.count)
        self._shown.add(message.reference)
        return taken

    def state(self, operator_id: str) -> None:
        """Whoever reads the file sees it."""

    def read_callback(self, callback: Callback) -> None:
        """Nobody reports."""

    def balance(self) -> None:
        """It costs nothing."""


def rotate(outbox: Path, today: date, keep_days: int) -> int:
    """Put the messages so far aside under today's name, and delete what was put aside longer ago; how many files went."""
    if outbox.exists():
        outbox.rename(outbox.with_name(f"{outbox.name}.{today.isoformat()}"))
    oldest = f"{outbox.name}.{(today - timedelta(days=keep_days)).isoformat()}"
    over = [path for path in outbox.parent.glob(f"{outbox.name}.????-??-??") if path.name < oldest]
    for path in over:
        path.unlink()
    return len(over)


def _append(path: Path, line: str) -> None:
    """In one write, so that the lines of two workers do not mix."""
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)
