"""Who looked at whom between two times: each line with its names, the taking itself written down, nothing a formula."""

from __future__ import annotations

import csv
from datetime import time, timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.clock import at
from app.domain.errors import DomainError
from app.models import AuditEvent
from app.services import audit
from app.services.documents.tables import as_csv, as_xlsx
from app.services.evidence.access_log import HEAD, access_log, time_span
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, NOW, TODAY, make_errand, make_request, make_staff

LATER = NOW + timedelta(days=9)
SPAN = time_span(TODAY.isoformat(), TODAY.isoformat())
DANGEROUS = ('=HYPERLINK("http://x.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1")


def test_a_line_names_who_looked_at_which_request(session: UnitOfWork) -> None:
    staff, request = make_staff(session, name="Người Xem Thử"), make_request(session)
    errand = make_errand(session, request)
    audit.record(session, f"staff:{staff.id}", "request.viewed", "service_request", request.id, NOW)
    audit.record(session, "system", "retention", "errand", errand.id, NOW + timedelta(minutes=1))
    audit.record(session, f"staff:{staff.id}", "request.viewed", "service_request", request.id, NOW + timedelta(days=1))
    session.flush()

    lines = access_log(session, SPAN, request.applicant_id, "staff:1", LATER)

    assert [line.cells()[1:] for line in lines] == [
        (f"staff:{staff.id}", "Người Xem Thử", "request.viewed", "service_request", str(request.id), request.reference),
        ("system", "", "retention", "errand", str(errand.id), request.reference),
    ]
    assert lines[0].cells()[0] == "2026-11-30T09:00:00+07:00"


def test_another_persons_lines_are_left_out(session: UnitOfWork) -> None:
    mine, other = make_request(session), make_request(session)
    for request in (mine, other):
        audit.record(session, "staff:1", "request.viewed", "service_request", request.id, NOW)
    session.flush()
    assert [line.object_id for line in access_log(session, SPAN, mine.applicant_id, "staff:1", LATER)] == [str(mine.id)]
    assert {line.object_id for line in access_log(session, SPAN, None, "staff:1", LATER)} >= {
        str(mine.id),
        str(other.id),
    }


def test_taking_the_log_is_a_line_of_the_log(session: UnitOfWork) -> None:
    request = make_request(session)
    access_log(session, SPAN, request.applicant_id, "staff:7", LATER)
    session.flush()
    taken = session.scalars(select(AuditEvent).where(AuditEvent.action == "access_log.taken")).one()
    assert (taken.actor, taken.detail) == ("staff:7", {"subject": str(request.applicant_id), "lines": 0})


def test_days_count_whole_and_moments_to_the_minute() -> None:
    whole = time_span("2026-11-30", "2026-12-01")
    assert (whole.first, whole.last) == (at(TODAY, time(0)), at(DAY + timedelta(days=1), time(0)))
    exact = time_span("2026-11-30T07:30", "2026-11-30T09:00")
    assert (exact.first, exact.last) == (at(TODAY, time(7, 30)), at(TODAY, time(9)))


@pytest.mark.parametrize(("first", "last"), [("", ""), ("2026-12-02", "2026-12-01"), ("x", "2026-12-01")])
def test_a_span_that_is_none_is_refused(first: str, last: str) -> None:
    with pytest.raises(DomainError) as refusal:
        time_span(first, last)
    assert refusal.value.code == "time_span_malformed"


@pytest.mark.parametrize("cell", DANGEROUS)
def test_no_cell_is_a_formula_to_whoever_opens_the_table(cell: str) -> None:
    read = list(csv.reader(StringIO(as_csv(HEAD, [(cell,)]).decode("utf-8-sig"), newline="")))
    assert read[1] == [f"'{cell}"]
    book = load_workbook(BytesIO(as_xlsx("t", ("head",), [(cell,)])))
    assert book.active is not None
    assert book.active["A2"].data_type == "s"


def test_vietnamese_and_what_no_sheet_can_hold_come_through() -> None:
    book = load_workbook(BytesIO(as_xlsx("t", ("Ai",), [("Rơ Châm\x00 Thử",)])))
    assert book.active is not None
    assert book.active["A2"].value == "Rơ Châm Thử"
    assert as_csv(("Ai",), [("Rơ Châm",)]).decode("utf-8-sig").splitlines()[1] == '"Rơ Châm"'
