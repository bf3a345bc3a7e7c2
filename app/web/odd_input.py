"""What no client of ours sends is refused before any view reads it: 400, never 500 (a partner's software repeats a 500).

Endless brackets, numbers of 5,000 digits, half an emoji, a NUL, a row's number that no row can have.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Final

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.routing import IntegerConverter

from app.web.errors import answer_failure, answer_http_error

DEEPEST: Final = 32  # the deepest that we document is 7
MOST_VALUES: Final = 50_000  # a batch of fifty operations has some thousand
NO_ROW: Final = 2**31  # one more than an integer column holds
TEN_DIGITS: Final = 10
HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")  # of a pair of surrogates
NOT_TO_BE_STORED: Final = "22"  # SQLSTATE class: out of range, no such time, not of this encoding

log = logging.getLogger("tannha.web")


class RowId(IntegerConverter):
    """The number of a row, in an address: what no row can have leads nowhere.

    Not by a refusal of the address itself: the router would answer that other methods are allowed there.
    """

    def to_python(self, value: str) -> int:
        if len(value) > TEN_DIGITS:
            return NO_ROW
        number: int = super().to_python(value)
        return min(number, NO_ROW)


def check_json(raw: bytes) -> None:
    """Raise `BadRequest` for JSON that is none, or that nobody would write: too deep, too much, half a character."""
    if raw.count(b",") > MOST_VALUES or b"\\u0000" in raw:
        raise BadRequest
    try:
        told = json.loads(raw.decode())
        if HALF.search(raw):
            json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # not UTF-8, a byte order mark, no JSON, digits without end, half an emoji
        raise BadRequest from None
    if _depth(told) > DEEPEST:
        raise BadRequest


def _depth(told: object) -> int:
    depth, level = 0, [told]
    while level and depth <= DEEPEST:
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [value for one in inner for value in (one.values() if isinstance(one, dict) else one)]
        depth += 1 if inner else 0
    return depth


def refuse_odd_input() -> None:
    """PostgreSQL keeps no NUL in a text: whoever sends one is no browser of ours."""
    if NO_ROW in (request.view_args or {}).values():
        raise NotFound
    texts = (request.path, *request.args.values(), *request.form.values())
    if any("\0" in text for text in texts):
        raise BadRequest
    if request.is_json and (raw := request.get_data()):
        check_json(raw)


def answer_not_to_be_stored(error: DataError) -> ResponseReturnValue:
    """A number or a time that a column can't hold: the client's fault, found late; ours, if it comes from nobody's typing."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if not state.startswith(NOT_TO_BE_STORED):
        return answer_failure(error)
    log.error("%s of SQLSTATE %s, answered with 400", type(error).__name__, state)
    return answer_http_error(BadRequest())


def answer_out_of_all_time(_error: OverflowError) -> ResponseReturnValue:
    """The day before 1 January of year 1, or after the last of year 9999: somebody typed it into an address."""
    log.error("OverflowError answered with 400")
    return answer_http_error(BadRequest())


def init_odd_input(app: Flask) -> None:
    """Right behind the guard: only who may send it is read."""
    app.before_request(refuse_odd_input)
    app.register_error_handler(DataError, answer_not_to_be_stored)
    app.register_error_handler(OverflowError, answer_out_of_all_time)
