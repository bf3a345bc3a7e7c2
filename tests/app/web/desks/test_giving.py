"""The citizen comes for the result: from the safe into their hands, proved as at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.identity import ApplicantKind
from app.domain.parcel import ParcelPurpose
from app.models import Attempt
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import Place
from tests.factories import make_office
from tests.factories.custody import AT_THE_DOOR, accepted, handing, packing, parcels_of


@pytest.fixture
def waiting(at_counter: Place, session: UnitOfWork) -> Place:
    """A result in the safe."""
    road = at_counter.road
    accepted(session, road)
    parcel = result_ready(session, packing(road))
    hand_over(session, handing(road, [parcel], road.desk, road.safe, now=AT_THE_DOOR + timedelta(days=1, hours=2)))
    return at_counter


def give(place: Place, **given: Any) -> TestResponse:
    data = {
        "operation": "op-quay-1",
        "seal_whole": "1",
        "receiver_name": "Trần Thị Thử",
        "receiver_relation": "self",
        "id_kind": "can_cuoc",
        "id_last4": "0001",
    }
    return place.client.post(f"/buu-cuc/trao/{place.road.delivery.id}", data={**data, **given})


def holders(place: Place, session: Session) -> list[Holder]:
    return [parcel.holder for parcel in parcels_of(session, place.road, ParcelPurpose.RESULT)]


@pytest.mark.parametrize(
    "state", [ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.FAILED, ErrandState.HELD, ErrandState.REQUESTED]
)
def test_whatever_was_arranged_the_result_is_given(waiting: Place, session: Session, state: ErrandState) -> None:
    waiting.road.delivery.state = state
    session.flush()
    assert give(waiting).status_code == 303
    assert waiting.road.delivery.state is ErrandState.DONE
    assert holders(waiting, session) == [Holder.CITIZEN]


def test_the_board_leads_there(waiting: Place) -> None:
    address = f"/buu-cuc/trao/{waiting.road.delivery.id}"
    assert address in waiting.client.get("/buu-cuc/").text
    assert 'name="receiver_name"' in waiting.client.get(address).text


def test_a_second_press_gives_once(waiting: Place, session: Session) -> None:
    assert [give(waiting).status_code for _ in range(2)] == [303, 303]
    given = select(func.count()).select_from(Attempt).where(Attempt.errand_id == waiting.road.delivery.id)
    assert session.scalar(given) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"seal_whole": ""}, "seal_whole"), ({"receiver_name": ""}, "receiver_name"), ({"id_last4": ""}, "id_last4")],
)
def test_a_refusal_stands_at_its_field_and_gives_nothing(
    waiting: Place, session: Session, wrong: dict[str, str], field: str
) -> None:
    answer = give(waiting, **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert holders(waiting, session) == [Holder.OFFICE_SAFE]


def test_what_a_courier_carries_is_not_at_the_counter(waiting: Place, session: UnitOfWork) -> None:
    road = waiting.road
    (parcel,) = parcels_of(session, road, ParcelPurpose.RESULT)
    hand_over(session, handing(road, [parcel], road.safe, road.courier, now=AT_THE_DOOR + timedelta(days=2)))
    assert give(waiting).status_code == 422
    assert holders(waiting, session) == [Holder.COURIER]


def test_another_offices_result_does_not_exist(waiting: Place, session: Session) -> None:
    waiting.counter.office = make_office(session)
    session.flush()
    assert waiting.client.get(f"/buu-cuc/trao/{waiting.road.delivery.id}").status_code == 404
    assert give(waiting).status_code == 404
    assert holders(waiting, session) == [Holder.OFFICE_SAFE]


def test_an_organisation_s_result_is_given_to_a_person_with_name_and_office(waiting: Place) -> None:
    applicant = waiting.road.request.applicant
    applicant.kind, applicant.name = ApplicantKind.ORGANISATION, "Hợp tác xã Thử"
    assert "Chức vụ" in waiting.client.get(f"/buu-cuc/trao/{waiting.road.delivery.id}").text
    refused = give(waiting)
    assert "Xin ghi họ tên và chức vụ của người đã nhận." in refused.text
    assert give(waiting, receiver_role="Kế toán").status_code == 303
