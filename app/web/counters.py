"""Counters of tries that all processes share: a storage of the `limits` library on PostgreSQL, and the brake before any storage.

A refused client costs no statement: this process knows until when it is full. A storage that is away or slow lets everybody
pass whom this process has not itself seen too often.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from typing import Any, Final

from limits import RateLimitItem
from limits.storage import MemoryStorage, Storage
from limits.strategies import STRATEGIES, FixedWindowRateLimiter
from limits.util import WindowStats
from psycopg import Error
from psycopg_pool import ConnectionPool

from app.watching import figures

SCHEME: Final = "counters+postgresql"
STRATEGY: Final = "braked-window"
# its own connections: autocommit, no wait for a lock or a disk; a count that is lost in a crash is lost
OPTIONS: Final = "-c timezone=UTC -c lock_timeout=50 -c statement_timeout=250 -c synchronous_commit=off"
CONNECTIONS: Final = 3
PATIENCE_S: Final = 0.2  # for one of them
AWAY_S: Final = 5.0  # so long nobody asks a storage that failed
SWEEP_S: Final = 600.0
MOST_KNOWN: Final = 20_000  # keys that a process remembers

_TAKE: Final = """
insert into limit_count as old (key, tries, until) values (%(key)s, %(cost)s, now() + make_interval(secs => %(expiry)s))
on conflict (key) do update set
    tries = case when old.until <= now() then excluded.tries else old.tries + excluded.tries end,
    until = case when old.until <= now() then excluded.until else old.until end
where old.until <= now() or old.tries + excluded.tries <= %(most)s
returning tries, extract(epoch from until - now())
"""
_LOOK: Final = "select tries, extract(epoch from until - now()) from limit_count where key = %(key)s and until > now()"
_SWEEP: Final = "delete from limit_count where until < now()"


@dataclass(frozen=True, slots=True)
class Taken:
    """How many tries count, and until when (Unix time of this machine)."""

    tries: int
    until: float


class CounterTable(Storage):
    """`limit_count`, by keys that are hashes: the table says nothing of accounts, telephones and addresses."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 (the library's name)

    def __init__(self, uri: str, *, wrap_exceptions: bool = False, **_given: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._pool = ConnectionPool(
            uri.removeprefix("counters+"),
            min_size=1,
            max_size=CONNECTIONS,
            timeout=PATIENCE_S,
            kwargs={"autocommit": True, "options": f"{OPTIONS} -c role=tannha_app"},
            open=False,
        )
        self._next_sweep = time.monotonic() + SWEEP_S

    @property
    def base_exceptions(self) -> type[Exception]:
        return Error

    def take(self, key: str, expiry: int, cost: int, most: int) -> Taken:
        """Count, unless that is more than `most`: then nothing is written, and one more than `most` is told."""
        given = {"key": _hashed(key), "cost": cost, "expiry": expiry, "most": most}
        found = self._ask(_TAKE, given)
        self._sweep()
        if found is not None:
            return found
        full = self._ask(_LOOK, given)
        return Taken(most + 1, full.until if full else time.time())

    def look(self, key: str) -> Taken:
        return self._ask(_LOOK, {"key": _hashed(key)}) or Taken(0, time.time())

    def _ask(self, statement: str, given: dict[str, Any]) -> Taken | None:
        self._pool.open()
        with self._pool.connection() as connection:
            row = connection.execute(statement, given).fetchone()
        return Taken(row[0], time.time() + float(row[1])) if row else None

    def _sweep(self) -> None:
        if time.monotonic() > self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_S
            with self._pool.connection() as connection:
                connection.execute(_SWEEP)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self.take(key, expiry, amount, 2**31 - 1 - amount).tries

    def get(self, key: str) -> int:
        return self.look(key).tries

    def get_expiry(self, key: str) -> float:
        return self.look(key).until

    def check(self) -> bool:
        self.look("")
        return True

    def reset(self) -> int | None:
        with self._pool.connection() as connection:
            return connection.execute("delete from limit_count").rowcount

    def clear(self, key: str) -> None:
        with self._pool.connection() as connection:
            connection.execute("delete from limit_count where key = %s", [_hashed(key)])

    def close(self) -> None:
        self._pool.close()


def _hashed(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:16]


class BrakedWindow(FixedWindowRateLimiter):
    """Fixed windows in a shared storage, with this process's own knowledge before it and instead of it."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage)
        self._alone = FixedWindowRateLimiter(MemoryStorage())
        self._known: dict[str, Taken] = {}
        self._lock = threading.Lock()
        self._asks_again = 0.0
        self.failures = 0

    @property
    def away(self) -> bool:
        return time.monotonic() < self._asks_again

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        key = item.key_for(*identifiers)
        if self._is_full(key, item, cost):
            return False
        taken = None if self.away else self._shared(key, item, cost)
        if taken is None:
            return self._count(free=self._alone.hit(item, *identifiers, cost=cost))
        self._remember(key, taken)
        figures.LIMITS_AWAY.set(0)
        return self._count(free=taken.tries <= item.amount)

    def test(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        key = item.key_for(*identifiers)
        if self._is_full(key, item, cost):
            return False
        taken = None if self.away else self._shared(key, item, 0)
        if taken is None:
            return self._count(free=self._alone.test(item, *identifiers, cost=cost))
        self._remember(key, taken)
        return self._count(free=taken.tries + cost <= item.amount)

    def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """What the last question told: headers cost no statement."""
        known = self._known.get(item.key_for(*identifiers))
        if known is None or known.until < time.time():
            return WindowStats(time.time() + item.get_expiry(), item.amount)
        return WindowStats(known.until, max(0, item.amount - known.tries))

    def _shared(self, key: str, item: RateLimitItem, cost: int) -> Taken | None:
        try:
            if isinstance(self.storage, CounterTable):
                return self.storage.take(key, item.get_expiry(), cost, item.amount) if cost else self.storage.look(key)
            tries = self.storage.incr(key, item.get_expiry(), cost) if cost else self.storage.get(key)
            return Taken(tries, self.storage.get_expiry(key))
        except self.storage.base_exceptions:
            self.failures += 1
            figures.LIMITS_FAILURES.inc()
            figures.LIMITS_AWAY.set(1)
            self._asks_again = time.monotonic() + AWAY_S
            return None

    def _is_full(self, key: str, item: RateLimitItem, cost: int) -> bool:
        known = self._known.get(key)
        full = known is not None and known.until > time.time() and known.tries + cost > item.amount
        return not self._count(free=not full)

    def _remember(self, key: str, taken: Taken) -> None:
        with self._lock:
            if len(self._known) >= MOST_KNOWN:
                self._forget()
            self._known[key] = taken

    def _forget(self) -> None:
        now = time.time()
        self._known = {key: taken for key, taken in self._known.items() if taken.until > now}
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()

    def _count(self, *, free: bool) -> bool:
        if not free:
            figures.LIMITS_REFUSED.inc()
        return free

    def reset(self) -> None:
        """For tests, between two of them."""
        self._known.clear()
        self._alone.storage.reset()


STRATEGIES[STRATEGY] = BrakedWindow
