"""Tables that people's programs saved, CSV or xlsx: every line is answered, a broken one is named and stops no other."""

from __future__ import annotations

import csv
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from io import BytesIO
from typing import Final, Literal
from zipfile import BadZipFile, ZipFile

from app.text_files import NoText, text_of

Fault = Literal["quote_open", "quote_inside", "cell_too_long", "holds_nul"]
SEPARATORS: Final = ("\t", ";", ",")  # at a tie the rarer in names and titles
LINES_OF_A_CELL: Final = 20  # an address in quotes may have some; a quote that was left open has thousands
LOOKED_AT: Final = 50  # lines that tell which separator a file has
CELL_AT_MOST: Final = 32_767  # as a spreadsheet's
LINES_AT_MOST, CELLS_AT_MOST = 50_000, 100
SHEET_AT_MOST: Final = 16 * 2**20  # bytes, unpacked
XLSX, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TOLD: Final = re.compile(
    r"sep=([;,\t])[;,\t]*", re.IGNORECASE
)  # Excel's own first line; others fill it up to the table's width
BROKEN: Final = (
    BadZipFile, zlib.error, LookupError, SyntaxError, ValueError, TypeError, AttributeError, RuntimeError, EOFError, OSError,
)  # fmt: skip
"""What a workbook that was cut, patched or closed by a password makes its reader raise."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in its file; with a fault its cells are not to be believed."""

    number: int  # as an editor or a spreadsheet counts, from 1; of a row with line breaks in it: its first
    cells: tuple[str, ...]
    fault: Fault | None = None
    taken: int = 1  # lines of the file that it fills


def nobody(_: str) -> bool:
    """No cell is known to be a heading."""
    return False


def read_table(raw: bytes, wide: int, is_heading: Callable[[str], bool] = nobody) -> list[Line]:
    """The rows of a CSV (UTF-8; `;`, `,` or tab; any line ends; `sep=` forgiven) or of an xlsx file's first sheet; none that is blank.

    `wide`: how many cells a row has; `is_heading`: is this the name of a column? Both tell separators from commas in a title.
    Letters are composed (NFC), whatever program wrote them.
    Raises NoText.
    """
    if raw.startswith(OLD_EXCEL):
        raise NoText(
            "is an Excel file of before 2007 (.xls) or has a password: save it as .xlsx without, or as CSV UTF-8"
        )
    lines = _sheet(raw) if raw.startswith(XLSX) else table_of(text_of(raw, strays=True), wide, is_heading)
    if len(lines) > LINES_AT_MOST:
        raise NoText(f"has more than {LINES_AT_MOST} lines: divide it")
    return lines


def table_of(text: str, wide: int, is_heading: Callable[[str], bool] = nobody) -> list[Line]:
    """The rows of typed or pasted text, as `read_table`."""
    physical = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = TOLD.fullmatch(physical[0])
    separator = told[1] if told else _separator(physical[:LOOKED_AT], wide, is_heading)
    return [line for line in _lines(physical, 1 if told else 0, separator) if line.fault or any(line.cells)]


def _separator(physical: Sequence[str], wide: int, is_heading: Callable[[str], bool]) -> str:
    def fits(separator: str) -> tuple[int, int, int]:
        lines = list(_lines(physical, 0, separator))
        head = next((line.cells for line in lines if any(line.cells)), ())
        widths = [len(line.cells) for line in lines]
        return sum(map(is_heading, head)), widths.count(wide), sum(width > 1 for width in widths)

    return max(SEPARATORS, key=fits)


def _lines(physical: Sequence[str], first: int, separator: str) -> Iterator[Line]:
    at = first
    while at < len(physical):
        line = _line(physical, at, separator)
        yield line
        at += line.taken


def _line(physical: Sequence[str], at: int, separator: str) -> Line:
    """The row that begins there; where a quoted cell goes on it takes the next lines too."""
    for taken in range(1, min(LINES_OF_A_CELL, len(physical) - at) + 1):
        part = physical[at : at + taken]
        if taken > 1 and sum(line.count('"') for line in part) % 2:
            continue  # still open: a mark in a cell is doubled
        try:
            cells = _cells(part, separator)
        except _UnreadableError as unreadable:
            if unreadable.fault == "quote_open":
                continue
            return _faulty(physical, at, unreadable.fault)
        return Line(at + 1, cells, taken=taken)
    return _faulty(physical, at, "quote_open")


class _UnreadableError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def _cells(part: Sequence[str], separator: str) -> tuple[str, ...]:
    if any("\0" in line for line in part):
        raise _UnreadableError("holds_nul")
    try:
        cells = next(csv.reader([f"{line}\n" for line in part], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise _UnreadableError(next((fault for said, fault in SAID if said in str(error)), "quote_inside")) from None
    if any(len(cell) > CELL_AT_MOST for cell in cells):
        raise _UnreadableError("cell_too_long")
    return tuple(_composed(cell) for cell in cells)


SAID: Final[Sequence[tuple[str, Fault]]] = (("unexpected end of data", "quote_open"), ("field limit", "cell_too_long"))


def _faulty(physical: Sequence[str], at: int, fault: Fault) -> Line:
    return Line(at + 1, (physical[at].replace("\0", "")[:80],), fault)


def _sheet(raw: bytes) -> list[Line]:
    from openpyxl import load_workbook  # noqa: PLC0415 - a tenth of a second that a page without a file needn't pay

    try:
        with ZipFile(BytesIO(raw)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size <= SHEET_AT_MOST:
            sheet = load_workbook(BytesIO(raw), read_only=True, data_only=True).worksheets[0]
            # its own word of how big it is may be wrong, and each row is filled up to it
            rows = sheet.iter_rows(max_row=LINES_AT_MOST + 1, max_col=CELLS_AT_MOST, values_only=True)
            return _even([Line(number, _filled(row)) for number, row in enumerate(rows, start=1)])
    except BROKEN:
        raise NoText("is no workbook that can be read: save it as .xlsx again, or as CSV UTF-8") from None
    raise NoText("is too big a workbook: save the one sheet as CSV UTF-8")


def _filled(row: Sequence[object]) -> tuple[str, ...]:
    """Up to the last cell that holds something: a sheet is as wide as anything in it was ever coloured."""
    cells = [_cell(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _even(lines: Sequence[Line]) -> list[Line]:
    """None that is blank, each at least as wide as the first: what is empty at its end is a cell, too."""
    filled = [line for line in lines if line.cells]
    wide = len(filled[0].cells) if filled else 0
    return [replace(line, cells=line.cells + ("",) * (wide - len(line.cells))) for line in filled]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return _composed(str(value).replace("_x000D_", ""))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
