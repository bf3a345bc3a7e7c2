"""Tables that people's programs saved, CSV or xlsx: every line is answered, a broken one is named and stops no other."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
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
SHEET_AT_MOST: Final = 64 * 2**20  # bytes, unpacked
XLSX, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in its file; with a fault its cells are not to be believed."""

    number: int  # as an editor or a spreadsheet counts, from 1; of a row with line breaks in it: its first
    cells: tuple[str, ...]
    fault: Fault | None = None
    taken: int = 1  # lines of the file that it fills


def read_table(raw: bytes, wide: int, headings: Collection[str] = ()) -> list[Line]:
    """The rows of a CSV (UTF-8; `;`, `,` or tab; any line ends; `sep=` forgiven) or of an xlsx file's first sheet; none that is blank.

    `wide`: how many cells a row has; `headings`: names of columns. Both tell separators from commas in a title.
    Raises NoText.
    """
    if raw.startswith(OLD_EXCEL):
        raise NoText("is an Excel file of before 2007 (.xls): save it as .xlsx or as CSV UTF-8")
    if raw.startswith(XLSX):
        return [line for line in _sheet(raw) if any(line.cells)]
    return table_of(text_of(raw, strays=True), wide, headings)


def table_of(text: str, wide: int, headings: Collection[str] = ()) -> list[Line]:
    """The rows of typed or pasted text, as `read_table`."""
    physical = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first, separator = 0, None
    if physical[0].lower().startswith("sep=") and len(physical[0].strip()) == len("sep=;"):
        first, separator = 1, physical[0][4]  # how Excel is told
    chosen = separator or _separator(physical[:LOOKED_AT], wide, headings)
    return [line for line in _lines(physical, first, chosen) if line.fault or any(line.cells)]


def _separator(physical: Sequence[str], wide: int, headings: Collection[str]) -> str:
    known = {heading.casefold() for heading in headings}

    def fits(separator: str) -> tuple[int, int, int]:
        lines = list(_lines(physical, 0, separator))
        head = next((line.cells for line in lines if any(line.cells)), ())
        widths = [len(line.cells) for line in lines]
        return sum(cell.casefold() in known for cell in head), widths.count(wide), sum(width > 1 for width in widths)

    return max(SEPARATORS, key=fits)


def _lines(physical: Sequence[str], first: int, separator: str) -> Iterator[Line]:
    at = first
    while at < len(physical):
        line = _line(physical, at, separator)
        yield line
        at += line.taken


def _line(physical: Sequence[str], at: int, separator: str) -> Line:
    """The row that begins there; where a quoted cell goes on it takes the next lines too."""
    fault: Fault = "quote_open"
    for taken in range(1, min(LINES_OF_A_CELL, len(physical) - at) + 1):
        part = [f"{line}\n" for line in physical[at : at + taken]]
        if any("\0" in line for line in part):
            fault = "holds_nul"
            break
        try:
            cells = next(csv.reader(part, delimiter=separator, strict=True), [])
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                continue
            fault = "cell_too_long" if "field limit" in str(error) else "quote_inside"
            break
        if any(len(cell) > CELL_AT_MOST for cell in cells):
            fault = "cell_too_long"
            break
        return Line(at + 1, tuple(cell.strip() for cell in cells), taken=taken)
    return Line(at + 1, (physical[at].replace("\0", "")[:80],), fault)


def _sheet(raw: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook  # noqa: PLC0415 - a tenth of a second that a page without a file needn't pay

    try:
        with ZipFile(BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > SHEET_AT_MOST:
                raise NoText("is too big a workbook: save the one sheet as CSV UTF-8")
        book = load_workbook(BytesIO(raw), read_only=True, data_only=True)
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield Line(number, tuple(_cell(value) for value in row))
    except (BadZipFile, KeyError, IndexError, SyntaxError, ValueError) as error:
        if isinstance(error, NoText):
            raise
        raise NoText("is no workbook that can be read: save it as .xlsx again, or as CSV UTF-8") from None


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
            return str(value).replace("_x000D_", "").strip()
