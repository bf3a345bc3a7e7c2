"""What the bank's statement says, as it comes: believed with the agreed key alone, answered as SePay wants it."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.gateways.bank import bank_account, statement_webhook
from app.services.desks import bank
from app.web.auth import signed
from app.web.csrf import csrf
from app.web.session import now, settings, transaction

LONGEST = 64 * 1024

bp = Blueprint("bank_callbacks", __name__, url_prefix="/api/v1/callbacks/statement")
csrf.exempt(bp)


@bp.post("/sepay")
@signed
def receive() -> ResponseReturnValue:
    """200 when it is kept, the second time too: they repeat until they read it."""
    if (request.content_length or 0) > LONGEST:
        raise DomainError("too_big", kind="invalid")
    told = statement_webhook(settings(), request.headers.get("Authorization", ""), request.get_data(cache=False))
    account = bank_account(settings())
    if told is not None and account is not None:
        with transaction() as session:
            bank.take_in(session, told, account, now())
    return jsonify({"success": True})
