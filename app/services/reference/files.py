"""Strict reading of reference files: a bad row names its file, line and field, and says what is expected there."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, TypeVar

from app.table_files import Fault, Line, read_table
from app.text_files import NoText, read_bytes, read_text

BUNDLED: Final = files("app.services.reference") / "data"


class BadReference(ValueError):
    """A reference file that cannot be believed. Nothing of it is loaded."""

    def __init__(self, file: str, where: str, field: str, problem: str) -> None:
        super().__init__(f"{file}, {where}, {field}: {problem}" if field else f"{file}, {where}: {problem}")
        self.file, self.where, self.field, self.problem = file, where, field, problem


def source(name: str, replacement: Path | None) -> Traversable | Path:
    """Return the operator's file, or the bundled one of that name."""
    return replacement or BUNDLED / name


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, its values still as text."""

    file: str
    line: int
    values: Mapping[str, str]

    def bad(self, field: str, problem: str) -> BadReference:
        return BadReference(self.file, f"line {self.line}", field, problem)

    def text(self, field: str) -> str:
        value = self.optional(field)
        if value is None:
            raise self.bad(field, "must not be empty")
        return value

    def optional(self, field: str) -> str | None:
        """A line break in a cell is a blank as any other."""
        return " ".join(self.values.get(field, "").split()) or None

    def choice(self, field: str, allowed: Collection[str]) -> str:
        value = self.text(field)
        if value not in allowed:
            raise self.bad(field, f"{value!r} is none of {', '.join(sorted(allowed))}")
        return value

    def flag(self, field: str) -> bool:
        return self.choice(field, ("yes", "no")) == "yes"

    def whole(self, field: str) -> int:
        value = self.text(field)
        if not (value.isascii() and value.isdecimal()):
            raise self.bad(field, f"{value!r} is not a whole number of 0 or more")
        return int(value)

    def between(self, field: str, low: float, high: float) -> float:
        value = self.text(field)
        try:
            number = float(value)
        except ValueError:
            raise self.bad(field, f"{value!r} is not a number (a decimal point, no comma: 13.98)") from None
        if not low <= number <= high:
            raise self.bad(field, f"{value} is not between {low} and {high}")
        return number

    def day(self, field: str) -> date:
        value = self.text(field)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.bad(field, f"{value!r} is not a day such as 2026-12-01") from None

    def optional_day(self, field: str) -> date | None:
        return self.day(field) if self.optional(field) else None


def table_rows(path: Traversable | Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """Return the rows of a CSV or xlsx file that has exactly these columns, in any order; its first line names them."""
    lines = _lines(path, (*columns, *optional))
    if not lines:
        raise BadReference(path.name, "line 1", columns[0], "the column is missing; there are none")
    head, *rows = lines
    _check_head(path, head, columns, optional)
    if not rows:
        raise BadReference(path.name, f"line {head.number + 1}", "", "the file has no rows")
    return [_row(path, head, line) for line in rows]


def _lines(path: Traversable | Path, known: Sequence[str]) -> list[Line]:
    try:
        return read_table(read_bytes(path), len(known), known.__contains__)
    except NoText as fault:
        raise BadReference(path.name, "the whole file", "", str(fault)) from None


def _check_head(path: Traversable | Path, head: Line, columns: Sequence[str], optional: Sequence[str]) -> None:
    where, there, known = f"line {head.number}", head.cells, (*columns, *optional)
    for column in columns:
        if column not in there:
            raise BadReference(path.name, where, column, f"the column is missing; there are {', '.join(there)}")
    for column in there:
        if column not in known:
            raise BadReference(path.name, where, column, f"no such column; known are {', '.join(known)}")
        if there.count(column) > 1:
            raise BadReference(path.name, where, column, "stands there twice")


def _row(path: Traversable | Path, head: Line, line: Line) -> Row:
    if line.fault is not None:
        raise BadReference(path.name, f"line {line.number}", "", FAULTS[line.fault])
    if len(line.cells) != len(head.cells):
        raise BadReference(path.name, f"line {line.number}", "", "the row has more or fewer cells than the first line")
    return Row(path.name, line.number, dict(zip(head.cells, line.cells, strict=True)))


FAULTS: Final[Mapping[Fault, str]] = {
    "quote_open": "a quotation mark is opened and never closed",
    "quote_inside": 'a quotation mark inside a quoted cell must be doubled: ""',
    "cell_too_long": "a cell is longer than any spreadsheet allows",
    "holds_nul": "holds a NUL byte: type the line anew",
}


Anything = TypeVar("Anything")


def unique(
    rows: Iterable[Row], parse: Callable[[Row], Anything], key: Callable[[Anything], object]
) -> tuple[Anything, ...]:
    """Return what the rows say; the second of two that say the same thing is bad."""
    first: dict[object, int] = {}
    parsed: list[Anything] = []
    for row in rows:
        item = parse(row)
        if key(item) in first:
            raise row.bad("", f"says the same thing as line {first[key(item)]}")
        first[key(item)] = row.line
        parsed.append(item)
    return tuple(parsed)


def geojson_points(path: Traversable | Path, optional: Sequence[str]) -> list[Row]:
    """Return the points of a GeoJSON FeatureCollection as rows: `lon`, `lat` and the features' known properties."""
    collection = json_of(path)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features:
        raise BadReference(path.name, "the whole file", "features", "a FeatureCollection with features is expected")
    return [_feature(path, number, feature, optional) for number, feature in enumerate(features, 1)]


def _feature(path: Traversable | Path, number: int, feature: Any, optional: Sequence[str]) -> Row:
    match feature:
        case {"geometry": {"type": "Point", "coordinates": [lon, lat, *_]}, "properties": dict(properties)}:
            known = {name: str(properties.get(name) or "") for name in ("code", *optional)}
            return Row(path.name, number, {**known, "lon": str(lon), "lat": str(lat)})
        case _:
            problem = "a Point with properties is expected; the units' ground belongs into shapes.geojson"
            raise BadReference(path.name, f"feature {number}", "geometry", problem)


def json_of(path: Traversable | Path) -> Any:
    text = _text(path)
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise BadReference(path.name, f"line {error.lineno}", "", f"not JSON: {error.msg}") from None
    except KeyError as twice:
        raise BadReference(path.name, "the whole file", str(twice.args[0]), "stands twice in one object") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, a list in a list in a list …
        raise BadReference(path.name, "the whole file", "", "not JSON that anybody meant to write") from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that stands twice JSON keeps the last in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise KeyError(next(key for number, key in enumerate(keys) if key in keys[:number]))
    return found


def _text(path: Traversable | Path) -> str:
    try:
        return read_text(path)
    except NoText as fault:
        raise BadReference(path.name, "the whole file", "", str(fault)) from None


@dataclass(frozen=True, slots=True)
class Node:
    """One object of a JSON file, with the way to it; every key must be known."""

    file: str
    where: str
    value: Mapping[str, Any]

    def bad(self, field: str, problem: str) -> BadReference:
        return BadReference(self.file, self.where, field, problem)

    def closed(self, *keys: str) -> Node:
        """Return the node if it has exactly these keys."""
        for key in keys:
            if key not in self.value:
                raise self.bad(key, "is missing")
        for key in self.value:
            if key not in keys:
                raise self.bad(key, f"is not known; known are {', '.join(keys)}")
        return self

    def text(self, key: str, *, empty: bool = False) -> str:
        value = self.value[key]
        if not isinstance(value, str) or (not value.strip() and not empty):
            raise self.bad(key, "must be a text")
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.bad(key, f"{value!r} is none of {', '.join(sorted(allowed))}")
        return value

    def flag(self, key: str) -> bool:
        if not isinstance(self.value[key], bool):
            raise self.bad(key, "must be true or false")
        return bool(self.value[key])

    def whole(self, key: str) -> int | None:
        """Return a whole number of 0 or more, or None for null: unknown is not 0."""
        value = self.value[key]
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise self.bad(key, "must be a whole number of 0 or more, or null when unknown")
        return value

    def day(self, key: str) -> date | None:
        try:
            return None if self.value[key] is None else date.fromisoformat(self.value[key])
        except (TypeError, ValueError):
            raise self.bad(key, "must be a day such as 2026-12-01, or null") from None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.value[key]
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.bad(key, "must be a list of texts")
        return tuple(value)

    def node(self, key: str) -> Node:
        return self._child(key, self.value[key], f"{self.where}, {key}")

    def nodes(self, key: str) -> Iterator[Node]:
        value = self.value[key]
        if not isinstance(value, list):
            raise self.bad(key, "must be a list")
        for number, item in enumerate(value, 1):
            yield self._child(key, item, f"{self.where}, {key} {number}")

    def _child(self, key: str, value: Any, where: str) -> Node:
        if not isinstance(value, dict):
            raise self.bad(key, "must be an object")
        return Node(self.file, where.removeprefix(", "), value)
