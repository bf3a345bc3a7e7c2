"""Who carries messages to citizens: the operators that the links file names, or the console of a demonstration."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from app.clock import make_clock
from app.config import SMS_OPERATORS, Settings, SettingsError, private_folder
from app.domain.commands import AllowedBrowser
from app.domain.errors import DomainError
from app.domain.sending import EMAIL, LINK, PUSH, OperatorWord, SendingState
from app.gateways.link_parts import MessageLink, caller
from app.gateways.links_file import links_file
from app.gateways.message_links import (
    ZNS,
    EmailLink,
    EsmsLink,
    GatewayLink,
    SmsLink,
    SpeedSmsLink,
    ZnsLink,
)
from app.gateways.notices import PushLink, known_browser, newest_public, push_channel
from integrations.errors import BadAnswer
from integrations.messages import Callback, Console, Forged, MessageChannel, Report, ShortSms, SmsForm, rotate

log = logging.getLogger(__name__)
CONSOLE: Final = "console"


def channels(settings: Settings) -> tuple[MessageChannel, ...]:
    """Who is asked to carry a message, in this order; one of each a process.

    Raises SettingsError: an operator that the file does not describe, several with nobody choosing, none in production.
    """
    name, joined = sms_operator(settings), links_file(settings).messages
    first = tuple(_joined(settings, one, joined[one]) for one in (EMAIL, PUSH, ZNS) if one in joined)
    return (*first, _console(settings) if name == CONSOLE else _channel(name, joined[name]))


def channel(settings: Settings, name: str) -> MessageChannel | None:
    """The operator of this name, whether or not it is asked to carry new messages; None: not joined."""
    if name == CONSOLE:
        return _console(settings)
    link = links_file(settings).messages.get(name)
    return None if link is None else _joined(settings, name, link)


def sends_mail(settings: Settings) -> bool:
    """May a citizen be asked for an address of e-mail? Not while the file of links can't be read: booking goes on."""
    try:
        return EMAIL in links_file(settings).messages
    except SettingsError as error:
        log.warning("no address of e-mail is asked for: %s", error)
        return False


def push_key(settings: Settings) -> str | None:
    """The public key that a browser is given to allow notices of us alone; None: nobody sends notices, or not just now."""
    try:
        link = links_file(settings).messages.get(PUSH)
        return newest_public(link) if isinstance(link, PushLink) else None
    except SettingsError as error:
        log.warning("nobody is asked to allow notices: %s", error)
        return None


def allowed_browser(settings: Settings, told: object) -> AllowedBrowser:
    """A browser that allowed notices, as it told of itself. Raises `browser_unknown`."""
    link = links_file(settings).messages.get(PUSH)
    if not isinstance(link, PushLink):
        raise DomainError("browser_unknown", kind="invalid")
    return known_browser(link, told, plain=not settings.production and bool(link.hosts))


def _joined(settings: Settings, name: str, link: MessageLink) -> MessageChannel:
    if isinstance(link, EmailLink):
        return _mail(settings, link)
    if isinstance(link, PushLink):
        return push_channel(link, anywhere=not settings.production)
    return _channel(name, link)


def signs_reports(settings: Settings, name: str) -> bool:
    """Does this operator prove by a signature that a report is its own?"""
    operator = channel(settings, name)
    return operator is not None and operator.signs


def report_of(
    settings: Settings, name: str, raw: bytes, query: Mapping[str, str], headers: Mapping[str, str]
) -> OperatorWord | None:
    """What an operator tells us of a message; None: of none. Names of `headers` in lower case.

    Raises `callback_unknown` (no such operator), `callback_signature` (it proves not whose it is) and `callback_unreadable`.
    """
    operator = channel(settings, name)
    if operator is None or not operator.reports:
        raise DomainError("callback_unknown", kind="not_found")
    try:
        report = operator.read_callback(Callback(raw, query, headers))
    except Forged:
        raise DomainError("callback_signature", kind="forbidden") from None
    except BadAnswer:
        raise DomainError("callback_unreadable", kind="invalid") from None
    return None if report is None else word_of(report)


def word_of(report: Report) -> OperatorWord:
    return OperatorWord(SendingState(report.arrival.value), report.operator_id, report.reference, report.code)


def sms_operator(settings: Settings) -> str:
    """Who carries text messages: what TANNHA_SMS says, or the one operator of the links file, or the console."""
    joined = [name for name in SMS_OPERATORS if name in links_file(settings).messages]
    name = settings.sms or (joined[0] if joined else CONSOLE)
    if settings.sms is None and len(joined) > 1:
        raise SettingsError(f"TANNHA_SMS is not set, and TANNHA_LINKS names {' and '.join(joined)}: write one of them.")
    if name != CONSOLE and name not in joined:
        raise SettingsError(f"TANNHA_SMS={name} needs the section [messages.{name}] in the file of TANNHA_LINKS.")
    if name == CONSOLE and settings.production:
        raise SettingsError(
            "Nobody carries messages: TANNHA_ENV=production needs [messages.esms], [messages.speedsms] or [messages.http] "
            "in the file of TANNHA_LINKS."
        )
    link = links_file(settings).messages.get(name)
    if settings.production and isinstance(link, EsmsLink) and link.trial:
        raise SettingsError(
            "TANNHA_LINKS: messages.esms.trial is true, so nobody is sent anything: TANNHA_ENV=production refuses it."
        )
    return name


def message_rates(settings: Settings) -> dict[str, int | None]:
    """A row of the table of links for each operator in use, with its rate a minute; the console needs none."""
    found = links_file(settings).messages
    return {LINK + one.name: found[one.name].line.rate_per_minute for one in channels(settings) if one.name in found}


def low_credits(settings: Settings) -> dict[str, int]:
    """Of each operator that the file names, below what credit somebody has to act."""
    return {name: link.low_balance for name, link in links_file(settings).messages.items()}


def message_board(settings: Settings) -> MessageChannel:
    """Where a person at a demonstration reads what its citizens were told; nothing is said of it on the terminal."""
    return Console(outbox=_outbox(settings))


def end_console_messages(settings: Settings, today: date, keep_days: int) -> int:
    """The demonstration's messages end in time, too; how many files went."""
    return 0 if settings.production else rotate(_outbox(settings), today, keep_days)


def _outbox(settings: Settings) -> Path:
    return private_folder(settings) / "sms"


@lru_cache(maxsize=4)
def _console(settings: Settings) -> MessageChannel:
    return Console(sys.stdout, _outbox(settings))


@lru_cache(maxsize=8)
def _channel(name: str, link: MessageLink) -> MessageChannel:
    operator = _operator(name, link)
    return ShortSms(operator, SmsForm(link.accents, link.links)) if isinstance(link, SmsLink) else operator


def _operator(name: str, link: MessageLink) -> MessageChannel:
    match link:
        case EsmsLink():
            return _esms(link)
        case SpeedSmsLink():
            return _speedsms(link)
        case GatewayLink():
            return _gateway(link)
        case ZnsLink():
            return _zns(link)
    raise AssertionError(name)


@lru_cache(maxsize=4)
def _mail(settings: Settings, link: EmailLink) -> MessageChannel:
    from integrations.messages.mail import Mail, MailServer

    if settings.production and link.security == "none":
        raise SettingsError(
            'TANNHA_LINKS: messages.email.security = "none" lets everybody on the way read: write tls or starttls when '
            "TANNHA_ENV=production."
        )
    server = MailServer(
        link.host,
        link.port,
        link.sender,
        link.security,
        link.user,
        link.secret or str,
        link.line.ca_file,
        link.line.read_s,
    )
    return Mail(server, make_clock(settings).now)


def _esms(link: EsmsLink) -> MessageChannel:
    from integrations.messages.esms import Esms, EsmsSettings

    keys = (link.api_key, link.secret)
    settings = EsmsSettings(link.url, lambda: (keys[0](), keys[1]()), link.sender, trial=link.trial)
    return Esms(settings, caller("esms", link.line))


def _speedsms(link: SpeedSmsLink) -> MessageChannel:
    from integrations.messages.speedsms import SpeedSms, SpeedSmsSettings

    return SpeedSms(SpeedSmsSettings(link.url, link.secret, link.sender), caller("speedsms", link.line))


def _zns(link: ZnsLink) -> MessageChannel:
    from integrations.messages.tokens import TokenFile
    from integrations.messages.zns import RegisteredTemplate, Zns, ZnsSettings

    templates = {name: RegisteredTemplate(number, params) for name, number, params in link.templates}
    settings = ZnsSettings(link.url, link.token_url, link.app_id, link.secret, link.webhook_secret, templates)
    return Zns(settings, TokenFile(link.tokens_file), caller(ZNS, link.line))


def _gateway(link: GatewayLink) -> MessageChannel:
    from integrations.messages.gateway import (
        AnswerReading,
        Gateway,
        GatewaySettings,
        Reporting,
    )

    settings = GatewaySettings(
        url=link.url,
        sender=link.sender,
        secret=link.secret or str,
        method=link.method,
        headers=json.loads(link.headers) or {},
        json=json.loads(link.json),
        form=json.loads(link.form),
        reading=AnswerReading(link.id_field, link.code_field, link.taken, link.later, link.never, link.elsewhere),
        reporting=Reporting(
            link.report_url,
            link.report_id_field,
            link.report_reference_field,
            link.report_state_field,
            link.sent,
            link.delivered,
            link.failed,
        ),
        drops_repeats=link.drops_repeats,
    )
    return Gateway(settings, caller("http", link.line))
