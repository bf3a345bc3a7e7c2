"""Many rows in one statement a table: a thousand parameters are dearer to read, here and there, than one of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, bindparam, cast, column, func, inspect, select
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.orm import DeclarativeBase, InstanceState, Session


def insert_all(session: Session, rows: Sequence[DeclarativeBase]) -> None:
    """Write objects that no session holds, those first that others point at; they stay outside it.

    Keys that the database gives are not read back.
    """
    session.flush()
    tables: dict[Table, list[dict[str, Any]]] = {}
    for row in rows:
        table = row.__table__
        assert isinstance(table, Table)  # every class of ours has one
        tables.setdefault(table, []).append(_values(row, table))
    for table in sorted(tables, key=_place):
        session.connection().execute(from_json(table), {"rows": as_json(tables[table])})


@lru_cache(maxsize=64)
def from_json(table: Table) -> Insert:
    """`insert into table … select … from jsonb_to_recordset(:rows)`, with every column that is not counted by the database."""
    names = _names(table)
    typed: list[ColumnElement[Any]] = [column(name, table.c[name].type) for name in names]
    array = cast(bindparam("rows", type_=Text), JSONB)
    given = func.jsonb_to_recordset(array).table_valued(*typed).render_derived(name="given", with_types=True)
    return insert(table).from_select(list(names), select(*given.c), include_defaults=False)


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """The parameter of `from_json`; what a row leaves out is null."""
    return json.dumps(rows, default=_plain, ensure_ascii=False)


@lru_cache(maxsize=64)
def _place(table: Table) -> int:
    """Behind all tables that its foreign keys point at."""
    return table.metadata.sorted_tables.index(table)


@lru_cache(maxsize=64)
def _names(table: Table) -> tuple[str, ...]:
    return tuple(one.name for one in table.columns if one.identity is None)


def _values(row: DeclarativeBase, table: Table) -> dict[str, Any]:
    state: InstanceState[Any] = inspect(row)
    return {name: state.dict[name] if name in state.dict else _default(table, name) for name in _names(table)}


def _default(table: Table, name: str) -> Any:
    default: Any = table.c[name].default
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
