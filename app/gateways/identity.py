"""The province's sign-in, as the links file names it: where a person goes, and what was proved about who came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from app.config import Settings
from app.domain.commands import SignInByClaims
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.gateways.link_parts import secret_of
from app.gateways.links import OidcLink
from app.gateways.links_file import links_file
from integrations.errors import IntegrationError, Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from integrations.identity import Begun, Provider

WAIT_S: Final = 3.0  # a page waits no longer
MOST_FIRST: Final = (Role.ADMIN, Role.COORDINATOR, Role.OFFICE_MANAGER, Role.COUNTER, Role.DESK_CLERK)


@dataclass(frozen=True, slots=True)
class _OidcKey:
    """A link as a key of the cache."""

    link: OidcLink

    def __hash__(self) -> int:
        return hash((self.link.issuer, self.link.client_id))


@lru_cache(maxsize=4)
def _provider(frozen: _OidcKey) -> Provider:
    from integrations.http import OutsideService
    from integrations.identity import Provider, ProviderSettings

    link = frozen.link
    secret = None if link.secret_file is None else secret_of(link.secret_file)
    caller = OutsideService("sign-in", connect_s=WAIT_S, read_s=WAIT_S, whole_s=2 * WAIT_S, ca_path=link.ca_file)
    return Provider(ProviderSettings(link.issuer, link.client_id, secret), caller)


def begin_sign_in(settings: Settings, back: str, *, citizen: bool = False) -> Begun:
    """Raises `identity_off` (not joined, or not for citizens) and `identity_away`."""
    link = _link(settings)
    if citizen and not link.citizens:
        raise DomainError("identity_off", kind="not_found")
    with _said():
        return _provider(_OidcKey(link)).begin(back, scope="openid phone" if citizen else None)


def finish_sign_in(settings: Settings, back: str, code: str, nonce: str, verifier: str) -> Mapping[str, Any]:
    """The checked claims. Raises `identity_off`, `identity_away`, `identity_unproven`."""
    with _said():
        return _provider(_OidcKey(_link(settings))).finish(back, code, nonce, verifier)


def sign_out_address(settings: Settings, after: str) -> str | None:
    """Where the session there is ended, too; None: not offered, or not to be reached now."""
    try:
        return _provider(_OidcKey(_link(settings))).end_session_url(after)
    except IntegrationError:
        return None


def claimed(settings: Settings, claims: Mapping[str, Any], now: datetime) -> SignInByClaims:
    """What the claims say, in our words: role, desk and office by the names that the links file gives them."""
    link = _link(settings)
    said = claims.get(link.role_claim)
    values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    roles = {link.roles[value] for value in values if isinstance(value, str) and value in link.roles}
    return SignInByClaims(
        identity=f"{link.issuer}|{claims['sub']}",
        name=_text(claims, "name"),
        role=next((role for role in MOST_FIRST if role.value in roles), None),
        desk=_text(claims, link.desk_claim) or None,
        office=_text(claims, link.office_claim) or None,
        now=now,
    )


def verified_phone(claims: Mapping[str, Any]) -> str | None:
    """The telephone, if the provider vouches for it."""
    return _text(claims, "phone_number") or None if claims.get("phone_number_verified") is True else None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip()[:200] if isinstance(value, str) else ""


def _link(settings: Settings) -> OidcLink:
    link = links_file(settings).oidc
    if link is None:
        raise DomainError("identity_off", kind="not_found")
    return link


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except Unavailable:
        raise DomainError("identity_away", kind="conflict") from None
    except IntegrationError:
        raise DomainError("identity_unproven", kind="invalid") from None
