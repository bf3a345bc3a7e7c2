"""Citizens sign in with a code to their telephone."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.models import AuditEvent, ServiceRequest, SignInCode
from app.services.staff.access import sign_in_code
from app.unit_of_work import UnitOfWork
from app.web.session import keys
from tests.app.web.citizens.walk import PHONE, book
from tests.factories import NOW, World, make_applicant, make_dossier, make_request
from tests.factories.custody import delivered, make_road


def _code(flask_app: Flask, session: Session) -> str:
    with flask_app.app_context():
        return sign_in_code(session.scalars(select(SignInCode)).one(), PHONE, keys())


def _sign_in(flask_app: Flask, client: FlaskClient, session: Session, phone: str = PHONE) -> None:
    client.post("/xac-nhan-so", data={"phone": phone})
    client.post("/xac-nhan-so/ma", data={"code": _code(flask_app, session)})


def test_own_requests_ask_for_a_code_first(client: FlaskClient) -> None:
    assert client.get("/yeu-cau").location == "/xac-nhan-so?tiep=/yeu-cau"


def test_the_right_code_opens_own_requests(
    flask_app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    book(client, world)
    reference = session.scalars(select(ServiceRequest)).one().reference
    client.post("/xac-nhan-so", data={"phone": "0900 000 123", "tiep": "/yeu-cau"})
    answer = client.post("/xac-nhan-so/ma", data={"code": _code(flask_app, session), "tiep": "/yeu-cau"})
    assert answer.location == "/yeu-cau"
    assert reference in client.get("/yeu-cau").text


def test_a_wrong_code_is_counted_and_said(client: FlaskClient, session: Session) -> None:
    client.post("/xac-nhan-so", data={"phone": PHONE})
    answer = client.post("/xac-nhan-so/ma", data={"code": "000"})
    assert answer.status_code == 422
    assert "còn 4 lần" in answer.text
    assert session.scalars(select(SignInCode)).one().tries == 1


def test_a_malformed_number_is_refused_at_its_field(client: FlaskClient, session: Session) -> None:
    answer = client.post("/xac-nhan-so", data={"phone": "12"})
    assert answer.status_code == 422
    assert 'id="phone-error"' in answer.text
    assert "có 10 số" in answer.text
    assert session.scalars(select(SignInCode)).all() == []


def test_a_fourth_code_within_the_hour_is_refused(client: FlaskClient) -> None:
    answers = [client.post("/xac-nhan-so", data={"phone": PHONE}).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]


def test_hammering_from_one_address_is_braked_with_the_time_to_wait(client: FlaskClient) -> None:
    answers = [client.post("/xac-nhan-so", data={"phone": "12"}) for _ in range(21)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "đợi một lát" in answers[-1].text


def test_a_reference_opens_for_the_telephone_that_booked_it_only(
    flask_app: Flask, client: FlaskClient, session: Session
) -> None:
    mine = make_request(session, applicant=make_applicant(session, phone=PHONE))
    others = make_request(session)
    _sign_in(flask_app, client, session)
    assert client.get(f"/yeu-cau/{mine.reference}").location == f"/theo-doi/{mine.tracking_token}"
    assert client.get(f"/yeu-cau/{others.reference}").status_code == 404


def test_a_reference_of_others_is_asked_and_answered_as_one_that_nobody_has(
    flask_app: Flask, client: FlaskClient, session: Session
) -> None:
    others = make_request(session).reference
    _sign_in(flask_app, client, session)
    _first, nobodys, theirs = (_told(client, session, reference) for reference in ("TN-ZZZZZZ", "TN-ZZZZZY", others))
    assert nobodys[0] == 404
    assert nobodys == theirs


def _told(client: FlaskClient, session: Session, reference: str) -> tuple[int, list[str]]:
    """How it is answered, and by which statements."""
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    answer = client.get(f"/yeu-cau/{reference}")
    event.remove(connection, "before_cursor_execute", note)
    return answer.status_code, [one for one in asked if "SAVEPOINT" not in one]


def test_a_link_that_ran_out_still_shows_to_its_owner(
    flask_app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    book(client, world)
    row = session.scalars(select(ServiceRequest)).one()
    row.tracking_until = NOW - timedelta(days=1)
    session.flush()
    _sign_in(flask_app, client, session)
    assert row.reference in client.get(f"/yeu-cau/{row.reference}").text


def test_a_closed_request_offers_nothing_that_its_dead_link_would_have_to_open(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    road = make_road(session, world)
    delivered(session, road)
    road.request.applicant.phone = PHONE
    road.collection.state = ErrandState.DONE
    road.request.tracking_until = NOW - timedelta(days=1)
    session.flush()
    _sign_in(flask_app, client, session)
    page = client.get(f"/yeu-cau/{road.request.reference}").text
    assert road.request.reference in page
    assert road.request.tracking_token not in page


def test_looking_up_a_reference_leads_to_it(client: FlaskClient) -> None:
    assert client.get("/tra-cuu?ma=tn-abc").location == "/yeu-cau/TN-ABC"
    assert client.get("/tra-cuu?ma=rt+473+124+829+vn").location == "/yeu-cau/RT473124829VN"


def test_a_dossiers_code_opens_the_request_after_the_code_to_the_telephone(
    flask_app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    book(client, world, "receive")
    row = session.scalars(select(ServiceRequest)).one()
    first = client.get("/tra-cuu?ma=h21.65-261120-0011", follow_redirects=True)
    assert 'name="phone"' in first.text
    wanted = "/yeu-cau/H21.65-261120-0011"
    client.post("/xac-nhan-so", data={"phone": PHONE, "tiep": wanted})
    answer = client.post("/xac-nhan-so/ma", data={"code": _code(flask_app, session), "tiep": wanted})
    assert client.get(answer.location).location == f"/theo-doi/{row.tracking_token}"


def test_a_strangers_code_and_one_that_nobody_knows_are_answered_alike(
    flask_app: Flask, client: FlaskClient, session: Session
) -> None:
    make_dossier(session, make_request(session), code="H21.65-261120-0012")
    _sign_in(flask_app, client, session)
    known = client.get("/yeu-cau/H21.65-261120-0012")
    unknown = client.get("/yeu-cau/H21.65-261120-0013")
    assert known.status_code == unknown.status_code == 404
    told = [" ".join(re.sub(r"csrf[^>]*>", "", page.text).split()) for page in (known, unknown)]
    assert told[0].replace("-0012", "") == told[1].replace("-0013", "")
    assert "không có yêu cầu nào mang mã H21.65-261120-0012" in known.text


def test_who_helped_finds_what_they_booked_for_others(flask_app: Flask, client: FlaskClient, session: Session) -> None:
    helped = make_request(session)
    helped.helper_name, helped.helper_phone = "Ksor Thử", PHONE
    session.flush()
    _sign_in(flask_app, client, session)
    assert helped.reference in client.get("/yeu-cau").text


def test_signing_out_forgets_the_telephone(flask_app: Flask, client: FlaskClient, session: Session) -> None:
    _sign_in(flask_app, client, session)
    client.post("/thoat")
    assert client.get("/yeu-cau").status_code == 303


def test_own_data_come_as_a_file_after_the_code_and_nobody_elses_with_them(
    flask_app: Flask, client: FlaskClient, session: Session
) -> None:
    mine = make_request(session, applicant=make_applicant(session, phone=PHONE, name="Ksor Của Tôi"))
    helped = make_request(session, applicant=make_applicant(session, phone="0900000999", name="Siu Người Khác"))
    helped.helper_name, helped.helper_phone = "Ksor Thử", PHONE
    session.flush()
    assert "/xac-nhan-so" in (client.post("/yeu-cau/du-lieu").location or "")
    _sign_in(flask_app, client, session)
    assert "Tải dữ liệu của tôi" in client.get("/yeu-cau").text
    with ZipFile(BytesIO(client.post("/yeu-cau/du-lieu").data)) as archive:
        told = archive.read("du-lieu-ca-nhan.json").decode()
    assert "Ksor Của Tôi" in told
    assert "Siu Người Khác" not in told
    acts = session.scalars(select(AuditEvent).where(AuditEvent.action == "person.exported")).all()
    assert [one.actor for one in acts] == [f"citizen:{mine.applicant_id}"]


def test_who_only_helped_has_no_data_of_others_to_take(flask_app: Flask, client: FlaskClient, session: Session) -> None:
    helped = make_request(session)
    helped.helper_name, helped.helper_phone = "Ksor Thử", PHONE
    session.flush()
    _sign_in(flask_app, client, session)
    assert client.post("/yeu-cau/du-lieu").status_code == 404
    assert "Tải dữ liệu của tôi" not in client.get("/yeu-cau").text
