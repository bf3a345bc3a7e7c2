"""Every connection at a glance, and its switch."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import FeedCursor, Link, Subscriber
from app.queries.partners.link_state import link_states
from tests.app.web.links.conftest import audited
from tests.factories import NOW, make_partner
from tests.factories.links import make_inbox_message, make_link, make_outbox_message

URL = "/dieu-phoi/ket-noi/"


def test_without_any_connection_the_page_says_so(coordinator: FlaskClient) -> None:
    assert "Chưa nối với hệ thống nào" in coordinator.get(URL).text


def test_a_quiet_day_says_that_nobody_is_needed(session: Session, coordinator: FlaskClient) -> None:
    make_link(session, "one_stop", last_ok_at=NOW - timedelta(minutes=3), rate_per_minute=600)
    page = coordinator.get(URL).text
    assert "Không có việc nào cần người" in page
    assert "Hệ thống một cửa" in page
    assert "3 phút trước" in page
    assert "không quá 600 lời gọi một phút" in page


def test_what_waits_is_counted_with_its_age_and_its_kind(session: Session, coordinator: FlaskClient) -> None:
    make_link(session, "one_stop")
    for hours in (1, 2):
        make_outbox_message(session, created_at=NOW - timedelta(hours=hours))
    make_outbox_message(session, link="vnpost", kind="place_order", state="refused")
    make_inbox_message(session)
    page = coordinator.get(URL).text
    assert "2 việc, cũ nhất: 2 giờ 0 phút trước" in page
    assert "Đặt đơn: 1 bị từ chối" in page
    assert "Mã chưa có trong bảng mã: 1" in page
    assert "Không có việc nào cần người" not in page
    assert page.index("Đơn vị vận chuyển vnpost") < page.index("Hệ thống một cửa")  # who wants somebody comes first


def test_an_open_breaker_says_until_when_and_what_went_wrong(session: Session, coordinator: FlaskClient) -> None:
    make_link(
        session, "one_stop", failures=7, open_until=NOW + timedelta(minutes=5),
        last_fault_at=NOW - timedelta(minutes=1), last_fault="Unavailable: answered 502",
    )  # fmt: skip
    page = coordinator.get(URL).text
    assert f"Tạm nghỉ đến {(NOW + timedelta(hours=7, minutes=5)):%H:%M}" in page
    assert "Không trả lời 7 lần liền" in page
    assert "Không trả lời: báo mã 502" in page


def test_a_feed_shows_how_far_it_was_read(session: Session, coordinator: FlaskClient) -> None:
    make_link(session, "vnpost")
    session.add(FeedCursor(link="vnpost", customer_code="GL01", cursor="0" * 20 + "abc123", read_at=NOW, moved_at=None))
    page = coordinator.get(URL).text
    assert "Đọc tin của GL01" in page
    assert "abc123" in page


def test_a_subscriber_is_called_by_its_partner_and_its_address_is_not_shown(
    session: Session, coordinator: FlaskClient
) -> None:
    partner = make_partner(session, name="Sở Thử Nghiệm")
    row = Subscriber(partner_id=partner.id, url="https://thu.example/bi-mat", events=[], secret="x", created_at=NOW)
    session.add(row)
    session.flush()
    make_link(session, row.link)
    page = coordinator.get(URL).text
    assert "Nhận sự kiện: Sở Thử Nghiệm" in page
    assert "thu.example" not in page


def test_an_administrator_stops_a_connection_and_starts_it_again(session: Session, admin: FlaskClient) -> None:
    make_link(session, "vnpost", failures=9)
    make_outbox_message(session, link="vnpost", kind="place_order")
    page = admin.post(f"{URL}vnpost/tat", follow_redirects=True).text
    assert "Đã ngắt: Đơn vị vận chuyển vnpost" in page
    assert "1 việc chờ đến khi nối lại" in page
    assert not session.get_one(Link, "vnpost").enabled
    assert "Đã nối lại" in admin.post(f"{URL}vnpost/bat", follow_redirects=True).text
    link = session.get_one(Link, "vnpost")
    assert (link.enabled, link.failures) == (True, 0)
    assert audited(session, "link.switched_off") == audited(session, "link.switched_on") == ["vnpost"]


def test_the_metrics_name_connections_and_nobody(session: Session, admin: FlaskClient) -> None:
    make_link(session, "one_stop", open_until=NOW + timedelta(minutes=5))
    make_outbox_message(session, created_at=NOW - timedelta(seconds=90))
    make_outbox_message(session, link="vnpost", state="late")
    make_inbox_message(session)
    lines = admin.get("/metrics").text.splitlines()
    for line in (
        'tannha_link_enabled{link="one_stop"} 1.0',
        'tannha_link_breaker_open{link="one_stop"} 1.0',
        'tannha_link_queue{link="one_stop"} 1.0',
        'tannha_link_queue_oldest_seconds{link="one_stop"} 90.0',
        'tannha_link_waiting_for_a_person{link="vnpost"} 1.0',
        'tannha_link_arrivals_parked{link="vnpost"} 1.0',
    ):
        assert line in lines


def test_an_operator_of_messages_shows_what_is_left_and_who_must_pay_in(
    session: Session, coordinator: FlaskClient
) -> None:
    make_link(session, "message:esms", credit=199_999, credit_unit="VND", credit_low=200_000, credit_at=NOW)
    page = coordinator.get(URL).text
    assert "Tin nhắn qua eSMS" in page
    assert "199.999 đồng" in page
    assert "Sắp hết tiền gửi tin" in page
    session.get_one(Link, "message:esms").credit = 200_000
    session.flush()
    assert "Sắp hết tiền gửi tin" not in coordinator.get(URL).text


def test_a_days_quota_of_messages_is_not_paid_in(session: Session, coordinator: FlaskClient) -> None:
    make_link(session, "message:zns", credit=42, credit_unit="messages", credit_low=100, credit_at=NOW)
    page = coordinator.get(URL).text
    assert "Sắp hết số tin được gửi trong ngày" in page
    assert "42 tin, bên kia báo" in page
    assert "nạp thêm" not in page


def test_a_pause_that_they_asked_for_is_no_silence_and_wants_nobody(session: Session, coordinator: FlaskClient) -> None:
    make_link(session, "message:esms", open_until=NOW + timedelta(minutes=1))
    page = coordinator.get(URL).text
    assert "Bên kia báo gọi quá nhanh và xin chờ" in page
    assert "lần liền" not in page.split("Các chữ này nói gì")[0]
    (one,) = link_states(session, NOW)
    assert not one.wants_somebody(NOW)


def test_an_operators_last_fault_is_told_in_words(session: Session, coordinator: FlaskClient) -> None:
    make_link(session, "message:esms", last_fault_at=NOW, last_fault="Later: esms: 103")
    assert "Chưa nhận tin nhắn: tài khoản gửi tin đã hết tiền" in coordinator.get(URL).text
