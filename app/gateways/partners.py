"""The clients of the systems that the links file names: one of each a process, made when first asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from app.config import Settings, SettingsError
from app.gateways.link_parts import caller, secret_of
from app.gateways.links import CarrierLink, LinksFile, OneStopLink, WebhookLink
from app.gateways.links_file import links_file
from app.gateways.messages import message_rates

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.one_stop import NationalExchange
    from integrations.postal import Carrier
    from integrations.shared_token import Credentials
    from integrations.webhooks import Sender


def one_stop(settings: Settings) -> NationalExchange | None:
    """The national exchange; None: not joined."""
    link = links_file(settings).one_stop
    return None if link is None else _exchange(link)


def carrier(settings: Settings, name: str) -> Carrier | None:
    """The carrier of this name; None: not joined."""
    link = links_file(settings).carriers.get(name)
    return None if link is None else _carrier(link.name, _CarrierKey(link))


def carrier_settings(settings: Settings, name: str) -> CarrierLink | None:
    """What the file says of this carrier."""
    return links_file(settings).carriers.get(name)


def webhooks(settings: Settings) -> Sender:
    """Who tells subscribers of our events; in production to the public Internet and the named networks only."""
    return _sender(links_file(settings).webhooks, anywhere=not settings.production)


@lru_cache(maxsize=4)
def _sender(link: WebhookLink, *, anywhere: bool) -> Sender:
    from integrations.webhooks import Reach, Sender

    return Sender(Reach(anywhere=anywhere, networks=link.networks), ca_path=link.ca_file)


class _CarrierKey:
    """A link as a key of the cache: equal when the file says the same."""

    def __init__(self, link: CarrierLink) -> None:
        self.link = link

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _CarrierKey) and self.link == other.link

    def __hash__(self) -> int:
        return hash((self.link.name, self.link.interface))


@lru_cache(maxsize=4)
def _exchange(link: OneStopLink) -> NationalExchange:
    from integrations.one_stop import ExchangeSettings, NationalExchange

    settings = ExchangeSettings(
        login_url=link.login_url,
        call_url=link.call_url,
        unit_code=link.unit_code,
        credentials=_credentials(link.username, link.secret_file),
        dstcode=link.dstcode,
    )
    return NationalExchange(settings, caller("one-stop exchange", link.line))


@lru_cache(maxsize=8)
def _carrier(name: str, frozen: _CarrierKey) -> Carrier:
    link = frozen.link
    if link.interface == "own":
        from integrations.postal import OwnCouriers

        return OwnCouriers()
    return _myvnpost(link) if link.interface == "C" else _hcc(name, link)


def _myvnpost(link: CarrierLink) -> Carrier:
    from integrations.postal import Account, MyVnpost, MyVnpostSettings

    assert link.secret_file is not None  # the file's reader wants it for every interface but `own`
    settings = MyVnpostSettings(
        base_url=link.urls["base_url"],
        account=Account(link.customer_code, link.service_code, link.contract_code),
        credentials=_credentials(link.username, link.secret_file),
    )
    return MyVnpost(settings, caller(link.name, link.line))


def _hcc(name: str, link: CarrierLink) -> Carrier:
    from integrations.postal import (
        BareEnvelope,
        HccCarrier,
        HccSettings,
        HeaderEnvelope,
        QueryEnvelope,
        tracking_table,
    )

    assert link.secret_file is not None  # as above
    envelopes = {"A": BareEnvelope, "B-query": QueryEnvelope, "B-header": HeaderEnvelope}
    try:
        codes = tracking_table(link.tracking_codes)
    except ValueError as error:
        raise SettingsError(f"TANNHA_LINKS: carriers.{name}.tracking_codes_file: {error}.") from None
    settings = HccSettings(
        token_url=link.urls["token_url"],
        post_url=link.urls["post_url"],
        cancel_url=link.urls["cancel_url"],
        tracking_url=link.urls["tracking_url"],
        price_url=link.urls.get("price_url"),
        credentials=_credentials(link.username, link.secret_file),
        envelope=envelopes[link.interface](),
        tracking_codes=codes,
    )
    return HccCarrier(settings, caller(link.name, link.line))


def _credentials(username: str, secret_file: Path) -> _CredentialsFile:
    return _CredentialsFile(username, secret_file)


class _CredentialsFile:
    """Who we are, asked at every log-in."""

    def __init__(self, username: str, secret_file: Path) -> None:
        self.username, self.secret = username, secret_of(secret_file)

    def __call__(self) -> Credentials:
        from integrations.shared_token import Credentials

        return Credentials(self.username, self.secret())


def known_links(settings: Settings) -> dict[str, int | None]:
    """The links to have a row: name → rate a minute."""
    file: LinksFile = links_file(settings)
    return file.rates | message_rates(settings)


def carriers_to_order_from(settings: Settings) -> frozenset[str]:
    """The carriers that visit homes: `own` is no operator at all."""
    return frozenset(name for name, link in links_file(settings).carriers.items() if link.interface != "own")
