"""What a courier's phone calls: sign in for a shift, sign out with nothing left, ask how it stands, bring operations home.

Bearer tokens, no cookie. A fact is never answered with 4xx: each operation of a batch has an answer of its own. Only signatures
that can't be checked are sent again, behind the key.
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.domain.custody import canonical_time
from app.domain.errors import DomainError
from app.domain.operation import Sent
from app.schemas.operations import BatchSchema, LeavingSchema, SignInSchema
from app.services import installation
from app.services.evidence.sealed import server_key
from app.services.staff import devices
from app.web.api import courier_examples as examples
from app.web.api.answering import ByPhone, by_phone
from app.web.api.batches import take_in
from app.web.auth import current_device, phone_sign_in, phone_upload
from app.web.limits import staff_tries
from app.web.password_check import check_own_password, check_password
from app.web.session import keys, now, transaction

bp = Blueprint("courier", __name__, url_prefix="/api/v1/courier", description="Điện thoại của bưu tá")


SIGN_IN_CALL = ByPhone(
    access=phone_sign_in,
    answers={201: examples.SIGNED_IN},
    reads=SignInSchema,
    asked=examples.SIGN_IN,
    refusals=(403, 422),
)
SIGN_OUT_CALL = ByPhone(phone_upload, {204: None}, LeavingSchema, examples.SIGN_OUT, refusals=(401, 409, 422))
STATUS_CALL = ByPhone(
    phone_upload, {200: examples.STATUS}, refusals=(401,), parameters=(examples.WAITING, examples.WAITING_FILES)
)
OPS_CALL = ByPhone(phone_upload, {200: examples.OPS_ANSWERED}, BatchSchema, examples.OPS, refusals=(401, 409, 413, 422))


@by_phone(bp, "POST", "/sign-in", SIGN_IN_CALL)
@staff_tries
def sign_in(given: dict[str, Any]) -> ResponseReturnValue:
    """A shift on this phone"""
    account = check_password(given.pop("username"), given.pop("password"), phone=given["device_id"])
    if isinstance(account, DomainError):
        raise account
    check_own_password(account)
    with transaction() as session:
        found = devices.sign_in(session, account, devices.SignInPhone(**given, now=now()), keys())
        epoch = installation.epoch_of(session)
    device = found.device
    body = {
        "device_id": str(device.id),
        "access_token": found.access_token,
        "access_until": canonical_time(device.access_until or now()),
        "upload_token": found.upload_token,
        "server_key": server_key(keys()),
        "now": canonical_time(now()),
        "epoch": epoch,
        "last_seq": device.last_seq,
        "head_hash": device.head_hash,
        "courier": {"id": device.courier.id, "name": device.courier.name},
    }
    return jsonify(body), 201


@by_phone(bp, "POST", "/sign-out", SIGN_OUT_CALL)
def sign_out(given: dict[str, int]) -> ResponseReturnValue:
    """The end of the shift; refused while something is still on the phone"""
    with transaction() as session:
        devices.sign_out(session, current_device().id, given["waiting"], given["waiting_files"], now())
    return "", 204


@by_phone(bp, "GET", "/status", STATUS_CALL)
def status() -> ResponseReturnValue:
    """How the server sees this phone, and what it still owes; `waiting`, `waiting_files`: what it says it still holds"""
    device = current_device()
    waiting, files = (request.args.get(name, type=int) for name in ("waiting", "waiting_files"))
    with transaction() as session:
        if waiting is not None and files is not None:  # a phone of before tells nothing here
            devices.note_standing(session, device.id, max(0, waiting), max(0, files), now())
        owed, epoch = devices.owes(session, device.id), installation.epoch_of(session)
    return jsonify(
        now=canonical_time(now()),
        epoch=epoch,
        revoked=device.revoked_at is not None,
        access_ended=devices.access_ended(device, now()),
        last_seq=device.last_seq,
        head_hash=device.head_hash,
        owes=owed,
    )


@by_phone(bp, "POST", "/ops", OPS_CALL)
def receive(sent: Sent) -> ResponseReturnValue:
    """Take operations in: one answer each, the stored one when it comes twice. 409: signed by a key that is not known here"""
    signed = any(isinstance(operation, dict) and operation.get("signature") for operation in sent.ops)
    if signed and current_device().key is None:
        raise DomainError("phone_key_unknown")  # restored from a copy: the phone shows its key and sends again
    return jsonify(take_in(current_device().id, sent))
