"""What a postal carrier pushes to us: signed, kept raw, answered at once; a job reads it afterwards."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.gateways.inbox import carrier_webhook
from app.services.inbox import carrier_events
from app.web.auth import signed
from app.web.csrf import csrf
from app.web.session import now, settings, transaction

LONGEST = 2 * 1024 * 1024

bp = Blueprint("carrier_callbacks", __name__, url_prefix="/api/v1/callbacks")
csrf.exempt(bp)


@bp.post("/<name>")
@signed
def receive(name: str) -> ResponseReturnValue:
    """202 when it is kept, the second time too; 401 for all of it when nobody we know signed it."""
    if (request.content_length or 0) > LONGEST:
        raise DomainError("too_big", kind="invalid")
    raw = request.get_data(cache=False)
    lines = carrier_webhook(settings(), name, raw)
    with transaction() as session:
        carrier_events.keep_raw(session, name, hashlib.sha256(raw).hexdigest(), raw, now())
        carrier_events.store(session, name, lines, now())
    return Response(status=202)
