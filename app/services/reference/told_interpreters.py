"""Interpreters as a file tells them, line by line: who agreed to be called, which languages, for which communes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.headed_table import EMPTIED, HeadedRow, Headings, RowAnswer, RowVerdict, answer_rows
from app.domain.identity import parse_line
from app.domain.tongue import parse_tongues
from app.domain.wording import folded, tidy
from app.models import Interpreter, Unit
from app.services import audit
from app.table_files import Line

LONGEST_NAME: Final = 120
HEADINGS: Final = Headings({
    "code": ("ma", "ma nguoi phien dich"),
    "name": ("ho va ten", "ho ten", "ten"),
    "phone": ("so dien thoai", "dien thoai"),
    "tongues": ("tieng noi", "tieng"),
    "units": ("ma xa", "ma xa phuong", "ma don vi"),
    "state": ("trang thai", "tinh trang"),
})  # fmt: skip
OPEN, CLOSED = frozenset({"", "dang lam", "open"}), frozenset({"nghi", "da nghi", "dong", "closed"})


def hear_interpreters(session: Session, lines: Sequence[Line], by: str, now: datetime) -> list[RowAnswer]:
    """Every line is answered; a wrong one changes nothing. What a line does not say stays; "-" in the communes: everywhere.

    Raises the `table_…` faults of `answer_rows`.
    """

    def take(row: HeadedRow) -> tuple[RowVerdict, tuple[str, ...]]:
        with session.begin_nested():
            return _take(session, row, by, now)

    return answer_rows(lines, HEADINGS, take)


def _take(session: Session, row: HeadedRow, by: str, now: datetime) -> tuple[RowVerdict, tuple[str, ...]]:
    standing = session.scalars(select(Interpreter).where(Interpreter.code == row.key).with_for_update()).one_or_none()
    if _closes(row):
        return _close(session, standing, row, by, now)
    told = _told(session, row)
    if standing is None:
        if not {"name", "phone", "tongues"} <= told.keys():
            raise DomainError("interpreter_option_missing", kind="invalid", field="name")
        opened = Interpreter(code=row.key, **{"units": [], **told})
        session.add(opened)
        session.flush()
        _note(session, opened, "interpreter.opened", by, now)
        return RowVerdict.NEW, ()
    fields = tuple(field for field, value in told.items() if getattr(standing, field) != value)
    if not fields and standing.closed_at is None:
        return RowVerdict.SAME, ()
    for field in fields:
        setattr(standing, field, told[field])
    if not (standing.name and standing.phone):  # closed so long ago that both have gone
        raise DomainError("interpreter_option_missing", kind="invalid", field="name")
    standing.closed_at = None
    _note(session, standing, "interpreter.changed", by, now)
    return RowVerdict.CHANGED, fields


def _close(
    session: Session, standing: Interpreter | None, row: HeadedRow, by: str, now: datetime
) -> tuple[RowVerdict, tuple[str, ...]]:
    if standing is None:
        raise DomainError("interpreter_unknown", kind="not_found", field="code", given=row.key[:40])
    if standing.closed_at is not None:
        return RowVerdict.SAME, ()
    standing.closed_at = now
    _note(session, standing, "interpreter.closed", by, now)
    return RowVerdict.CLOSED, ()


def _closes(row: HeadedRow) -> bool:
    said = " ".join(folded(row.given("state")).split())
    if said not in OPEN | CLOSED:
        raise DomainError("staff_state_unknown", kind="invalid", field="state", given=row.given("state")[:40])
    return said in CLOSED


def _told(session: Session, row: HeadedRow) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if name := tidy(row.given("name"), LONGEST_NAME):
        told["name"] = name
    if row.given("phone").strip():
        told["phone"] = parse_line(row.given("phone"), "phone")
    if row.given("tongues").strip():
        told["tongues"] = list(parse_tongues(row.given("tongues")))
    said = row.given("units").strip()
    if said:
        told["units"] = [] if said == EMPTIED else _units(session, said)
    return told


def _units(session: Session, said: str) -> list[str]:
    codes = sorted({code for code in re.split(r"[\s,;]+", said) if code})
    known = set(session.scalars(select(Unit.code).where(Unit.code.in_(codes))))
    for code in codes:
        if code not in known:
            raise DomainError("interpreter_unit_unknown", kind="invalid", field="units", given=code[:20])
    return codes


def _note(session: Session, told: Interpreter, action: str, by: str, now: datetime) -> None:
    audit.record(session, by, action, "interpreter", told.id, now, units=len(told.units))
