"""Where we are and where a client is: our address is `TANNHA_BASE_URL`, a client's is what trusted proxies say. Never `Host`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web.session import settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class OwnAddress:
    """Whatever a client calls us, the application hears its own name: redirects and links can't be led elsewhere."""

    def __init__(self, app: WSGIApplication, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._app, self._scheme, self._host = app, parts.scheme, parts.netloc

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["HTTP_HOST"], environ["wsgi.url_scheme"] = self._host, self._scheme
        return self._app(environ, start_response)


def public_url(endpoint: str, **values: Any) -> str:
    """A page's whole address, to be sent to somebody."""
    return f"{settings().base_url}{url_for(endpoint, **values)}"


def init_addresses(app: Flask) -> None:
    """`X-Forwarded-For` counts from the right, as many hops as the operator keeps; all other such headers are a stranger's."""
    with app.app_context():
        chosen = settings()
    app.wsgi_app = OwnAddress(app.wsgi_app, chosen.base_url)  # type: ignore[method-assign]  # Flask's documented way
    if chosen.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=chosen.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]  # as Werkzeug's page has it
