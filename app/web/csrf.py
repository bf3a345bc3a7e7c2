"""Every POST of a page carries a token; only programs with a key of their own are exempt.

Pages are sent packed (`app.web.packing`). A token that stood in each of them alike could be guessed from the lengths of many
answers (BREACH), so it is masked with other random bytes in every answer.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect, generate_csrf


def masked_token() -> str:
    """For the forms of this answer: the random mask, and the token under it."""
    if "masked_csrf_token" not in g:
        token = generate_csrf().encode()
        mask = secrets.token_bytes(len(token))
        g.masked_csrf_token = urlsafe_b64encode(mask + _under(mask, token)).decode()
    return str(g.masked_csrf_token)


def unmasked(given: str | None) -> str | None:
    """The token itself. One with a point in it was never masked: a form that lay open while we were upgraded."""
    if given is None or "." in given:
        return given
    try:
        both = b64decode(given.encode("ascii", "replace"), altchars=b"-_", validate=True)
        half = len(both) // 2
        return _under(both[:half], both[half:]).decode("ascii")
    except (NotBase64, UnicodeDecodeError):
        return None


def _under(mask: bytes, token: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(mask, token, strict=False))


class MaskedProtect(CSRFProtect):  # type: ignore[misc]  # ships no types
    def _get_csrf_token(self) -> str | None:
        return unmasked(super()._get_csrf_token())


csrf = MaskedProtect()


def init_csrf(app: Flask) -> None:
    app.config.update(
        # a form that lay open while the secret was promoted is still taken; the last of the list signs
        WTF_CSRF_SECRET_KEY=[*app.config["SECRET_KEY_FALLBACKS"], str(app.secret_key)],
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a slow writer loses nothing
        WTF_CSRF_SSL_STRICT=False,  # the tracking page sends no referrer, and its buttons must work
        WTF_CSRF_METHODS={"POST", "PUT", "PATCH", "DELETE"},
    )
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = masked_token
    app.context_processor(lambda: {"csrf_token": masked_token})
