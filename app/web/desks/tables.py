"""A table as a clerk brings it: the uploaded file when there is one, else what was typed or scanned."""

from __future__ import annotations

from flask import request

from app.domain.errors import DomainError
from app.table_files import Line, read_table, table_of
from app.text_files import NoText


def lines_given(typed: str, wide: int) -> list[Line]:
    """`wide`: how many columns are asked for. Raises `csv_not_utf8`."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return table_of(typed, wide)
    try:
        return read_table(file.stream.read(), wide)
    except NoText:
        raise DomainError("csv_not_utf8", kind="invalid", field="file") from None
