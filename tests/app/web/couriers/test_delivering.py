"""Delivering with a right and a wrong code; a door that stays shut needs its evidence."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.parcel import ParcelPurpose
from app.models import Attempt, Parcel
from tests.app.web.couriers.conftest import Ride


def given(ride: Ride, **other: Any) -> dict[str, Any]:
    return {
        "operation": "op-giao-1",
        "seal_whole": "1",
        "receiver_name": "Trần Thị Thử",
        "receiver_relation": "self",
        "code": f"{ride.code[:3]} {ride.code[3:]}",
        **other,
    }


def attempts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Attempt).where(Attempt.outcome == "DONE")) or 0


def test_the_right_code_confirms_the_delivery(bringing: Ride, session: Session) -> None:
    answer = bringing.client.post(bringing.delivering, data=given(bringing), follow_redirects=True)
    assert "Đã trả kết quả." in answer.text
    assert bringing.parcel is not None
    assert session.get_one(Parcel, bringing.parcel.id).holder is Holder.CITIZEN
    assert bringing.road.delivery.state is ErrandState.DONE


def test_a_wrong_code_delivers_too_but_says_that_somebody_will_call(bringing: Ride) -> None:
    wrong = f"{(int(bringing.code) + 1) % 1_000_000:06d}"
    answer = bringing.client.post(bringing.delivering, data=given(bringing, code=wrong), follow_redirects=True)
    assert "mã nhận chưa khớp" in answer.text
    assert bringing.road.delivery.state is ErrandState.DONE


def test_a_second_press_delivers_once(bringing: Ride, session: Session) -> None:
    before = attempts(session)
    for _ in range(2):
        assert bringing.client.post(bringing.delivering, data=given(bringing)).status_code == 303
    assert attempts(session) == before + 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"seal_whole": ""}, "seal_whole"),
        ({"receiver_name": " "}, "receiver_name"),
        ({"receiver_relation": ""}, "receiver_relation"),
        ({"code": ""}, "id_last4"),
        ({"receiver_relation": "authorised"}, "id_last4"),
    ],
)
def test_a_refusal_stands_at_its_field_and_gives_nothing(bringing: Ride, wrong: dict[str, str], field: str) -> None:
    answer = bringing.client.post(bringing.delivering, data=given(bringing, **wrong))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if "receiver_name" not in wrong:
        assert 'value="Trần Thị Thử"' in answer.text
    assert bringing.road.delivery.state is ErrandState.UNDER_WAY


def test_originals_due_come_first(bringing: Ride, session: Session) -> None:
    procedure = bringing.road.dossier.procedure
    procedure.originals_due = True
    came_in = select(Parcel).where(
        Parcel.dossier_id == bringing.road.dossier.id, Parcel.purpose == ParcelPurpose.DOSSIER
    )
    for paper in session.scalars(came_in).one().papers:
        session.delete(paper)
    session.flush()
    page = bringing.client.get(bringing.delivering).text
    assert "Phải thu lại bản chính" in page
    assert 'name="receiver_name"' not in page
    answer = bringing.client.post(bringing.delivering, data=given(bringing))
    assert answer.status_code == 422
    assert bringing.road.delivery.state is ErrandState.UNDER_WAY


def test_a_result_left_in_the_safe_cannot_be_given(bringing: Ride, session: Session) -> None:
    assert bringing.parcel is not None
    session.get_one(Parcel, bringing.parcel.id).holder = Holder.OFFICE_SAFE
    session.flush()
    page = bringing.client.get(bringing.stop).text
    assert "Kết quả chưa ở trong túi" in page


def test_every_reason_asks_for_its_own_evidence(bringing: Ride) -> None:
    page = bringing.client.get(bringing.failing(bringing.road.delivery)).text
    assert "Vắng nhà" in page
    page = bringing.client.get(f"{bringing.failing(bringing.road.delivery)}?outcome=ABSENT").text
    assert 'name="evidence_gate_photo"' in page
    assert 'name="evidence_call"' in page


def test_evidence_left_out_is_asked_for_in_words(bringing: Ride) -> None:
    data = {"operation": "op-vang-1", "outcome": "ABSENT", "evidence_call": "08:20"}
    answer = bringing.client.post(bringing.failing(bringing.road.delivery), data=data)
    assert answer.status_code == 422
    assert 'id="evidence_gate_photo-error"' in answer.text
    assert "ảnh cổng nhà" in answer.text
    assert "gate_photo." not in answer.text
    assert 'value="08:20"' in answer.text
    assert bringing.road.delivery.state is ErrandState.UNDER_WAY


def test_a_shut_door_is_written_once(bringing: Ride, session: Session) -> None:
    data = {"operation": "op-vang-1", "outcome": "ABSENT", "evidence_call": "08:20", "evidence_gate_photo": "anh 12"}
    for _ in range(2):
        assert bringing.client.post(bringing.failing(bringing.road.delivery), data=data).status_code == 303
    found = select(func.count()).select_from(Attempt).where(Attempt.outcome == "ABSENT")
    assert session.scalar(found) == 1


def test_an_unknown_reason_is_refused(bringing: Ride) -> None:
    answer = bringing.client.post(bringing.failing(bringing.road.delivery), data={"outcome": "TIRED"})
    assert answer.status_code == 422
