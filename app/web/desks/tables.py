"""A table as a clerk brings it: the uploaded file when there is one, else what was typed or scanned."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from app.domain.errors import DomainError
from app.table_files import Line, nobody, read_table, table_of
from app.text_files import NoText


def is_uploaded() -> bool:
    file = request.files.get("file")
    return file is not None and bool(file.filename)


def lines_given(typed: str, wide: int, is_heading: Callable[[str], bool] = nobody) -> list[Line]:
    """`wide`: how many columns are asked for, `is_heading`: is this the name of one? Raises `csv_not_utf8`."""
    if not is_uploaded():
        return table_of(typed, wide, is_heading)
    try:
        return read_table(request.files["file"].stream.read(), wide, is_heading)
    except NoText:
        raise DomainError("csv_not_utf8", kind="invalid", field="file") from None
