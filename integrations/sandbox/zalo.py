"""Zalo ZNS as it publishes itself: one registered template, a pair of tokens, telephones with and without an account."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.faults import EXPIRED, FaultInjector
from integrations.sandbox.state import StateFile, count
from integrations.sandbox.world import LOCAL

APP_ID, SECRET_KEY, ACCOUNT_SECRET = "4242424242", "sandbox-zalo-app", "sandbox-zalo-account"
FIRST_REFRESH: Final = "sandbox-zalo-refresh"
TEMPLATE: Final = "204009"
PARAMS: Final = frozenset({"reference", "slot"})
TEXT: Final = "Tận Nhà: yêu cầu {reference}, bưu tá đến {slot}."
PHONE: Final = re.compile(r"84\d{9}")
QUOTA: Final = 500
FIRST_ID: Final = 9_100_000_000_000_000  # above what a floating number holds


class Zalo:
    """A number that ends in an even digit has an account."""

    def __init__(
        self, state: StateFile, faults: FaultInjector, clock: Callable[[], datetime], our_url: str | None
    ) -> None:
        self.state, self.faults, self.clock = state, faults, clock
        self.back = f"{our_url}/api/v1/callbacks/messages/zns" if our_url else None

    def blueprint(self) -> Blueprint:
        bp = Blueprint("zalo", __name__, url_prefix="/zns")
        bp.add_url_rule("/message/template", view_func=self.send, methods=["POST"])
        bp.add_url_rule("/access_token", view_func=self.renew, methods=["POST"])
        return bp

    def renew(self) -> ResponseReturnValue:
        if (request.form.get("app_id"), request.headers.get("secret_key")) != (APP_ID, SECRET_KEY):
            return jsonify({"error": -14002, "error_name": "Invalid app."})
        given = request.form.get("refresh_token", "")
        with self.state.open() as db:
            first = given == FIRST_REFRESH and count(db, "zalo-first") == 1
            known = db.execute("delete from session where token = ? and kind = 'zalo-refresh'", (given,)).rowcount
            if request.form.get("grant_type") != "refresh_token" or not (known or first):
                return jsonify({"error": -14014, "error_name": "Invalid refresh token."})
            access, refresh = secrets.token_hex(16), secrets.token_hex(16)
            db.execute("delete from session where kind = 'zalo-access'")
            db.execute("insert into session values (?, 'zalo-access', 1), (?, 'zalo-refresh', 1)", (access, refresh))
        return jsonify({"access_token": access, "refresh_token": refresh, "expires_in": "90000"})

    def send(self) -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        expired = self.faults.strikes(EXPIRED)
        with self.state.open() as db:
            if expired:
                db.execute("delete from session where kind = 'zalo-access'")
            refusal = self._refusal(db, body)
            if refusal is not None:
                return jsonify({"error": refusal, "message": f"error {refusal}"})
            return jsonify(self._keep(db, body))

    def _refusal(self, db: sqlite3.Connection, body: Mapping[str, Any]) -> int | None:
        token = request.headers.get("access_token", "")
        known = "select 1 from session where token = ? and kind = 'zalo-access'"
        phone, data = str(body.get("phone")), body.get("template_data")
        wrong = {
            -124: db.execute(known, (token,)).fetchone() is None,
            -108: not PHONE.fullmatch(phone),
            -109: body.get("template_id") != TEMPLATE,
            -112: not isinstance(data, dict) or data.keys() != PARAMS,
            -118: int(phone[-1:] or 0) % 2 == 1 if phone[-1:].isdecimal() else True,
        }
        return next((code for code, is_wrong in wrong.items() if is_wrong), None)

    def _keep(self, db: sqlite3.Connection, body: Mapping[str, Any]) -> dict[str, Any]:
        sent = count(db, "zalo-sent")
        number = str(FIRST_ID + sent)
        text = TEXT.format(**body["template_data"])
        tracking, at = body.get("tracking_id"), self.clock().astimezone(LOCAL).isoformat()
        db.execute(
            "insert into sms (id, operator, phone, text, reference, back, at) values (?, 'zns', ?, ?, ?, ?, ?)",
            (number, body["phone"], text, tracking, self.back, at),
        )
        quota = {"dailyQuota": str(QUOTA), "remainingQuota": str(max(0, QUOTA - sent))}
        return {"error": 0, "message": "Success", "data": {"msg_id": number, "sent_time": "0", "quota": quota}}


def webhook(one: Mapping[str, Any], at: datetime) -> tuple[bytes, dict[str, str]]:
    """What their webhook says of a message that arrived, and its signature."""
    timestamp = str(int(at.timestamp() * 1000))
    told = {
        "event_name": "user_received_message",
        "app_id": APP_ID,
        "message": {"msg_id": one["id"], "tracking_id": one["reference"], "delivery_time": timestamp},
        "timestamp": timestamp,
    }
    body = json.dumps(told).encode()
    mac = hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + ACCOUNT_SECRET.encode()).hexdigest()
    return body, {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={mac}"}
