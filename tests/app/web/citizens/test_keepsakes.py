"""What a citizen takes along names nobody, unless the telephone was proved."""

from __future__ import annotations

import io
from datetime import UTC

from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.models import Errand, ServiceRequest
from app.unit_of_work import UnitOfWork
from tests.app.web.citizens.test_account import _sign_in
from tests.app.web.citizens.walk import PHONE, book
from tests.factories import World
from tests.factories.custody import Road, collected, make_road


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def booked(client: FlaskClient, session: Session, world: World, kind: str = "send") -> tuple[ServiceRequest, Errand]:
    book(client, world, kind)
    row = session.scalars(select(ServiceRequest)).one()
    return row, session.scalars(select(Errand).where(Errand.request_id == row.id)).first() or Errand()


def mine(session: UnitOfWork, world: World) -> Road:
    road = make_road(session, world)
    road.request.applicant.phone, road.request.applicant.name = PHONE, "Ksor Thử"
    session.flush()
    return road


def test_the_visit_goes_into_a_calendar_and_a_changed_one_replaces_it(
    client: FlaskClient, session: Session, world: World
) -> None:
    row, errand = booked(client, session, world)
    page = f"/theo-doi/{row.tracking_token}"
    address = f"{page}/lich-hen/{errand.id}"
    assert address in client.get(page).text
    answer = client.get(address)
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert errand.slot is not None
    assert event.decoded("dtstart") == errand.slot.starts_at.astimezone(UTC)
    assert (str(event["uid"]), event["sequence"]) == (str(errand.id), errand.revision)  # as in a letter: one entry
    told = answer.text.replace("\r\n ", "")
    assert row.reference in told
    assert row.tracking_token not in told
    assert "Nguyễn Văn Thử" not in told


def test_a_visit_without_a_promised_time_is_no_calendar_entry(
    client: FlaskClient, session: Session, world: World
) -> None:
    row, errand = booked(client, session, world)
    errand.state = ErrandState.CANCELLED
    session.flush()
    address = f"/theo-doi/{row.tracking_token}/lich-hen/{errand.id}"
    assert client.get(address).status_code == 404
    assert address not in client.get(f"/theo-doi/{row.tracking_token}").text


def test_the_sheet_says_what_to_put_ready_and_names_nobody(client: FlaskClient, session: Session, world: World) -> None:
    row, _errand = booked(client, session, world, "send_and_receive")
    address = f"/theo-doi/{row.tracking_token}/phieu-yeu-cau.pdf"
    assert address in client.get(f"/theo-doi/{row.tracking_token}").text
    answer = client.get(address)
    told = words(answer.data)
    for said in (row.reference, "Giấy tờ tùy thân thử", "26.000", "buổi sáng", "hẹn sau, khi kết quả sẵn sàng"):
        assert said in told
    for kept in ("Nguyễn Văn Thử", PHONE, "Thôn 2"):
        assert kept not in told
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_the_signed_list_opens_for_its_own_telephone_alone(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    road = mine(session, world)
    parcel = collected(session, road)
    address = f"/yeu-cau/{road.request.reference}/phieu-gui/{parcel.code}"
    assert address in client.get(f"/theo-doi/{road.request.tracking_token}").text
    assert "/xac-nhan-so" in (client.get(address).location or "")  # the link alone opens no name
    _sign_in(flask_app, client, session)
    told = words(client.get(address).data)
    assert parcel.code in told
    assert "Ksor Thử" in told
    assert client.get(f"/yeu-cau/{road.request.reference}/phieu-gui/RT000000000VN").status_code == 404
    road.request.applicant.phone = "0900000999"
    session.flush()
    assert client.get(address).status_code == 404
