"""The session cookie is sealed, not only signed: a half-filled booking holds a name, a phone and an address."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

_TAGS = TaggedJSONSerializer()


class CookieSeal(URLSafeTimedSerializer):
    """Compress, encrypt and sign (Fernet) what Flask would only sign."""

    def __init__(self, *secrets: str) -> None:
        super().__init__(secrets[0])
        self._fernet = MultiFernet([_fernet(secret) for secret in secrets])  # the first closes, each opens

    def dumps(self, obj: Any, salt: str | bytes | None = None) -> str:  # noqa: ARG002 (itsdangerous' signature)
        text = json.dumps(_TAGS.tag(obj), ensure_ascii=False, separators=(",", ":"))
        return self._fernet.encrypt(zlib.compress(text.encode())).decode().rstrip("=")

    def loads(  # type: ignore[override]  # Flask asks for the age only
        self, s: str | bytes, max_age: int | None = None, **_: Any
    ) -> Any:
        token = s if isinstance(s, bytes) else s.encode()
        try:
            text = self._fernet.decrypt(token + b"=" * (-len(token) % 4), ttl=max_age)
        except InvalidToken:
            raise BadSignature("The session cookie is not ours, or too old.") from None
        return _TAGS.loads(zlib.decompress(text).decode())


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"tannha session\0" + secret.encode()).digest()))


class SealedCookies(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return CookieSeal(str(app.secret_key), *app.config["SECRET_KEY_FALLBACKS"])
