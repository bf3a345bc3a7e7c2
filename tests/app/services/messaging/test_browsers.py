"""Notices beside messages: who allowed them, what they say, and when they end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.commands import AllowedBrowser
from app.domain.errand import ErrandKind
from app.domain.identity import Channel
from app.models import Device, Message, PushSubscription, ServiceRequest
from app.queries.tracking.unsent import unsent
from app.services import retention
from app.services.evidence import erasure
from app.services.messaging import browsers, messages
from app.services.staff import devices
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, make_applicant, make_courier, make_errand, make_request
from tests.factories.phone import make_device


def allowed(endpoint: str = "https://push.example/1", **more: str) -> AllowedBrowser:
    return AllowedBrowser(endpoint, more.get("p256dh", "point"), "secret", "ours")


def notices(session: Session, request: ServiceRequest | None = None) -> list[Message]:
    wanted = select(Message).where(Message.recipient.startswith("browser:"))
    if request is not None:
        wanted = wanted.where(Message.request_id == request.id)
    return list(session.scalars(wanted))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PushSubscription)) or 0


@pytest.fixture
def request_(session: Session) -> ServiceRequest:
    return make_request(session, applicant=make_applicant(session, name="Rơ Châm Thử", email="ba.thu@vidu.example"))


def test_whoever_allowed_it_is_told_that_there_is_news_and_not_what(
    session: UnitOfWork, request_: ServiceRequest
) -> None:
    browsers.allow_for_request(session, request_.id, allowed(), NOW)
    messages.tell(session, request_, None, "courier_on_way", NOW, "t")
    (notice,) = notices(session, request_)
    assert notice.body == f"Tận Nhà: yêu cầu {request_.reference} có tin mới."
    assert notice.params == {"reference": request_.reference}
    assert (notice.state, notice.template) == ("queued", "push_news")
    told = session.scalars(select(Message.recipient).where(Message.request_id == request_.id)).all()
    assert {request_.applicant.phone, "ba.thu@vidu.example", notice.recipient} == set(told)


def test_nobody_else_is_told(session: UnitOfWork, request_: ServiceRequest) -> None:
    browsers.allow_for_request(session, make_request(session).id, allowed(), NOW)
    messages.tell(session, request_, None, "courier_on_way", NOW, "t")
    assert notices(session) == []


def test_a_message_told_once_has_one_notice(session: UnitOfWork, request_: ServiceRequest) -> None:
    browsers.allow_for_request(session, request_.id, allowed(), NOW)
    for _ in range(2):
        messages.tell(session, request_, None, "courier_on_way", NOW, "t")
    assert len(notices(session, request_)) == 1


def test_a_notice_beside_a_code_holds_no_code(session: UnitOfWork) -> None:
    errand = make_errand(session, kind=ErrandKind.DELIVER)
    browsers.allow_for_request(session, errand.request_id, allowed(), NOW)
    messages.tell_evening_before(session, DAY, NOW, KEYS, errand.office_id)
    (notice,) = notices(session, errand.request)
    assert "{" not in notice.body
    assert "slot" not in (notice.params or {})


def test_who_wants_no_telephone_may_still_allow_notices(session: UnitOfWork) -> None:
    request = make_request(session, channel=Channel.NONE)
    browsers.allow_for_request(session, request.id, allowed(), NOW)
    messages.tell(session, request, None, "courier_on_way", NOW, "t")
    assert [notice.state for notice in notices(session, request)] == ["queued"]


def test_allowing_twice_is_allowing_once_with_the_newest_keys(session: UnitOfWork, request_: ServiceRequest) -> None:
    browsers.allow_for_request(session, request_.id, allowed(), NOW)
    browsers.allow_for_request(session, request_.id, allowed(p256dh="another"), NOW + timedelta(hours=1))
    row = session.scalars(select(PushSubscription)).one()
    assert (row.p256dh, row.made_at, row.used_at) == ("another", NOW, NOW + timedelta(hours=1))


def test_whoever_has_the_link_cannot_fill_our_table(session: UnitOfWork, request_: ServiceRequest) -> None:
    for number in range(7):
        at = NOW + timedelta(minutes=number)
        browsers.allow_for_request(session, request_.id, allowed(f"https://push.example/{number}"), at)
    kept = session.scalars(select(PushSubscription.endpoint).order_by(PushSubscription.endpoint)).all()
    assert kept == [f"https://push.example/{number}" for number in range(2, 7)]


def test_it_ends_with_one_press(session: UnitOfWork, request_: ServiceRequest) -> None:
    browsers.allow_for_request(session, request_.id, allowed(), NOW)
    browsers.allow_for_request(session, request_.id, allowed("https://push.example/2"), NOW)
    browsers.end_for_request(session, request_.id, "https://push.example/1")
    assert session.scalars(select(PushSubscription.endpoint)).all() == ["https://push.example/2"]


def test_a_notice_that_failed_is_nobodys_task(session: UnitOfWork) -> None:
    errand = make_errand(session)
    browsers.allow_for_request(session, errand.request_id, allowed(), NOW)
    messages.tell(session, errand.request, errand, "courier_on_way", NOW, "t")
    for message in session.scalars(select(Message)):
        message.state = "failed"
    session.flush()
    assert [row[0].recipient for row in unsent(session, DAY)] == [errand.request.applicant.phone]


@pytest.fixture
def phone(session: UnitOfWork) -> UUID:
    device = make_device(session, make_courier(session))
    browsers.allow_for_phone(session, device.id, allowed(), NOW)
    return device.id


def courier_of(session: UnitOfWork, device_id: UUID) -> int:
    return session.get_one(Device, device_id).courier_id


def test_a_courier_is_told_that_the_day_changed(session: UnitOfWork, phone: UUID) -> None:
    messages.tell_couriers(session, {courier_of(session, phone)}, NOW, "day_changed:1:2")
    (notice,) = notices(session)
    assert notice.body == "Tận Nhà: tuyến hôm nay có thay đổi. Mở ứng dụng để xem."
    assert (notice.request_id, notice.template) == (None, "push_day")


def test_another_courier_is_not_told(session: UnitOfWork, phone: UUID) -> None:
    messages.tell_couriers(session, {courier_of(session, phone) + 1}, NOW, "day_changed:1:2")
    assert notices(session) == []


def test_a_phone_whose_shift_is_over_is_not_told(session: UnitOfWork, phone: UUID) -> None:
    messages.tell_couriers(session, {courier_of(session, phone)}, NOW + timedelta(days=1), "day_changed:1:2")
    assert notices(session) == []


def test_a_claim_that_is_settled_at_night_rings_in_the_morning(session: UnitOfWork, phone: UUID) -> None:
    night = NOW.replace(hour=15, minute=30)  # half past ten in the evening
    session.get_one(Device, phone).access_until = night + timedelta(hours=1)
    messages.tell_claimant(session, courier_of(session, phone), night, "claim_settled:1", confirmed=True)
    (notice,) = notices(session)
    scheduled = text("select scheduled_at from procrastinate_jobs where args ->> 'message_id' = :id")
    assert session.scalars(scheduled, {"id": str(notice.id)}).all() == [messages.after_quiet(night)]


def test_signing_out_ends_the_notices_of_a_phone(session: UnitOfWork, phone: UUID) -> None:
    devices.sign_out(session, phone, 0, 0, NOW)
    assert count(session) == 0


def test_a_phone_that_is_lost_is_told_nothing_more(session: UnitOfWork, phone: UUID) -> None:
    devices.revoke(session, phone, "staff:1", "mất", NOW)
    assert count(session) == 0


def test_a_browser_that_was_told_nothing_for_ninety_days_is_forgotten(
    session: UnitOfWork, request_: ServiceRequest
) -> None:
    browsers.allow_for_request(session, request_.id, allowed(), NOW)
    retention.keep_time_limits(session, NOW + timedelta(days=89))
    assert count(session) == 1
    retention.keep_time_limits(session, NOW + timedelta(days=91))
    assert count(session) == 0


def test_erasing_a_person_forgets_their_browsers_and_nobody_elses(
    session: UnitOfWork, request_: ServiceRequest, phone: UUID
) -> None:
    browsers.allow_for_request(session, request_.id, allowed(), NOW)
    erasure.empty_applicants(session, [request_.applicant_id], NOW)
    assert session.scalars(select(PushSubscription.device_id)).all() == [phone]
