"""The voice of the citizen on its pages: the tap, the complaint, its queue, and the case of a lost paper."""

from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.complaint import Answerer
from app.domain.identity import Role
from app.domain.incident import IncidentKind
from app.models import CaseStepDone, Complaint, Incident, VisitSurvey
from app.services.custody.incidents import open_incident
from app.services.desks.complaints import write_answer
from app.unit_of_work import UnitOfWork
from tests.app.services.documents.test_sheets import pages
from tests.app.web.conftest import SignIn
from tests.factories import NOW, make_office, make_staff
from tests.factories.custody import Road, collected, delivered, make_road


def complained(client: FlaskClient, road: Road, text: str = "Đến muộn hai giờ.") -> None:
    page = f"/theo-doi/{road.request.tracking_token}/y-kien"
    assert client.post(page, data={"complaint_kind": "delay", "complaint": text}).status_code == 303


def shown_text(client: FlaskClient, row: Complaint) -> str:
    found = re.search(r'name="written_at" value="([^"]+)"', client.get(f"/dieu-phoi/y-kien/{row.id}").text)
    assert found is not None
    return found[1]


def sign_as_shown(client: FlaskClient, row: Complaint) -> int:
    given = {"do": "sign", "written_at": shown_text(client, row)}
    return client.post(f"/dieu-phoi/y-kien/{row.id}", data=given).status_code


def incident_of(session: UnitOfWork, road: Road) -> Incident:
    code, office = collected(session, road).code, road.world.office.id
    return open_incident(session, kind=IncidentKind.LOST, parcel_code=code, office_id=office, by="staff:1", now=NOW)


def test_one_tap_answers_a_visit_and_a_reason_may_follow(client: FlaskClient, session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    page = f"/theo-doi/{road.request.tracking_token}"
    told = client.get(page).text
    assert f"{page}/y-kien" in told
    assert "Ông/bà thấy lượt đến này thế nào? Xin cho ý kiến" in told
    assert "Cách phục vụ của bộ phận một cửa" in client.get(f"{page}/y-kien").text
    tapped = f"{page}/khao-sat/{road.delivery.id}"
    assert "Vì sao?" in client.post(tapped, data={"survey_answer": "poor"}, follow_redirects=True).text
    assert "Vì sao?" not in client.post(tapped, data={"survey_reason": "late"}, follow_redirects=True).text
    row = session.scalars(select(VisitSurvey)).one()
    assert (row.answer, row.reason, row.road) == ("poor", "late", "web")


def test_a_reason_that_was_not_chosen_is_said_at_its_field(client: FlaskClient, session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    tapped = f"/theo-doi/{road.request.tracking_token}/khao-sat/{road.delivery.id}"
    client.post(tapped, data={"survey_answer": "poor"})
    answer = client.post(tapped, data={"survey_reason": ""})
    assert answer.status_code == 422
    assert f'id="why-{road.delivery.id}-error"' in answer.text
    assert 'name="complaint"' in answer.text


def test_a_complaint_shows_its_number_its_day_and_where_others_go(client: FlaskClient, session: UnitOfWork) -> None:
    road = make_road(session)
    complained(client, road)
    number = session.scalars(select(Complaint.number)).one()
    page = client.get(f"/theo-doi/{road.request.tracking_token}/y-kien").text
    assert number in page
    assert "Bưu điện không giải quyết khiếu nại về quyết định của cơ quan nhà nước" in page


def test_an_empty_complaint_is_said_at_its_field(client: FlaskClient, session: UnitOfWork) -> None:
    road = make_road(session)
    answer = client.post(f"/theo-doi/{road.request.tracking_token}/y-kien", data={"complaint_kind": "delay"})
    assert answer.status_code == 422
    assert "Xin kể ngắn gọn chuyện đã xảy ra." in answer.text


def test_another_requests_visit_is_not_found(client: FlaskClient, session: UnitOfWork) -> None:
    road, other = make_road(session), make_road(session)
    tapped = f"/theo-doi/{road.request.tracking_token}/khao-sat/{other.delivery.id}"
    assert client.post(tapped, data={"survey_answer": "good"}).status_code == 404


def test_the_manager_writes_and_only_a_coordinator_makes_it_the_answer(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    road = make_road(session)
    complained(client, road)
    row = session.scalars(select(Complaint)).one()
    citizen = f"/theo-doi/{road.request.tracking_token}/y-kien"
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=road.world.office))
    assert row.number in client.get("/buu-cuc/y-kien/").text
    client.post(f"/buu-cuc/y-kien/{row.id}", data={"do": "write", "complaint_answer": "Bưu cục xin lỗi ông bà."})
    assert "Bưu cục xin lỗi" not in client.get(citizen).text
    assert client.post(f"/buu-cuc/y-kien/{row.id}", data={"do": "sign"}).status_code == 422
    sign_in(make_staff(session, Role.COORDINATOR))
    assert row.number in client.get("/dieu-phoi/").text
    sign_as_shown(client, row)
    assert "Bưu cục xin lỗi" in client.get(citizen).text


def test_who_signs_has_read_what_is_signed(client: FlaskClient, session: UnitOfWork, sign_in: SignIn) -> None:
    road = make_road(session)
    complained(client, road)
    row = session.scalars(select(Complaint)).one()
    manager = Answerer("staff:900002", road.world.office.id)
    write_answer(session, row, "Bưu cục xin lỗi ông bà.", manager, NOW)
    sign_in(make_staff(session, Role.COORDINATOR))
    old = shown_text(client, row)
    write_answer(session, row, "Bưu cục không có lỗi gì.", manager, NOW + timedelta(seconds=1))
    refused = client.post(f"/dieu-phoi/y-kien/{row.id}", data={"do": "sign", "written_at": old})
    session.refresh(row)
    assert (refused.status_code, row.signed_by) == (422, None)
    assert "Câu trả lời vừa được sửa. Xin đọc lại rồi ký." in refused.text
    assert sign_as_shown(client, row) == 303


def test_staff_write_down_what_was_said_by_telephone_or_on_paper(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    road = make_road(session)
    delivered(session, road)
    sign_in(make_staff(session, Role.COUNTER, office=road.world.office))
    said = {"reference": road.request.reference, "voice_road": "paper"}
    client.post("/buu-cuc/y-kien/", data={**said, "complaint_kind": "desk", "complaint": "Phải chờ lâu."})
    client.post("/buu-cuc/y-kien/khao-sat", data={**said, "survey_answer": "good"})
    assert session.scalars(select(Complaint.road)).one() == "paper"
    assert session.scalars(select(VisitSurvey.road)).one() == "paper"


def test_another_offices_request_and_complaint_are_nobodys_business(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    road = make_road(session)
    complained(client, road)
    number = session.scalars(select(Complaint.id)).one()
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_office(session)))
    assert client.get(f"/buu-cuc/y-kien/{number}").status_code == 404
    said = {"reference": road.request.reference, "voice_road": "paper", "complaint_kind": "desk", "complaint": "x"}
    assert client.post("/buu-cuc/y-kien/", data=said).status_code == 422
    assert len(session.scalars(select(Complaint)).all()) == 1


def test_a_lost_paper_has_its_page_its_record_and_its_steps(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    road = make_road(session)
    incident = incident_of(session, road)
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=road.world.office))
    page = f"/buu-cuc/su-co/{incident.id}/giay-to"
    assert page in client.get(f"/buu-cuc/su-co/{incident.id}").text
    assert "Nơi giữ sau cùng" in client.get(page).text
    assert client.post(page, data={"case_step": "called", "case_note": ""}).status_code == 422
    assert client.post(page, data={"case_step": "called", "case_note": "người nhà nghe máy"}).status_code == 303
    assert session.scalars(select(CaseStepDone.step)).all() == ["called"]
    record = client.get(f"/buu-cuc/su-co/{incident.id}/bien-ban.pdf")
    assert (record.mimetype, record.data[:4]) == ("application/pdf", b"%PDF")
    tracking = client.get(f"/theo-doi/{road.request.tracking_token}").text
    assert "Bưu điện đã gọi cho ông/bà về phong bì" in tracking
    assert "người nhà nghe máy" not in tracking


def test_another_offices_case_is_not_found(client: FlaskClient, session: UnitOfWork, sign_in: SignIn) -> None:
    incident = incident_of(session, make_road(session))
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_office(session)))
    assert client.get(f"/buu-cuc/su-co/{incident.id}/giay-to").status_code == 404
    assert client.get(f"/buu-cuc/su-co/{incident.id}/bien-ban.pdf").status_code == 404


def test_what_was_answered_already_is_said_kindly_and_stands(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    road = make_road(session)
    collected(session, road)
    page = f"/theo-doi/{road.request.tracking_token}"
    for word in ("good", "poor"):
        client.post(f"{page}/khao-sat/{road.collection.id}", data={"survey_answer": word})
    assert "Chúng tôi giữ câu trả lời đầu" in client.get(f"{page}/y-kien").text
    sign_in(make_staff(session, Role.COUNTER, office=road.world.office))
    told = {
        "reference": road.request.reference,
        "voice_road": "paper",
        "survey_answer": "poor",
        "survey_reason": "late",
    }
    answer = client.post("/buu-cuc/y-kien/khao-sat", data=told, follow_redirects=True)
    assert (answer.status_code, "Câu trả lời đầu được giữ" in answer.text) == (200, True)
    row = session.scalars(select(VisitSurvey)).one()
    assert (row.answer, row.reason) == ("good", None)


def test_the_survey_goes_on_paper_with_its_code_and_nobody_s_name(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    road = make_road(session)
    sign_in(make_staff(session, Role.COUNTER, office=road.world.office))
    slip = client.post("/buu-cuc/y-kien/phieu-khao-sat.pdf", data={"reference": road.request.reference})
    assert (slip.status_code, slip.mimetype) == (200, "application/pdf")
    (text,) = pages(slip.data)
    assert (road.request.reference in text, "Phiếu khảo sát dịch vụ đưa hồ sơ" in text) == (True, True)
    assert (road.request.applicant.name or "?") not in text
    sign_in(make_staff(session, Role.COUNTER, office=make_office(session)))
    other = client.post("/buu-cuc/y-kien/phieu-khao-sat.pdf", data={"reference": road.request.reference})
    assert other.status_code == 404
