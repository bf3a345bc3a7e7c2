"""The one-stop software's list: columns by their headings in any order, or by place; every line has its answer."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from app.domain.dossier import DossierState
from app.domain.errors import DomainError
from app.domain.one_stop_file import MOST_LINES, ORDER, ToldLine, Unread, is_heading
from app.domain.one_stop_file import read_lines as read
from app.table_files import table_of

CODE = "H21.65-261201-0011"


def read_lines(text: str) -> list[ToldLine | Unread]:
    return read(table_of(text, len(ORDER), is_heading))


def only(text: str) -> ToldLine:
    (line,) = read_lines(text)
    assert isinstance(line, ToldLine)
    return line


def test_columns_are_found_by_their_headings_in_any_order() -> None:
    line = only(f"STT,Ngày hẹn trả,TRẠNG THÁI,Mã hồ sơ\n1,31/12/2026,Đang xử lý,{CODE}\n")
    assert (line.code, line.state, line.due_on) == (CODE, DossierState.IN_PROCESS, date(2026, 12, 31))


def test_without_headings_the_columns_stand_in_order() -> None:
    line = only(f"{CODE};9;2026-12-31;RT 473 124 829 VN")
    assert (line.state, line.due_on, line.envelope) == (9, date(2026, 12, 31), "RT473124829VN")


def test_a_code_alone_says_nothing_else() -> None:
    assert only(CODE) == ToldLine(1, CODE, None, None, None)


@pytest.mark.parametrize(
    "written", ["31/12/2026", "31-12-2026 16:30", "31.12.2026", "2026-12-31", "2026-12-31T16:30:00"]
)
def test_a_date_is_read_as_spreadsheets_write_it(written: str) -> None:
    assert only(f"{CODE};;{written}").due_on == date(2026, 12, 31)


def test_more_columns_than_ours_are_told_apart_and_passed_over() -> None:
    line = only(f"STT,Người nộp,Ngày hẹn trả,Mã hồ sơ,Lĩnh vực,Ghi chú\n1,A,31/12/2026,{CODE},Đất đai,x\n")
    assert (line.code, line.due_on) == (CODE, date(2026, 12, 31))


def test_commas_of_addresses_do_not_hide_the_columns() -> None:
    line = only(
        "STT;Mã hồ sơ;Người nộp;Địa chỉ;Trạng thái;Ngày hẹn trả;Ghi chú\n"
        f"1;{CODE};A;Thôn 3, xã Ia Ko, huyện Chư Sê, tỉnh Gia Lai;Đang xử lý;31/12/2026;x\n"
    )
    assert (line.code, line.state, line.due_on) == (CODE, DossierState.IN_PROCESS, date(2026, 12, 31))


def test_letters_in_pieces_are_read_as_any_other() -> None:
    line = only(unicodedata.normalize("NFD", f"Mã hồ sơ;Trạng thái\n{CODE};Đang xử lý\n"))
    assert (line.code, line.state) == (CODE, DossierState.IN_PROCESS)


def test_a_quotation_mark_left_open_is_its_own_line_s_fault() -> None:
    bad, good = read_lines(f'{CODE};"2;\n{CODE};2;\n')
    assert isinstance(bad, Unread)
    assert (bad.error.code, isinstance(good, ToldLine)) == ("csv_quote_open", True)


@pytest.mark.parametrize("line", ["H21?;2;", f"{CODE};bay mất;", f"{CODE};11;", f"{CODE};;31/02/2026", f"{CODE};;mai"])
def test_a_line_that_says_nothing_clear_is_named_and_not_guessed_at(line: str) -> None:
    bad, good = read_lines(f"{line}\n{CODE}")
    assert isinstance(bad, Unread)
    assert isinstance(good, ToldLine)


def test_blank_lines_and_the_mark_of_excel_are_passed_over() -> None:
    assert only(f"\ufeffMã hồ sơ\n\n;;\n{CODE}\n").number == 4


@pytest.mark.parametrize(
    ("text", "code"), [("\n;\n", "one_stop_file_empty"), (f"{CODE}\n" * (MOST_LINES + 1), "one_stop_file_long")]
)
def test_nothing_and_too_much_are_refused(text: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_lines(text)
    assert refused.value.code == code
