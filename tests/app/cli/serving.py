"""`tannha serve` on loopback, for tests that speak with a real server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from app.config import Settings
from app.web.front import PAUSE_S

UP_WITHIN_S = 60
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Served:
    process: subprocess.Popen[bytes]
    port: int

    def home_s(self) -> float:
        """Seconds until the home page was there."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        return time.monotonic() - began

    def send(self, begin: bytes) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PAUSE_S + 20)
        line.sendall(begin)
        return line

    def half(self, path: str = "/dang-nhap") -> socket.socket:
        return self.send(
            f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n".encode() + FORM + b"\r\nusername=a"
        )


def environment_of(installation: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        "DATABASE_URL": installation.database_url or "",
        "TANNHA_VAR": str(installation.var),
        "TANNHA_ENV": "test",
        "TANNHA_NOW": installation.now or "",
    }


@contextmanager
def serving(installation: Settings, *arguments: str, **environment: str) -> Iterator[Served]:
    """With these arguments and settings besides; what it says goes into `serve.log`."""
    port = free_port()
    words = [sys.executable, "-m", "app.cli", "serve", "--port", str(port), *arguments]
    with Path(installation.var / "serve.log").open("ab") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, env=environment_of(installation) | environment)
    served = Served(process, port)
    try:
        _wait_for(served)
        yield served
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(served: Served) -> None:
    waiting = Event()
    for _ in range(UP_WITHIN_S * 10):
        try:
            served.home_s()
        except OSError:
            waiting.wait(0.1)
        else:
            return
    raise AssertionError("the web did not come up")
