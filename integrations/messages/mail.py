"""E-mail by SMTP (RFC 5321) over TLS: a plain and an HTML part, and a calendar entry (RFC 5545) where a time is named."""

from __future__ import annotations

import html
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final, Literal

from icalendar import Calendar, Event, vCalAddress

from integrations.calls import calling
from integrations.errors import IntegrationError, Rejected, Unavailable
from integrations.messages.channel import AWAY, AnyText, Later, MessageTaken, Never, Outcome, OutgoingMessage

Security = Literal["tls", "starttls", "none"]
"""From the first byte (port 465), by STARTTLS (587), or not at all: a server in the same machine, never in production."""

WITHDRAWN: Final = "withdrawn"
FOR_GOOD: Final = frozenset({550, 551, 552, 553})
"""No such box, not local, too large, name not allowed: this letter, not our account."""
SERVICE: Final = "email"
FIRST_REFUSAL: Final = 500
NO_SUCH_NAME: Final = 501  # of a recipient: the server can't read it


@dataclass(frozen=True, slots=True)
class MailServer:
    """`user` "" signs in nowhere. `timeout_s` bounds each wait."""

    host: str
    port: int
    sender: str
    security: Security = "tls"
    user: str = ""
    password: Callable[[], str] = str
    ca_file: Path | None = None
    timeout_s: float = 10.0

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)


class Mail(AnyText):
    """One letter a message. Whether it is read nobody tells."""

    name = SERVICE
    drops_repeats = False
    reports = False

    def __init__(self, server: MailServer, clock: Callable[[], datetime]) -> None:
        self._server, self._clock = server, clock

    def send(self, message: OutgoingMessage) -> Outcome:
        letter = letter_of(message, self._server.sender, self._clock())
        if not _names(letter, message.to):
            return Never("address")
        taken = MessageTaken(letter["Message-ID"])
        answer: Outcome = Later(AWAY)
        try:
            with _watched(), self._connected() as smtp:
                if self._server.user:
                    smtp.login(self._server.user, self._server.password())
                answer = Later(AWAY, unsure=True)
                smtp.send_message(letter, to_addrs=[message.to])
                answer = taken
        except smtplib.SMTPRecipientsRefused as error:
            ((code, _said),) = error.recipients.values()
            answer = Never(f"smtp {code}") if code == NO_SUCH_NAME else _refused(code)
        except smtplib.SMTPDataError as error:
            answer = _refused(error.smtp_code)
        except smtplib.SMTPResponseException as error:  # our account, or the address that we send from
            answer = answer if answer is taken else Later(f"smtp {error.smtp_code}")
        except smtplib.SMTPNotSupportedError:
            answer = Later("smtp no tls")
        except (OSError, smtplib.SMTPException):
            pass  # `answer` says how far it came
        return answer

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_s, context=server.tls)
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        if server.security == "starttls":
            try:
                smtp.starttls(context=server.tls)
            except BaseException:
                smtp.close()
                raise
        return smtp

    def state(self, operator_id: str) -> None:
        """Nobody tells."""

    def read_callback(self, callback: object) -> None:
        """Nobody reports."""

    def balance(self) -> None:
        """It costs nothing."""


@contextmanager
def _watched() -> Iterator[None]:
    """Around one delivery: whoever watches is told of SMTP's answers in the words of every other call."""
    fault: Exception | None = None
    try:
        with calling(SERVICE):
            try:
                yield
            except (OSError, smtplib.SMTPException) as error:
                fault = error
                raise _in_our_words(error) from None
    except IntegrationError as told:
        raise (fault or told) from None


def _in_our_words(error: Exception) -> IntegrationError:
    """4xx comes right by itself, 5xx does not; an answer that is none is nobody's refusal."""
    codes = (
        [code for code, _said in error.recipients.values()] if isinstance(error, smtplib.SMTPRecipientsRefused) else []
    )
    if isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    refused = bool(codes) and min(codes) >= FIRST_REFUSAL
    return Rejected(SERVICE, f"smtp {codes[0]}") if refused else Unavailable(SERVICE, type(error).__name__)


def letter_of(message: OutgoingMessage, sender: str, now: datetime) -> EmailMessage:
    """The whole letter; `starts_at` and `ends_at` among the parameters (ISO 8601) become a calendar entry."""
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, message.to
    letter["Subject"] = f"Tận Nhà: {message.params.get('reference', '')}".rstrip(": ")
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{message.reference}@{sender.rpartition('@')[2].rstrip('>')}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody answers that they are on leave
    letter.set_content(message.text)
    letter.add_alternative(_html(message.text, message.params.get("link", "")), subtype="html")
    if "starts_at" in message.params:
        method = "CANCEL" if message.params.get("entry") == WITHDRAWN else "PUBLISH"
        letter.add_attachment(
            _entry(message, sender, method, now),
            maintype="text",
            subtype="calendar",
            filename="lich-hen.ics",
            params={"charset": "utf-8", "method": method},  # RFC 6047 2.4: without them it is a file of US-ASCII
        )
    return letter


def _names(letter: EmailMessage, to: str) -> bool:
    """Does the letter name the one whom we write to? `a(b)@c.example` is read as a letter to `a`."""
    read = letter["To"]
    return to.isascii() and not read.defects and [one.addr_spec for one in read.addresses] == [to]


def _html(text: str, link: str) -> str:
    words = html.escape(text)
    if link:
        target = html.escape(link)
        words = words.replace(target, f'<a href="{target}">{target}</a>')
    return f'<!doctype html><html><body><p style="font:16px/1.5 sans-serif">{words}</p></body></html>'


def _entry(message: OutgoingMessage, sender: str, method: str, now: datetime) -> bytes:
    """One visit has one entry: told again it moves, withdrawn it goes. Whoever publishes is named (RFC 5546 3.2.1)."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Tan Nha//VI")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event.add("uid", message.params.get("visit") or message.reference)
    event.add("sequence", int(message.params.get("revision", "0")))
    event.add("organizer", vCalAddress(f"mailto:{parseaddr(sender)[1]}"))
    event.add("dtstamp", now)
    event.add("dtstart", _moment(message.params["starts_at"]))
    event.add("dtend", _moment(message.params["ends_at"]))
    event.add("summary", f"Tận Nhà: {message.params.get('reference', '')}")
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _moment(text: str) -> datetime:
    """In UTC: an offset without a name would be written as no zone at all."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _refused(code: int) -> Outcome:
    return Never(f"smtp {code}") if code in FOR_GOOD else Later(f"smtp {code}")
