"""Did it arrive? On the request's page; and before the visit a named person calls whoever is not known to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.identity import Channel, Role
from app.models import Errand, Message, Sending
from app.queries.attention import AttentionTask, tasks
from app.queries.tracking.evening import evening_messages
from app.queries.tracking.reach import NextTry, reach_of
from app.queries.visible import Offices
from app.services.messaging import messages, sendings
from app.texts.messages import why_in_words
from app.unit_of_work import UnitOfWork
from app.web.session import WebContext, context, init_context
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, KEYS, make_applicant, make_request, make_staff
from tests.factories.times import TODAY

EVENING = at(TODAY, time(17, 0))
HALF_PAST_FIVE = at(TODAY, time(17, 30))


@pytest.fixture
def told(session: UnitOfWork, scene: Scene) -> Message:
    """The evening's message of one visit."""
    errand = scene.errand(scene.own)
    messages.tell_evening_before(session, DAY, EVENING, KEYS, scene.own.id)
    evening = session.scalars(select(Message).where(Message.errand_id == errand.id)).one()
    others = select(Message).where(Message.id != evening.id)
    for other in session.scalars(others):
        other.state = "delivered"
    session.flush()
    return evening


def taken(session: UnitOfWork, message: Message, *, reports: bool) -> None:
    row = sendings.begin(session, message, "esms", EVENING, reports=reports, is_repeat=False)
    sendings.taken(session, row.id, "1", EVENING)


def calls(session: Session, now: datetime, offices: Offices = None) -> list[AttentionTask]:
    return [task for task in tasks(session, DAY, now, offices) if task.kind in {"not_arrived", "to_call"}]


def test_what_is_not_known_to_have_arrived_by_half_past_five_is_the_managers_call(
    session: UnitOfWork, scene: Scene, told: Message
) -> None:
    manager = make_staff(session, Role.OFFICE_MANAGER, office=scene.own)
    taken(session, told, reports=True)
    assert calls(session, HALF_PAST_FIVE - timedelta(minutes=1)) == []
    (call,) = calls(session, HALF_PAST_FIVE)
    assert (call.kind, call.message_id, call.caller) == ("not_arrived", told.id, manager.name)
    assert "{" not in call.said


def test_a_message_that_still_waits_to_be_sent_is_a_call_as_well(session: UnitOfWork, told: Message) -> None:
    assert [call.message_id for call in calls(session, HALF_PAST_FIVE)] == [told.id]


def test_the_call_is_due_until_the_visit_is_over(session: UnitOfWork, scene: Scene, told: Message) -> None:
    slot = scene.errand(scene.own).slot
    assert slot is not None
    assert calls(session, slot.starts_at)
    assert calls(session, at(DAY, time(5, 0))) == []
    assert calls(session, slot.ends_at) == []


@pytest.mark.parametrize("state", ["delivered", "not_wanted"])
def test_who_was_told_is_not_called(session: UnitOfWork, told: Message, state: str) -> None:
    told.state = state
    assert calls(session, HALF_PAST_FIVE) == []


def test_an_operator_that_never_reports_is_believed_when_it_took_it(session: UnitOfWork, told: Message) -> None:
    taken(session, told, reports=False)
    assert calls(session, HALF_PAST_FIVE) == []


def test_a_visit_that_is_called_off_needs_no_call(session: UnitOfWork, told: Message) -> None:
    session.get_one(Errand, told.errand_id).state = ErrandState.CANCELLED
    session.flush()
    assert calls(session, HALF_PAST_FIVE) == []


def test_another_offices_manager_sees_no_call(session: UnitOfWork, scene: Scene, told: Message) -> None:
    assert calls(session, HALF_PAST_FIVE, frozenset({scene.own.id}))
    assert calls(session, HALF_PAST_FIVE, frozenset({scene.foreign.id})) == []


def test_who_wants_to_be_called_is_a_call_at_once(session: UnitOfWork, told: Message) -> None:
    told.state, told.error = "failed", "voice"
    session.flush()
    assert [call.kind for call in calls(session, EVENING)] == ["to_call"]


def test_the_page_of_a_request_tells_how_far_each_message_came(
    session: UnitOfWork, scene: Scene, told: Message, coordinator: FlaskClient
) -> None:
    reference = scene.errand(scene.own).request.reference
    page = coordinator.get(f"/dieu-phoi/yeu-cau/{reference}").text
    assert "Chờ gửi" in page
    told.state, told.error = "failed", "esms: 146"
    session.flush()
    page = coordinator.get(f"/dieu-phoi/yeu-cau/{reference}").text
    assert "Chưa gửi được: lời nhắn không khớp mẫu đã đăng ký" in page
    assert "{word}" not in page


@pytest.mark.parametrize("state", ["failed", "taken", "sent", "delivered"])
def test_who_got_nothing_is_written_to_again_from_there(
    session: UnitOfWork, scene: Scene, told: Message, coordinator: FlaskClient, state: str
) -> None:
    told.state = state
    session.execute(text("delete from procrastinate_jobs"))
    reference = scene.errand(scene.own).request.reference
    answer = coordinator.post(f"/dieu-phoi/tin-nhan/{told.id}/gui-lai", data={"yeu_cau": reference})
    assert answer.location.endswith(f"/dieu-phoi/yeu-cau/{reference}#messages")
    assert told.state == "queued"
    assert session.scalars(text("select args->>'message_id' from procrastinate_jobs")).all() == [str(told.id)]


def test_what_is_about_to_be_sent_is_not_sent_beside_it(session: UnitOfWork, told: Message) -> None:
    with pytest.raises(DomainError, match="message_settled"):
        messages.resend(session, told.id, "staff:1", EVENING + timedelta(minutes=29))
    assert messages.resend(session, told.id, "staff:1", EVENING + timedelta(minutes=30)).state == "queued"


def test_what_arrived_is_not_noted_as_told_otherwise(session: UnitOfWork, told: Message) -> None:
    told.state = "delivered"
    with pytest.raises(DomainError, match="message_settled"):
        messages.told_otherwise(session, told.id, "staff:1", EVENING)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("esms: 99", "số này chặn tin nhắn"),
        ("esms: away", "eSMS không trả lời"),
        ("speedsms: http 503", "SpeedSMS không trả lời"),
        ("esms: undelivered", "eSMS báo tin không đến được máy"),
        ("speedsms: 64", "SpeedSMS báo mã 64"),
        ("esms: http 403", "eSMS báo mã 403"),
        ("esms: 118", "bên gửi tin từ chối tài khoản của hệ thống"),
        ("speedsms: http 429", "SpeedSMS báo gửi quá nhanh, xin chờ"),
        ("zns: tokens", "khóa truy cập của Zalo hết hạn hoặc không đọc, ghi được: cần người cài đặt xem lại"),
        ("nobody", "không có bên nào gửi được tin này"),
        ("ValueError", "số điện thoại không đúng"),
        ("email: address", "địa chỉ thư điện tử không đúng"),
        ("voice", "người này muốn nghe điện thoại"),
        ("Rejected", "lỗi của hệ thống"),
    ],
)
def test_an_operators_code_is_told_in_words(error: str, words: str) -> None:
    assert why_in_words(error) == words


def test_the_last_word_of_an_operator_is_kept_with_the_sending(session: UnitOfWork, told: Message) -> None:
    row = sendings.begin(session, told, "esms", EVENING, reports=True, is_repeat=False)
    sendings.refused(session, row.id, "146", EVENING)
    kept = session.scalars(select(Sending).where(Sending.message_id == told.id)).one()
    assert (kept.state.value, kept.code, kept.settled_at) == ("failed", "146", EVENING)


def test_what_the_evenings_messages_will_cost_is_said_before_they_go_out(
    session: UnitOfWork, scene: Scene, coordinator: FlaskClient
) -> None:
    scene.errand(scene.own)
    before = coordinator.get(f"/dieu-phoi/?ngay={DAY}").text
    count = sum(evening_messages(session, DAY).values())
    assert f"Tin nhắn hẹn giờ chưa gửi: {count} tin, nhiều nhất " in before
    assert messages.tell_evening_before(session, DAY, EVENING, KEYS) == count
    assert "Tin nhắn hẹn giờ chưa gửi" not in coordinator.get(f"/dieu-phoi/?ngay={DAY}").text


def test_a_mistake_in_the_file_of_links_keeps_nobody_from_the_board(
    flask_app: Flask, scene: Scene, coordinator: FlaskClient, tmp_path: Path
) -> None:
    scene.errand(scene.own)
    (tmp_path / "links.toml").write_text("[messages.esms\n")
    with flask_app.app_context():
        here = context()
    settings = replace(here.settings, links=tmp_path / "links.toml")
    init_context(flask_app, WebContext(settings, here.database, here.clock, here.keys))
    page = coordinator.get(f"/dieu-phoi/?ngay={DAY}")
    assert (page.status_code, "Tin nhắn hẹn giờ chưa gửi" in page.text) == (200, False)


def test_whom_nobody_writes_to_costs_nothing(session: UnitOfWork, scene: Scene) -> None:
    errand = scene.errand(scene.own)
    before = sum(evening_messages(session, DAY, {scene.own.id}).values())
    errand.request.channel = Channel.NONE
    session.flush()
    assert sum(evening_messages(session, DAY, {scene.own.id}).values()) == before - 1
    assert evening_messages(session, DAY, set()) == {}


def request_page(client: FlaskClient, message: Message, session: Session) -> str:
    errand = session.get_one(Errand, message.errand_id)
    return client.get(f"/dieu-phoi/yeu-cau/{errand.request.reference}").text


def test_the_page_says_what_was_chosen_what_works_and_what_to_try_next(
    session: UnitOfWork, manager: FlaskClient, told: Message
) -> None:
    page = request_page(manager, told, session)
    assert "Đã chọn: tin nhắn." in page
    assert "Chưa cần làm gì thêm." in page
    row = sendings.begin(session, told, "esms", EVENING, reports=True, is_repeat=False)
    sendings.refused(session, row.id, "99", EVENING)
    told.state = "failed"
    session.flush()
    page = request_page(manager, told, session)
    assert "eSMS: 0 tin đã đến, 1 tin không đến, trong 1 lần gửi." in page
    assert "Nên gọi điện cho người yêu cầu." in page


@pytest.mark.parametrize(
    ("channel", "phone", "helper_phone", "next_try"),
    [
        (Channel.VOICE, "0900000123", None, NextTry.CALL),
        (Channel.NONE, None, None, NextTry.LETTER),
        (Channel.NONE, "0900000123", None, NextTry.LETTER),
        (Channel.HELPER, None, "0900000888", NextTry.HELPER),
    ],
)
def test_what_to_try_next_is_what_there_is(
    session: UnitOfWork, channel: Channel, phone: str | None, helper_phone: str | None, next_try: NextTry
) -> None:
    asked = make_applicant(session, phone=phone)
    request = make_request(
        session, applicant=asked, channel=channel, helper_name="Người giúp thử", helper_phone=helper_phone
    )
    messages.tell(session, request, None, "courier_on_way", EVENING, "t")
    for message in session.scalars(select(Message).where(Message.request_id == request.id)):
        message.state = "failed"
    session.flush()
    assert reach_of(session, request).next_try is next_try


def test_whom_somebody_has_called_is_not_to_be_called_again(
    session: UnitOfWork, manager: FlaskClient, told: Message
) -> None:
    told.state = "not_wanted"
    session.flush()
    assert "Chưa cần làm gì thêm." in request_page(manager, told, session)


def test_an_operator_that_is_away_or_tells_nothing_counts_no_message_as_lost(
    session: UnitOfWork, manager: FlaskClient, told: Message
) -> None:
    for channel, reports in (("esms", True), ("email", False)):
        row = sendings.begin(session, told, channel, EVENING, reports=reports, is_repeat=False)
        sendings.refused(session, row.id, "away", EVENING)
    page = request_page(manager, told, session)
    assert "eSMS: 0 tin đã đến, 0 tin không đến, trong 1 lần gửi." in page
    assert "E-mail: 1 lần gửi, bên gửi không báo đã đến hay chưa." in page
