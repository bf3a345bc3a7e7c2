"""What an operator of messages reports: believed for the state of a message that we gave it, and for nothing else.

Not all of them sign: the address carries a part that was told to this operator alone. A report on a message that nobody
knows is answered like any other, so that it is not repeated.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.gateways.messages import report_of, signs_reports
from app.services.messaging import sendings
from app.services.messaging.report_address import is_ours
from app.web.auth import signed
from app.web.csrf import csrf
from app.web.session import keys, now, settings, transaction

LONGEST = 64 * 1024

bp = Blueprint("message_callbacks", __name__, url_prefix="/api/v1/callbacks/messages")
csrf.exempt(bp)


@bp.post("/<name>")
@signed
def receive_signed(name: str) -> ResponseReturnValue:
    """From whoever signs: the address is no secret."""
    if not signs_reports(settings(), name):
        raise DomainError("callback_unknown", kind="not_found")
    return _hear(name)


@bp.route("/<name>/<part>", methods=["GET", "POST"])
@signed
def receive(name: str, part: str) -> ResponseReturnValue:
    if not is_ours(keys(), name, part):
        raise DomainError("callback_unknown", kind="not_found")
    return _hear(name)


def _hear(name: str) -> ResponseReturnValue:
    if (request.content_length or 0) > LONGEST:
        raise DomainError("too_big", kind="invalid")
    headers = {header.lower(): said for header, said in request.headers.items()}
    raw = request.get_data()  # before the form, which would leave nothing of it
    query = request.args.to_dict() | request.form.to_dict()
    word = report_of(settings(), name, raw, query, headers)
    if word is not None:
        with transaction() as session:
            sendings.hear(session, name, word, now())
    return Response(status=200)
