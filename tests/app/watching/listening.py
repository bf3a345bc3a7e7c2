"""A server on loopback that takes whatever it is told, and remembers it: a collector, a partner."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread

import brotli

PATIENCE_S = 20
UNPACK: Mapping[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress}


@dataclass(slots=True)
class Heard:
    port: int
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    more: Condition = field(default_factory=Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def first(self) -> tuple[str, dict[str, str], bytes]:
        """The first request, as soon as it is here."""
        with self.more:
            assert self.more.wait_for(lambda: self.requests, PATIENCE_S), "nobody called"
            return self.requests[0]


@contextmanager
def listening() -> Iterator[Heard]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = UNPACK.get(self.headers.get("Content-Encoding", ""), bytes)(body)
            with heard.more:
                heard.requests.append((self.path, dict(self.headers.items()), body))
                heard.more.notify_all()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        heard = Heard(server.server_address[1])
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()
