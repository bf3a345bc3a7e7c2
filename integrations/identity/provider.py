"""An OpenID provider: where to send a person, and who it says came back (OpenID Connect Core 1.0 §3.1, RFC 7636).

Nothing of an answer is believed before the token's signature, issuer, audience, time and nonce were checked.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from urllib.parse import quote, urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from integrations.errors import BadAnswer
from integrations.http import OutsideService

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Signed by the provider's private key; `none` and the shared-secret kinds are no proof."""
LEEWAY_S: Final = 60.0
KEPT_S: Final = 3600.0  # how long the provider's own description and keys are believed
LONGEST: Final = 255


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """`secret` is asked at every exchange, so that a rotated one needs no restart; None: a public client with PKCE only."""

    issuer: str
    client_id: str
    secret: Callable[[], str] | None = None
    scope: str = "openid profile"
    clock: Callable[[], float] = time.time  # real time, even in a demonstration: the provider's tokens live by it


@dataclass(frozen=True, slots=True)
class Begun:
    """`url` is where the browser goes; the rest is kept for `finish`, by that browser's session only."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _ProviderMetadata:
    """What the provider says of itself, and its keys; `at` in seconds."""

    at: float
    fields: Mapping[str, Any]
    keys: KeySet


class Provider:
    """One provider and what it said of itself. Every method raises integrations.errors."""

    def __init__(self, settings: ProviderSettings, caller: OutsideService) -> None:
        self._settings = settings
        self._caller = caller
        self._lock = Lock()
        self._known: _ProviderMetadata | None = None

    def begin(self, redirect_uri: str, *, scope: str | None = None) -> Begun:
        """A new sign-in: state, nonce and code verifier are made here and never twice."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": scope or self._settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return Begun(
            add_params_to_uri(self._address("authorization_endpoint"), list(asked.items())), state, nonce, verifier
        )

    def finish(self, redirect_uri: str, code: str, nonce: str, verifier: str) -> Mapping[str, Any]:
        """Exchange the code; return the checked claims, those of the userinfo endpoint beside them.

        Raises Rejected for a code that is wrong, late or used, and BadAnswer for a token that proves nothing.
        """
        answer = self._exchange(redirect_uri, code, verifier)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise self._bad("the answer holds no id_token")
        claims = self._checked(self._decoded(token), nonce)
        return {**self._more(answer.get("access_token"), claims), **claims}

    def end_session_url(self, after: str) -> str | None:
        """Where a browser ends its session there, too (RP-initiated logout); None: not offered."""
        if not self._now_known().fields.get("end_session_endpoint"):
            return None
        asked = {"client_id": self._settings.client_id, "post_logout_redirect_uri": after}
        return str(add_params_to_uri(self._address("end_session_endpoint"), list(asked.items())))

    # -- the provider's own description

    def _now_known(self, *, afresh: bool = False) -> _ProviderMetadata:
        with self._lock:
            known, now = self._known, time.monotonic()
            if known is None or afresh or now - known.at > KEPT_S:
                fields = self._fetch(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
                if fields.get("issuer") != self._settings.issuer:
                    raise self._bad("its description names another issuer")
                known = self._known = _ProviderMetadata(now, fields, self._keys(fields))
            return known

    def _keys(self, fields: Mapping[str, Any]) -> KeySet:
        found = self._fetch(self._of(fields, "jwks_uri"))
        try:
            return KeySet.import_key_set(found)  # type: ignore[arg-type]  # checked by the library
        except (JoseError, ValueError, KeyError, TypeError):
            raise self._bad("its keys can't be read") from None

    def _address(self, name: str) -> str:
        return self._of(self._now_known().fields, name)

    def _of(self, fields: Mapping[str, Any], name: str) -> str:
        """An address of the description, as well protected as the issuer's own."""
        url = fields.get(name)
        if not isinstance(url, str) or urlsplit(url).scheme not in {"https", urlsplit(self._settings.issuer).scheme}:
            raise self._bad(f"its description has no safe {name}")
        return url

    def _fetch(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self._caller.object_of(self._caller.call("GET", url, headers=headers))

    # -- code → token → claims

    def _exchange(self, redirect_uri: str, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self._settings.client_id,
        }
        auth = None
        if self._settings.secret is not None:
            secret = self._settings.secret()
            offered = self._now_known().fields.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
            if "client_secret_basic" in offered:
                auth = (quote(self._settings.client_id, safe=""), quote(secret, safe=""))  # RFC 6749 §2.3.1
            else:
                form["client_secret"] = secret
        return self._caller.object_of(self._caller.call("POST", self._address("token_endpoint"), data=form, auth=auth))

    def _decoded(self, token: str) -> Mapping[str, Any]:
        """The claims of a token signed by a key of theirs; an unknown key is looked for once more: they rotate."""
        for afresh in (False, True):
            try:
                return jwt.decode(token, self._now_known(afresh=afresh).keys, algorithms=list(ALGORITHMS)).claims
            except (JoseError, ValueError) as error:
                if afresh:
                    raise self._bad(f"its token proves nothing ({type(error).__name__})") from None
        raise AssertionError("unreachable")

    def _checked(self, claims: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        now, mine = self._settings.clock(), self._settings.client_id
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        subject = claims.get("sub")
        wrong = {
            "iss": claims.get("iss") != self._settings.issuer,
            "aud": mine not in audiences or (len(audiences) > 1 and claims.get("azp") != mine),
            "azp": claims.get("azp", mine) != mine,
            "exp": _seconds(claims.get("exp"), -1.0) <= now - LEEWAY_S,
            "iat": _seconds(claims.get("iat"), now + 2 * LEEWAY_S) > now + LEEWAY_S,
            "nbf": _seconds(claims.get("nbf", 0), now + 2 * LEEWAY_S) > now + LEEWAY_S,
            "nonce": not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
            "sub": not isinstance(subject, str) or not 0 < len(subject) <= LONGEST,
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise self._bad(f"its token has a wrong {name}")
        return claims

    def _more(self, access_token: object, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        if not isinstance(access_token, str) or not self._now_known().fields.get("userinfo_endpoint"):
            return {}
        found = self._fetch(self._address("userinfo_endpoint"), {"Authorization": f"Bearer {access_token}"})
        if found.get("sub") != claims["sub"]:
            raise self._bad("its userinfo is somebody else's")
        return found

    def _bad(self, reason: str) -> BadAnswer:
        return BadAnswer(self._caller.service, reason)


def _seconds(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise
