"""A real OpenID provider on loopback (`oidc-provider-mock`), and one whose tokens are as bad as a test says."""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet


@contextmanager
def provider(claims: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """The issuer's address; `claims` by subject."""
    with warnings.catch_warnings():
        import authlib.deprecate  # noqa: F401, PLC0415 (it sets a filter of its own, first)

        warnings.simplefilter("ignore")  # it stands on a module of authlib that is going away
        import oidc_provider_mock  # noqa: PLC0415 (see above)

        users = [oidc_provider_mock.User(sub=sub, claims=dict(said)) for sub, said in claims.items()]
        with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
            yield f"http://localhost:{server.server_port}"


def agree(url: str, subject: str) -> dict[str, str]:
    """What a person does over there; what the browser brings back: `code` and `state`."""
    answer = requests.post(url, data={"sub": subject}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


@dataclass
class Forger:
    """Answers every code with `token`; counts how often its keys were read."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    published: ECKey | None = None
    token: str = ""
    keys_read: int = 0
    issuer: str = ""

    def claims(self, now: float, **given: Any) -> dict[str, Any]:
        claims = {"iss": self.issuer, "aud": "tan-nha", "sub": "s-1", "nonce": "n", "iat": now, "exp": now + 300}
        return {name: value for name, value in {**claims, **given}.items() if value is not None}

    def sign(self, claims: dict[str, Any], **header: str) -> None:
        self.token = jwt.encode({"alg": "ES256", "kid": "one", **header}, claims, self.key)

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            self.keys_read += 1
            return dict(KeySet([self.published or self.key]).as_dict(private=False))
        if path == "/token":
            return {"id_token": self.token, "token_type": "Bearer"}
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer} | {name: self.issuer + end for name, end in ends.items()}


@contextmanager
def forger() -> Iterator[Forger]:
    made = Forger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(made.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        server.shutdown()
        thread.join()
