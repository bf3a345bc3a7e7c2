"""What partners told and nobody could take: shown masked, read again, settled."""

from __future__ import annotations

import json

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import InboxMessage
from tests.app.web.links.conftest import ADDRESS, CODE, NAME, PHONE, Case, audited
from tests.factories.links import make_inbox_message, make_order

URL = "/dieu-phoi/ket-noi/tin-den"


def jobs(session: Session) -> int:
    count = text("select count(*) from procrastinate_jobs where task_name = 'take_arrivals' and status = 'todo'")
    return int(session.execute(count).scalar_one())


def test_nothing_waiting_is_said_kindly(coordinator: FlaskClient) -> None:
    assert "Không có tin nào chờ xem" in coordinator.get(URL).text


def test_each_reason_says_what_to_do(session: Session, coordinator: FlaskClient) -> None:
    make_inbox_message(session, subject=f"{CODE}-TG01")
    make_inbox_message(session, reason="order_unknown")
    make_inbox_message(session, kind="unreadable", reason="field EventTime is missing", code=None)
    make_inbox_message(session, reason="errand_already_done")
    make_inbox_message(session, state="taken", reason=None, subject="DA-DOC-ROI")
    page = coordinator.get(URL).text
    for shown in (
        f"{CODE}-TG01",
        "thêm vào bảng mã, rồi bấm",
        "Xin hỏi họ đơn này của ai",
        "Xin hỏi họ dòng này nói gì",
        "Chưa khớp với sổ",
    ):
        assert shown in page
    assert "DA-DOC-ROI" not in page


def test_a_line_is_shown_as_it_came_but_masked_and_the_look_is_written_down(
    session: Session, case: Case, coordinator: FlaskClient
) -> None:
    order = make_order(session, case.dossier, errand=case.errand)
    raw = json.dumps({"OrderNumber": order.number, "NguoiNhan": NAME, "DiaChi": ADDRESS, "Message": f"gọi {PHONE}"})
    row = make_inbox_message(
        session, kind="unreadable", subject=order.number, raw=raw.encode(), reason="field x is y", code=None
    )
    page = coordinator.get(f"{URL}/{row.id}").text
    for shown in (order.number, "NguoiNhan", "trường x không đúng dạng"):
        assert shown in page
    assert case.leaks(page) == []
    assert audited(session, "inbox_message.viewed") == [str(row.id)]


def test_the_raw_line_of_an_order_nobody_knows_is_masked_by_its_form(session: Session, admin: FlaskClient) -> None:
    raw = '{"ten": "Trần Thị Mẫu", "sdt": "0900000456", "ghi_chu'.encode()
    row = make_inbox_message(session, kind="unreadable", raw=raw, code=None)
    page = admin.get(f"{URL}/{row.id}").text
    assert "ghi_chu" not in page  # broken off: what it was is not known
    for gone in ("Mẫu", "0900000456"):
        assert gone not in page


def test_reading_again_leads_to_a_job(session: Session, admin: FlaskClient) -> None:
    row = make_inbox_message(session)
    before = jobs(session)
    assert "Đã xếp để đọc lại" in admin.post(f"{URL}/{row.id}/doc-lai", follow_redirects=True).text
    assert session.get_one(InboxMessage, row.id).state == "stored"
    assert jobs(session) == before + 1
    assert audited(session, "inbox_message.read_again") == [str(row.id)]


def test_settling_keeps_the_line_and_who_settled_it(session: Session, admin: FlaskClient) -> None:
    row = make_inbox_message(session, kind="unreadable", raw=b"x", code=None)
    assert "tin này đã xử lý" in admin.post(f"{URL}/{row.id}/da-xu-ly", follow_redirects=True).text
    session.refresh(row)
    assert (row.state, (row.settled_by or "").split(":")[0], row.raw) == ("ignored", "staff", b"x")
    assert audited(session, "inbox_message.put_aside") == [str(row.id)]


def test_a_line_nobody_can_read_is_never_read_again(session: Session, admin: FlaskClient) -> None:
    row = make_inbox_message(session, kind="unreadable", raw=b"x", code=None)
    assert "/doc-lai" not in admin.get(f"{URL}/{row.id}").text
    assert admin.post(f"{URL}/{row.id}/doc-lai").status_code == 404
