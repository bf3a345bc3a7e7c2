"""Call an address that somebody else chose: it goes only where `Reach` allows, and is cut when its time is over."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection
from urllib3.util.ssl_ import create_urllib3_context

from integrations.errors import IntegrationError, Unavailable
from integrations.http import OutsideService
from integrations.reach import Reach

MOST_BYTES: Final = 4096
CONNECT_S: Final = 3.05


@dataclass(frozen=True, slots=True)
class ChosenAddresses:
    """`whole_s`: seconds from the first packet to the last. `ca_path`: an authority that is trusted besides the public ones."""

    reach: Reach
    ca_path: Path | None = None
    whole_s: float = 10.0

    def post(self, service: str, url: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """Return an answer with a 2xx status, its body cut. Every line is new. Raises as `OutsideService.call` does."""
        with _line(service, self.reach, self.whole_s) as line, requests.Session() as session:
            session.trust_env = False  # a proxy would go where we may not look, a .netrc would add a password
            for scheme in ("https://", "http://"):
                session.mount(scheme, _Adapter(line, self.ca_path))
            caller = OutsideService(
                service,
                connect_s=min(CONNECT_S, self.whole_s),
                read_s=self.whole_s,
                whole_s=self.whole_s,
                most_bytes=MOST_BYTES,
                cut=True,
                session=session,
            )
            late = Unavailable(service, f"did not answer within {self.whole_s:g} s", unsure=True)
            try:
                answer = caller.call("POST", url, data=body, headers=headers)
            except IntegrationError as error:
                raise (late if line.late else error) from None
            if line.late:  # what was cut among its headers looks whole
                raise late
            return answer


class _Sockets:
    """The sockets of one call, opened where it is allowed and shut down when the time is over.

    requests' time-outs count from one byte to the next: a server that drips would hold a thread for hours.
    """

    def __init__(self, service: str, reach: Reach) -> None:
        self.service, self.reach = service, reach
        self.late = False
        self._handles: list[socket.socket] = []
        self._lock = Lock()

    def dial(self, connection: HTTPConnection) -> socket.socket:
        fault: OSError = OSError("no address")
        for address in self.reach.addresses(self.service, connection.host, connection.port or 0):
            try:
                opened = create_connection(
                    (address, connection.port or 0), connection.timeout, socket_options=connection.socket_options
                )
            except OSError as error:
                fault = error
                continue
            self._keep(opened)
            return opened
        raise fault

    def _keep(self, opened: socket.socket) -> None:
        handle = opened.dup()  # TLS takes the socket itself over; a second handle shuts down both
        with self._lock:
            self._handles.append(handle)
            if self.late:
                _shut(handle)

    def cut(self) -> None:
        with self._lock:
            self.late = True
            for handle in self._handles:
                _shut(handle)

    def close(self) -> None:
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # they hung up already
        handle.shutdown(socket.SHUT_RDWR)


@contextmanager
def _line(service: str, reach: Reach, seconds: float) -> Iterator[_Sockets]:
    line = _Sockets(service, reach)
    timer = Timer(seconds, line.cut)
    timer.daemon = True
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        line.close()


class _Adapter(HTTPAdapter):
    """requests over connections that `line` dials."""

    def __init__(self, line: _Sockets, ca_path: Path | None) -> None:
        self._pools = _pools(line)
        self._context = None if ca_path is None else _trusting(ca_path)
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = self._pools


def _trusting(ca_path: Path) -> ssl.SSLContext:
    """The public authorities are added when it is used."""
    context = create_urllib3_context()
    context.load_verify_locations(cafile=ca_path)
    return context


def _pools(line: _Sockets) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return line.dial(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return line.dial(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
