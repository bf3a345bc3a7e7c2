"""How much a client may send where. Who has not shown who he is: 64 kB; the front (`app.web.front`) reads no more from him."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout
from werkzeug.routing import MapAdapter

from app.web.auth import Access

KB: Final = 1024
ANONYMOUS: Final = 64 * KB
OF_AUDIENCE: Final[Mapping[str, int]] = {
    "staff": 8 * KB * KB,  # tables of results, photographs of papers
    "partner": 8 * KB * KB,
    "phone": 8 * KB * KB,
    "phone_upload": 8 * KB * KB,  # fifty operations, each with what it seals
    "signed": 2 * KB * KB,  # only what is read can be proved by its signature
}
OF_PAGE: Final[Mapping[str, int]] = {
    "coordinators.rescue_action": 128 * KB * KB,  # a phone's whole day: 200 photographs and room to spare
}
ASKED_BEFORE: Final = "tannha.asked_before"  # in the environ: nothing of the body is here yet, may he send it at all?
CUT_SHORT: Final = "tannha.cut_short"  # in the environ: the status of a body that was not taken in
MAY_SEND: Final = 204
_REFUSALS: Final[Mapping[int, type[HTTPException]]] = {408: RequestTimeout, 413: RequestEntityTooLarge}


def longest(app: Flask, endpoint: str | None) -> int:
    """Bytes that a view may be sent by whom it is for."""
    access = getattr(app.view_functions.get(endpoint or ""), "access", None)
    audience = access.audience if isinstance(access, Access) else ""
    return OF_PAGE.get(endpoint or "") or OF_AUDIENCE.get(audience, ANONYMOUS)


def longest_at(app: Flask, addresses: MapAdapter, method: str, path: str) -> int:
    """The same by address; what leads nowhere is anonymous."""
    try:
        endpoint, _ = addresses.match(path, method)
    except HTTPException:
        return ANONYMOUS
    return longest(app, endpoint)


def _begin() -> None:
    """Before anybody asks who it is: a body that did not arrive is refused here, in the client's language."""
    refusal: Any = request.environ.get(CUT_SHORT)
    if refusal is not None:
        raise _REFUSALS[refusal]
    request.max_content_length = longest(current_app, request.endpoint)


def _answer_asked_before() -> ResponseReturnValue | None:
    return Response(status=MAY_SEND) if ASKED_BEFORE in request.environ else None


def init_bodies(app: Flask) -> None:
    """Before the guard."""
    app.before_request(_begin)


def init_asked_before(app: Flask) -> None:
    """Right behind the guard: it let this client pass."""
    app.before_request(_answer_asked_before)
