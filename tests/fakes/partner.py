"""A partner's server on loopback: real sockets, real threads; a test says what it answers and reads what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Sent:
    """A request as it came in; `query` and `headers` (names in lower case) hold the last of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """`cut` promises more than it sends; `reset` closes the line instead of answering."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    reset: bool = False


def told(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False).encode())


HTML = b"<html><body>502 Bad Gateway</body></html>"
BROKEN: Mapping[str, Reply] = {
    "HTML behind a 200": Reply(200, HTML),
    "nothing": Reply(200, b""),
    "half a document": Reply(200, b'{"error_code": 0, "Status": "10'),
    "not UTF-8": Reply(200, b'{"Message": "\xff\xfe"}'),
    "a list": told([1]),
    "a text": told("ok"),
    "null": told(None),
    "an empty object": told({}),
    "numbers for objects": told({"error_code": True, "Status": {}, "success": "yes", "data": 3}),
}


class Partner:
    """Serve `answer(sent)` until the end of the `with`; `faults` are answered first, one a request."""

    def __init__(self, answer: Callable[[Sent], Reply]) -> None:
        self._answer = answer
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.sent: list[Sent] = []
        self.faults: list[Reply] = []
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()

    def asked(self, path: str) -> list[Sent]:
        return [one for one in self.sent if one.path == path]

    def take(self, sent: Sent) -> Reply:
        with self.lock:
            self.sent.append(sent)
            fault = self.faults.pop(0) if self.faults else None
        return fault or self._answer(sent)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up."""


def _handler(partner: Partner) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = partner.take(Sent(self.command, at.path, dict(parse_qsl(at.query)), headers, body))
            self.close_connection = reply.reset or reply.cut
            if reply.reset:
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) + (10 if reply.cut else 0)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_POST = do_GET  # noqa: N815 - the names http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
            """Say nothing: a test reads `sent`."""

    return Handler
