"""A store that speaks as much of S3 over HTTP as a file needs: PUT, GET, deleting, of signed requests, on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

MISSING = b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>"
DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"


@dataclass
class FakeS3:
    """`objects` by "/bucket/key"; `failing` answers everything with this status."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    failing: int | None = None


class Server(ThreadingHTTPServer):
    def __init__(self, fake: FakeS3) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fake = fake


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if not self.refused():
            self.server.fake.objects[self.path] = body
            self.answer(200)

    def do_GET(self) -> None:
        if not self.refused():
            found = self.server.fake.objects.get(self.path)
            self.answer(404, MISSING) if found is None else self.answer(200, found)

    def do_POST(self) -> None:
        """`?delete`: many keys at once, as the library deletes even one."""
        asked = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        if self.refused():
            return
        keys = re.findall(r"<Key>([^<]+)</Key>", asked)
        for key in keys:
            self.server.fake.objects.pop(f"{self.path.partition('?')[0].rstrip('/')}/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self.answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def refused(self) -> bool:
        signed = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256")
        status = self.server.fake.failing or (None if signed else 403)
        if status is not None:
            self.answer(status, DENIED)
        return status is not None

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Tue, 01 Dec 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a test prints what it means to print."""


@contextmanager
def fake_s3() -> Iterator[FakeS3]:
    fake = FakeS3()
    server = Server(fake)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
