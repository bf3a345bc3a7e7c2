"""The list that the one-stop software writes of a desk's dossiers: columns by their headings, or in order; or codes alone.

`code; state; due date; envelope`: more columns are passed over. A state is its national number or its word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.dossier import DossierState, parse_dossier_code
from app.domain.errors import DomainError
from app.domain.wording import folded, whole_number
from app.table_files import Line

MOST_LINES: Final = 5_000
ORDER: Final = ("code", "state", "due_on", "envelope")
HEADINGS: Final[Mapping[str, str]] = {
    "ma ho so": "code", "so ho so": "code", "trang thai": "state", "trang thai ho so": "state",
    "ngay hen tra": "due_on", "ngay hen tra ket qua": "due_on", "hen tra": "due_on",
    "ma buu gui": "envelope", "ma yeu cau": "envelope",
}  # fmt: skip
WORDS: Final[Mapping[str, DossierState]] = {
    "moi dang ky": DossierState.REGISTERED, "da tiep nhan": DossierState.ACCEPTED,
    "khong tiep nhan": DossierState.REFUSED, "tu choi": DossierState.REFUSED,
    "dang xu ly": DossierState.IN_PROCESS, "dang giai quyet": DossierState.IN_PROCESS,
    "can bo sung giay to": DossierState.PAPERS_WANTED, "yeu cau bo sung": DossierState.PAPERS_WANTED,
    "cho bo sung": DossierState.PAPERS_WANTED, "cho nop phi, le phi": DossierState.FEE_DUE,
    "nguoi nop xin rut": DossierState.WITHDRAWN, "da rut": DossierState.WITHDRAWN,
    "dung xu ly": DossierState.STOPPED, "da co ket qua": DossierState.FINISHED,
    "da xu ly xong": DossierState.FINISHED, "da tra ket qua": DossierState.RESULT_RETURNED,
}  # fmt: skip
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ToldLine:
    """What they say of one dossier; None: nothing."""

    number: int  # as the spreadsheet counts, from 1
    code: str
    state: int | None
    due_on: date | None
    envelope: str | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that nobody could read, and why."""

    number: int
    text: str
    error: DomainError


def is_heading(cell: str) -> bool:
    return folded(cell) in HEADINGS


def read_lines(lines: Sequence[Line]) -> list[ToldLine | Unread]:
    """Every line gets its answer. Raises `one_stop_file_empty`, `one_stop_file_long`."""
    rows = list(_rows(lines))
    if not rows:
        raise DomainError("one_stop_file_empty", kind="invalid", field="file")
    if len(rows) > MOST_LINES:
        raise DomainError("one_stop_file_long", kind="invalid", field="file", most=MOST_LINES)
    return [_line(line, cells) for line, cells in rows]


def _rows(lines: Sequence[Line]) -> Iterator[tuple[Line, dict[str, str]]]:
    columns: list[str | None] = list(ORDER)
    for line in lines:
        headings = [HEADINGS.get(folded(cell)) for cell in line.cells]
        if "code" in headings:
            columns = headings
        else:
            yield line, {name: cell for name, cell in zip(columns, line.cells, strict=False) if name}


def _line(line: Line, cells: dict[str, str]) -> ToldLine | Unread:
    code = cells.get("code", "")
    if line.fault is not None:
        return Unread(line.number, code[:40], DomainError(f"csv_{line.fault}", kind="invalid", field="file"))
    try:
        return ToldLine(
            line.number,
            str(parse_dossier_code(code)),
            _state(cells.get("state", "")),
            _day(cells.get("due_on", "")),
            cells.get("envelope", "").upper().replace(" ", "") or None,
        )
    except DomainError as error:
        return Unread(line.number, code[:40], error)


def _state(text: str) -> int | None:
    if not text:
        return None
    number = whole_number(text)
    if number in set(DossierState):
        return number
    known = WORDS.get(folded(text))
    if known is None:
        raise DomainError("one_stop_state_unknown", kind="invalid", field="file", given=text[:40])
    return known


def _day(text: str) -> date | None:
    """`31/12/2026`, as a spreadsheet writes it, with or without an hour; or `2026-12-31`."""
    if not text:
        return None
    try:
        found = _DAY.match(text)
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text[:10])
    except ValueError:
        raise DomainError("date_malformed", kind="invalid", field="file") from None
