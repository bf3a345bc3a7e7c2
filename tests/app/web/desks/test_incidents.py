"""Incidents on the screen: anybody at the counter reports, the manager or a coordinator closes with a written word."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.custody import Holder
from app.domain.identity import Role
from app.models import AuditEvent, Incident, Parcel, StrayScan
from app.services.custody.incidents import open_incident
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import Place
from tests.factories import NOW, make_staff
from tests.factories.custody import at_desk as brought_to_desk
from tests.factories.custody import collected, make_road

UNKNOWN = "RT123456785VN"


def report(place: Place, code: str, kind: str = "lost", **given: str) -> TestResponse:
    data = {"parcel_code": code, "kind": kind, "note": "Tìm khắp nơi", **given}
    return place.client.post("/buu-cuc/su-co", data=data)


def an_incident(session: UnitOfWork, place: Place, kind: str = "damaged") -> Incident:
    road = make_road(session, place.road.world)
    parcel = collected(session, road)
    office = place.road.world.office.id
    return open_incident(session, kind=kind, parcel_code=parcel.code, office_id=office, by="staff:1", now=NOW)


def manager(session: Session, place: Place, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=place.road.world.office))


def test_the_counter_reports_a_lost_envelope(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)

    assert report(at_counter, parcel.code).status_code == 303

    assert session.get_one(Parcel, parcel.id).holder is Holder.LOST
    page = at_counter.client.get("/buu-cuc/su-co").text
    assert parcel.code in page
    assert "Không tìm thấy phong bì" in page


@pytest.mark.parametrize(
    ("code", "kind", "field"),
    [("", "lost", "parcel_code"), (UNKNOWN, "lost", "parcel_code"), (UNKNOWN, "missing_from_bag", "kind")],
)
def test_what_a_report_needs(at_counter: Place, session: Session, code: str, kind: str, field: str) -> None:
    answer = report(at_counter, code, kind)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert session.scalars(select(Incident)).all() == []


def test_what_the_desk_has_is_not_lost_at_the_counter(at_counter: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_counter.road)
    assert report(at_counter, parcel.code).status_code == 422
    assert session.get_one(Parcel, parcel.id).holder is Holder.DESK


def test_the_counter_cannot_close_but_the_manager_can(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    incident = an_incident(session, at_counter, "lost")
    path = f"/buu-cuc/su-co/{incident.id}"
    assert 'name="resolution"' not in at_counter.client.get(path).text
    assert at_counter.client.post(path, data={"resolution": "xong"}).status_code == 403

    manager(session, at_counter, sign_in)
    assert 'id="resolution-error"' in at_counter.client.post(path, data={"resolution": ""}).text
    assert at_counter.client.post(path, data={"resolution": "Thấy sau tủ", "verdict": "found"}).status_code == 303

    closed = session.get_one(Incident, incident.id)
    assert closed.resolution == "Thấy sau tủ"
    parcel = session.scalars(select(Parcel).where(Parcel.code == incident.parcel_code)).one()
    assert parcel.holder is Holder.OFFICE_SAFE
    assert "Thấy sau tủ" in at_counter.client.get("/buu-cuc/su-co").text


def test_coordinators_see_every_office_s_incidents(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    incident = an_incident(session, at_counter)
    sign_in(make_staff(session, Role.COORDINATOR))
    client: FlaskClient = at_counter.client

    assert incident.parcel_code in client.get("/dieu-phoi/su-co").text
    assert client.post(f"/dieu-phoi/su-co/{incident.id}", data={"resolution": "Đã đổi phong bì"}).status_code == 303
    assert session.get_one(Incident, incident.id).closed_at is not None


def test_another_office_s_incident_is_not_found(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    incident = an_incident(session, at_counter)
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_road(session).world.office))

    assert at_counter.client.get(f"/buu-cuc/su-co/{incident.id}").status_code == 404
    assert at_counter.client.post(f"/dieu-phoi/su-co/{incident.id}", data={"resolution": "x"}).status_code == 404
    assert incident.parcel_code not in at_counter.client.get("/buu-cuc/su-co").text


def stray(session: Session, place: Place) -> StrayScan:
    place.hand_over("/buu-cuc", [], place.courier, codes=UNKNOWN, keep_unknown="1")
    return session.scalars(select(StrayScan)).one()


def test_a_stray_is_listed_with_its_age_and_explained_by_a_person(at_counter: Place, session: Session) -> None:
    scan = stray(session, at_counter)
    page = at_counter.client.get("/buu-cuc/su-co").text
    assert UNKNOWN in page
    assert "vừa xong" in page

    path, field = f"/buu-cuc/ma-la/{scan.id}", f"note_{scan.id}"
    assert f'id="{field}-error"' in at_counter.client.post(path, data={field: " "}).text
    assert at_counter.client.post(path, data={field: "Bưu gửi của nơi khác"}).status_code == 303

    told = session.get_one(StrayScan, scan.id)
    assert (told.settled_by, told.note) == (f"staff:{at_counter.counter.id}", "Bưu gửi của nơi khác")
    word = session.scalars(select(AuditEvent).where(AuditEvent.action == "explain_stray")).one()
    assert word.detail == {}  # what people say may name somebody: it stands where an erasure reaches it
    assert UNKNOWN not in at_counter.client.get("/buu-cuc/su-co").text


def test_another_office_s_stray_is_not_explained_here(at_counter: Place, session: Session, sign_in: SignIn) -> None:
    scan = stray(session, at_counter)
    sign_in(make_road(session).world.counter)
    assert at_counter.client.post(f"/buu-cuc/ma-la/{scan.id}", data={"note": "x"}).status_code == 404


def test_both_boards_lead_to_an_open_incident(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    incident = an_incident(session, at_counter)
    assert "1 sự cố đang mở" in at_counter.client.get("/buu-cuc/").text
    sign_in(make_staff(session, Role.COORDINATOR))
    assert f"/dieu-phoi/su-co/{incident.id}" in at_counter.client.get("/dieu-phoi/").text
