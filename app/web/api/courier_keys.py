"""A courier's phone and its own key: registered once it is signed in, asked for whenever it signs in again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.domain.errors import DomainError
from app.schemas.phone_keys import AskChallengeSchema, RegisterKeySchema
from app.services.staff import devices, phone_keys
from app.web.api import courier_examples as examples
from app.web.api.answering import ByPhone, by_phone
from app.web.auth import current_device, phone_sign_in, phone_upload
from app.web.session import keys, now, transaction

bp = Blueprint("courier-keys", __name__, url_prefix="/api/v1/courier", description="Khóa ký của máy")

KEY_CALL = ByPhone(
    phone_upload, {200: examples.KEY_KNOWN}, RegisterKeySchema, examples.KEY, refusals=(401, 403, 409, 422)
)
CHALLENGE_CALL = ByPhone(
    phone_sign_in, {200: examples.CHALLENGE}, AskChallengeSchema, examples.CHALLENGE_ASKED, refusals=(422,)
)


@by_phone(bp, "POST", "/key", KEY_CALL)
def register_key(given: dict[str, Any]) -> ResponseReturnValue:
    """The public half of this phone's own key, and a proof that the phone has the other half; while its shift lasts"""
    if devices.access_ended(current_device(), now()):
        raise DomainError("phone_not_signed_in", kind="forbidden")
    with transaction() as session:
        key = phone_keys.register(session, current_device().id, phone_keys.RegisterKey(**given, now=now()))
        known = {"public_key": key.public_key, "signed_from_seq": key.signed_from_seq}
    return jsonify(known)


@by_phone(bp, "POST", "/challenge", CHALLENGE_CALL)
def challenge(given: dict[str, UUID]) -> ResponseReturnValue:
    """Something to sign at sign-in, by which a phone shows that it is the one that was enrolled"""
    return jsonify(challenge=phone_keys.challenge(given["device_id"], keys(), now()))
