"""What a courier's phone calls: sign in for a shift, sign out with nothing left, ask how it stands, bring operations home.

Bearer tokens, no cookie. A fact is never answered with 4xx: each operation of a batch has an answer of its own.
"""

from __future__ import annotations

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.domain.custody import canonical_time
from app.domain.errors import DomainError
from app.domain.operation import Sent
from app.schemas.operations import BatchSchema, LeavingSchema, SignInSchema, WireReader
from app.services import devices, sync
from app.services.sealed import server_key
from app.web.api.answering import by_phone
from app.web.auth import current_device, phone_sign_in, phone_upload
from app.web.limits import SIGN_IN, limiter
from app.web.session import keys, now, transaction

bp = Blueprint("courier", __name__, url_prefix="/api/v1/courier", description="Điện thoại của bưu tá")


@by_phone(bp, "POST", "/sign-in", phone_sign_in, SignInSchema)
@limiter.limit(SIGN_IN)
def sign_in(given: dict[str, Any]) -> ResponseReturnValue:
    """A shift on this phone"""
    with transaction() as session:
        found = devices.sign_in(session, devices.SignInPhone(**given, now=now()))
    if isinstance(found, DomainError):
        raise found
    device = found.device
    body = {
        "device_id": str(device.id),
        "access_token": found.access_token,
        "access_until": canonical_time(device.access_until or now()),
        "upload_token": found.upload_token,
        "server_key": server_key(keys()),
        "now": canonical_time(now()),
        "last_seq": device.last_seq,
        "head_hash": device.head_hash,
        "courier": {"id": device.courier.id, "name": device.courier.name},
    }
    return jsonify(body), 201


@by_phone(bp, "POST", "/sign-out", phone_upload, LeavingSchema)
def sign_out(given: dict[str, int]) -> ResponseReturnValue:
    """The end of the shift; refused while something is still on the phone"""
    with transaction() as session:
        devices.sign_out(session, current_device().id, given["waiting"], given["waiting_files"], now())
    return "", 204


@by_phone(bp, "GET", "/status", phone_upload)
def status() -> ResponseReturnValue:
    """How the server sees this phone, and what it still owes"""
    device = current_device()
    with transaction() as session:
        owed = devices.owes(session, device.id)
    return jsonify(
        now=canonical_time(now()),
        revoked=device.revoked_at is not None,
        access_ended=devices.access_ended(device, now()),
        last_seq=device.last_seq,
        head_hash=device.head_hash,
        owes=owed,
    )


@by_phone(bp, "POST", "/ops", phone_upload, BatchSchema)
def receive(sent: Sent) -> ResponseReturnValue:
    """Take operations in: one answer each, the stored one when it comes twice"""
    with transaction() as session:
        return jsonify(sync.receive(session, current_device().id, sent, WireReader(), keys(), now()))
