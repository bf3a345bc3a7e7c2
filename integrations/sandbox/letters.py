"""A server of SMTP (RFC 5321) that takes letters to citizens: what it took is read on the telephones' page.

On loopback and in the clear, as a server in the same machine is; it signs nobody in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Final, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar

from integrations.sandbox.faults import LETTER_LATER, NO_SUCH_BOX, FaultInjector
from integrations.sandbox.state import StateFile, count
from integrations.sandbox.world import LOCAL

OPERATOR: Final = "email"
TAKEN: Final = "250 2.0.0 OK"
UNKNOWN: Final = "550 5.1.1 No such box here"
LATER: Final = "451 4.3.0 Try again later"
UNREADABLE: Final = "554 5.6.0 The letter can't be read"

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's: its lines hold who gets letters


class LetterBox:
    """What a server does with a letter, as aiosmtpd asks it."""

    def __init__(self, state: StateFile, faults: FaultInjector, clock: Callable[[], datetime]) -> None:
        self.state, self.faults, self.clock = state, faults, clock

    def open(self, port: int) -> Controller:
        """Listen; whoever opened it stops it."""
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        return controller

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.faults.strikes(NO_SUCH_BOX):
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (as above)
        del server, session
        if self.faults.strikes(LETTER_LATER):
            return LATER
        letter = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        try:
            text, entry = _text(letter), _entry(letter)
        except (ValueError, KeyError, LookupError):
            return UNREADABLE
        if not letter["Message-ID"] or not text:
            return UNREADABLE
        with self.state.open() as db:
            for address in envelope.rcpt_tos:
                number = f"letter-{count(db, 'letter')}"
                at = self.clock().astimezone(LOCAL).isoformat()
                db.execute(
                    "insert into sms (id, operator, phone, text, reference, at, state) values (?, ?, ?, ?, ?, ?, 'delivered')",
                    (number, OPERATOR, address, text, letter["Message-ID"], at),
                )
                db.execute(
                    "insert into letter (id, subject, method, starts_at, ends_at) values (?, ?, ?, ?, ?)",
                    (number, str(letter["Subject"] or ""), *(entry or (None, None, None))),
                )
        return TAKEN


def _text(letter: EmailMessage) -> str:
    body: Any = letter.get_body(preferencelist=("plain",))
    return str(body.get_content()).strip() if body is not None else ""


def _entry(letter: EmailMessage) -> tuple[str, str, str] | None:
    """Of a calendar (RFC 5545) in the letter: what is to be done with its one event, and from when to when it lasts."""
    parts: list[Any] = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    (part,) = parts
    calendar: Any = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    starts, ends = (event.decoded(name).astimezone(LOCAL).isoformat() for name in ("dtstart", "dtend"))
    return str(calendar["METHOD"]), starts, ends
