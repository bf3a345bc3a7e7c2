"""Tables as people's programs save them: each line is answered, and a broken one costs no other."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import date
from io import BytesIO
from random import Random
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from app import table_files
from app.table_files import Line, read_table, table_of
from app.text_files import NoText

WIDE = 3


def cells(text: str, wide: int = WIDE) -> list[tuple[str, ...]]:
    return [line.cells for line in table_of(text, wide)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_separator_with_any_line_ends_is_read(ends: str, separator: str) -> None:
    rows = [("H1", "Giấy khai sinh", "TN1"), ("H2", "Sổ đỏ", "TN2")]
    assert cells(ends.join(separator.join(row) for row in rows) + ends) == rows


def test_commas_in_every_title_do_not_hide_the_semicolons() -> None:
    assert cells("H1;Bản chính, 02 bản sao, 01 trích lục, 01 phụ lục;TN1") == [
        ("H1", "Bản chính, 02 bản sao, 01 trích lục, 01 phụ lục", "TN1")
    ]


def test_the_heading_tells_the_separator_where_numbers_have_decimal_commas() -> None:
    (head, row) = table_of(
        "code;lon;lat;name\nBC1;108,01;13,98;Bưu cục\n", 6, {"code", "lon", "lat", "name"}.__contains__
    )
    assert (head.cells, row.cells) == (("code", "lon", "lat", "name"), ("BC1", "108,01", "13,98", "Bưu cục"))


def test_excel_s_line_about_the_separator_is_no_row_and_is_counted() -> None:
    assert table_of("\ufeffsep=,\r\nH1,a;b;c,TN1\r\n", WIDE) == [Line(2, ("H1", "a;b;c", "TN1"))]


def test_a_quoted_cell_may_have_line_breaks_and_the_next_row_knows_its_line() -> None:
    assert table_of('a,"12 Hai Bà Trưng\nphường Diên Hồng",b\nc,d,e\n', WIDE) == [
        Line(1, ("a", "12 Hai Bà Trưng\nphường Diên Hồng", "b"), taken=2),
        Line(3, ("c", "d", "e")),
    ]


def test_a_separator_of_lines_that_no_editor_counts_tears_no_row_apart() -> None:
    assert cells("a,b\u2028c\u0085d\x0be,f\n") == [("a", "b\u2028c\u0085d\x0be", "f")]


def test_a_quotation_mark_left_open_is_its_own_line_s_fault() -> None:
    first, second = table_of('H1;"Bản đồ khổ A3;TN1\nH2;Giấy khai sinh;TN2\n', WIDE)
    assert (first.number, first.fault, second) == (1, "quote_open", Line(2, ("H2", "Giấy khai sinh", "TN2")))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ('H1;"Bưu cục "Trung tâm" Pleiku";TN1', "quote_inside"),
        ("H1;" + "a" * 140_000 + ";TN1", "cell_too_long"),
        ("H1;" + "a" * 40_000 + ";TN1", "cell_too_long"),
        ("H1;Giấy\0 khai sinh;TN1", "holds_nul"),
    ],
)
def test_what_no_reader_takes_is_named_and_the_next_line_is_read(row: str, fault: str) -> None:
    first, second = read_table(f"{row}\nH2;Giấy khai sinh;TN2\n".encode(), WIDE)
    assert (first.number, first.fault, second.cells) == (1, fault, ("H2", "Giấy khai sinh", "TN2"))


def test_blank_lines_are_counted_and_passed_over() -> None:
    assert [line.number for line in table_of("\n;;\na;b;c\n\n", WIDE)] == [3]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_a_workbook_is_read_as_its_reader_sees_it() -> None:
    lines = read_table(workbook(("code", "day", "km"), (), (23563, date(2026, 12, 1), 13.98), ("x", None, True)), WIDE)
    assert lines == [
        Line(1, ("code", "day", "km")),
        Line(3, ("23563", "2026-12-01", "13.98")),
        Line(4, ("x", "", "yes")),
    ]


def test_letters_in_pieces_are_put_together() -> None:
    assert cells(unicodedata.normalize("NFD", "H1;Giấy khai sinh;TN1")) == [("H1", "Giấy khai sinh", "TN1")]


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    whole = workbook(("code", "name", "note"), ("x", "y", "z"))
    with ZipFile(BytesIO(whole)) as parts:
        held = {name: parts.read(name) for name in parts.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b'ref="A1:C2"' in held[sheet]
    held[sheet] = held[sheet].replace(b'ref="A1:C2"', b'ref="A1"')
    streamed = BytesIO()
    with ZipFile(streamed, "w") as parts:
        for name, part in held.items():
            parts.writestr(name, part)
    assert [line.cells for line in read_table(streamed.getvalue(), WIDE)] == [("code", "name", "note"), ("x", "y", "z")]


def test_a_cell_far_out_makes_no_row_of_thousands() -> None:
    book = Workbook()
    book.worksheets[0]["XFD1"] = "far"
    book.worksheets[0]["A1"] = "near"
    saved = BytesIO()
    book.save(saved)
    assert [line.cells for line in read_table(saved.getvalue(), WIDE)] == [("near",)]


def test_a_sheet_is_as_wide_as_its_heading_whatever_was_coloured_beside_it() -> None:
    (head, row) = read_table(workbook(("code", "name", "note", None, None), ("x", "y", None, None, None)), WIDE)
    assert (head.cells, row.cells) == (("code", "name", "note"), ("x", "y", ""))


def test_a_workbook_that_was_damaged_on_its_way_says_the_way_out() -> None:
    whole, chance = workbook(("code", "name"), ("x", "Gò Đỏ"), (23563, 13.98)), Random(20)
    for _ in range(300):
        raw = bytearray(whole)
        for at in chance.sample(range(4, len(raw)), chance.randint(1, 40)):
            raw[at] = chance.randrange(256)
        with suppress(NoText):
            read_table(bytes(raw[: chance.choice((len(raw), chance.randrange(4, len(raw))))]), WIDE)


def test_more_lines_than_anybody_reads_are_refused_whole_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "LINES_AT_MOST", 2)
    for raw in (b"a;b;c\n" * 3, workbook(*[("a", "b", "c")] * 3)):
        with pytest.raises(NoText, match="more than 2 lines: divide it"):
            read_table(raw, WIDE)


@pytest.mark.parametrize(
    ("raw", "way_out"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
        (b"PK\x03\x04 and no more", "save it as .xlsx again"),
        ("a;b;c".encode("utf-16"), "is UTF-16: save it as UTF-8"),
        ("a;b;c".encode("utf-16-le"), "save it as UTF-8"),
        ("Gò".encode("latin-1"), "is not UTF-8 at byte 1"),
    ],
)
def test_what_is_no_table_says_the_way_out(raw: bytes, way_out: str) -> None:
    with pytest.raises(NoText, match=way_out):
        read_table(raw, WIDE)
