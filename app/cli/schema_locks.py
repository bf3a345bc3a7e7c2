"""How a migration waits for its locks: shortly, because everybody queues behind it; then again, saying who holds them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from app.cli.output import say
from app.config import SettingsError
from app.database import LOCKED, sqlstate

LOCK_S: Final = 2.0  # a page waits 5 s for a lock: it outlives one try
PAUSES_S: Final = (1, 2, 4, 8, 15, 30, 30, 30)  # between two tries pages go through; two minutes altogether

_HOLDERS = text("""
select a.pid, a.usename as role, a.application_name as program, a.state,
       extract(epoch from clock_timestamp() - a.xact_start) as seconds,
       string_agg(distinct c.relname, ', ' order by c.relname) as tables
from pg_stat_activity a join pg_locks l on l.pid = a.pid and l.granted and l.database = a.datid
     join pg_class c on c.oid = l.relation and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
where a.datname = current_database() and a.pid <> pg_backend_pid()
      and coalesce(a.xact_start < clock_timestamp() - make_interval(secs => :waited), true)
group by 1, 2, 3, 4, 5 order by seconds desc nulls last limit 3
""")


@dataclass(frozen=True, slots=True)
class LockHolder:
    """A session that held tables for the whole time in which we waited."""

    pid: int
    role: str
    program: str
    state: str | None
    seconds: float | None  # None: of a role that we may not look at
    tables: str

    def __str__(self) -> str:
        doing = [self.program, self.state, f"for {self.seconds:.0f} s" if self.seconds is not None else ""]
        return f"session {self.pid} of role {self.role} ({', '.join(filter(None, doing))}) holds {self.tables}"


def holders(connection: Connection, waited_s: float) -> list[LockHolder]:
    return [LockHolder(**row) for row in connection.execute(_HOLDERS, {"waited": waited_s}).mappings()]


def hurry_locks(connection: Connection, lock_s: float = LOCK_S) -> None:
    """No statement of this transaction waits longer for a lock."""
    connection.execute(text(f"set local lock_timeout = {round(lock_s * 1000)}"))


def persevere(engine: Engine, work: Callable[[Connection], None], pauses_s: Sequence[float] = PAUSES_S) -> None:
    """Do it in one transaction; where a lock is not to be had, roll back and try again. Raises SettingsError at last."""
    for left, pause in enumerate((*pauses_s, None)):
        try:
            with engine.begin() as connection:
                work(connection)
        except DBAPIError as error:
            if sqlstate(error) != LOCKED:
                raise
            with engine.connect() as connection:
                found = holders(connection, LOCK_S)
            who = "; ".join(map(str, found)) or "many short transactions, or a session that has just ended"
            if pause is None:
                raise SettingsError(_at_last(who, found)) from error
            say(f"Waiting for a lock: {who}. Trying again in {pause} s ({left + 1} of {len(pauses_s)}).")
            time.sleep(pause)
        else:
            return


def _at_last(who: str, found: Sequence[LockHolder]) -> str:
    ending = f" or end it with `select pg_terminate_backend({found[0].pid})`" if found else ""
    return f"Nothing was changed, for a lock was not to be had: {who}. Wait for it{ending}; then run `tannha migrate` again."
