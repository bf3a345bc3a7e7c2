"""Where a webhook may lead, whatever name a partner gives us."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from integrations.errors import Rejected
from integrations.webhooks import Reach


def leading_to(*addresses: str, **given: Any) -> Reach:
    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        del host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return Reach(resolve=resolve, **given)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_no_name_leads_into_a_house(address: str) -> None:
    with pytest.raises(Rejected, match="not on the public Internet") as refusal:
        leading_to(address).addresses("webhook:1", "partner.example", 443)
    assert address not in str(refusal.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_the_public_internet_is_open(address: str) -> None:
    assert leading_to(address).addresses("webhook:1", "partner.example", 443) == [address]


def test_one_inner_address_among_public_ones_closes_the_name() -> None:
    with pytest.raises(Rejected):
        leading_to("8.8.8.8", "10.0.0.1").addresses("webhook:1", "partner.example", 443)


def test_an_inner_network_that_the_operator_names_is_open_and_no_other() -> None:
    province = (ipaddress.ip_network("10.12.0.0/16"),)
    assert leading_to("10.12.3.4", networks=province).addresses("webhook:1", "agency.example", 443) == ["10.12.3.4"]
    with pytest.raises(Rejected):
        leading_to("10.13.0.1", networks=province).addresses("webhook:1", "agency.example", 443)


def test_a_name_that_no_resolver_takes_is_no_address() -> None:
    with pytest.raises(Rejected, match="not a URL"):
        Reach().addresses("webhook:1", f"{'x' * 64}.example", 443)
