"""A line through the hills: a TCP relay on loopback that drops connections before, during or after the answer is made."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import suppress
from enum import Enum
from random import Random
from threading import Thread
from types import TracebackType
from typing import Self

CHUNK = 64 * 1024


class Drop(Enum):
    BEFORE = "nothing of the request arrives"
    IN_REQUEST = "half of the request arrives"
    AFTER = "the server has done it, nothing of the answer comes back"
    IN_ANSWER = "half of the answer comes back"


class BadLine:
    """Listens on `port` and relays to `upstream`. `risk`: the share of requests that are dropped, 0 at first."""

    def __init__(self, upstream: int, random: Random) -> None:
        self.upstream, self.random = upstream, random
        self.risk = 0.0
        self.dropped: Counter[Drop] = Counter()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.thread = Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self.listener.accept()
                Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self.upstream)) as server:
            lost: list[Drop] = []
            back = Thread(target=self._answer, args=(server, client, lost), daemon=True)
            back.start()
            while request := client.recv(CHUNK):
                fate = None if lost else self._fate()
                if fate in {Drop.BEFORE, Drop.IN_REQUEST}:
                    if fate is Drop.IN_REQUEST:
                        server.sendall(request[: len(request) // 2])
                    break
                if fate is not None:
                    lost.append(fate)
                server.sendall(request)
            self._cut(client, server)
            back.join(5)

    def _fate(self) -> Drop | None:
        if self.random.random() >= self.risk:
            return None
        fate = self.random.choice(list(Drop))
        self.dropped[fate] += 1
        return fate

    def _answer(self, server: socket.socket, client: socket.socket, lost: list[Drop]) -> None:
        """The way back; with something in `lost`, the answer is under way that shall not arrive, or only half of it."""
        with suppress(OSError):
            while data := server.recv(CHUNK):
                if lost:
                    if lost[0] is Drop.IN_ANSWER:
                        client.sendall(data[: len(data) // 2])
                    break
                client.sendall(data)
        self._cut(client, server)

    @staticmethod
    def _cut(*sides: socket.socket) -> None:
        """What was still under way on this connection is lost with it."""
        for side in sides:
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
