"""Every POST of a page carries a token; only programs with a key of their own are exempt."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()


def init_csrf(app: Flask) -> None:
    app.config.update(
        # a form that lay open while the secret was promoted is still taken; the last of the list signs
        WTF_CSRF_SECRET_KEY=[*app.config["SECRET_KEY_FALLBACKS"], str(app.secret_key)],
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a slow writer loses nothing
        WTF_CSRF_SSL_STRICT=False,  # the tracking page sends no referrer, and its buttons must work
        WTF_CSRF_METHODS={"POST", "PUT", "PATCH", "DELETE"},
    )
    csrf.init_app(app)
