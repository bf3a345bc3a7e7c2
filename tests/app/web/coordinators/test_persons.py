"""A coordinator of the whole province takes away or erases one person's data; nobody is joined by the machine."""

from __future__ import annotations

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.domain.identity import Role
from app.models import AuditEvent, Incident
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.factories import make_applicant, make_office, make_request, make_staff, make_unit
from tests.factories.everywhere import (
    ADDRESS,
    HELPER,
    NAME,
    PHONE,
    Household,
    found_in_database,
    make_household,
    named_in_neighbours_note,
)

BASIS = "Đơn đề nghị số 12"


@pytest.fixture
def household(session: UnitOfWork) -> Household:
    return make_household(session)


def path(household: Household, act: str = "") -> str:
    return f"/dieu-phoi/yeu-cau/{household.requests[0].reference}/du-lieu{act}"


def ticks(household: Household) -> list[str]:
    return [*map(str, household.applicants), f"helper:{household.helped.id}"]


def test_lookalikes_are_proposed_and_only_the_requests_own_person_is_ticked(
    household: Household, coordinator: FlaskClient
) -> None:
    page = coordinator.get(path(household)).text
    for request in (*household.requests, household.neighbour, household.helped):
        assert request.reference in page
    assert re.findall(r'name="chon" value="([^"]+)" checked', page) == [str(household.applicants[0])]
    assert PHONE not in page.split("<h3>")[0]  # masked, where only the likeness counts
    assert "Luật Kế toán" in page


def test_a_person_is_erased_with_what_was_ticked_and_decided(
    session: UnitOfWork, household: Household, coordinator: FlaskClient
) -> None:
    note = session.scalars(select(Incident).where(Incident.note.contains(NAME))).one()
    elsewhere = named_in_neighbours_note(session, household)
    form = {
        "chon": ticks(household), "legal_basis": BASIS,
        f"do_incident.note.{note.id}": "redact", f"text_incident.note.{note.id}": "Phong bì bị ướt",
        f"do_incident.note.{elsewhere.id}": "delete",
    }  # fmt: skip
    assert coordinator.post(path(household, "/xoa"), data=form).status_code == 303
    session.expire_all()
    assert found_in_database(session.connection()) == ["applicant.phone"]  # the neighbour's
    assert (note.note, elsewhere.note) == ("Phong bì bị ướt", "")
    assert "(đã xóa theo yêu cầu)" in coordinator.get(path(household).removesuffix("/du-lieu")).text


def test_what_was_not_proposed_is_not_erased(
    session: UnitOfWork, household: Household, coordinator: FlaskClient
) -> None:
    applicant = make_applicant(session, name="Kpă Không Liên Quan", phone="0900111222")
    other = make_request(session, applicant=applicant, unit=make_unit(session))
    form = {"chon": [*ticks(household), str(other.applicant_id)], "legal_basis": BASIS}
    coordinator.post(path(household, "/xoa"), data=form)
    session.expire_all()
    assert other.applicant.name == "Kpă Không Liên Quan"


@pytest.mark.parametrize(("basis", "said"), [("", "Cần ghi căn cứ"), (f"Đơn của {NAME}", "không ghi tên")])
def test_a_basis_is_asked_for_and_names_nobody(
    session: UnitOfWork, household: Household, coordinator: FlaskClient, basis: str, said: str
) -> None:
    answer = coordinator.post(path(household, "/xoa"), data={"chon": ticks(household), "legal_basis": basis})
    assert answer.status_code == 422
    assert said in answer.text
    session.expire_all()
    assert household.requests[0].applicant.name == NAME


def test_nobody_ticked_erases_nobody(session: UnitOfWork, household: Household, coordinator: FlaskClient) -> None:
    answer = coordinator.post(path(household, "/xoa"), data={"legal_basis": BASIS})
    assert answer.status_code == 422
    session.expire_all()
    assert household.requests[0].applicant.name == NAME


def test_the_export_holds_everything_of_the_person_and_nothing_of_the_neighbour(
    session: UnitOfWork, household: Household, coordinator: FlaskClient
) -> None:
    answer = coordinator.post(path(household, "/tai-ve"), data={"chon": ticks(household)})
    assert answer.mimetype == "application/zip"
    text = ZipFile(BytesIO(answer.data)).read("du-lieu-ca-nhan.json").decode()
    exported = json.loads(text)
    for word in (NAME, PHONE, ADDRESS, HELPER, "bị ướt", "receiver"):
        assert word in text
    assert "Kpă Hàng Xóm" not in text
    assert {"applicant", "place", "message", "incident", "custody_evidence", "custody_event"} <= set(exported["data"])
    assert any("Luật 91/2025" in line["basis"] for line in exported["kept"])
    told = select(AuditEvent.object_id).where(AuditEvent.action == "person.exported")
    assert set(session.scalars(told)) == set(map(str, household.applicants))


def test_each_look_at_the_page_is_written_down(
    session: UnitOfWork, household: Household, coordinator: FlaskClient
) -> None:
    coordinator.get(path(household))
    assert session.scalars(select(AuditEvent.object_id).where(AuditEvent.action == "person.viewed")).all() == [
        str(household.applicants[0])
    ]


@pytest.mark.parametrize("role", [Role.OFFICE_MANAGER, Role.COORDINATOR])
def test_an_account_of_one_office_reaches_none_of_it(
    session: UnitOfWork, household: Household, client: FlaskClient, sign_in: SignIn, role: Role
) -> None:
    sign_in(make_staff(session, role, office=make_office(session, unit=make_unit(session))))
    form = {"chon": ticks(household), "legal_basis": BASIS, "from": "2026-11-30", "to": "2026-11-30"}
    answers = [
        client.get(path(household)), client.post(path(household, "/xoa"), data=form),
        client.post(path(household, "/tai-ve"), data=form), client.get("/dieu-phoi/nhat-ky"),
        client.post("/dieu-phoi/nhat-ky", data=form),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 5
    session.expire_all()
    assert household.requests[0].applicant.name == NAME


def test_the_access_log_is_a_table_to_take_away(
    session: UnitOfWork, household: Household, coordinator: FlaskClient
) -> None:
    reference = household.requests[0].reference
    coordinator.get(path(household))
    form = {"from": "2026-11-30", "to": "2026-11-30", "reference": reference, "kind": "xlsx"}
    book = load_workbook(BytesIO(coordinator.post("/dieu-phoi/nhat-ky", data=form).data))
    assert book.active is not None
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:4] == ("Lúc", "Tài khoản", "Họ tên", "Việc")
    assert any(row[3] == "person.viewed" and row[6] == reference for row in rows[1:])
    text = coordinator.post("/dieu-phoi/nhat-ky", data=form | {"kind": "csv"})
    assert text.mimetype == "text/csv"
    assert (
        "access_log.taken" in coordinator.post("/dieu-phoi/nhat-ky", data=form | {"reference": "", "kind": "csv"}).text
    )
    assert coordinator.post("/dieu-phoi/nhat-ky", data=form | {"reference": "TN-KHONG"}).status_code == 422
    assert coordinator.post("/dieu-phoi/nhat-ky", data=form | {"to": "2026-11-01"}).status_code == 422
