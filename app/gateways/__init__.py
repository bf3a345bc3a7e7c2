"""Picks the real or the demonstration's side of every integration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.config import Settings, SettingsError
from app.domain.errors import DomainError
from app.gateways import calls as calls  # every call is watched from the first one on
from app.gateways.links import CarrierLink, LinksFile, OidcLink
from app.gateways.links_file import links_file
from app.gateways.messages import (
    CONSOLE,
    allowed_browser,
    channel,
    channels,
    end_console_messages,
    message_board,
    push_key,
    sends_mail,
    sms_operator,
)
from app.gateways.notices import new_push_key
from app.gateways.partners import (
    carrier,
    carrier_settings,
    carriers_to_order_from,
    known_links,
    one_stop,
    webhooks,
)
from integrations.errors import IntegrationError

if TYPE_CHECKING:
    from geopy.geocoders.base import Geocoder

    from integrations.files import FileStore
    from integrations.geocoding import AdminUnit, FormerAdminUnit, Resolution

SANDBOX: Final = "sandbox"  # the folder of the sandbox that `tannha up` starts, in $TANNHA_VAR/private

__all__ = [
    "CONSOLE",
    "SANDBOX",
    "CarrierLink",
    "LinksFile",
    "OidcLink",
    "administrative_units",
    "allowed_browser",
    "carrier",
    "carrier_settings",
    "carriers_to_order_from",
    "channel",
    "channels",
    "end_console_messages",
    "file_store",
    "geocoder",
    "known_links",
    "links_file",
    "message_board",
    "new_push_key",
    "oidc",
    "one_stop",
    "push_key",
    "resolver",
    "sandbox_page",
    "sends_mail",
    "sms_operator",
    "stored_file",
    "webhooks",
]


def oidc(settings: Settings) -> OidcLink | None:
    """The province's sign-in, as the links file says; None: not joined."""
    return links_file(settings).oidc


def sandbox_page(settings: Settings) -> str | None:
    """Where a person looks at the sandbox that `tannha up` joined; None where real systems are joined, or none."""
    link, folder = links_file(settings).one_stop, (settings.private / SANDBOX).resolve()
    if settings.production or link is None or settings.links is None or settings.links.parent != folder:
        return None
    return f"{link.login_url.removesuffix('/one-stop/login')}/_sandbox/"


@lru_cache(maxsize=8)
def file_store(settings: Settings, *, patience_s: float = 3.0) -> FileStore:
    """Where photographs and signatures lie: a folder or a bucket. A page waits three seconds for it, a job longer."""
    from integrations.files import file_store as make

    try:
        return make(settings.files_url, patience_s=patience_s)
    except ValueError as error:
        raise SettingsError(f"TANNHA_FILES={settings.files!r} can't be used: {error}.") from None


def stored_file(settings: Settings, sha256: str) -> bytes | None:
    """What lies in the store under this name, still encrypted; None: nothing. Raises `file_store_away`."""
    try:
        return file_store(settings).get(sha256)
    except IntegrationError:
        raise DomainError("file_store_away", kind="conflict") from None


@lru_cache(maxsize=4)
def geocoder(settings: Settings) -> Geocoder:
    """Where an address is: the gazetteer, or Nominatim or Pelias at `TANNHA_GEOCODER_URL`."""
    from integrations.geocoding import geocoder as make

    try:
        return make(settings.geocoder, settings.geocoder_url)
    except ValueError as error:
        raise SettingsError(f"TANNHA_GEOCODER={settings.geocoder!r} can't be used: {error}.") from None


def resolver(settings: Settings) -> Callable[[str], Resolution]:
    """From a typed address to the units it may mean, old names too. Asks no outside service, whatever the setting."""
    del settings
    from integrations.geocoding import resolve

    return resolve


def administrative_units() -> tuple[Sequence[AdminUnit], Sequence[FormerAdminUnit]]:
    """The 135 units and the 373 old ones, for `load_reference`."""
    from integrations.geocoding import former_units, units

    return units(), former_units()
