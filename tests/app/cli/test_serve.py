"""`tannha serve`, a real server on loopback: half-sent bodies, bodies too large, and the end of it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event, Thread

import pytest

from app.config import Settings
from tests.app.cli.serving import Served, serving


@pytest.fixture
def served(new_installation: Settings) -> Iterator[Served]:
    with serving(new_installation) as served:
        yield served


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
