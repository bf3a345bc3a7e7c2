"""A courier's phone that shows notices while the app is closed: what to ask its browser with, allowed, ended."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.gateways import allowed_browser, push_key
from app.queries.tracking.browsers import endpoint_of_phone
from app.schemas.notices import AllowNoticesSchema
from app.services.messaging import browsers
from app.web.api import courier_examples as examples
from app.web.api.answering import ByPhone, by_phone
from app.web.auth import current_device, phone
from app.web.session import now, settings, transaction

bp = Blueprint("courier-notices", __name__, url_prefix="/api/v1/courier", description="Thông báo trên máy")

SHOW_CALL = ByPhone(phone, {200: examples.NOTICES}, refusals=(401,))
ALLOW_CALL = ByPhone(phone, {204: None}, AllowNoticesSchema, examples.ALLOW_NOTICES, refusals=(401, 422))
END_CALL = ByPhone(phone, {204: None}, refusals=(401,))


@by_phone(bp, "GET", "/push", SHOW_CALL)
def show_notices() -> ResponseReturnValue:
    """The key that a browser allows notices for (null: none are sent here), and the mark of the browser that is told now"""
    with transaction() as session:
        endpoint = endpoint_of_phone(session, current_device().id)
    mark = None if endpoint is None else hashlib.sha256(endpoint.encode()).hexdigest()
    return jsonify(server_key=push_key(settings()), browser=mark)


@by_phone(bp, "POST", "/push", ALLOW_CALL)
def allow_notices(told: dict[str, Any]) -> ResponseReturnValue:
    """From now on this browser shows a notice when its courier's day has changed; a later one takes its place"""
    browser = allowed_browser(settings(), told)
    with transaction() as session:
        browsers.allow_for_phone(session, current_device().id, browser, now())
    return "", 204


@by_phone(bp, "DELETE", "/push", END_CALL)
def end_notices() -> ResponseReturnValue:
    """No notice any more; safe to repeat"""
    with transaction() as session:
        browsers.end_for_phone(session, current_device().id)
    return "", 204
