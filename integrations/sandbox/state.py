"""What the sandbox remembers: one SQLite file, so that a kill at any moment loses nothing that was answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SCHEMA: Final = """
create table if not exists session (token text primary key, kind text not null, uses integer not null);
create table if not exists dossier (code text primary key, state integer not null, doc text not null);
create table if not exists progress (
    number integer primary key, code text not null, at text not null, state integer not null, words text not null,
    unique (code, at, state, words));
create table if not exists step (number integer primary key, code text not null, state integer not null, by text not null);
create table if not exists item (
    number text primary key, kind text not null, state text not null, item_code text not null, hdr text not null,
    made integer not null, doc text not null);
create table if not exists feed (seq integer primary key, customer text not null, doc text not null);
create table if not exists outbox (
    number integer primary key, path text not null, key text not null unique, body text not null, subject text not null,
    status integer, answer text, tries integer not null default 0);
create table if not exists sms (
    number integer primary key, id text not null unique, operator text not null, phone text not null, text text not null,
    reference text, back text, at text not null, state text not null default 'taken',
    reports integer not null default 0, told integer not null default 0);
create table if not exists letter (
    id text primary key, subject text not null, method text, starts_at text, ends_at text);
create table if not exists browser (name text primary key, key text not null, secret text not null);
create table if not exists fault (kind text primary key, rate real not null default 0, count integer not null default 0);
create table if not exists paid_in (
    number integer primary key, id integer not null unique, words text not null, amount integer not null,
    fault text not null, at text not null, answers text not null);
create table if not exists counter (name text primary key, value integer not null);
"""


@dataclass(frozen=True, slots=True)
class StateFile:
    """The file; every act is one transaction that is on the disk before it is answered."""

    path: Path

    def prepare(self) -> None:
        """Make the tables; nothing happens to those that are there."""
        with self.open() as db:
            for statement in SCHEMA.split(";"):
                db.execute(statement)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """One transaction; writers wait for each other."""
        db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("pragma journal_mode = wal")
            db.execute("begin immediate")
            yield db
            db.execute("commit")
        except BaseException:
            if db.in_transaction:
                db.execute("rollback")
            raise
        finally:
            db.close()


def count(db: sqlite3.Connection, name: str) -> int:
    """The next number of a name, from 1."""
    db.execute("insert into counter values (?, 1) on conflict (name) do update set value = counter.value + 1", (name,))
    return int(db.execute("select value from counter where name = ?", (name,)).fetchone()[0])


def rows(db: sqlite3.Connection, query: str, *values: Any) -> list[dict[str, Any]]:
    """Rows as objects; a column `doc` or `body` is read as JSON."""
    found = [dict(row) for row in db.execute(query, values)]
    for row in found:
        for name in ("doc", "body"):
            if isinstance(row.get(name), str):
                row[name] = json.loads(row[name])
    return found


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
