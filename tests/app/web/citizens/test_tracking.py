"""Behind the link: what is going on, and two buttons."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import LOCAL, Clock, at
from app.domain.errand import ErrandState
from app.domain.journey import SparedJourney
from app.domain.slot import AFTERNOON, changes_close_at
from app.models import Attempt, Charge, Errand, Receipt, ServiceRequest
from app.unit_of_work import UnitOfWork
from app.web.citizens import tracked
from app.web.session import WebContext, context, init_context
from tests.app.web.citizens.walk import book
from tests.factories import DAY, NOW, World, make_errand, make_slot
from tests.factories.custody import make_outcome, make_road


def _booked(client: FlaskClient, session: Session, world: World, kind: str = "send_and_receive") -> ServiceRequest:
    book(client, world, kind)
    return session.scalars(select(ServiceRequest)).one()


def _collection(session: Session) -> Errand:
    return session.scalars(select(Errand).where(Errand.kind == "collect")).one()


def _at(flask_app: Flask, clock: Clock) -> None:
    with flask_app.app_context():
        here = context()
    init_context(flask_app, WebContext(here.settings, here.database, clock, here.keys))


def test_the_page_says_who_holds_the_papers_and_who_acts_next(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world)
    page = client.get(f"/theo-doi/{row.tracking_token}").text
    assert "Ông/bà đang giữ giấy tờ" in page
    assert "Bưu tá: đến nhận hồ sơ" in page
    assert "Đã nhận yêu cầu" in page
    assert "26.000" in page


def test_what_was_paid_is_one_number_and_no_quote_any_more(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world, "send")
    errand = _collection(session)
    charge = session.scalars(select(Charge).where(Charge.errand_id == errand.id, Charge.kind == "postage")).one()
    charge.amount, charge.upper_amount = 26_000, 27_000
    session.flush()
    quoted = client.get(f"/theo-doi/{row.tracking_token}").text
    charge.paid_at = NOW
    receipt = {"number": "TN00000001", "operation_id": uuid4(), "errand_id": errand.id}
    parts = [{"kind": "postage", "amount": 26_500}]
    session.add(Receipt(**receipt, parts=parts, paid_at=NOW, received_at=NOW))
    session.flush()
    paid = client.get(f"/theo-doi/{row.tracking_token}").text
    assert ("27.000" in quoted, "27.000" in paid, "26.500" in paid) == (True, False, True)


def test_the_short_address_of_a_message_leads_there_and_tells_nobody_what_exists(
    client: FlaskClient, session: Session, world: World
) -> None:
    token = _booked(client, session, world).tracking_token
    assert len(token) == 11
    answer = client.get(f"/t/{token}")
    assert (answer.status_code, answer.location) == (302, f"/theo-doi/{token}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(answer.location).status_code == 200
    assert client.get("/t/khong-co").status_code == 302


def test_an_old_long_link_lives_on(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world)
    row.tracking_token = "kept-by-a-citizen-22-x"
    session.flush()
    assert client.get("/theo-doi/kept-by-a-citizen-22-x").status_code == 200


def test_the_link_is_kept_out_of_referrers_and_search_engines(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world)
    answer = client.get(f"/theo-doi/{row.tracking_token}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert '<meta name="referrer" content="same-origin">' not in answer.text


def test_a_link_that_ran_out_says_so(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world)
    row.tracking_until = NOW - timedelta(days=1)
    session.flush()
    answer = client.get(f"/theo-doi/{row.tracking_token}")
    assert answer.status_code == 410
    assert "hết hạn" in answer.text


def test_an_unknown_link_is_not_found(client: FlaskClient) -> None:
    assert client.get("/theo-doi/khong-co").status_code == 404


def test_cancelling_asks_first_and_then_cancels(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world)
    errand = _collection(session)
    url = f"/theo-doi/{row.tracking_token}/huy/{errand.id}"
    assert "Hủy lịch hẹn này?" in client.get(url).text
    assert session.get_one(Errand, errand.id).state is ErrandState.SCHEDULED
    answer = client.post(url, data={"revision": str(errand.revision)}, follow_redirects=True)
    assert "Đã hủy lịch hẹn" in answer.text
    assert session.get_one(Errand, errand.id).state is ErrandState.CANCELLED


def test_a_stale_page_cancels_nothing(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world)
    errand = _collection(session)
    answer = client.post(f"/theo-doi/{row.tracking_token}/huy/{errand.id}", data={"revision": "99"})
    assert answer.status_code == 409
    assert session.get_one(Errand, errand.id).state is ErrandState.SCHEDULED


def test_another_slot_is_taken(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world)
    errand = _collection(session)
    other = make_slot(session, world.unit, DAY + timedelta(days=1), times=AFTERNOON)
    url = f"/theo-doi/{row.tracking_token}/doi-gio/{errand.id}"
    assert f'value="{other.id}"' in client.get(url).text
    answer = client.post(url, data={"slot": str(other.id), "revision": str(errand.revision)}, follow_redirects=True)
    assert "Đã đổi giờ hẹn" in answer.text
    assert session.get_one(Errand, errand.id).slot_id == other.id


def test_open_slots_that_a_result_on_its_way_cannot_make_are_not_called_full(
    client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    road = make_road(session, world, result_ready_at=NOW)  # in an envelope of which nobody has heard yet
    page = client.get(f"/theo-doi/{road.request.tracking_token}/doi-gio/{road.delivery.id}").text
    assert "Kết quả còn trên đường về bưu cục" in page
    assert "kín chỗ" not in page


def test_no_slot_chosen_is_said_at_the_slots(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world)
    answer = client.post(f"/theo-doi/{row.tracking_token}/doi-gio/{_collection(session).id}", data={})
    assert answer.status_code == 422
    assert "Xin chọn một giờ hẹn" in answer.text


def test_after_0459_the_buttons_are_gone_and_the_reason_said(
    flask_app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world)
    _at(flask_app, Clock(fixed=changes_close_at(DAY)))
    page = client.get(f"/theo-doi/{row.tracking_token}").text
    assert f"doi-gio/{_collection(session).id}" not in page
    assert "đã chốt lúc 04:59" in page
    answer = client.post(f"/theo-doi/{row.tracking_token}/huy/{_collection(session).id}")
    assert answer.status_code == 409


def test_the_link_of_one_request_does_not_open_anothers_errand(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world)
    stranger = make_errand(session)
    assert client.get(f"/theo-doi/{row.tracking_token}/huy/{stranger.id}").status_code == 404
    assert client.post(f"/theo-doi/{row.tracking_token}/huy/{stranger.id}").status_code == 404


def _seen_at(flask_app: Flask, client: FlaskClient, row: ServiceRequest, moment: datetime) -> str:
    _at(flask_app, Clock(fixed=moment))
    return client.get(f"/theo-doi/{row.tracking_token}").text


def test_a_visit_that_nobody_made_is_told_with_an_apology_and_the_way_on(
    flask_app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world)
    world.office.phone = "0269000111"
    session.flush()
    page = _seen_at(flask_app, client, row, at(DAY + timedelta(days=1), time(9)))
    assert "Bưu tá đã không đến theo hẹn" in page
    assert "Xin lỗi ông/bà" in page
    assert 'href="tel:0269000111"' in page
    assert f"doi-gio/{_collection(session).id}" in page
    assert "Bưu tá: đến nhận hồ sơ" not in page
    assert "hẹn lại ngày đến" in page
    assert "không đổi được nữa" not in page


@pytest.mark.parametrize(("hour", "told"), [(11, False), (12, True)])
def test_a_courier_who_did_not_come_within_the_hours_is_told_the_same_day(
    flask_app: Flask, client: FlaskClient, session: Session, world: World, hour: int, *, told: bool
) -> None:
    row = _booked(client, session, world)
    page = _seen_at(flask_app, client, row, at(DAY, time(hour)))
    assert ("Đã quá giờ hẹn, chưa có tin của bưu tá" in page) is told


def test_a_courier_who_set_out_and_was_never_heard_of_is_asked_after(
    flask_app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world)
    _collection(session).state = ErrandState.UNDER_WAY
    session.flush()
    page = _seen_at(flask_app, client, row, at(DAY + timedelta(days=1), time(9)))
    assert "Chưa có tin về lần hẹn đã qua" in page
    assert "hỏi bưu tá đã đến nhà chưa" in page
    assert "doi-gio" not in page


def test_after_a_cancellation_the_page_leads_back_to_booking(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world)
    errand = _collection(session)
    client.post(f"/theo-doi/{row.tracking_token}/huy/{errand.id}", data={"revision": str(errand.revision)})
    page = client.get(f"/theo-doi/{row.tracking_token}").text
    way = re.search(r'href="(/dat-lich[^"]+)"', page)
    assert way is not None
    assert client.get(way[1].replace("&amp;", "&"), follow_redirects=True).status_code == 200


MOMENTS = (NOW, changes_close_at(DAY), at(DAY, time(18)), at(DAY + timedelta(days=1), time(9)))


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_page_offers_what_the_server_does_and_nothing_else(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World, moment: datetime
) -> None:
    """In every state of a visit, before and after its day: each button works, and what would work has a button."""
    row = _booked(client, session, world)
    errand = _collection(session)
    free = make_slot(session, world.unit, DAY + timedelta(days=3), times=AFTERNOON)
    page = f"/theo-doi/{row.tracking_token}"
    _at(flask_app, Clock(fixed=moment))
    for state in ErrandState:
        errand.state = state
        session.flush()
        shown = client.get(page).text
        for way, given in ((f"{page}/doi-gio/{errand.id}", {"slot": str(free.id)}), (f"{page}/huy/{errand.id}", {})):
            offered = way in shown
            assert (client.get(way).status_code == 200) is offered, (state, way)
            if state is ErrandState.CANCELLED:
                continue  # cancelling once more changes nothing
            before = session.begin_nested()
            done = client.post(way, data=given).status_code == 303
            before.rollback()
            session.expire_all()
            assert done is offered, (state, way)


@pytest.mark.parametrize(
    ("pin", "marginal", "told"), [("citizen", 500, True), ("citizen", 6_000, False), ("unit", 500, False)]
)
def test_a_way_saved_is_told_only_where_it_is_one(session: Session, pin: str, marginal: int, *, told: bool) -> None:
    errand = make_errand(session)
    errand.place.pin_source = pin
    assert tracked.worth_telling(errand, SparedJourney(3_000, marginal)) is told


def test_a_refused_change_leads_back_to_the_request(client: FlaskClient, session: Session, world: World) -> None:
    row = _booked(client, session, world)
    answer = client.post(f"/theo-doi/{row.tracking_token}/huy/{_collection(session).id}", data={"revision": "99"})
    assert answer.status_code == 409
    assert f'href="/theo-doi/{row.tracking_token}"' in answer.text


def test_what_nobody_can_read_is_said_in_words_for_people(client: FlaskClient) -> None:
    answer = client.post("/xac-nhan-so", data={"phone": "0900\x00000123"})
    assert answer.status_code == 400
    assert "ký tự không đọc được" in answer.text
    assert "giao diện" not in answer.text


def test_the_one_stop_system_and_the_post_stand_side_by_side_each_with_its_source(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world, "send")
    page = client.get(f"/theo-doi/{row.tracking_token}").text
    assert "Chưa xác nhận" in page
    assert "Chưa nhận phong bì nào" in page
    dossier = row.dossiers[0]
    dossier.code, dossier.seen_state, dossier.seen_at = "H21.65-261120-0078", 4, NOW
    session.flush()
    page = client.get(f"/theo-doi/{row.tracking_token}").text
    assert "đang xử lý" in page
    assert f"hệ thống một cửa báo lúc {NOW.astimezone(LOCAL):%H:%M}" in page


@pytest.mark.parametrize(
    ("minutes", "said"), [(33, "Còn khoảng 30 đến 40 phút."), (4, "Bưu tá sắp đến."), (-20, "Bưu tá sắp đến.")]
)
def test_how_long_is_said_from_so_many_to_so_many_minutes(flask_app: Flask, minutes: int, said: str) -> None:
    with flask_app.test_request_context():
        assert tracked.minutes_left(NOW + timedelta(minutes=minutes), NOW) == said
        assert tracked.minutes_left(None, NOW) == ""


def test_a_visit_that_failed_says_when_why_and_whom_to_call(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = _booked(client, session, world, "send")
    errand = _collection(session)
    errand.office.phone = "02690000000"
    make_outcome(session, "THU_VANG")
    told = {"outcome": "THU_VANG", "outcome_version": 1, "evidence": {}, "operation_id": "op-1"}
    session.add(Attempt(errand_id=errand.id, number=1, occurred_at=NOW, received_at=NOW, **told))
    errand.state = ErrandState.FAILED
    session.flush()
    session.refresh(errand)
    page = client.get(f"/theo-doi/{row.tracking_token}").text
    assert f"Lần đến lúc {NOW.astimezone(LOCAL):%H:%M}" in page
    assert "Lý do thử THU_VANG." in page
    assert 'href="tel:02690000000"' in page
    assert "Gọi lại cho tôi" in page
