"""Webhooks to partners: which events there are, where they may be sent, and how long a replaced secret lives. Pure rules.

Wire format: Standard Webhooks (standardwebhooks.com), version 1.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.domain.errand import ErrandState
from app.domain.errors import DomainError

TOLD_STATES: Final = (
    ErrandState.SCHEDULED,
    ErrandState.DONE,
    ErrandState.FAILED,
    ErrandState.HELD,
    ErrandState.RETURNED,
    ErrandState.CANCELLED,
)
DOSSIER_MOVED: Final = "dossier.state_changed"
EVENTS: Final = (*(f"errand.{state}" for state in TOLD_STATES), DOSSIER_MOVED)
PING: Final = "ping"

MOST_SUBSCRIPTIONS: Final = 20  # of one partner
LONGEST_URL: Final = 2000
OVERLAP_HOURS: Final = 24
MOST_OVERLAP_HOURS: Final = 168
RATE_PER_MINUTE: Final = 600
HOUSE_NAMES: Final = (".localhost", ".local", ".internal", ".home.arpa")  # RFC 6761, 6762, 8375 and ICANN's .internal


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Where a partner wants to be told, and of what; no events: of all."""

    partner_id: int
    url: str
    events: tuple[str, ...]
    now: datetime

    @property
    def by(self) -> str:
        return f"partner:{self.partner_id}"


@dataclass(frozen=True, slots=True)
class ChangeSubscription:
    """None: as it is."""

    events: tuple[str, ...] | None
    active: bool | None


def check_url(url: str, *, production: bool) -> str:
    """The address without blanks around it. Raises `webhook_url` (no address), `webhook_url_scheme`, `webhook_url_inside`.

    A name is resolved when something is sent to it, and what it leads to is checked then: today's answer binds nobody.
    """
    parts = _split(url.strip())
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme == "http" and (production or not _loopback(host)):
        raise DomainError("webhook_url_scheme", kind="invalid", field="url")
    if production and _inside(host):
        raise DomainError("webhook_url_inside", kind="invalid", field="url")
    return url.strip()


def former_until(now: datetime, overlap_hours: int) -> datetime | None:
    """How long the replaced secret still signs; None: not at all."""
    return now + timedelta(hours=overlap_hours) if overlap_hours else None


def _split(url: str) -> SplitResult:
    wrong = DomainError("webhook_url", kind="invalid", field="url")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or parts.fragment:
        raise wrong
    if parts.username is not None or parts.password is not None:
        raise wrong
    return parts


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _inside(host: str) -> bool:
    """A name or an address that leads nowhere but into a house. (`127.1` and `0x7f000001` have no dot or no letters.)"""
    address = _address(host)
    if address is not None:
        return not address.is_global
    last = host.rpartition(".")[2]
    return "." not in host or host.endswith(HOUSE_NAMES) or not any(letter.isalpha() for letter in last)
