"""`tannha serve`, a real server on loopback: half-sent bodies, bodies too large, and the end of it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest

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


@pytest.fixture
def served(new_installation: Settings) -> Iterator[Served]:
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        "DATABASE_URL": new_installation.database_url or "",
        "TANNHA_VAR": str(new_installation.var),
        "TANNHA_ENV": "test",
        "TANNHA_NOW": new_installation.now or "",
    }
    log = Path(new_installation.var / "serve.log")
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)], stdout=said, stderr=said, env=environment
        )
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


def test_six_sixty_and_six_hundred_half_sent_bodies_leave_the_home_page_below_a_second(served: Served) -> None:
    with ExitStack() as lines:
        first = lines.enter_context(served.half())
        for more in (5, 54, 540):
            for number in range(more):
                lines.enter_context(served.half("/dang-nhap" if number % 2 else "/api/v1/courier/sign-in"))
            assert max(served.home_s() for _ in range(3)) < 1
        assert first.recv(64).startswith(b"HTTP/1.1 408 ")


def test_who_sends_too_much_is_told_so_and_a_stranger_s_package_is_not_read(served: Served) -> None:
    for path, size, told in (
        ("/dang-nhap", 65_537, b"413"),
        ("/api/v1/courier/sign-in", 8_000_000, b"413"),
        ("/dieu-phoi/cuu-ho", 200_000_000, b"413"),
        ("/dieu-phoi/cuu-ho", 118_000_000, b"303"),
    ):
        with served.send(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode()) as line:
            assert line.recv(64).startswith(b"HTTP/1.1 " + told)


def test_what_was_asked_is_answered_after_the_server_was_told_to_end(served: Served) -> None:
    body = b'{"username": "nobody", "password": "nothing at all"}'
    asked = b"POST /api/v1/courier/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    lines = [served.send(asked + f"Content-Length: {len(body)}\r\n\r\n".encode() + body) for _ in range(4)]
    answers: list[bytes] = []
    readers = [Thread(target=lambda line=line: answers.append(line.recv(64))) for line in lines]
    for reader in readers:
        reader.start()
    Event().wait(0.1)  # until they are under way
    served.process.send_signal(signal.SIGTERM)
    for reader, line in zip(readers, lines, strict=True):
        reader.join()
        line.close()
    assert [answer[:13] for answer in answers] == [b"HTTP/1.1 422 "] * 4
    assert served.process.wait(30) == 0
