"""A browser's push service (RFC 8030) and the browser itself, with keys of its own: what it is told stands on the telephones' page.

A subscription that ends in one of `FAULTS` is answered so every time; `push_gone` and `push_busy` strike any other by their rate.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from py_vapid import Vapid02, VapidException

from integrations.sandbox.faults import PUSH_BUSY, PUSH_GONE, FaultInjector
from integrations.sandbox.state import StateFile, count
from integrations.sandbox.world import LOCAL

SERVICES: Final = (
    "127.0.0.1",
    "fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com",
)  # fmt: skip
"""Ours, for the browsers that are played; and those of real ones, so that the button does in a demonstration what it says."""
LARGEST: Final = 4096
PAUSE_S: Final = "120"
FAULTS: Final = {"404": 404, "410": 410, "413": 413, "429": 429, "500": 500}
URGENCIES: Final = frozenset({"very-low", "low", "normal", "high"})
TOPIC: Final = re.compile(r"[\w-]{1,32}", re.ASCII)
SIGNED: Final = re.compile(r"vapid t=([\w.-]+), ?k=([\w-]{87})", re.ASCII)
NAME: Final = re.compile(r"[\w-]{1,40}", re.ASCII)


class PushService:
    """`POST /_sandbox/browsers/<name>` makes a browser; `POST /push/<name>` tells it."""

    def __init__(self, state: StateFile, faults: FaultInjector, clock: Callable[[], datetime]) -> None:
        self.state, self.faults, self.clock = state, faults, clock

    def blueprint(self) -> Blueprint:
        bp = Blueprint("push", __name__)
        bp.add_url_rule("/_sandbox/browsers/<name>", view_func=self.subscribe, methods=["POST"])
        bp.add_url_rule("/push/<name>", view_func=self.take, methods=["POST"])
        return bp

    def subscribe(self, name: str) -> ResponseReturnValue:
        """What `PushSubscription.toJSON()` of this browser says; asked twice, it is the same browser."""
        if not NAME.fullmatch(name):
            return jsonify({"error": "a name of letters, digits, - and _"}), 400
        key, secret = new_key(), _letters(secrets.token_bytes(16))
        with self.state.open() as db:
            db.execute("insert or ignore into browser (name, key, secret) values (?, ?, ?)", (name, key, secret))
            row = db.execute("select key, secret from browser where name = ?", (name,)).fetchone()
        keys = {"p256dh": _letters(_point(_key_of(row["key"]))), "auth": row["secret"]}
        return jsonify({"endpoint": f"{request.host_url}push/{name}", "expirationTime": None, "keys": keys})

    def take(self, name: str) -> ResponseReturnValue:
        asked = self._wrong(name)
        if asked is not None:
            return asked
        with self.state.open() as db:
            row = db.execute("select key, secret from browser where name = ?", (name,)).fetchone()
            if row is None:
                return _no(404)
            told = _read(request.get_data(), row["key"], row["secret"])
            if told is None:
                return _no(400)
            number = f"push-{count(db, 'push-sent')}"
            at = self.clock().astimezone(LOCAL).isoformat()
            db.execute(
                "insert into sms (id, operator, phone, text, at, state) values (?, 'push', ?, ?, ?, 'delivered')",
                (number, name, str(told.get("body", "")), at),
            )
        return Response(status=201, headers={"Location": f"{request.host_url}message/{number}"})

    def _wrong(self, name: str) -> Response | None:
        """The first thing that speaks against it, or goes wrong on purpose."""
        if not _signed(request.headers.get("Authorization", ""), request.host_url.rstrip("/")):
            return _no(403)
        if len(request.get_data()) > LARGEST:
            return _no(413)
        if not _well_formed():
            return _no(400)
        ending = name.rpartition("-")[2]
        if ending in FAULTS:
            return _no(FAULTS[ending])
        if self.faults.strikes(PUSH_GONE):
            with self.state.open() as db:
                db.execute("delete from browser where name = ?", (name,))
            return _no(410)
        return _no(429) if self.faults.strikes(PUSH_BUSY) else None


def _no(status: int) -> Response:
    return Response(status=status, headers={"Retry-After": PAUSE_S} if status == FAULTS["429"] else {})


def _well_formed() -> bool:
    headers = request.headers
    return (
        headers.get("TTL", "").isdecimal()
        and headers.get("Content-Encoding") == "aes128gcm"
        and headers.get("Urgency", "normal") in URGENCIES
        and TOPIC.fullmatch(headers.get("Topic", "x")) is not None
    )


def _signed(header: str, audience: str) -> bool:
    """RFC 8292: by the key that it names, for this service, for a day at most."""
    found = SIGNED.fullmatch(header)
    if found is None:
        return False
    try:
        good = Vapid02.verify(header)
        part = found[1].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (VapidException, ValueError, IndexError):
        return False
    return bool(good) and claims.get("aud") == audience


def _read(body: bytes, key: str, secret: str) -> dict[str, Any] | None:
    try:
        plain = http_ece.decrypt(body, private_key=_key_of(key), auth_secret=_bytes(secret), version="aes128gcm")
        told = json.loads(plain)
    except (http_ece.ECEException, ValueError):
        return None
    return told if isinstance(told, dict) else None


def new_key() -> str:
    return _letters(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


def _key_of(letters: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_bytes(letters), "big"), ec.SECP256R1())


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
