"""A courier's phone signs for its side what a counter or a desk has counted: scanned there, answered over the network."""

from __future__ import annotations

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.schemas.phone_keys import CountersignSchema
from app.services.desks import countersigning
from app.web.api import courier_examples as examples
from app.web.api.answering import ByPhone, by_phone
from app.web.auth import current_device, phone_upload
from app.web.session import now, transaction

bp = Blueprint("courier-countersign", __name__, url_prefix="/api/v1/courier", description="Ký xác nhận giao nhận")

CALL = ByPhone(
    phone_upload, {200: examples.COUNTERSIGNED}, CountersignSchema, examples.COUNTERSIGN,
    refusals=(401, 403, 404, 409, 410, 422),
)  # fmt: skip


@by_phone(bp, "POST", "/countersign", CALL)
def countersign(given: dict[str, Any]) -> ResponseReturnValue:
    """The second signature of a hand-over or an opening, by this phone's own key; asked twice, it is given once"""
    with transaction() as session:
        countersigning.answer_by_phone(session, current_device().id, given["id"], given["signature"], now())
    return jsonify(id=given["id"], state="signed")
