"""X-Request-ID through all hops, and an access log of who asked which rule: by number, never a name, an address or a query."""

from __future__ import annotations

import logging
import re
import time
from uuid import uuid4

from flask import Flask, Response, g, request

from app.watching import figures
from app.web.auth import caller

log = logging.getLogger("tannha.access")
METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
)  # anybody may invent others, endlessly
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id() -> str:
    return str(g.get("request_id", "-"))


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _ID.fullmatch(given) else uuid4().hex
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    rule = request.url_rule.rule if request.url_rule else "-"
    if request.endpoint != "static":
        took_s = time.perf_counter() - g.get("began", time.perf_counter())
        method = request.method if request.method in METHODS else "-"
        figures.REQUESTS.labels(method, rule, response.status_code).inc()
        figures.REQUEST_S.labels(method, rule).observe(took_s)
        log.info("%s %s %s %.0fms %s %s", method, rule, response.status_code, took_s * 1000, caller(), request_id())
    return response


def _write_log() -> None:
    """One line a request on stderr, unless somebody has set up logging already."""
    ours = logging.getLogger("tannha")
    if not ours.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        ours.addHandler(handler)
        ours.setLevel(logging.INFO)


def init_trace(app: Flask, *, write: bool = False) -> None:
    if write:
        _write_log()
    app.before_request(_begin)
    app.after_request(_end)
