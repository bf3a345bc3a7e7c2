"""Messages that wait for a person: the reason, the masked words, sent again, dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.jobs import defer
from app.models import OutboxMessage
from app.services.outbox import links
from app.unit_of_work import UnitOfWork
from tests.app.web.links.conftest import ADDRESS, CODE, NAME, PHONE, Case, audited
from tests.factories import NOW
from tests.factories.links import make_link, make_order, make_outbox_message
from tests.factories.transfers import make_desk_road, packed

URL = "/dieu-phoi/ket-noi/"


def jobs(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        text("select task_name, args->>'dispatch_id' from procrastinate_jobs where task_name like 'tell_%'")
    )
    return [(name, outbox_message) for name, outbox_message in rows]


def test_nothing_waiting_is_said_kindly(coordinator: FlaskClient) -> None:
    assert "Không có việc nào chờ xử lý" in coordinator.get(f"{URL}can-xu-ly").text


def test_the_list_says_why_and_what_to_do_without_naming_anybody(
    session: Session, case: Case, coordinator: FlaskClient
) -> None:
    make_outbox_message(
        session, case.dossier, state="refused", said=f"Số {PHONE} của {NAME.upper()} đã dùng", reason="answered 4"
    )
    make_outbox_message(
        session, case.dossier, state="late", fault="Unavailable", reason="exchange.example did not answer in time"
    )
    make_outbox_message(session, case.dossier, state="queued")
    page = coordinator.get(f"{URL}can-xu-ly").text
    assert (page.count("Báo tiến độ hồ sơ"), page.count(CODE)) == (2, 2)
    assert "sửa chỗ sai ở nơi gốc rồi gửi lại" in page
    assert "chờ mãi không thấy trả lời" in page
    assert "đã dùng" in page
    assert case.leaks(page) == []


def test_the_list_is_narrowed_to_one_connection(session: Session, case: Case, coordinator: FlaskClient) -> None:
    make_outbox_message(session, case.dossier, state="refused")
    order = make_order(session, case.dossier)
    make_outbox_message(
        session, case.dossier, link="vnpost", kind="place_order", body={"order_id": str(order.id)}, state="parked"
    )
    page = coordinator.get(f"{URL}can-xu-ly?noi=vnpost").text
    assert "Đặt đơn" in page
    assert "Báo tiến độ hồ sơ" not in page


def test_a_message_shows_what_went_out_masked_and_the_look_is_written_down(
    session: Session, case: Case, coordinator: FlaskClient
) -> None:
    row = make_outbox_message(
        session, case.dossier, state="refused", said=f"{NAME} không có trong sổ", fault="Rejected", reason="answered 4"
    )
    page = coordinator.get(f"{URL}gui/{row.id}").text
    for shown in (CODE, "N•• V•• T•• C••", "••••••••23", "không có trong sổ", "Từ chối: báo mã 4", "2: đã tiếp nhận"):
        assert shown in page
    assert case.leaks(page) == []
    assert audited(session, "outbox_message.viewed") == [str(row.id)]


def test_an_order_shows_the_door_masked(session: Session, case: Case, coordinator: FlaskClient) -> None:
    order = make_order(session, case.dossier, errand=case.errand, state_fee=8000, postage=26000)
    body = {"order_id": str(order.id)}
    row = make_outbox_message(session, case.dossier, link="vnpost", kind="place_order", body=body, state="parked")
    page = coordinator.get(f"{URL}gui/{row.id}").text
    for shown in (f"{CODE}-TG01", "GL01", "34.000", case.errand.place.unit.name, "T•• T•• C•• n•• ••"):
        assert shown in page
    assert case.leaks(page) == []


def test_an_order_between_desks_shows_both_desks_and_no_home(session: UnitOfWork, coordinator: FlaskClient) -> None:
    make_link(session, "vnpost")
    links.forget(session)
    way = make_desk_road(session)
    packed(session, way)
    row = session.scalars(select(OutboxMessage).where(OutboxMessage.trigger.contains("-LC01"))).one()
    page = coordinator.get(f"{URL}gui/{row.id}").text
    for shown in (f"{way.road.dossier.code}-LC01", way.road.world.desk.name, way.there.name, "Khối lượng (g)"):
        assert shown in page
    assert "Địa chỉ nhà" not in page


def test_an_answer_nobody_could_read_is_shown_masked(session: Session, case: Case, coordinator: FlaskClient) -> None:
    raw = json.dumps({"Status": "x9", "HoTen": NAME, "DiaChi": ADDRESS, "Sdt": PHONE}, ensure_ascii=False)
    row = make_outbox_message(
        session, case.dossier, state="parked", fault="BadAnswer", reason="field Status is none", raw=raw.encode()
    )
    page = coordinator.get(f"{URL}gui/{row.id}").text
    assert "x9" in page
    assert "HoTen" in page
    assert case.leaks(page) == []


def test_an_event_for_a_subscriber_shows_its_ids(session: Session, case: Case, coordinator: FlaskClient) -> None:
    body = {"errand": str(case.errand.id), "note": f"gọi {PHONE}"}
    row = make_outbox_message(session, case.dossier, link="webhook:3", kind="errand.done", body=body, state="late")
    page = coordinator.get(f"{URL}gui/{row.id}").text
    assert "Báo sự kiện errand.done" in page
    assert case.leaks(page) == []


def test_sending_again_leads_to_a_job(session: Session, case: Case, admin: FlaskClient) -> None:
    row = make_outbox_message(session, case.dossier, state="refused")
    page = admin.post(f"{URL}gui/{row.id}/gui-lai", follow_redirects=True).text
    assert "Đã xếp để gửi lại" in page
    assert session.get_one(OutboxMessage, row.id).state == "queued"
    assert jobs(session) == [("tell_one_stop", str(row.id))]
    assert audited(session, "outbox_message.replayed") == [str(row.id)]


def test_a_message_between_two_tries_can_be_sent_now_by_the_job_that_waits(
    session: UnitOfWork, case: Case, admin: FlaskClient
) -> None:
    row = make_outbox_message(session, case.dossier, state="queued", tries=4, next_at=NOW + timedelta(hours=1))
    job = defer(session, "tell_one_stop", {"dispatch_id": str(row.id)}, at=datetime(2126, 1, 1, tzinfo=UTC))
    page = admin.get(f"{URL}gui/{row.id}").text
    assert "Máy tự gửi lại lúc" in page
    assert "Gửi ngay" in page
    assert "Đã xếp để gửi ngay" in admin.post(f"{URL}gui/{row.id}/gui-ngay", follow_redirects=True).text
    assert session.get_one(OutboxMessage, row.id).next_at is None
    due = text("select id, scheduled_at from procrastinate_jobs where task_name = 'tell_one_stop'")
    assert [tuple(one) for one in session.execute(due)] == [(job, None)]
    assert audited(session, "outbox_message.hurried") == [str(row.id)]
    assert admin.post(f"{URL}gui/{row.id}/gui-ngay").status_code == 409


def test_dropping_a_message_sends_the_next_of_its_dossier(session: Session, case: Case, admin: FlaskClient) -> None:
    row, following = (
        make_outbox_message(session, case.dossier, state="late"),
        make_outbox_message(session, case.dossier),
    )
    assert "1 việc sau của cùng hồ sơ đang chờ" in admin.get(f"{URL}gui/{row.id}").text
    admin.post(f"{URL}gui/{row.id}/bo")
    assert session.get_one(OutboxMessage, row.id).state == "withdrawn"
    assert jobs(session) == [("tell_one_stop", str(following.id))]
    assert audited(session, "outbox_message.withdrawn") == [str(row.id)]


def test_what_waits_for_nobody_is_not_sent_again(session: Session, case: Case, admin: FlaskClient) -> None:
    row = make_outbox_message(session, case.dossier, state="sent")
    answer = admin.post(f"{URL}gui/{row.id}/gui-lai")
    assert answer.status_code == 409
    assert "không còn chờ người xử lý" in answer.text
    assert jobs(session) == []
