"""Opened and counted, with somebody of the post watching; what is short is marked, not argued about."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.checklist import Tick
from app.domain.commands import PaperTicked
from app.domain.dossier import DossierState
from app.domain.identity import Role
from app.domain.parcel import PaperForm, PaperState
from app.models import Desk, Parcel
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import PASSWORD, Place, password_hash
from tests.factories import make_staff
from tests.factories.custody import TICKS, next_dossier_code
from tests.factories.custody import at_desk as brought_to_desk


def opened_page(place: Place, parcel: Parcel) -> str:
    return place.client.get(f"/mot-cua/dem/{parcel.code}").text


def count(place: Place, parcel: Parcel, **given: Any) -> TestResponse:
    return place.client.post(f"/mot-cua/dem/{parcel.code}", data=counted(place, **given))


def counted(place: Place, **given: Any) -> dict[str, str]:
    data = {
        "operation": "op-dem-1",
        "paper_1": "1",
        "paper_3": "2",
        "dossier_code": next_dossier_code(),
        "due_on": "2026-12-10",
        "other_name": place.counter.username,
        "other_password": PASSWORD,
    }
    return {name: value for name, value in {**data, **given}.items() if value is not None}


def test_what_waits_to_be_counted_is_on_the_board(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    assert f"/mot-cua/dem/{parcel.code}" in at_desk.client.get("/mot-cua/").text
    page = at_desk.client.get(f"/mot-cua/dem/{parcel.code}").text
    assert "Tờ khai thử" in page
    assert 'name="paper_3"' in page


def test_a_complete_envelope_is_accepted(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    assert count(at_desk, parcel).status_code == 303
    assert at_desk.road.dossier.state == DossierState.ACCEPTED
    assert f"/mot-cua/dem/{parcel.code}" not in at_desk.client.get("/mot-cua/").text


def test_a_short_envelope_wants_papers(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    assert count(at_desk, parcel, paper_3="1", recounted="1").status_code == 303
    answer = at_desk.client.get("/mot-cua/")
    assert "Đã ghi nhận phần thiếu" in answer.text
    assert at_desk.road.dossier.state == DossierState.PAPERS_WANTED
    assert PaperState.MISSING in {paper.state for paper in session.get_one(Parcel, parcel.id).papers}


def test_the_form_tells_no_number_before_the_count(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    fields = [line for line in opened_page(at_desk, parcel).splitlines() if 'name="paper_' in line]
    assert len(fields) == 2
    assert all('value=""' in line for line in fields)
    assert "Trên phiếu" not in opened_page(at_desk, parcel)


def test_a_count_that_differs_names_the_paper_and_is_counted_once_more(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    answer = count(at_desk, parcel, paper_3="1")
    assert answer.status_code == 422
    assert "đếm được 1, trên phiếu đã ký là 2" in answer.text
    assert 'name="recounted"' in answer.text
    assert session.get_one(Parcel, parcel.id).event_no == 3


def test_what_the_citizen_did_not_have_is_never_told_as_complete(at_desk: Place, session: UnitOfWork) -> None:
    absent = PaperTicked(Tick.MISSING, PaperForm.CERTIFIED, 0)
    parcel = brought_to_desk(session, at_desk.road, papers={**TICKS, 3: absent}, taken_in_part=True)
    name = next(paper.name for paper in parcel.dossier.procedure.papers if paper.line == 3)
    assert f"không có trong phong bì: {name}." in opened_page(at_desk, parcel)

    assert at_desk.client.post(f"/mot-cua/dem/{parcel.code}", data=counted(at_desk, paper_3=None)).status_code == 303

    page = at_desk.client.get("/mot-cua/").text
    assert f"Hồ sơ có 1 trên 2 loại giấy, thiếu: {name} (khách chưa đưa)." in page
    assert "Đã đếm đủ" not in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"paper_1": "2"}, "paper_1"),
        ({"paper_1": "một"}, "paper_1"),
        ({"dossier_code": "sai"}, "dossier_code"),
        ({"due_on": "10/12"}, "due_on"),
        ({"other_password": "sai"}, "other_password"),
    ],
)
def test_a_refusal_stands_at_its_field_and_opens_nothing(
    at_desk: Place, session: UnitOfWork, wrong: dict[str, str], field: str
) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    answer = count(at_desk, parcel, **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert {paper.state for paper in session.get_one(Parcel, parcel.id).papers} == {PaperState.IN_PARCEL}


def test_a_colleague_of_the_desk_is_no_witness(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    colleague = make_staff(session, Role.DESK_CLERK, desk=at_desk.road.world.desk, password_hash=password_hash())
    answer = count(at_desk, parcel, other_name=colleague.username)
    assert answer.status_code == 422
    assert 'id="other_name-error"' in answer.text


def test_a_second_press_counts_once(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    assert [count(at_desk, parcel).status_code for _ in range(2)] == [303, 303]
    assert session.get_one(Parcel, parcel.id).event_no == 4


def test_another_desks_envelope_does_not_exist(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    other = Desk(code="MC-KHAC", name="Một cửa khác", unit_code=at_desk.road.world.unit.code, lon=108.0, lat=14.0)
    session.add(other)
    at_desk.clerk.desk = other
    session.flush()
    assert at_desk.client.get(f"/mot-cua/dem/{parcel.code}").status_code == 404
    assert at_desk.client.get(f"/mot-cua/buu-gui/{parcel.code}/phieu.pdf").status_code == 404


def test_the_signed_list_can_be_printed(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    assert at_desk.client.get(f"/mot-cua/buu-gui/{parcel.code}/phieu.pdf").data.startswith(b"%PDF")
