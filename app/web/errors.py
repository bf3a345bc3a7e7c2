"""One table from what went wrong to what is answered: a page with the sentence and the way out, or an RFC 9457 problem."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from math import ceil
from typing import Any, Final

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.database import passes, sqlstate
from app.domain.errors import DomainError, DomainErrors
from app.texts import SENTENCES, explain, say
from app.watching import sentry
from app.web.i18n import gettext as _
from app.web.session import context, language, wall
from app.web.trace import request_id
from app.web.whom_to_call import told, with_number

log = logging.getLogger("tannha.web")

STATUS: Mapping[str, int] = {
    "invalid": 422,
    "not_found": 404,
    "conflict": 409,
    "forbidden": 403,
    "gone": 410,
    "too_many": 429,
    "busy": 503,
}
STATUS_OF_CODE: Mapping[str, int] = {
    "idempotency_key_missing": 400,
    "idempotency_key_malformed": 400,
    "if_match_missing": 428,
    "changed_meanwhile": 412,
    "sign_in_needed": 401,
    "upload_over": 401,  # a phone takes every 401 for: keep what waits, and ask the courier
    "callback_signature": 401,
    "file_too_big": 413,
    "file_store_away": 503,
    "identity_away": 503,
    "identity_state": 400,
    "identity_unproven": 400,
}
COME_AGAIN_S: Final = 5  # what a locked table, a restart of the database or a rush of visitors usually takes
SPOKEN: Mapping[int, str] = {
    400: "request_malformed",
    401: "key_needed",
    403: "not_your_page",
    404: "page_not_found",
    405: "method_refused",
    413: "too_big",
    415: "request_malformed",
    422: "several_faults",
    429: "too_many_requests",
}


def status_of(error: DomainError) -> int:
    return STATUS_OF_CODE.get(error.code, STATUS[error.kind])


def faults(error: DomainError) -> list[DomainError]:
    return error.errors if isinstance(error, DomainErrors) else [error]


def by_field(error: DomainError) -> dict[str, str]:
    """Field → sentence, for `error_summary` and the fields of a form; a fault of no field stands under ``""``."""
    return {fault.field or "": told(fault) for fault in faults(error)}


def wants_problem() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/problem+json"


def problem(
    status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, retry_after: int | None = None
) -> ResponseReturnValue:
    """An RFC 9457 problem; `detail` is a sentence in the reader's language, `retry_after` is in seconds."""
    body: dict[str, Any] = {
        "type": f"https://tannha.example/problems/{code}",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request_id(),
    }
    if errors:
        body["errors"] = errors
    if retry_after is not None:
        body["retry_after"] = retry_after
    response = make_response(jsonify(body), status)
    response.mimetype = "application/problem+json"
    return response


def page(status: int, sentence: str, title: str = "", frames: str = "") -> ResponseReturnValue:
    """`frames`: a traceback, for the eyes of who is at work on the code."""
    g.failed = True
    told = {"status": status, "sentence": sentence, "title": title, "request_id": request_id(), "frames": frames}
    told["request_url"] = _own_request()
    return render_template("errors/error.html", **told), status


def _own_request() -> str:
    """A page behind a request's secret link leads back to that request."""
    token = (request.view_args or {}).get("token") if (request.endpoint or "").startswith("citizens.") else None
    behind = (
        token is not None and request.path.startswith("/theo-doi/") and request.endpoint != "citizens.tracking_page"
    )
    return url_for("citizens.tracking_page", token=token) if behind else ""


def answer_domain_error(error: DomainError) -> ResponseReturnValue:
    status = status_of(error)
    if error.kind == "busy":
        return answer_busy()
    sentence = explain(error, language())
    if wants_problem():
        named = [{"field": fault.field or "", "code": fault.code, "detail": explain(fault, language())}
                 for fault in faults(error) if fault.field]  # fmt: skip
        answer = make_response(problem(status, error.code, sentence, named, _comes_again_s(error)))
        if status == HTTPStatus.UNAUTHORIZED:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    return page(status, " ".join(told(fault) for fault in faults(error)))


def _messages(found: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten marshmallow's messages: `{"json": {"place": {"unit": ["…"]}}}` → `place.unit`."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            outer = not path and key in {"json", "query", "form", "headers", "path", "_schema"}
            yield from _messages(value, path if outer else f"{path}.{key}".lstrip("."))
    else:
        for sentence in found if isinstance(found, list) else [found]:
            yield {"field": path, "code": "field_invalid", "detail": _(str(sentence))}


def _comes_again_s(error: DomainError) -> int | None:
    """What a program need not read out of a sentence. Not `Retry-After`: that is of the windows of `app.web.limits`."""
    until = error.params.get("until")
    if error.kind != "too_many" or not isinstance(until, datetime):
        return None
    return max(1, ceil((until - wall()).total_seconds()))


def answer_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    code = "form_too_old" if isinstance(error, CSRFError) else SPOKEN.get(status, "server_failed")
    if code == "request_malformed" and not wants_problem():
        code = "form_unreadable"  # a person has no documentation of an interface
    sentence = say(SENTENCES[code], language())
    if wants_problem():
        found = list(_messages(getattr(error, "data", {}).get("messages", {})))
        answer = make_response(problem(status, code, sentence, found))
    else:
        answer = make_response(page(status, with_number(code, sentence)))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            answer.headers[name] = value
    return answer


def answer_busy() -> ResponseReturnValue:
    """The database is away, locked or overloaded: a page that asks it nothing, and when to come again."""
    g.staff_session = g.citizen_session = None  # the frame would ask who is signed in
    sentence = say(SENTENCES["database_busy"], language())
    g.come_again_s = COME_AGAIN_S
    return problem(503, "database_busy", sentence) if wants_problem() else page(503, sentence)


def _come_again(response: Response) -> Response:
    if "come_again_s" in g:
        response.headers["Retry-After"] = str(g.come_again_s)
    return response


def answer_database_error(error: SQLAlchemyError) -> ResponseReturnValue:
    if passes(error):
        log.warning("%s: asked to come again", sqlstate(error) or type(error).__name__)
        return answer_busy()
    if current_app.testing:
        raise error
    return answer_failure(error)


def answer_failure(error: Exception) -> ResponseReturnValue:
    """In development with the whole traceback, on the terminal and on the page; else nobody sees what the error quotes."""
    at_home = context().settings.environment == "development"
    where = traceback.extract_tb(error.__traceback__, limit=-1)
    place = f"{where[0].filename}:{where[0].lineno}" if where else "-"
    # the type and the place, never the message: it may quote what a person typed
    log.error("%s at %s", type(error).__name__, place, exc_info=error if at_home else None)
    sentry.report(error)
    sentence = say(SENTENCES["server_failed"], language())
    if wants_problem():
        return problem(500, "server_failed", sentence)
    frames = "".join(traceback.format_exception(error)) if at_home else ""
    try:
        return page(500, with_number("server_failed", sentence), frames=frames)
    except SQLAlchemyError:  # the page's own frame asks the database who is signed in
        return Response(f"{sentence}\n{request_id()}\n{frames}", 500, mimetype="text/plain")


def init_errors(app: Flask) -> None:
    app.register_error_handler(DomainError, answer_domain_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(SQLAlchemyError, answer_database_error)
    # the last word: the limiter writes when its window ends into whatever is answered
    app.after_request_funcs.setdefault(None, []).insert(0, _come_again)
    if not app.testing:
        app.register_error_handler(Exception, answer_failure)
