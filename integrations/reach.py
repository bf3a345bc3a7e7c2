"""Where a webhook may lead: an address that a partner chose must not open the doors of our own house (SSRF).

The name is resolved once and the connection goes to the very addresses that were checked, so that a name that changes its
answer in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from integrations.errors import Rejected

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))  # RFC 6052, 8215


@dataclass(frozen=True, slots=True)
class Reach:
    """`anywhere`: no check (development). `networks`: inner ones that are allowed besides the public Internet."""

    anywhere: bool = False
    networks: tuple[Network, ...] = ()
    resolve: Callable[..., Sequence[tuple[Any, ...]]] = socket.getaddrinfo

    def addresses(self, service: str, host: str, port: int) -> list[str]:
        """The host's addresses, all of them allowed. Raises Rejected when one is not, OSError when there is none."""
        try:
            found = self.resolve(host, port, type=socket.SOCK_STREAM)
        except UnicodeError:
            raise Rejected(service, "the configured address is not a URL", code="url") from None
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self.anywhere and not all(self._allowed(ipaddress.ip_address(one)) for one in addresses):
            raise Rejected(service, f"{host} leads to an address that is not on the public Internet", code="address")
        return addresses

    def _allowed(self, address: Address) -> bool:
        if any(address in network for network in self.networks if network.version == address.version):
            return True
        return address.is_global and not address.is_multicast and all(self._allowed(one) for one in _within(address))


def _within(address: Address) -> list[Address]:
    """The IPv4 addresses to which an IPv6 address may be translated on its way."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address] = [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
    found += list(address.teredo or ())
    if any(address in network for network in NAT64):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found
