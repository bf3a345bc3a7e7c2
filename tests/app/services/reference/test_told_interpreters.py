"""Interpreters as a file tells them, and whom a door gets."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.headed_table import RowAnswer, RowVerdict
from app.domain.tongue import Tongue
from app.models import AuditEvent, Interpreter
from app.queries.reference.interpreters import interpreters_for, nearest
from app.services.reference.told_interpreters import HEADINGS, hear_interpreters
from app.table_files import table_of
from tests.factories import NOW, make_unit

HEAD = "Mã;Họ tên;Số điện thoại;Tiếng nói;Mã xã;Trạng thái"


def hear(session: Session, *rows: str) -> list[RowAnswer]:
    lines = table_of("\n".join([HEAD, *rows]), len(HEADINGS.columns), HEADINGS.is_heading)
    return hear_interpreters(session, lines, "system", NOW)


def whom(session: Session, tongue: Tongue, unit: str) -> str | None:
    found = nearest(interpreters_for(session, {tongue, None}), tongue, unit)
    return found.code if found is not None else None


def test_the_commune_s_own_interpreter_comes_before_the_province_s(session: Session) -> None:
    near, far = make_unit(session), make_unit(session)
    told = hear(
        session,
        "PD-1;Phiên Dịch Một;0900 000 171;Jrai, Ba Na;;",
        f"PD-2;Phiên Dịch Hai;0900000172;jrai;{near.code};",
    )
    assert [one.verdict for one in told] == [RowVerdict.NEW, RowVerdict.NEW]
    assert whom(session, Tongue.JRAI, near.code) == "PD-2"
    assert whom(session, Tongue.JRAI, far.code) == "PD-1"
    assert whom(session, Tongue.BAHNAR, near.code) == "PD-1"
    assert whom(session, Tongue.KINH, near.code) is None
    assert whom(session, Tongue.OTHER, near.code) is None


def test_who_stopped_is_called_no_more_and_may_come_back(session: Session) -> None:
    unit = make_unit(session).code
    row = f"PD-1;Phiên Dịch Một;0900000171;Jrai;{unit};"
    hear(session, row)
    assert [one.verdict for one in hear(session, row)] == [RowVerdict.SAME]
    assert [one.verdict for one in hear(session, "PD-1;;;;;nghỉ")] == [RowVerdict.CLOSED]
    assert whom(session, Tongue.JRAI, unit) is None
    assert [one.verdict for one in hear(session, "PD-1;;;;-;")] == [RowVerdict.CHANGED]
    assert whom(session, Tongue.JRAI, make_unit(session).code) == "PD-1"
    deeds = session.scalars(
        select(AuditEvent.action).where(AuditEvent.object_kind == "interpreter").order_by(AuditEvent.id)
    )
    assert list(deeds) == ["interpreter.opened", "interpreter.closed", "interpreter.changed"]


def test_who_stopped_so_long_ago_that_the_name_has_gone_comes_back_with_name_and_telephone(session: Session) -> None:
    hear(session, "PD-1;Phiên Dịch Một;0900000171;Jrai;;", "PD-2;Phiên Dịch Hai;0900000172;Jrai;;")
    hear(session, "PD-1;;;;;nghỉ")
    session.execute(update(Interpreter).where(Interpreter.code == "PD-1").values(name=None, phone=None))
    session.expire_all()
    (nameless,) = hear(session, "PD-1;;;;;đang làm")
    assert nameless.error is not None
    assert nameless.error.code == "interpreter_option_missing"
    assert [one.verdict for one in hear(session, "PD-1;Phiên Dịch Ba;0900000173;;;")] == [RowVerdict.CHANGED]


def test_a_wrong_line_writes_nothing(session: Session) -> None:
    told = hear(
        session,
        "PD-1;Phiên Dịch Một;;Jrai;;",
        "PD-2;Phiên Dịch Hai;0900000172;Klingon;;",
        "PD-3;Phiên Dịch Ba;0900000173;Jrai;00000;",
        "PD-4;;;;;nghỉ",
    )
    assert [one.error.code for one in told if one.error is not None] == [
        "interpreter_option_missing", "tongue_unknown", "interpreter_unit_unknown", "interpreter_unknown",
    ]  # fmt: skip
    assert session.scalars(select(Interpreter)).all() == []
