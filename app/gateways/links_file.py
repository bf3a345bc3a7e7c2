"""The operator's file of links (`TANNHA_LINKS`, TOML): which systems we are joined to, and how. docs/connect.md explains it.

A mistake is one `SettingsError` that names the key. Secrets lie in files of their own, read at every log-in, so that they
are rotated without a stop.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final

from app.config import Settings, SettingsError
from app.domain.identity import Role
from app.gateways.link_table import LinkLimits, LinkTable
from app.gateways.message_links import MessageLink, message_links
from app.services.reference.files import BadReference, Row, json_of, table_rows, unique
from app.text_files import NoText, read_text

INTERFACES: Final = ("A", "B-query", "B-header", "C", "own")


@dataclass(frozen=True, slots=True)
class OneStopLink:
    login_url: str
    call_url: str
    unit_code: str
    username: str
    secret_file: Path
    dstcode: str | None
    line: LinkLimits


@dataclass(frozen=True, slots=True)
class CarrierLink:
    """A carrier by its name (`vnpost`); `keys` are the interface's own settings."""

    name: str
    interface: str
    customer_code: str
    username: str
    secret_file: Path | None
    urls: Mapping[str, str]
    service_code: str
    contract_code: str | None
    webhook_key_files: tuple[Path, ...]
    tracking_codes: Mapping[str, Mapping[str, object]]
    waybills: tuple[tuple[str, str], ...]
    province_code: str
    places: Mapping[str, tuple[str, str, str]]
    contact_phone: str
    line: LinkLimits


@dataclass(frozen=True, slots=True)
class OidcLink:
    issuer: str
    client_id: str
    secret_file: Path | None
    role_claim: str
    desk_claim: str
    office_claim: str
    roles: Mapping[str, str]
    citizens: bool
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class WebhookLink:
    """Partners' endpoints: inner networks that they may be in, and the authority that signs their certificates."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class LinksFile:
    one_stop: OneStopLink | None = None
    carriers: Mapping[str, CarrierLink] = field(default_factory=dict)
    oidc: OidcLink | None = None
    webhooks: WebhookLink = WebhookLink()
    messages: Mapping[str, MessageLink] = field(default_factory=dict)

    @property
    def rates(self) -> dict[str, int | None]:
        """Every link by its name, with its rate a minute."""
        found = {name: carrier.line.rate_per_minute for name, carrier in self.carriers.items()}
        return found | ({"one_stop": self.one_stop.line.rate_per_minute} if self.one_stop else {})


def links_file(settings: Settings) -> LinksFile:
    """What the file says now; nothing is joined without one. Raises SettingsError."""
    if settings.links is None:
        return LinksFile()
    try:
        changed = settings.links.stat().st_mtime_ns
    except FileNotFoundError:
        raise SettingsError(f"TANNHA_LINKS={settings.links}: there is no such file; write it or unset it.") from None
    except OSError as error:
        raise SettingsError(f"TANNHA_LINKS={settings.links} cannot be read: {error.strerror}.") from None
    return _read(settings.links, (changed, *_tables_changed(settings.links.parent)))


def _tables_changed(folder: Path) -> Iterator[int]:
    """When the tables beside it (codes, places) last changed: a code that was added counts without a restart."""
    for path in sorted(path for kind in ("json", "csv", "xlsx") for path in folder.glob(f"*.{kind}")):
        with suppress(OSError):  # deleted in this moment
            yield path.stat().st_mtime_ns


@lru_cache(maxsize=8)
def _read(path: Path, _changed: tuple[int, ...]) -> LinksFile:
    try:
        document = tomllib.loads(read_text(path))
    except NoText as fault:
        raise SettingsError(f"TANNHA_LINKS={path} {fault}.") from None
    except RecursionError:
        raise SettingsError(f"TANNHA_LINKS={path} can't be read: it is nested too deeply.") from None
    except ValueError as error:
        raise SettingsError(f"TANNHA_LINKS={path} can't be read: {error}.") from None
    top = LinkTable(document, path.parent, "")
    one_stop, oidc = top.maybe_part("one_stop"), top.maybe_part("oidc")
    carriers = top.maybe_part("carriers")
    found = {name: _carrier(name, carriers.part(name)) for name in carriers.values} if carriers else {}
    webhooks, messages = top.maybe_part("webhooks"), top.maybe_part("messages")
    top.finish()
    return LinksFile(
        _one_stop(one_stop) if one_stop else None,
        found,
        _oidc(oidc) if oidc else None,
        _webhooks(webhooks) if webhooks else WebhookLink(),
        message_links(messages) if messages else {},
    )


def _one_stop(part: LinkTable) -> OneStopLink:
    found = OneStopLink(
        part.url("login_url"),
        part.url("call_url"),
        part.text("unit_code"),
        part.text("username"),
        part.file("secret_file"),
        part.maybe_text("dstcode"),
        part.line(),
    )
    part.finish()
    return found


URLS: Final[Mapping[str, tuple[str, ...]]] = {
    "A": ("token_url", "post_url", "cancel_url", "tracking_url"),
    "B-query": ("token_url", "post_url", "cancel_url", "tracking_url"),
    "B-header": ("token_url", "post_url", "cancel_url", "tracking_url"),
    "C": ("base_url",),
    "own": (),
}


def _carrier(name: str, part: LinkTable) -> CarrierLink:
    interface = part.text("interface")
    if interface not in INTERFACES:
        raise part.wrong("interface", f"must be one of {', '.join(INTERFACES)}")
    urls = {key: part.url(key) for key in URLS[interface]}
    if part.maybe_text("price_url"):
        urls["price_url"] = part.url("price_url")
    own = interface == "own"
    found = CarrierLink(
        name=name,
        interface=interface,
        customer_code=part.text("customer_code"),
        username="" if own else part.text("username"),
        secret_file=None if own else part.file("secret_file"),
        urls=urls,
        service_code=part.text("service_code") if interface == "C" else part.maybe_text("service_code") or "",
        contract_code=part.maybe_text("contract_code"),
        webhook_key_files=tuple(
            part.at("webhook_key_files", str(one)) for one in part.get("webhook_key_files", list, "a list") or []
        ),
        tracking_codes=_tracking_codes(part, needed=interface in {"A", "B-query", "B-header"}),
        waybills=_waybills(part),
        province_code=part.maybe_text("province_code") or "52",
        places=_places(part),
        contact_phone=part.maybe_text("contact_phone") or "1022",
        line=part.line(),
    )
    part.finish()
    return found


def _tracking_codes(part: LinkTable, *, needed: bool) -> Mapping[str, Mapping[str, object]]:
    path = part.file("tracking_codes_file") if needed else part.maybe_file("tracking_codes_file")
    if path is None:
        return {}
    try:
        table = json_of(path)
    except BadReference as fault:
        raise part.wrong("tracking_codes_file", f"names {path}: {fault.where}, {fault.problem}") from None
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        raise part.wrong("tracking_codes_file", "must hold one object of codes")
    return table


PLACE_COLUMNS: Final = ("unit_code", "province_code", "district_code", "commune_code")


def _places(part: LinkTable) -> Mapping[str, tuple[str, str, str]]:
    """Our unit's code → the operator's codes of province, district and commune."""
    path = part.maybe_file("places_file")
    if path is None:
        return {}
    try:
        return dict(unique(table_rows(path, PLACE_COLUMNS), _place, lambda place: place[0]))
    except BadReference as fault:
        raise part.wrong("places_file", f"names {path}: {fault}") from None


def _place(row: Row) -> tuple[str, tuple[str, str, str]]:
    return row.text("unit_code"), (row.text("province_code"), row.text("district_code"), row.text("commune_code"))


def _waybills(part: LinkTable) -> tuple[tuple[str, str], ...]:
    pairs = part.get("waybills", list, "a list of [first, last]") or []
    two = 2
    if not all(isinstance(pair, list) and len(pair) == two for pair in pairs):
        raise part.wrong("waybills", "must be a list of [first, last]")
    return tuple((str(first), str(last)) for first, last in pairs)


def _oidc(part: LinkTable) -> OidcLink:
    roles = part.get("roles", dict, "a table of claim = role") or {}
    known = sorted(set(Role) - {Role.COURIER})  # a courier's account comes with the courier, and lives on a phone
    for claim, role in roles.items():
        if role not in known:
            raise part.wrong(
                "roles", f"gives {claim} the role {role!r}, which does not exist: write {', '.join(known)}"
            )
    found = OidcLink(
        part.url("issuer"),
        part.text("client_id"),
        part.maybe_file("secret_file"),
        part.maybe_text("role_claim") or "roles",
        part.maybe_text("desk_claim") or "desk",
        part.maybe_text("office_claim") or "office",
        {str(claim): str(role) for claim, role in roles.items()},
        part.flag("citizens"),
        part.maybe_file("ca_file"),
    )
    part.finish()
    return found


def _webhooks(part: LinkTable) -> WebhookLink:
    named = part.get("networks", list, 'a list such as ["10.12.0.0/16"]') or []
    try:
        networks = tuple(ip_network(str(one)) for one in named)
    except ValueError as error:
        raise part.wrong("networks", f"holds no network: {error}") from None
    found = WebhookLink(networks, part.maybe_file("ca_file"))
    part.finish()
    return found
