"""A web process has few threads, and a locked table must not take them all: whoever asks nothing of the database is answered.

At most `most` transactions are open at once. Who finds no place waits, until every place is seen to wait for a lock itself:
then this one, and those of the next moment, are told to come again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import bindparam, text

from app.database import WEB, Database
from app.domain.errors import DomainError
from app.unit_of_work import UnitOfWork

MOST: Final = max(
    2, min(8, 2 * (os.cpu_count() or 1) + 1) - 2
)  # of the threads (docs/platform.md, "Server"); two stay free
LOOKS_EVERY_S: Final = 0.3
STANDS_S: Final = 1.0  # how long nobody looks again after every place was seen to be stuck

_WAITING: Final = text("select count(distinct pid) from pg_locks where not granted and pid in :pids").bindparams(
    bindparam("pids", expanding=True)
)


class PlacedDatabase:
    """`Transactions` for the threads of one web process."""

    def __init__(self, database: Database, most: int = MOST) -> None:
        self._database, self._most = database, most
        self._places = threading.Semaphore(most)
        self._looking = threading.Lock()
        self._stuck_until = 0.0
        self._pids: dict[int, int] = {}  # thread → the server process that works for it

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Raises `database_busy` where all places wait for somebody's lock."""
        me = threading.get_ident()
        if me in self._pids:  # a second transaction of a request that has its place
            with self._database.transaction() as work:
                yield work
            return
        self._take_place()
        try:
            self._pids[me] = 0
            with self._database.transaction() as work:
                self._pids[me] = work.connection().connection.dbapi_connection.pgconn.backend_pid  # type: ignore[union-attr]  # a connection in use has one
                yield work
        finally:
            del self._pids[me]
            self._places.release()

    def _take_place(self) -> None:
        latest = time.monotonic() + WEB.lock_s
        at_once = time.monotonic() < self._stuck_until
        while not self._places.acquire(timeout=0 if at_once else LOOKS_EVERY_S):
            if at_once or self._stuck() or time.monotonic() > latest:
                raise DomainError("database_busy", kind="busy")

    def _stuck(self) -> bool:
        """Does every place wait for a lock? One thread looks, on a connection of its own, for all who wait."""
        with self._looking:
            if time.monotonic() >= self._stuck_until:
                pids = [pid for pid in list(self._pids.values()) if pid]
                with self._database.engine.connect() as connection:
                    waiting = connection.scalar(_WAITING, {"pids": pids or [0]}) or 0
                if waiting >= self._most:
                    self._stuck_until = time.monotonic() + STANDS_S
            return time.monotonic() < self._stuck_until
