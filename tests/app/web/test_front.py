"""The front, spoken to in ASGI: a thread works for a client, and never waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask, Response, request

from app.web.auth import Access
from app.web.bodies import ANONYMOUS, init_asked_before, init_bodies
from app.web.environ import environ_of
from app.web.front import GATHERED, Front, Message

SECRET = b"Bearer let-me-in"


def _marked(view: Callable[..., Any], audience: str) -> Callable[..., Any]:
    view.__dict__["access"] = Access(audience)
    return view


def _pieces() -> Iterator[bytes]:
    yield from [b"x" * GATHERED, b"y" * GATHERED, b"z"]


@pytest.fixture
def reached() -> list[str]:
    """The views that were entered."""
    return []


@pytest.fixture
def web(reached: list[str]) -> Flask:
    app = Flask("front")

    def echo() -> bytes:
        reached.append("echo")
        return request.get_data()

    def keep() -> str:
        reached.append("keep")
        return str(len(request.get_data()))

    app.add_url_rule("/echo", view_func=_marked(echo, "public"), methods=["POST"])
    app.add_url_rule("/keep", view_func=_marked(keep, "partner"), methods=["POST"])
    app.add_url_rule("/long", "long", _marked(lambda: Response(_pieces()), "public"))
    init_bodies(app)
    app.before_request(lambda: None if request.path != "/keep" or _knows() else ("who are you", 401))
    init_asked_before(app)
    return app


def _knows() -> bool:
    return request.headers.get("Authorization", "").encode() == SECRET


def scope_of(path: str, headers: Iterable[tuple[bytes, bytes]] = (), method: str = "POST") -> Mapping[str, Any]:
    return {
        "type": "http", "method": method, "raw_path": path.encode(), "query_string": b"", "http_version": "1.1",
        "scheme": "http", "server": ("127.0.0.1", "80"), "client": ("192.0.2.1", "5"), "headers": list(headers),
    }  # fmt: skip


class Client:
    """What it sends piece by piece (None: it hangs up; after the last: silence), and what it is told."""

    def __init__(self, *pieces: bytes | None, more: bool = False, every_s: float = 0) -> None:
        self.pieces, self.more, self.every_s = iter(pieces), more, every_s
        self.left, self.told, self.body = len(pieces), 0, b""
        self.headers: dict[bytes, bytes] = {}

    async def receive(self) -> Message:
        await asyncio.sleep(self.every_s)
        piece = next(self.pieces, b"")
        if not self.left:
            await asyncio.Event().wait()
        self.left -= 1
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": self.more or self.left > 0}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.told, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message["body"]


def length(body: int) -> tuple[bytes, bytes]:
    return (b"content-length", str(body).encode())


def ask(front: Front, client: Client, path: str, *headers: tuple[bytes, bytes]) -> Client:
    asyncio.run(front(scope_of(path, headers), client.receive, client.send))
    return client


def test_a_body_in_pieces_reaches_the_view_whole(web: Flask) -> None:
    assert ask(Front(web, 1), Client(b"one ", b"two"), "/echo", length(7)).body == b"one two"


def test_a_body_without_a_length_reaches_the_view_whole(web: Flask) -> None:
    assert ask(Front(web, 1), Client(b"one ", b"two"), "/echo", (b"transfer-encoding", b"chunked")).body == b"one two"


def test_a_stranger_sends_64_kb_and_not_a_byte_more(web: Flask, reached: list[str]) -> None:
    front = Front(web, 1)
    assert ask(front, Client(b"x" * ANONYMOUS), "/echo", length(ANONYMOUS)).told == 200
    reached.clear()
    client = Client(b"x" * (ANONYMOUS + 1))
    assert (ask(front, client, "/echo", length(ANONYMOUS + 1)).told, client.left) == (413, 1)
    assert ask(front, Client(b"x" * ANONYMOUS, b"x"), "/echo", (b"transfer-encoding", b"chunked")).told == 413
    assert ask(front, Client(), "/nowhere", length(ANONYMOUS + 1)).told == 413
    assert not reached


def test_a_large_body_is_not_read_before_it_is_known_who_sends_it(web: Flask, reached: list[str]) -> None:
    large, chunked = b"x" * (2 * ANONYMOUS), (b"transfer-encoding", b"chunked")
    front, stranger = Front(web, 1), Client(large)
    for told in (length(len(large)), chunked):
        assert (ask(front, stranger, "/keep", told).told, stranger.left, reached) == (401, 1, [])
    for told in (length(len(large)), chunked):
        assert ask(front, Client(large), "/keep", told, (b"authorization", SECRET)).body == str(len(large)).encode()


def test_who_pauses_too_long_is_told_so(web: Flask, reached: list[str]) -> None:
    assert ask(Front(web, 1, pause_s=0.05), Client(b"usern", more=True), "/echo", length(400)).told == 408
    assert not reached


def test_a_drip_ends_at_the_deadline_of_the_whole_body(web: Flask, reached: list[str]) -> None:
    dripping = Client(*[b"x"] * 400, every_s=0.02)
    assert ask(Front(web, 1, pause_s=0.2), dripping, "/echo", length(400)).told == 408
    assert dripping.left > 350
    assert not reached


def test_of_too_many_half_sent_bodies_the_oldest_is_given_up(web: Flask) -> None:
    async def flood() -> list[int]:
        front, clients = Front(web, 1, most_waiting=3), [Client(b"x", more=True) for _ in range(5)]
        asked = [asyncio.ensure_future(front(scope_of("/echo", [length(9)]), c.receive, c.send)) for c in clients]
        done, waiting = await asyncio.wait(asked, timeout=1)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return [client.told for client in clients] if len(done) == 2 else []

    assert asyncio.run(flood()) == [408, 408, 0, 0, 0]


def test_while_sixty_bodies_are_half_here_a_single_thread_answers_others(web: Flask) -> None:
    async def crowd() -> int:
        front, patient = Front(web, 1), Client(b"now")
        halves = [Client(b"x", more=True) for _ in range(60)]
        asked = [asyncio.ensure_future(front(scope_of("/echo", [length(9)]), c.receive, c.send)) for c in halves]
        await asyncio.wait_for(front(scope_of("/echo", [length(3)]), patient.receive, patient.send), 1)
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        return patient.told

    assert asyncio.run(crowd()) == 200


def test_who_hangs_up_in_mid_body_is_not_answered(web: Flask, reached: list[str]) -> None:
    assert (ask(Front(web, 1), Client(b"x", None), "/echo", length(9)).told, reached) == (0, [])


def test_a_reader_that_stands_still_in_a_long_answer_holds_no_thread(web: Flask) -> None:
    async def read() -> int:
        front, other = Front(web, 1), Client(b"now")
        stands = asyncio.Event()

        async def send(message: Message) -> None:
            if message.get("body"):
                stands.set()
                await asyncio.Event().wait()

        slow = asyncio.ensure_future(front(scope_of("/long", method="GET"), Client().receive, send))
        await asyncio.wait_for(stands.wait(), 1)
        await asyncio.wait_for(front(scope_of("/echo", [length(3)]), other.receive, other.send), 1)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        return other.told

    assert asyncio.run(read()) == 200


def test_a_long_answer_arrives_whole_and_in_order(web: Flask) -> None:
    client = Client()
    asyncio.run(Front(web, 1)(scope_of("/long", method="GET"), client.receive, client.send))
    assert client.body == b"".join(_pieces())


def test_a_header_with_an_underscore_is_not_taken_for_what_the_proxy_wrote() -> None:
    environ = environ_of(scope_of("/", [(b"x_forwarded_for", b"198.51.100.7"), (b"x-forwarded-for", b"192.0.2.9")]))
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.9"


def test_cookies_in_several_lines_are_one_line() -> None:
    environ = environ_of(
        scope_of("/", [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y")])
    )
    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"]) == ("a=1; b=2", "x,y")


def test_bytes_of_an_address_stay_what_they_were() -> None:
    assert environ_of(scope_of("/theo-doi/%FFx%2F"))["PATH_INFO"] == "/theo-doi/\xffx/"
