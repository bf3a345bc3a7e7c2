"""Operators of messages in the file of links: `[messages.esms]`, `[messages.speedsms]`, `[messages.http]` (docs/connect.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from app.domain.templates import TEMPLATES
from app.gateways.link_table import LinkLimits, LinkTable, SecretSource

ESMS_URL: Final = "https://rest.esms.vn/MainService.svc/json"
SPEEDSMS_URL: Final = "https://api.speedsms.vn/index.php"
SPEEDSMS_RATE: Final = 60  # a minute: they refuse more
ZNS: Final = "zns"
ZNS_URL: Final = "https://business.openapi.zalo.me/message/template"
ZNS_OAUTH_URL: Final = "https://oauth.zaloapp.com/v4/oa/access_token"
LOW_QUOTA: Final = 100  # messages of the day
SMS_PRICE: Final = 850  # đồng a segment to a Vietnamese network [assumption]; the contract says
ZNS_PRICE: Final = 300  # đồng a message [assumption]
LOW_BALANCE: Final = 200_000  # đồng; [assumption] some 250 messages of two segments


@dataclass(frozen=True, slots=True)
class MessageLink:
    """What every operator of messages has. `low_balance`: below it a person has to pay in. `price`: đồng a segment, or a message."""

    url: str
    sender: str
    low_balance: int
    price: int
    line: LinkLimits


@dataclass(frozen=True, slots=True)
class SmsLink(MessageLink):
    """`accents`: texts leave as they are written. `links`: with their link, where it fits."""

    accents: bool
    links: bool


@dataclass(frozen=True, slots=True)
class EsmsLink(SmsLink):
    api_key: SecretSource
    secret: SecretSource
    trial: bool


@dataclass(frozen=True, slots=True)
class SpeedSmsLink(SmsLink):
    secret: SecretSource


@dataclass(frozen=True, slots=True)
class GatewayLink(SmsLink):
    """`headers`, `json` and `form` as JSON texts, so that equal links are one client."""

    secret: SecretSource | None
    method: str
    headers: str
    json: str
    form: str
    id_field: str | None
    code_field: str | None
    taken: frozenset[str]
    later: frozenset[str]
    never: frozenset[str]
    elsewhere: frozenset[str]
    drops_repeats: bool
    report_url: str | None
    report_id_field: str | None
    report_reference_field: str | None
    report_state_field: str | None
    sent: frozenset[str]
    delivered: frozenset[str]
    failed: frozenset[str]


@dataclass(frozen=True, slots=True)
class ZnsLink(MessageLink):
    """`templates`: (our name, their id, which of our parameters it fills in)."""

    token_url: str
    app_id: str
    secret: SecretSource
    webhook_secret: SecretSource
    tokens_file: Path
    templates: tuple[tuple[str, str, tuple[str, ...]], ...]


def message_links(table: LinkTable) -> Mapping[str, MessageLink]:
    """Every operator that the file names, by its name."""
    readers: Mapping[str, Callable[[LinkTable], MessageLink]] = {
        "esms": _esms,
        "speedsms": _speedsms,
        "http": _gateway,
        ZNS: _zns,
    }
    parts = {name: table.maybe_part(name) for name in readers}
    table.finish()
    return {name: readers[name](part) for name, part in parts.items() if part is not None}


def _esms(part: LinkTable) -> EsmsLink:
    found = EsmsLink(
        url=part.url("url") if part.maybe_text("url") else ESMS_URL,
        sender=part.text("sender"),
        **_as_sms(part),
        line=part.line(),
        api_key=part.secret("api_key"),
        secret=part.secret("secret"),
        trial=part.flag("trial"),
    )
    part.finish()
    return found


def _speedsms(part: LinkTable) -> SpeedSmsLink:
    found = SpeedSmsLink(
        url=part.url("url") if part.maybe_text("url") else SPEEDSMS_URL,
        sender=part.maybe_text("sender") or "",
        **_as_sms(part),
        line=part.line(rate=SPEEDSMS_RATE),
        secret=part.secret("secret"),
    )
    part.finish()
    return found


def _zns(part: LinkTable) -> ZnsLink:
    found = ZnsLink(
        url=part.url("url") if part.maybe_text("url") else ZNS_URL,
        sender="",
        low_balance=int(part.number("low_balance", LOW_QUOTA)),
        price=int(part.number("price", ZNS_PRICE)),
        line=part.line(),
        token_url=part.url("token_url") if part.maybe_text("token_url") else ZNS_OAUTH_URL,
        app_id=part.text("app_id"),
        secret=part.secret("secret"),
        webhook_secret=part.secret("webhook_secret"),
        tokens_file=part.file("tokens_file"),
        templates=tuple(_template(name, part.part("templates")) for name in part.part("templates").values),
    )
    part.finish()
    return found


def _template(name: str, table: LinkTable) -> tuple[str, str, tuple[str, ...]]:
    if name not in TEMPLATES:
        raise table.wrong(name, "is no message of ours")
    one = table.part(name)
    said, params = TEMPLATES[name], one.get("params", list, "a list of our parameters") or []
    known = {*said.params, "reference", "ask", "link", "code", "word"}
    for param in params:
        if param not in known:
            raise one.wrong("params", f"names {param!r}, which that message does not have")
    found = (name, one.text("id"), tuple(params))
    one.finish()
    return found


METHODS: Final = ("GET", "POST", "PUT")


def _gateway(part: LinkTable) -> GatewayLink:
    method = part.maybe_text("method") or "POST"
    if method not in METHODS:
        raise part.wrong("method", f"must be one of {', '.join(METHODS)}")
    if part.get("json", dict, "a table") and part.get("form", dict, "a table"):
        raise part.wrong("form", "stands beside json: a message has one body")
    named = any(part.maybe_text(f"secret_{where}") for where in ("file", "env"))
    found = GatewayLink(
        url=part.url("url"),
        sender=part.maybe_text("sender") or "",
        **_as_sms(part),
        line=part.line(),
        secret=part.secret("secret") if named else None,
        method=method,
        headers=_texts(part, "headers"),
        json=json.dumps(part.get("json", dict, "a table") or None, default=str),
        form=_texts(part, "form"),
        id_field=part.maybe_text("id_field"),
        code_field=part.maybe_text("code_field"),
        taken=part.words("taken"),
        later=part.words("later"),
        never=part.words("never"),
        elsewhere=part.words("elsewhere"),
        drops_repeats=part.flag("drops_repeats"),
        report_url=part.url("report_url") if part.maybe_text("report_url") else None,
        report_id_field=part.maybe_text("report_id_field"),
        report_reference_field=part.maybe_text("report_reference_field"),
        report_state_field=part.maybe_text("report_state_field"),
        sent=part.words("sent"),
        delivered=part.words("delivered"),
        failed=part.words("failed"),
    )
    if found.code_field is not None and not found.taken:
        raise part.wrong("taken", "is missing: which codes mean that they took a message")
    part.finish()
    return found


def _texts(part: LinkTable, key: str) -> str:
    values = part.get(key, dict, "a table of texts") or {}
    if not all(isinstance(one, str) for one in values.values()):
        raise part.wrong(key, "must be a table of texts")
    return json.dumps(values or None)


class _AsSms(TypedDict):
    low_balance: int
    price: int
    accents: bool
    links: bool


def _as_sms(part: LinkTable) -> _AsSms:
    """What all that carry text messages have."""
    return {
        "low_balance": int(part.number("low_balance", LOW_BALANCE)),
        "price": int(part.number("price", SMS_PRICE)),
        "accents": part.flag("accents"),
        "links": not part.flag("without_links"),
    }
