"""The front of the web (ASGI): takes a request in whole, within its time and size, and only then gives it one of the few threads.

No client is waited for by a thread: not while a body arrives, not while an answer is read. What a view needs is WSGI, as before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, TypeVar

from flask import Flask
from werkzeug.routing import MapAdapter

from app.web.bodies import ANONYMOUS, ASKED_BEFORE, CUT_SHORT, MAY_SEND, longest_at
from app.web.environ import Environ, environ_of, has_body

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Done = TypeVar("Done")

PAUSE_S: Final = 15.0  # nothing came for so long: the client is gone
SLOWEST: Final = (
    8 * 1024
)  # bytes a second, over the whole body and beyond the pause; a phone at the edge of the network sends more
MOST_WAITING: Final = 2000  # bodies half here, a process; one more, and the oldest is given up
IN_MEMORY: Final = 64 * 1024  # what is larger lies on disk until it is whole
GATHERED: Final = (
    1024 * 1024
)  # of an answer; what is longer is sent piece by piece, each piece made when the one before is gone
FAILED: Final = b"500"

log = logging.getLogger("tannha.front")


class Gone(Exception):
    """The client hung up before its body was whole: nobody waits for an answer."""


@dataclass(slots=True)
class WsgiAnswer:
    """What the application said: its first bytes, and the rest if there is one."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    begin: bytes = b""
    rest: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None

    def start_response(
        self, status: str, headers: list[tuple[str, str]], _error: object = None
    ) -> Callable[[bytes], None]:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self._write

    def _write(self, chunk: bytes) -> None:
        self.begin += chunk

    def end(self) -> None:
        if self.close is not None:
            self.close()


class Front:
    """`threads` answer; any number of clients may be sending meanwhile."""

    def __init__(self, app: Flask, threads: int, *, pause_s: float = PAUSE_S, most_waiting: int = MOST_WAITING) -> None:
        self._app, self._pause_s, self._most_waiting = app, pause_s, most_waiting
        self._threads = ThreadPoolExecutor(threads, "web")
        self._waiting: dict[object, asyncio.Timeout] = {}  # in the order of their coming
        self._addresses: MapAdapter = app.url_map.bind("")

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        environ, context = environ_of(scope), copy_context()
        try:
            refusal = await self._take_in(environ, receive, context) if has_body(environ) else None
            answer = refusal if refusal is not None else await self._in_thread(context, self._ask, environ)
            await self._tell(answer, send, context)
        except Gone:
            log.info("a client hung up in mid-body")
        finally:
            environ["wsgi.input"].close()

    # -- what comes in

    async def _take_in(self, environ: Environ, receive: Receive, context: Context) -> WsgiAnswer | None:
        """Read the body into `environ`; an answer where this client may not send it at all."""
        body: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed when the answer is out)
        environ["wsgi.input"] = body
        longest = longest_at(self._app, self._addresses, environ["REQUEST_METHOD"], _path(environ))
        told = int(environ.get("CONTENT_LENGTH") or 0)
        if told > longest:
            _cut_short(environ, 413)
            return None
        if longest > ANONYMOUS and (told > ANONYMOUS or "CONTENT_LENGTH" not in environ):
            asked = await self._in_thread(context, self._ask, environ | {ASKED_BEFORE: True, "wsgi.input": BytesIO()})
            if asked.status != MAY_SEND:
                return asked
        try:
            if await self._spool(receive, body, longest, told or longest):
                environ["CONTENT_LENGTH"] = str(body.tell())
                body.seek(0)
            else:
                _cut_short(environ, 413)
        except TimeoutError:
            _cut_short(environ, 408)
        return None

    async def _spool(self, receive: Receive, body: IO[bytes], longest: int, expected: int) -> bool:
        """False: it is longer than it may be. Raises `TimeoutError`, `Gone`."""
        loop, place = asyncio.get_running_loop(), object()
        latest = loop.time() + self._pause_s + expected / SLOWEST
        more = True
        async with asyncio.timeout(self._pause_s) as deadline:
            self._waiting[place] = deadline
            self._make_room(loop.time())
            try:
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Gone
                    body.write(message.get("body", b""))
                    if body.tell() > longest:
                        return False
                    more = message.get("more_body", False)
                    if place in self._waiting:  # else its time is up already
                        deadline.reschedule(min(latest, loop.time() + self._pause_s))
            finally:
                self._waiting.pop(place, None)
        return True

    def _make_room(self, now: float) -> None:
        if len(self._waiting) > self._most_waiting:
            self._waiting.pop(next(iter(self._waiting))).reschedule(now)

    # -- what goes out

    async def _in_thread(self, context: Context, work: Callable[..., Done], *given: object) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(context.run, work, *given))

    def _ask(self, environ: Environ) -> WsgiAnswer:
        answer = WsgiAnswer()
        try:
            chunks = self._app(environ, answer.start_response)
            answer.close = getattr(chunks, "close", None)
            answer.rest = iter(chunks)
            answer.begin += _next(answer)
        except Exception:
            log.exception("the application failed")
            return WsgiAnswer(headers=[(b"content-type", b"text/plain")], begin=FAILED)
        return answer

    async def _tell(self, answer: WsgiAnswer, send: Send, context: Context) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        piece = answer.begin
        while answer.rest is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await self._in_thread(context, _next, answer)
        await send({"type": "http.response.body", "body": piece})


def _next(answer: WsgiAnswer) -> bytes:
    """As much as is sent at once; with the last of it the application is let go."""
    piece, size = [], 0
    for chunk in answer.rest or ():
        piece.append(chunk)
        size += len(chunk)
        if size >= GATHERED:
            return b"".join(piece)
    answer.rest = None
    answer.end()
    return b"".join(piece)


def _cut_short(environ: Environ, status: int) -> None:
    """The application itself says so, with nothing to read: a page or a problem, in the client's language."""
    environ.update({CUT_SHORT: status, "CONTENT_LENGTH": "0"})
    environ["wsgi.input"].seek(0)
    environ["wsgi.input"].truncate()


def _path(environ: Environ) -> str:
    return str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")
