"""Operators of messages in the file of links: `[messages.esms]`, `[messages.speedsms]`, `[messages.http]` (docs/connect.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypedDict

from app.domain.sending import EMAIL, PUSH
from app.domain.templates import TEMPLATES
from app.gateways.link_table import LinkTable, MessageLink, SecretSource
from app.gateways.notices import push_link

Security = Literal["tls", "starttls", "none"]
ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+")
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


def message_links(table: LinkTable) -> Mapping[str, MessageLink]:
    """Every operator that the file names, by its name."""
    readers: Mapping[str, Callable[[LinkTable], MessageLink]] = {
        "esms": _esms,
        "speedsms": _speedsms,
        "http": _gateway,
        ZNS: _zns,
        EMAIL: _email,
        PUSH: push_link,
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


PORTS: Final[Mapping[Security, int]] = {"tls": 465, "starttls": 587, "none": 25}


def _email(part: LinkTable) -> EmailLink:
    named = part.maybe_text("security") or "tls"
    security = next((one for one in PORTS if one == named), None)
    if security is None:
        raise part.wrong("security", f"must be one of {', '.join(PORTS)}")
    sender = part.text("sender")
    if not ADDRESS.search(sender):
        raise part.wrong("sender", "must be an address of e-mail")
    user = part.maybe_text("username") or ""
    found = EmailLink(
        url="",
        sender=sender,
        low_balance=0,
        price=0,
        line=part.line(),
        host=part.text("host"),
        port=int(part.number("port", PORTS[security])),
        security=security,
        user=user,
        secret=part.secret("secret") if user else None,
    )
    part.finish()
    return found


METHODS: Final = ("GET", "POST", "PUT")
PLACES: Final = ("to", "to84", "text", "reference", "sender", "secret", "report_to")
REPORT_PLACES: Final = ("id", "sender", "secret")
PLACE: Final = re.compile(r"\{([^{}]*)\}")
HEADER_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
HEADER_VALUE: Final = re.compile(r"[\x20-\x7e\t]*")
FIELD_PATH: Final = re.compile(r"[^\s.]+(\.[^\s.]+)*")


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
        headers=_headers(part),
        json=json.dumps(part.get("json", dict, "a table") or None, default=str),
        form=_texts(part, "form"),
        id_field=_field(part, "id_field"),
        code_field=_field(part, "code_field"),
        taken=part.words("taken"),
        later=part.words("later"),
        never=part.words("never"),
        elsewhere=part.words("elsewhere"),
        drops_repeats=part.flag("drops_repeats"),
        report_url=part.url("report_url") if part.maybe_text("report_url") else None,
        report_id_field=_field(part, "report_id_field"),
        report_reference_field=_field(part, "report_reference_field"),
        report_state_field=_field(part, "report_state_field"),
        sent=part.words("sent"),
        delivered=part.words("delivered"),
        failed=part.words("failed"),
    )
    part.finish()
    _check_request(part, found)
    _check_answers(part, found)
    _check_reports(part, found)
    return found


def _check_request(part: LinkTable, found: GatewayLink) -> None:
    """A request that would tell nobody, or tell nothing, is found here and not in an operator's refusals."""
    bodies = {key: json.loads(getattr(found, key)) for key in ("headers", "json", "form")}
    places = {key: _places(said) for key, said in ({"url": found.url} | bodies).items()}
    for key, held in places.items():
        _known(part, key, held, PLACES)
    named = set().union(*places.values())
    body = "form" if found.form != "null" else "json" if found.json != "null" else "url"
    told = places["url"] | places["json"] | places["form"]
    if not told & {"to", "to84"}:
        raise part.wrong(body, "says nowhere whom to tell: write {to} (0…) or {to84} (84…) into url, json or form")
    if "text" not in told:
        raise part.wrong(body, "says nowhere what to tell: write {text} into url, json or form")
    if found.method == "GET" and body != "url":
        raise part.wrong(body, "is a body, and GET has none: write POST, or put the places into url")
    for place, given in (("secret", found.secret), ("sender", found.sender)):
        if place in named | _places(found.report_url) and not given:
            raise part.wrong(
                place if place == "sender" else "secret_file", f"is missing, and {{{place}}} stands for it"
            )
    if found.drops_repeats and "reference" not in named:
        raise part.wrong("drops_repeats", "needs {reference} in the request: by what else would they know a repeat")


def _check_answers(part: LinkTable, found: GatewayLink) -> None:
    meanings = {"taken": found.taken, "later": found.later, "never": found.never, "elsewhere": found.elsewhere}
    if found.code_field is not None and not found.taken:
        raise part.wrong("taken", "is missing: which codes mean that they took a message")
    for key, codes in meanings.items():
        if codes and found.code_field is None:
            raise part.wrong(key, "lists codes, and code_field does not say where they stand")
    _apart(part, meanings)


def _check_reports(part: LinkTable, found: GatewayLink) -> None:
    """Whoever says where a report's state stands gets reports, and needs to say of which message and what it means."""
    words = {"sent": found.sent, "delivered": found.delivered, "failed": found.failed}
    if found.report_url is not None:
        named = _places(found.report_url)
        _known(part, "report_url", named, REPORT_PLACES)
        if "id" not in named:
            raise part.wrong("report_url", "asks after no message: write {id} into it")
        if found.id_field is None:
            raise part.wrong("report_url", "asks by their id, and id_field does not say where that stands")
    if found.report_state_field is None:
        others = {"report_url": found.report_url, "report_id_field": found.report_id_field} | words
        given = next((key for key, value in others.items() if value), None)
        if given is not None:
            raise part.wrong(given, "is of reports, and report_state_field does not say where their state stands")
        return
    if found.report_id_field is None and found.report_reference_field is None and found.report_url is None:
        raise part.wrong("report_id_field", "or report_reference_field has to say which message a report is about")
    if not found.delivered:
        raise part.wrong("delivered", "is missing: which states mean that a message arrived")
    _apart(part, words)


def _known(part: LinkTable, key: str, named: set[str], known: Sequence[str]) -> None:
    unknown = sorted(named - set(known))
    if unknown:
        listed = ", ".join(f"{{{place}}}" for place in known)
        raise part.wrong(key, f"holds {{{unknown[0]}}}, which nothing stands for: write one of {listed}")


def _apart(part: LinkTable, meanings: Mapping[str, frozenset[str]]) -> None:
    """No code means two things."""
    seen: dict[str, str] = {}
    for key, codes in meanings.items():
        for code in sorted(codes):
            if code in seen:
                raise part.wrong(key, f"holds {code}, and so does {seen[code]}: it can mean one thing")
            seen[code] = key


def _field(part: LinkTable, key: str) -> str | None:
    """`id`, or `data.id` for `id` within `data`."""
    path = part.maybe_text(key)
    if path is not None and not FIELD_PATH.fullmatch(path):
        raise part.wrong(key, 'must be the name of a field, or names with dots between them, such as "data.id"')
    return path


def _headers(part: LinkTable) -> str:
    held = _texts(part, "headers")
    for name, value in (json.loads(held) or {}).items():
        if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value):
            raise part.wrong("headers", f"holds {name!r}, which can't be sent: plain letters and no line breaks")
    return held


def _places(value: Any) -> set[str]:
    """What stands in braces anywhere within a text or a body."""
    match value:
        case str():
            return set(PLACE.findall(value))
        case dict() | list():
            within = value.values() if isinstance(value, dict) else value
            return {place for inner in within for place in _places(inner)}
        case _:
            return set()


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
