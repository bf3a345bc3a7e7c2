"""The office puts right what was recorded at a door: with a reason, beside the old words, of its own visits only."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Amendment, Attempt, AuditEvent, CustodyEvidence
from app.queries.tracking.attempts import visits_of
from app.unit_of_work import UnitOfWork
from tests.factories.custody import Road, delivered, make_road

RIGHT = {"receiver_name": "Lê Thị Mẫu", "receiver_relation": "family", "why": "nghe nhầm tên", "operation": "thu-1"}


@pytest.fixture
def road(session: UnitOfWork) -> Road:
    road = make_road(session)
    delivered(session, road)
    return road


def given(session: Session) -> Attempt:
    return session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()  # type: ignore[return-value]  # made above


def save(client: FlaskClient, attempt: Attempt, **changes: str) -> str:
    url = f"/dieu-phoi/lan-den/{attempt.id}/sua"
    return client.post(url, data={**RIGHT, **changes}, follow_redirects=True).text


def test_the_correction_stands_on_the_request_s_page_with_its_reason(
    road: Road, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    page = save(coordinator, given(session))
    assert "Đã ghi lời sửa bên cạnh lời cũ." in page
    assert "Họ tên người nhận: Lê Thị Mẫu" in page
    assert "Người nhận là: người nhà" in page
    assert "Vì sao: nghe nhầm tên" in page
    assert road.request.reference in page


def test_the_attempt_stays_as_it_was_written(road: Road, coordinator: FlaskClient, session: UnitOfWork) -> None:
    attempt = given(session)
    before = (dict(attempt.evidence), attempt.outcome)
    save(coordinator, attempt)
    session.refresh(attempt)
    assert (dict(attempt.evidence), attempt.outcome) == before
    assert road.delivery.id == attempt.errand_id


def test_the_citizen_reads_who_received_as_it_was_put_right(
    road: Road, coordinator: FlaskClient, client: FlaskClient, session: UnitOfWork
) -> None:
    tracking = f"/theo-doi/{road.request.tracking_token}"
    assert "người nhà" not in client.get(tracking).text
    save(coordinator, given(session))
    page = client.get(tracking).text
    assert "người nhà" in page
    assert "Lê Thị Mẫu" not in page


def test_it_is_in_the_audit_without_a_word_of_it(road: Road, coordinator: FlaskClient, session: UnitOfWork) -> None:
    save(coordinator, given(session))
    (line,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "amend_act")).all()
    assert line.object_id == str(road.delivery.id)
    assert line.detail["fields"] == ["receiver_name", "receiver_relation"]
    assert "Mẫu" not in str(line.detail)


def test_saved_twice_it_stands_once(road: Road, coordinator: FlaskClient, session: UnitOfWork) -> None:
    for _ in range(2):
        save(coordinator, given(session))
    assert [one.errand_id for one in session.scalars(select(Amendment))] == [road.delivery.id]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"why": " "}, "Chưa ghi vì sao sửa."),
        ({"receiver_name": "", "receiver_relation": ""}, "Chưa sửa mục nào."),
        ({"id_last4": "12"}, "đúng 4 ký tự cuối"),
        ({"receiver_relation": "neighbour"}, "Chưa rõ người nhận là ai."),
    ],
)
@pytest.mark.usefixtures("road")
def test_what_is_missing_is_named_and_nothing_is_written(
    coordinator: FlaskClient, session: UnitOfWork, changes: dict[str, str], sentence: str
) -> None:
    assert sentence in save(coordinator, given(session), **changes)
    assert session.scalars(select(Amendment)).all() == []


@pytest.mark.usefixtures("road")
def test_another_office_s_manager_finds_no_such_visit(stranger: FlaskClient, session: UnitOfWork) -> None:
    assert stranger.get(f"/dieu-phoi/lan-den/{given(session).id}/sua").status_code == 404
    save(stranger, given(session))
    assert session.scalars(select(Amendment)).all() == []


@pytest.mark.usefixtures("road")
def test_the_form_never_asks_for_label_seal_or_envelope(coordinator: FlaskClient, session: UnitOfWork) -> None:
    page = coordinator.get(f"/dieu-phoi/lan-den/{given(session).id}/sua").text
    assert all(f'name="{name}"' not in page for name in ("seal", "label", "parcels", "parcel_code", "amount"))


def test_once_the_person_is_erased_only_that_it_was_put_right_remains(
    road: Road, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    save(coordinator, given(session))
    for evidence in session.scalars(select(CustodyEvidence)):
        evidence.payload = evidence.salt = None
    session.flush()
    visit = visits_of(session, [road.delivery])[road.delivery.id][-1]
    assert [(one.why, dict(one.changes)) for one in visit.amendments] == [("", {})]
