"""Collecting: the case, exactly its papers, the seal; each refusal at its field, nothing typed twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.models import CustodyEvent, Parcel
from tests.app.web.couriers.conftest import Ride
from tests.factories.custody import next_seal

GIVEN = {
    "operation": "op-cua-buu-ta-1",
    "cases": "self",
    "paper_1": "in_envelope",
    "form_1": "original",
    "count_1": "1",
    "paper_3": "in_envelope",
    "form_3": "certified",
    "count_3": "2",
}


def given(**other: Any) -> dict[str, Any]:
    return {**GIVEN, "seal_number": next_seal(), **other}


def test_the_case_comes_before_the_papers(ride: Ride) -> None:
    ride.start()
    page = ride.client.get(ride.collecting).text
    assert "Ai nộp hồ sơ?" in page
    assert "Tờ khai thử" not in page


def test_a_case_left_open_is_asked_again_at_its_question(ride: Ride) -> None:
    page = ride.client.get(f"{ride.collecting}?da-chon=1").text
    assert 'id="who-error"' in page


@pytest.mark.parametrize(("case", "asked"), [("self", False), ("proxy", True)])
def test_exactly_the_papers_of_the_case_are_listed(ride: Ride, case: str, *, asked: bool) -> None:
    page = ride.client.get(f"{ride.collecting}?da-chon=1&who={case}").text
    assert "Tờ khai thử" in page
    assert ("Văn bản ủy quyền thử" in page) is asked


def test_collecting_seals_a_parcel_and_leads_back_to_the_door(ride: Ride, session: Session) -> None:
    ride.start()
    answer = ride.client.post(ride.collecting, data=given())
    assert answer.status_code == 303
    assert answer.location.endswith(ride.stop)
    parcel = session.scalars(select(Parcel)).one()
    assert parcel.holder is Holder.COURIER
    assert [(paper.line, paper.count) for paper in parcel.papers] == [(1, 1), (3, 2)]
    assert ride.road.collection.state is ErrandState.DONE


def test_a_second_press_collects_nothing_more(ride: Ride, session: Session) -> None:
    ride.start()
    data = given()
    ride.client.post(ride.collecting, data=data)
    assert ride.client.post(ride.collecting, data=data).status_code == 303
    assert session.scalar(select(func.count()).select_from(CustodyEvent)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"paper_1": ""}, "paper_1"),
        ({"paper_1": "looked_up"}, "paper_1"),
        ({"count_1": "0"}, "paper_1"),
        ({"form_3": "original"}, "paper_3"),
        ({"paper_1": "missing"}, "taken_in_part"),
        ({"seal_number": "x"}, "seal_number"),
        ({"parcel_code": "không phải mã"}, "parcel_code"),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    ride: Ride, session: Session, wrong: dict[str, str], field: str
) -> None:
    ride.start()
    answer = ride.client.post(ride.collecting, data=given(**{"seal_number": "TN-THU-77", **wrong}))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert f'value="{wrong.get("seal_number", "TN-THU-77")}"' in answer.text
    assert 'value="op-cua-buu-ta-1"' in answer.text
    assert session.scalar(select(func.count()).select_from(Parcel)) == 0


def test_a_line_outside_the_list_is_not_taken(ride: Ride, session: Session) -> None:
    ride.start()
    ride.client.post(ride.collecting, data=given(paper_9="in_envelope", form_9="original", count_9="1"))
    assert [paper.line for paper in session.scalars(select(Parcel)).one().papers] == [1, 3]


def test_taken_in_part_with_the_citizens_consent(ride: Ride, session: Session) -> None:
    ride.start()
    answer = ride.client.post(ride.collecting, data=given(paper_1="missing", taken_in_part="1"))
    assert answer.status_code == 303
    assert [paper.line for paper in session.scalars(select(Parcel)).one().papers] == [3]


def test_a_used_seal_is_refused(ride: Ride, session: Session) -> None:
    ride.start()
    data = given()
    ride.client.post(ride.collecting, data=data)
    answer = ride.client.post(ride.collecting, data={**data, "operation": "op-khac"})
    assert answer.status_code == 422
    assert "đã được nhận" in answer.text
