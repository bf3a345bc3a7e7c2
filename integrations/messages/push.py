"""Web Push: a notice on a phone or computer whose owner allowed it, by its browser's push service (RFC 8030, 8188, 8291, 8292).

The push service reads nothing of it but its length: `pywebpush` encrypts to the browser's own key. That the service took it says
nothing of whether it was shown: nobody ever tells.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, VapidException
from pywebpush import WebPusher, WebPushException

from integrations.chosen_address import ChosenAddresses
from integrations.errors import Rejected
from integrations.messages.channel import (
    AnyText,
    Elsewhere,
    MessageTaken,
    Never,
    Outcome,
    OutgoingMessage,
    asked,
)

HOSTS: Final = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com")
"""Whose browsers we know: Chrome and its kin, Firefox, Safari, Edge."""
GONE: Final = "gone"
ENDED: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
TOO_LARGE: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
TTL_S: Final = 12 * 3600  # a phone that is switched off until tomorrow has its text message
TOKEN_S: Final = 12 * 3600  # RFC 8292 section 2: at most a day
LONGEST_PAYLOAD: Final = 3993  # bytes: encrypted it is 4096, which every service takes (RFC 8030 section 7.2)
LONGEST_ADDRESS: Final = 2048
POINT_BYTES, SECRET_BYTES, PRIVATE_BYTES = 65, 16, 32
UNCOMPRESSED: Final = 4
TOPIC_LETTERS: Final = 32


@dataclass(frozen=True, slots=True)
class PushSettings:
    """`keys`: our private keys (VAPID), the newest first; `contact`: whom a push service writes to, mailto: or https:.

    `plain`: hosts that may be called without TLS, which only a sandbox has.
    """

    contact: str
    keys: Callable[[], Sequence[str]]
    hosts: Sequence[str] = HOSTS
    plain: bool = False


class Push(AnyText):
    """One notice a message; the same `reference` shown twice is one notice on the screen (`tag`)."""

    name = "push"
    drops_repeats = True
    reports = False

    def __init__(
        self, settings: PushSettings, addresses: ChosenAddresses, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings, self._addresses, self._clock = settings, addresses, clock

    def send(self, message: OutgoingMessage) -> Outcome:
        """`to` is the browser's address; `p256dh`, `auth` and `server_key` stand among the parameters."""
        if not may_be_called(message.to, self._settings.hosts, plain=self._settings.plain):
            return Never("address")
        key = next((one for one in self._keys() if public_key(one) == message.params.get("server_key")), None)
        if key is None:
            return Elsewhere(GONE)  # allowed for a key that we no longer have
        return asked(lambda: self._send(message, key))

    def _keys(self) -> Sequence[str]:
        return self._settings.keys()

    def _send(self, message: OutgoingMessage, key: str) -> Outcome:
        payload = payload_of(message)
        if len(payload) > LONGEST_PAYLOAD:
            return Never("too long")
        try:
            body = encrypted(message, payload)
        except (ValueError, WebPushException):
            return Elsewhere(GONE)  # keys that no browser makes
        headers = {
            "TTL": str(TTL_S),
            "Urgency": message.params.get("urgency", "normal"),
            "Topic": topic_of(message),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._signed(message.to, key),
        }
        try:
            answer = self._addresses.post(self.name, message.to, body, headers)
        except Rejected as error:
            if error.status in ENDED:
                return Elsewhere(GONE)
            if error.status in TOO_LARGE or error.code == "address":
                return Never(f"http {error.status}" if error.status else "address")
            raise  # 401 or 403: our key, for every message alike
        return MessageTaken(answer.headers.get("Location", "").rpartition("/")[2][:200] or None)

    def _signed(self, address: str, key: str) -> str:
        """The header by which the service knows us; for this service alone, and for hours."""
        parts = urlsplit(address)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self._clock()) + TOKEN_S,
            "sub": self._settings.contact,
        }
        header: str = Vapid02.from_string(key).sign(claims)["Authorization"]
        return header

    def state(self, operator_id: str) -> None:
        """Nobody tells."""

    def read_callback(self, callback: object) -> None:
        """Nobody reports."""

    def balance(self) -> None:
        """It costs nothing."""


def payload_of(message: OutgoingMessage) -> bytes:
    """What our service worker reads: the words, where a tap leads, and a tag (the same tag: the same notice)."""
    told = {"body": message.text, "url": message.params.get("link", "/"), "tag": topic_of(message)}
    return json.dumps(told, ensure_ascii=False).encode()


def topic_of(message: OutgoingMessage) -> str:
    """What is not fetched yet, a newer notice of the same topic replaces (RFC 8030 section 5.4); letters of base64url only."""
    return message.params.get("topic", message.reference).replace("-", "")[:TOPIC_LETTERS]


def encrypted(message: OutgoingMessage, payload: bytes) -> bytes:
    """To the browser's own key. Raises ValueError or WebPushException where there is no such key."""
    keys = {name: message.params.get(name, "") for name in ("p256dh", "auth")}
    body: bytes = WebPusher({"endpoint": message.to, "keys": keys}).encode(payload)["body"]
    return body


def may_be_called(address: str, hosts: Sequence[str], *, plain: bool = False) -> bool:
    """Is this a push service that we know, over TLS and on its own port? A browser's word for it is nobody's proof.

    `*.` before a host stands for one name or more before it.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or parts.username is not None or parts.fragment:
        return False
    if not plain and (parts.scheme != "https" or port not in {None, 443}):
        return False
    known = any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)
    return known and parts.scheme in {"https", "http"}


def is_browser_key(p256dh: str, auth: str) -> bool:
    """Are these the keys of a subscription: a point of P-256 and sixteen bytes?"""
    point, secret = _bytes(p256dh), _bytes(auth)
    if len(point) != POINT_BYTES or len(secret) != SECRET_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


def new_key() -> str:
    """A private key of ours (VAPID, P-256): 43 letters of base64url."""
    made = ec.generate_private_key(ec.SECP256R1())
    return _letters(made.private_numbers().private_value.to_bytes(PRIVATE_BYTES, "big"))


def public_key(private: str) -> str:
    """What a browser is given to allow notices of us alone. Raises ValueError where it is no key."""
    raw = _bytes(private)
    if len(raw) != PRIVATE_BYTES:
        raise ValueError("a key of Web Push has 43 letters of base64url")
    try:
        found = Vapid02.from_raw(private.encode()).public_key
    except VapidException as error:
        raise ValueError(str(error)) from None
    point = found.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return _letters(point)


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
