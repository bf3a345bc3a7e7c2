"""What goes wrong on purpose: seeded, by rate, counted. Before the effect, after it, or instead of the answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from random import Random
from threading import Lock
from typing import Final

from flask import Flask, Response, request

from integrations.sandbox.state import StateFile, count

LATENCY, RESET_BEFORE, RESET_AFTER = "latency", "reset_before", "reset_after"
SERVER_ERROR, BAD_GATEWAY, GARBAGE, TRUNCATED = "server_error", "bad_gateway", "garbage", "truncated"
UNDELIVERED, LOST_REPORT = "undelivered", "lost_report"
NO_SUCH_BOX, LETTER_LATER = "no_such_box", "letter_later"
PUSH_GONE, PUSH_BUSY = "push_gone", "push_busy"
EXPIRED, DUPLICATE, REORDER, UNKNOWN_CODE, SKEW = "expired", "duplicate", "reorder", "unknown_code", "skew"
KINDS: Final = (
    LATENCY, RESET_BEFORE, RESET_AFTER, SERVER_ERROR, BAD_GATEWAY, GARBAGE, TRUNCATED, EXPIRED, DUPLICATE, REORDER,
    UNKNOWN_CODE, SKEW, UNDELIVERED, LOST_REPORT, NO_SUCH_BOX, LETTER_LATER, PUSH_GONE, PUSH_BUSY,
)  # fmt: skip
MILD: Final = {
    LATENCY: 0.05,
    RESET_BEFORE: 0.005,
    RESET_AFTER: 0.005,
    SERVER_ERROR: 0.01,
    EXPIRED: 0.01,
    DUPLICATE: 0.05,
}
"""What a good week looks like: everything heals by itself, nothing waits for a person."""
HTML: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"
LATENCY_S: Final = 0.3


class FaultInjector:
    """Rates are kept in the state file; the dice are the seed's."""

    def __init__(self, state: StateFile, seed: int, latency_s: float = LATENCY_S) -> None:
        self.state, self.random, self.latency_s = state, Random(seed), latency_s
        self.lock = Lock()
        self.rates: dict[str, float] = {}
        self.load()

    def load(self) -> None:
        with self.state.open() as db:
            for kind in KINDS:
                db.execute("insert or ignore into fault (kind) values (?)", (kind,))
            self.rates = {row["kind"]: row["rate"] for row in db.execute("select kind, rate from fault")}

    def begin(self, *, mild: bool) -> None:
        """Mild faults in a new sandbox; later whatever a person has set stands."""
        with self.state.open() as db:
            first = count(db, "begun") == 1
        if mild and first:
            self.set(MILD)

    def set(self, rates: dict[str, float]) -> None:
        """Change rates; raise ValueError for a kind that is none, or a rate outside 0 to 1."""
        for kind, rate in rates.items():
            if kind not in KINDS or not 0 <= rate <= 1:
                raise ValueError(f"{kind}={rate}: kinds are {', '.join(KINDS)}, rates 0 to 1")
        with self.state.open() as db:
            for kind, rate in rates.items():
                db.execute("update fault set rate = ? where kind = ?", (rate, kind))
        self.load()

    def strikes(self, kind: str) -> bool:
        """Throw the dice of one kind; a hit is counted."""
        rate = self.rates.get(kind, 0.0)
        if rate <= 0:
            return False
        with self.lock:
            hit = self.random.random() < rate
        if hit:
            with self.state.open() as db:
                db.execute("update fault set count = count + 1 where kind = ?", (kind,))
        return hit

    def guard(self, app: Flask) -> None:
        """Let them strike at every call that is not the sandbox's own."""
        app.before_request(self._before)
        app.after_request(self._after)

    def _before(self) -> Response | None:
        if request.path.startswith("/_sandbox"):
            return None
        if self.strikes(LATENCY):
            time.sleep(self.latency_s)
        if self.strikes(RESET_BEFORE):
            return _hang_up()
        if self.strikes(SERVER_ERROR):
            return Response("{}", 500, mimetype="application/json")
        return Response(HTML, 502, mimetype="text/html") if self.strikes(BAD_GATEWAY) else None

    def _after(self, response: Response) -> Response:
        if request.path.startswith("/_sandbox") or response.status_code != 200:
            return response
        spoils: tuple[tuple[str, Callable[[Response], Response]], ...] = (
            (RESET_AFTER, lambda _: _hang_up()),
            (GARBAGE, lambda _: Response("OK", 200, mimetype="text/plain")),
            (TRUNCATED, lambda whole: Response(whole.get_data()[: len(whole.get_data()) // 2], 200)),
        )
        for kind, spoil in spoils:
            if self.strikes(kind):
                return spoil(response)
        return response


def _hang_up() -> Response:
    """Close the line in the caller's face."""
    line = request.environ.get("werkzeug.socket")
    if isinstance(line, socket.socket):
        line.shutdown(socket.SHUT_RDWR)
    return Response(status=204)
