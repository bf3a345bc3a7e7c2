"""How often who may ask. Counted by account, telephone, link or key first; an address pays for wrong tries alone.

An office of 137 couriers, a hamlet, a mobile operator's subscribers have one address: whoever is right is never stopped by it.
What is counted is hashed under the pepper before it leaves this module; where counts lie says `app.web.counters`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, g, request
from flask import session as cookie
from flask_limiter import Limiter
from limits.errors import ConfigurationError

from app.config import SettingsError
from app.database import Database, app_url
from app.web import tabs
from app.web.counters import PATIENCE_S, SCHEME, STRATEGY, BrakedWindow
from app.web.known_device import proved
from app.web.session import context, keys, settings

View = TypeVar("View", bound=Callable[..., Any])
Named = Callable[[], str]

TRIES = "10 per minute;60 per 60 minute"  # of one name, number or card from one address
WRONG = "40 per minute;300 per 60 minute"  # of one address, by whatever name or link; an office that mistypes at 07:00 is below it
CALLS = (
    "10 per 60 minute"  # of one address, to be called back and booked for [assumption]: a hamlet's landlines are fewer
)
OPENED = "60 per minute"  # of one link
LOOKS = "300 per minute"  # of one address, at what costs us work and shows nobody anything
PROGRAMS = "600 per minute"  # of one key
PHONES = "1200 per minute"  # of one phone: a day's work comes home at once
REFUSED: Final = range(400, 500)
LIMITED: Final = 429
REDIS_WAITS: Final = ("socket_timeout", "socket_connect_timeout")
NETWORK_OF_A_HOME: Final = 64  # bits: an IPv6 line has that many addresses to choose from


class HouseLimiter(Limiter):
    """Flask-Limiter, whose strategy remembers something, too."""

    def reset(self) -> None:
        super().reset()
        self.brake.reset()

    @property
    def brake(self) -> BrakedWindow:
        return cast("BrakedWindow", self.limiter)


def client_address() -> str:
    """The network a request comes from, as far as the trusted hops say (`app.web.addresses`)."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "nowhere"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or int(address) >> (128 - NETWORK_OF_A_HOME))


def known_device() -> str | None:
    """A machine that has proved itself before: it pays for its own tries alone. Asked once a request."""
    if "known_device" not in g:
        g.known_device = proved()
    return cast("str | None", g.known_device)


def client() -> str:
    device = known_device()
    return _hashed(f"device {device}" if device else f"address {client_address()}")


def _hashed(counted: str) -> str:
    return hmac.new(keys().pepper, b"limit\0" + counted.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


limiter = HouseLimiter(client, strategy=STRATEGY, headers_enabled=True)


def _was_wrong(response: Response) -> bool:
    """Refused for what it said, not for how often."""
    return response.status_code in REFUSED and response.status_code != LIMITED and not _stopped_here()


def _stopped_here() -> bool:
    limit = limiter.current_limit
    return limit is not None and limit.breached


def wrong_tries(view: View) -> View:
    """A client pays for what was refused, at all such pages together."""
    limited = limiter.shared_limit(WRONG, scope="wrong", key_func=client, deduct_when=_was_wrong)
    return cast("View", limited(view))


def tries_of(named: Named, limits: str = TRIES, methods: list[str] | None = None) -> Callable[[View], View]:
    """Of this name by this client, and of its wrong tries by any name."""

    by_name = limiter.limit(limits, key_func=lambda: f"{_hashed(named())} {client()}", methods=methods)

    def limit(view: View) -> View:
        # in this order, and all windows told in minutes (Flask-Limiter sorts by the unit): who may not try any more makes
        # no counter of a new name either
        return cast("View", by_name(wrong_tries(view)))

    return limit


def typed_name() -> str:
    """The account a form or a phone names, as far as spelling goes the same one."""
    given: Any = request.get_json(silent=True) if request.is_json else request.form
    name = given.get("username", "") if hasattr(given, "get") else ""
    return str(name).strip().casefold()[:200]


def typed_phone() -> str:
    """The telephone that asks for a code, or was sent one."""
    typed = request.form.get("phone") or cookie.get("asked") or ""
    return "".join(digit for digit in str(typed) if digit.isdecimal())[-9:]  # +84 900… and 0900… are one


def _token() -> str:
    return str((request.view_args or {}).get("token", ""))


def _tab() -> str:
    return tabs.here() or ""


staff_tries = tries_of(typed_name)
phone_tries = tries_of(typed_phone, methods=["POST"])
tab_tries = tries_of(_tab, methods=["POST"])
links = tries_of(_token, OPENED)
cards = tries_of(_token, "20 per minute;100 per 60 minute")


def calls(view: View) -> View:
    """To be called is asked for by few, and each time a person has to dial."""
    return cast("View", limiter.limit(CALLS, key_func=client)(tab_tries(view)))


def looks(view: View) -> View:
    return cast("View", limiter.limit(LOOKS)(view))


def by_partner() -> str:
    partner = g.get("partner")
    return client() if partner is None else f"partner {partner.id}"


def by_phone() -> str:
    """Whose phone this is; before it has a token, where it calls from."""
    device = g.get("device")
    return client() if device is None else f"phone {device.id}"


def _storage() -> str:
    """Redis if it is named; else a table of our database; a test's outer transaction has none."""
    named, database = settings().limits, context().database
    if named is not None:
        return named
    if not isinstance(database, Database):
        return "memory://"
    address = app_url(settings()).set(drivername=SCHEME)
    return address.render_as_string(hide_password=False)


def init_limits(app: Flask) -> None:
    with app.app_context():
        app.config["RATELIMIT_STORAGE_URI"] = _storage()
        if settings().limits is not None:
            app.config["RATELIMIT_STORAGE_OPTIONS"] = dict.fromkeys(REDIS_WAITS, PATIENCE_S)
    try:
        limiter.init_app(app)
    except ConfigurationError:
        raise SettingsError(
            "TANNHA_LIMITS names Redis, and its client is not installed: run pip install 'tannha[redis]', "
            "or unset TANNHA_LIMITS to count in the database."
        ) from None
