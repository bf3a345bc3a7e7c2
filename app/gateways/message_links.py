"""Operators of messages in the file of links: `[messages.esms]`, `[messages.speedsms]`, `[messages.http]` (docs/connect.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from app.gateways.link_parts import MessageLink, SecretSource

Security = Literal["tls", "starttls", "none"]
ESMS_URL: Final = "https://rest.esms.vn/MainService.svc/json"
SPEEDSMS_URL: Final = "https://api.speedsms.vn/index.php"
SPEEDSMS_RATE: Final = 55  # a minute: they refuse more than 60, and what may be sent at once comes on top
ZNS: Final = "zns"
ZNS_URL: Final = "https://business.openapi.zalo.me/message/template"
ZNS_OAUTH_URL: Final = "https://oauth.zaloapp.com/v4/oa/access_token"
LOW_QUOTA: Final = 100  # messages of the day
SMS_PRICE: Final = 850  # đồng a segment to a Vietnamese network [assumption]; the contract says
ZNS_PRICE: Final = 300  # đồng a message [assumption]
LOW_BALANCE: Final = 200_000  # đồng; [assumption] some 250 messages of two segments


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


@dataclass(frozen=True, slots=True)
class EmailLink(MessageLink):
    """`url` is empty: a server of SMTP has a `host` and a `port`."""

    host: str
    port: int
    security: Security
    user: str
    secret: SecretSource | None
