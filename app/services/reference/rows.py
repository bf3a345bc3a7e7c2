"""Bring the rows of one table up to date: what is missing comes in, what differs changes, nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Base

Key = tuple[Any, ...]


@dataclass(slots=True)
class Changes:
    """How many rows came in, changed or went."""

    rows: int = 0


class ReferenceTable:
    """One table, read once, known by its natural key."""

    def __init__(self, session: Session, model: type[Base], key: Iterable[str], changes: Changes) -> None:
        self._session, self._model, self._changes = session, model, changes
        self._fields = tuple(key)
        self.rows: dict[Key, Any] = {self._key_of(row): row for row in session.scalars(select(model))}

    def put(self, **values: Any) -> None:
        """See that there is a row with these values."""
        key = tuple(values[field] for field in self._fields)
        row = self.rows.get(key)
        if row is None:
            self.rows[key] = row = self._model(**values)
            self._session.add(row)
            self._changes.rows += 1
        elif self._set(row, values):
            self._changes.rows += 1

    def drop_all_but(self, keys: Iterable[Key]) -> None:
        """Delete the other rows; only for tables that no row of another table points to."""
        for key in self.rows.keys() - set(keys):
            self._session.delete(self.rows.pop(key))
            self._changes.rows += 1

    def _key_of(self, row: Any) -> Key:
        return tuple(getattr(row, field) for field in self._fields)

    @staticmethod
    def _set(row: Any, values: Mapping[str, Any]) -> bool:
        different = {field: value for field, value in values.items() if getattr(row, field) != value}
        for field, value in different.items():
            setattr(row, field, value)
        return bool(different)
