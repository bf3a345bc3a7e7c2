"""A table to take away, as CSV or as xlsx. What people typed is never a formula to whoever opens it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # OWASP: CSV injection; full width too
WIDEST: Final = 60
BOM: Final = "\ufeff"  # else Excel reads Vietnamese as Latin-1


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def as_xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Every cell is text by its type, so that a leading `=` is a letter."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new book has one
    sheet.title = title[:31]
    widths = [len(one) for one in head]
    for number, row in enumerate([head, *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell.data_type, cell.quotePrefix = "s", value.startswith(FORMULA)
            widths[column - 1] = min(WIDEST, max(widths[column - 1], len(value)))
    for column, width in enumerate(widths, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width + 2
    sheet.freeze_panes = "A2"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _inert(cell: str) -> str:
    """A spreadsheet runs what begins so; behind an apostrophe it is shown."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
