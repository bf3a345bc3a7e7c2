"""Take what is personal out of rows, in bounded batches: one statement a table and batch, so that no lock is held for long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Table,
    Text,
    and_,
    cast,
    delete,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.domain.identity import Channel, PhoneProof
from app.domain.personal_data import AtTheEnd, PersonalColumn
from app.models import Base, Unit


def table_of(name: str) -> Table:
    return Base.metadata.tables[name]


def empty(
    session: Session, columns: Sequence[PersonalColumn], where: ColumnElement[bool], now: datetime, at_most: int | None
) -> int:
    """Empty these columns of one table in at most so many rows (None: in all); how many rows.

    In a batch, a row that somebody else holds waits for the next time.
    """
    table = table_of(columns[0].table)
    held = [table.c[one.column] for one in columns]
    which = and_(where, or_(*(_holds_something(column) for column in held)))
    values: dict[str, Any] = {column.name: nothing(column) for column in held}
    values.update(_also(table.name, now))
    return _done(session, update(table).where(_some(table, which, at_most)).values(values))


def delete_rows(session: Session, name: str, where: ColumnElement[bool], at_most: int | None) -> int:
    table = table_of(name)
    return _done(session, delete(table).where(_some(table, where, at_most)))


def nothing(column: Column[Any]) -> ColumnElement[Any]:
    """What an emptied column holds: NULL where it may, else nothing to read."""
    table = column.table
    if table.name == "place" and column.name in {"lon", "lat"}:  # statistics by commune stay true
        return select(getattr(Unit, column.name)).where(Unit.code == table.c.unit_code).scalar_subquery()
    if column.unique and not column.nullable:  # nobody signs in with it, and it stays the only one
        return literal("closed-").op("||")(cast(table.c.id, Text))
    return null() if column.nullable else literal("")


def _holds_something(column: Column[Any]) -> ColumnElement[bool]:
    if column.table.name == "place" and column.name in {"lon", "lat"}:
        return column.table.c.pin_source != "unit"
    if column.unique and not column.nullable:
        return column != nothing(column)
    return column.is_not(None) if column.nullable else column != ""


def _also(name: str, now: datetime) -> Mapping[str, Any]:
    """What is true of a row of this table once it is emptied."""
    said: Mapping[str, Mapping[str, Any]] = {
        "applicant": {"erased_at": now},
        "custody_evidence": {"erased_at": now},
        "place": {"pin_source": "unit", "confirmed_by": None, "confirmed_at": None},
        "service_request": {"channel": Channel.NONE, "phone_proof": PhoneProof.NONE},
    }
    return said.get(name, {})


def _some(table: Table, where: ColumnElement[bool], at_most: int | None) -> ColumnElement[bool]:
    if at_most is None:
        return where
    key = list(table.primary_key)
    batch = select(*key).where(where).order_by(*key).limit(at_most).with_for_update(skip_locked=True, of=table)
    picked = batch.cte("batch")  # once, whatever the plan: a subquery in IN may be read again, and lock others
    return and_(*(column == picked.c[column.name] for column in key))


def _done(session: Session, statement: Any) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


def deletes(column: PersonalColumn) -> bool:
    return column.end is AtTheEnd.DELETED
