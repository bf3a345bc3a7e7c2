"""A real server of SMTP on loopback that remembers letters, and refuses as a test says."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's: it writes down who gets letters, and ours never do
USER, PASSWORD = "tan-nha", "not-a-password"


@dataclass
class PostBox:
    """`refusal` is what the server answers to the recipient, `at_the_end` to the whole letter."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refusal: str | None = None
    at_the_end: str | None = None
    port: int = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.refusal is not None:
            return self.refusal
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (as above)
        del server, session
        if self.at_the_end is not None:
            return self.at_the_end
        content = cast("bytes", envelope.content)
        self.letters.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth: object) -> AuthResult:
    known = isinstance(auth, LoginPassword) and (auth.login, auth.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


def free_port() -> int:
    """The controller connects to the port that it was told: it can't be told to choose one."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def post_office(tls: ssl.SSLContext | None, *, starttls: bool = False, known: bool = False) -> Iterator[PostBox]:
    """`known`: only whoever signs in may send; behind `starttls`, as aiosmtpd wants it."""
    box = PostBox()
    first = None if starttls else tls
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=first,
        tls_context=tls if starttls else None,
        require_starttls=starttls,
        auth_required=known,
        authenticator=_knows if known else None,
    )
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()
