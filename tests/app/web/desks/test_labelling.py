"""Labels from the desk and the counter: sheets of fresh codes, and one envelope's label again."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.identity import Role
from app.domain.parcel import ParcelPurpose, parse_s10
from app.models import AuditEvent, Parcel
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import Place
from tests.factories import make_office, make_staff
from tests.factories.custody import accepted, collected, make_road, next_seal, parcels_of
from tests.factories.custody import at_desk as brought_to_desk

TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')  # other letters in every answer
UNKNOWN = "RT123456785VN"


def words(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]


def codes_on(page: str) -> list[str]:
    return [parse_s10(word) for word in page.split() if word.startswith("RT")]


def sheets(client: FlaskClient, at: str, number: str) -> TestResponse:
    return client.post(f"{at}/nhan/to-nhan.pdf", data={"sheets": number})


def again(client: FlaskClient, at: str, code: str) -> TestResponse:
    return client.post(f"{at}/nhan/mot-nhan.pdf", data={"parcel_code": code})


def trace(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("label"))))


def test_the_page_is_in_the_menu_of_both_sides(at_desk: Place, sign_in: SignIn) -> None:
    assert 'href="/mot-cua/nhan"' in at_desk.client.get("/mot-cua/").text
    assert at_desk.client.get("/mot-cua/nhan").status_code == 200
    sign_in(at_desk.counter)
    page = at_desk.client.get("/buu-cuc/nhan")
    assert 'action="/buu-cuc/nhan/to-nhan.pdf"' in page.text
    assert 'name="csrf_token"' in page.text


def test_each_side_opens_its_own_page_alone(at_desk: Place, sign_in: SignIn) -> None:
    assert at_desk.client.get("/buu-cuc/nhan").status_code == 403
    assert sheets(at_desk.client, "/buu-cuc", "1").status_code == 403
    sign_in(at_desk.courier)
    assert sheets(at_desk.client, "/buu-cuc", "1").status_code == 403
    assert again(at_desk.client, "/mot-cua", UNKNOWN).status_code == 403


def test_two_sheets_of_fresh_labels_are_printed_at_the_desk(at_desk: Place, session: Session) -> None:
    pages = [codes_on(page) for page in words(sheets(at_desk.client, "/mot-cua", "2"))]
    assert [len(page) for page in pages] == [24, 24]
    assert len({code for page in pages for code in page}) == 48
    assert trace(session) == ["labels.printed"]


def test_a_second_print_has_other_numbers(at_counter: Place) -> None:
    first, second = (codes_on(words(sheets(at_counter.client, "/buu-cuc", "1"))[0]) for _ in range(2))
    assert not set(first) & set(second)


@pytest.mark.parametrize("number", ["", "0", "21", "-1", "²", "hai"])
def test_a_number_of_sheets_that_is_none_is_corrected_at_its_field(
    at_counter: Place, session: Session, number: str
) -> None:
    answer = sheets(at_counter.client, "/buu-cuc", number)
    assert answer.status_code == 422
    assert 'id="sheets-error"' in answer.text
    assert "từ 1 đến 20 tờ" in answer.text
    assert f'value="{number}"' in answer.text
    assert trace(session) == []


def test_the_desk_prints_the_label_of_an_envelope_it_holds_again(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    session.flush()
    (page,) = words(again(at_desk.client, "/mot-cua", f" {parcel.code.lower()} "))
    assert parcel.code in page
    request = at_desk.road.request
    for personal in (request.applicant.name, request.applicant.phone, request.place.address, request.reference):
        assert personal
        assert personal not in page
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "label.printed_again")).one()
    assert (event.actor, event.object_id) == (f"staff:{at_desk.clerk.id}", str(parcel.id))


def test_the_counter_prints_the_label_of_what_its_courier_carries(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    session.flush()
    (page,) = words(again(at_counter.client, "/buu-cuc", parcel.code))
    assert parcel.code in page


def test_results_just_packed_get_their_labels_with_one_press(at_desk: Place, session: UnitOfWork) -> None:
    roads = (at_desk.road, make_road(session, at_desk.road.world))
    for road in roads:
        accepted(session, road)
    lines = "\n".join(f"{road.dossier.code}; Giấy kết quả thử; {next_seal()}" for road in roads)
    answer = at_desk.client.post("/mot-cua/ket-qua", data={"lines": lines})
    made = [parcels_of(session, road, ParcelPurpose.RESULT)[0].code for road in roads]
    asked, *_each_by_itself = re.findall(r'name="parcel_code" value="([^"]+)"', answer.text)
    assert "In nhãn cho 2 phong bì vừa ghi" in answer.text
    assert [codes_on(page) for page in words(again(at_desk.client, "/mot-cua", asked))] == [[code] for code in made]


def test_of_labels_of_which_one_is_unknown_none_is_printed(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    session.flush()
    assert again(at_desk.client, "/mot-cua", f"{parcel.code} {UNKNOWN}").status_code == 404
    assert trace(session) == []


def test_an_envelope_of_another_office_is_as_unknown_as_one_that_nobody_has(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    parcel = collected(session, at_counter.road)
    session.flush()
    sign_in(make_staff(session, Role.COUNTER, office=make_office(session)))
    theirs, nobodys = (again(at_counter.client, "/buu-cuc", code) for code in (parcel.code, UNKNOWN))
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert 'id="parcel_code-error"' in theirs.text
    one, other = (TOKEN.sub("", answer.text) for answer in (theirs, nobodys))
    assert one.replace(parcel.code, UNKNOWN) == other
    assert trace(session) == []
    assert session.get_one(Parcel, parcel.id).holder_id is not None


def test_a_mistyped_code_is_corrected_at_its_field(at_counter: Place) -> None:
    answer = again(at_counter.client, "/buu-cuc", "RT123456780VN")
    assert (answer.status_code, 'id="parcel_code-error"' in answer.text) == (422, True)
