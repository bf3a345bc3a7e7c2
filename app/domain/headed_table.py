"""Tables whose columns are known by their headings, Vietnamese or English, in any order: every line gets its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError
from app.domain.wording import folded
from app.table_files import Line

MOST_ROWS: Final = 5_000
EMPTIED: Final = "-"  # a cell that says: it has none; an empty one says nothing


class RowVerdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    CLOSED = "closed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Headings:
    """Column → the headings by which people call it (folded: small letters without accents); the first column is the key."""

    columns: Mapping[str, tuple[str, ...]]

    def column_of(self, cell: str) -> str | None:
        said = " ".join(folded(cell).split())
        return next((name for name, called in self.columns.items() if said == name or said in called), None)

    def is_heading(self, cell: str) -> bool:
        return self.column_of(cell) is not None

    @property
    def key(self) -> str:
        return next(iter(self.columns))


@dataclass(frozen=True, slots=True)
class HeadedRow:
    """One line by its columns; a column that the file does not have is an empty cell."""

    number: int  # as a spreadsheet counts, from 1
    key: str
    cells: Mapping[str, str]

    def given(self, column: str) -> str:
        """What the cell says; empty: nothing."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What a line does, or would do; `fields`: the columns that change; `error`: why it is wrong, at its `field`."""

    number: int
    key: str
    verdict: RowVerdict
    fields: tuple[str, ...] = ()
    error: DomainError | None = None


def answer_rows(
    lines: Sequence[Line],
    headings: Headings,
    take: Callable[[HeadedRow], tuple[RowVerdict, tuple[str, ...]]],
    *,
    keys_once: bool = True,
) -> list[RowAnswer]:
    """`take` does what a row says and raises DomainError for one that is wrong: that stops no other.

    `keys_once`: each row has a key, and no two the same.

    Raises `table_without_rows`, `table_too_long`, `table_without_headings`, `table_heading_unknown`, `table_heading_twice`.
    """
    answers, first_at = [], dict[str, int]()
    for row in _rows(lines, headings):
        if isinstance(row, RowAnswer):
            answers.append(row)
            continue
        try:
            if keys_once:
                _check_key(row, headings, first_at)
            verdict, fields = take(row)
            answers.append(RowAnswer(row.number, row.key, verdict, fields))
        except DomainError as error:
            answers.append(RowAnswer(row.number, row.key[:40], RowVerdict.WRONG, error=error))
    return answers


def _check_key(row: HeadedRow, headings: Headings, first_at: dict[str, int]) -> None:
    if not row.key:
        raise DomainError("table_key_missing", kind="invalid", field=headings.key)
    if row.key in first_at:
        raise DomainError("table_row_twice", kind="invalid", field=headings.key, line=first_at[row.key])
    first_at[row.key] = row.number


def _rows(lines: Sequence[Line], headings: Headings) -> Iterator[HeadedRow | RowAnswer]:
    if not lines:
        raise DomainError("table_without_rows", kind="invalid", field="file")
    head, *rest = lines
    columns = _columns(head, headings)
    if not rest:
        raise DomainError("table_without_rows", kind="invalid", field="file")
    if len(rest) > MOST_ROWS:
        raise DomainError("table_too_long", kind="invalid", field="file", most=MOST_ROWS)
    for line in rest:
        cells = dict(zip(columns, line.cells, strict=False))
        if line.fault is None and len(line.cells) == len(columns):
            yield HeadedRow(line.number, cells[headings.key].strip(), cells)
        else:
            code = f"csv_{line.fault}" if line.fault else "table_row_width"
            fault = DomainError(code, kind="invalid", field="file", given=len(line.cells), columns=len(columns))
            yield RowAnswer(line.number, line.cells[0][:40] if line.cells else "", RowVerdict.WRONG, error=fault)


def _columns(head: Line, headings: Headings) -> list[str]:
    """Raises for a first line that does not name the key, and for a column that nobody would read."""
    named = [headings.column_of(cell) for cell in head.cells]
    if headings.key not in named:
        raise DomainError(
            "table_without_headings", kind="invalid", field="file", heading=headings.columns[headings.key][0]
        )
    for cell, name in zip(head.cells, named, strict=True):
        if name is None:
            raise DomainError("table_heading_unknown", kind="invalid", field="file", heading=cell[:40])
        if named.count(name) > 1:
            raise DomainError("table_heading_twice", kind="invalid", field="file", heading=cell[:40])
    return [name for name in named if name is not None]
