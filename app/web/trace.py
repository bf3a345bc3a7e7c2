"""X-Request-ID through all hops, and an access log of who asked which rule: by number, never a name, an address or a query."""

from __future__ import annotations

import logging
import re
import time
from contextlib import ExitStack
from uuid import uuid4

from flask import Flask, Response, g, request

from app.watching import figures, traces, trail
from app.web.auth import caller
from app.web.session import settings

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
    trail.begin(g.request_id)
    g.work = ExitStack()
    g.span = g.work.enter_context(traces.span(_rule(), _parent(), request=g.request_id))


def _parent() -> dict[str, str]:
    """The proxy's span. Where none is trusted, whoever connects could name any."""
    given = request.headers.get("traceparent")
    return {"traceparent": given} if given and settings().proxies else {}


def _rule() -> str:
    return request.url_rule.rule if request.url_rule else "-"


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    if request.endpoint == "static":
        return response
    rule, status = _rule(), response.status_code
    took_s = time.perf_counter() - g.get("began", time.perf_counter())
    method = request.method if request.method in METHODS else "-"
    figures.REQUESTS.labels(method, rule, status).inc()
    figures.REQUEST_S.labels(method, rule).observe(took_s)
    if g.get("span") is not None:
        g.span.set_attribute("http.request.method", method)
        g.span.set_attribute("http.response.status_code", status)
    who, ms = caller(), round(took_s * 1000)
    fields = {"method": method, "rule": rule, "status": status, "ms": ms, "who": who}
    log.info("%s %s %s %dms %s", method, rule, status, ms, who, extra=fields)
    return response


def _over(_error: BaseException | None) -> None:
    if "work" in g:
        g.pop("work").close()
    trail.end()


def init_trace(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_over)
