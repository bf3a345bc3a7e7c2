"""Notices to browsers in the file of links, `[messages.push]`: which keys of ours, whose push services, and who may be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.config import SettingsError
from app.domain.commands import AllowedBrowser
from app.domain.errors import DomainError
from app.gateways.link_parts import MessageLink, SecretSource
from integrations.messages import MessageChannel


@dataclass(frozen=True, slots=True)
class PushLink(MessageLink):
    """`sender`: whom a push service writes to. `secret`: our private keys, one a line. `hosts`: () are those that we know."""

    secret: SecretSource
    hosts: tuple[str, ...]


def new_push_key() -> str:
    """A private key of ours, as it stands in the file of keys."""
    from integrations.messages.push import new_key

    return new_key()


def newest_public(link: PushLink) -> str:
    """What a browser is given to allow notices of us alone. Raises SettingsError."""
    from integrations.messages.push import public_key

    return public_key(push_keys(link)[0])


def known_browser(link: PushLink, told: object, *, plain: bool) -> AllowedBrowser:
    """What `PushSubscription.toJSON()` of a browser told. Raises `browser_unknown`: no keys, or no push service that we know."""
    from integrations.messages.push import is_browser_key, may_be_called

    given = told if isinstance(told, dict) else {}
    keys = given.get("keys")
    named = [given.get("endpoint"), *((keys.get("p256dh"), keys.get("auth")) if isinstance(keys, dict) else ())]
    match named:
        case [str(endpoint), str(p256dh), str(auth)] if is_browser_key(p256dh, auth) and may_be_called(
            endpoint, hosts_of(link), plain=plain
        ):
            return AllowedBrowser(endpoint, p256dh, auth, newest_public(link))
    raise DomainError("browser_unknown", kind="invalid")


def push_keys(link: PushLink) -> tuple[str, ...]:
    """Our private keys, the newest first. Raises SettingsError."""
    from integrations.messages.push import public_key

    keys = tuple(filter(None, (line.strip() for line in link.secret().splitlines())))
    try:
        for key in keys:
            public_key(key)
    except ValueError:
        keys = ()
    if not keys:
        raise SettingsError(
            "TANNHA_LINKS: messages.push.secret_file holds no keys: `tannha messages push-key` makes one."
        )
    return keys


def hosts_of(link: PushLink) -> tuple[str, ...]:
    from integrations.messages.push import HOSTS

    return link.hosts or HOSTS


@lru_cache(maxsize=4)
def push_channel(link: PushLink, *, anywhere: bool) -> MessageChannel:
    from integrations.chosen_address import ChosenAddresses
    from integrations.messages.push import Push, PushSettings
    from integrations.reach import Reach

    addresses = ChosenAddresses(Reach(anywhere=anywhere), link.line.ca_file, link.line.read_s)
    return Push(
        PushSettings(link.sender, lambda: push_keys(link), hosts_of(link), plain=anywhere and bool(link.hosts)),
        addresses,
    )
