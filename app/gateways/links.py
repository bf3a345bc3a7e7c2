"""What the operator's file of links says, read: which systems we are joined to, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from app.domain.bank import BankAccount
from app.gateways.link_parts import LinkLimits, MessageLink


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
class BankLink:
    """The account for postage, and who may tell of what comes in."""

    account: BankAccount
    webhook_key_file: Path | None


@dataclass(frozen=True, slots=True)
class LinksFile:
    one_stop: OneStopLink | None = None
    carriers: Mapping[str, CarrierLink] = field(default_factory=dict)
    oidc: OidcLink | None = None
    webhooks: WebhookLink = WebhookLink()
    messages: Mapping[str, MessageLink] = field(default_factory=dict)
    bank: BankLink | None = None

    @property
    def rates(self) -> dict[str, int | None]:
        """Every link by its name, with its rate a minute."""
        found = {name: carrier.line.rate_per_minute for name, carrier in self.carriers.items()}
        return found | ({"one_stop": self.one_stop.line.rate_per_minute} if self.one_stop else {})
