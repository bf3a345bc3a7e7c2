"""The page on which a coordinator enters the vans' rounds by hand."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.models import Desk, Office, Round
from tests.factories import make_desk, make_office


def typed(office: Office, desk: Desk, **given: object) -> dict[str, object]:
    return {
        "code": "TX-01",
        "name": "Tuyến thử phía tây",
        "weekdays": ["1", "3", "5"],
        "call_1_at": "07:30",
        "call_1_place": f"{office.code} · {office.name}",
        "call_3_at": "09:15",
        "call_3_place": desk.code.lower(),
        **given,
    }


def test_a_round_is_entered_listed_and_changed(session: Session, coordinator: FlaskClient) -> None:
    office, desk = make_office(session), make_desk(session)

    answer = coordinator.post("/dieu-phoi/tuyen-xe/moi", data=typed(office, desk))

    assert answer.status_code == 303
    row = session.scalars(select(Round)).one()
    assert [(call.at, call.holder) for call in row.calls] == [("07:30", Holder.OFFICE_SAFE), ("09:15", Holder.DESK)]
    listed = coordinator.get("/dieu-phoi/tuyen-xe").text
    assert all(text in listed for text in ("TX-01", office.name, desk.name, "Thứ Hai, Thứ Tư, Thứ Sáu"))
    assert f"{desk.code} · {desk.name}" in coordinator.get(f"/dieu-phoi/tuyen-xe/{row.id}").text

    coordinator.post(f"/dieu-phoi/tuyen-xe/{row.id}", data=typed(office, desk, name="Tuyến đã dừng"))

    session.refresh(row)
    assert (row.name, row.active) == ("Tuyến đã dừng", False)


def test_every_line_that_cannot_be_read_is_named(session: Session, coordinator: FlaskClient) -> None:
    office, desk = make_office(session), make_desk(session)
    wrong = typed(office, desk, call_1_place="nơi nào đó", call_3_at="sáng")

    answer = coordinator.post("/dieu-phoi/tuyen-xe/moi", data=wrong)

    assert answer.status_code == 422
    assert 'id="call_1_place-error"' in answer.text
    assert 'id="call_3_at-error"' in answer.text
    assert "nơi nào đó" in answer.text
    assert session.scalars(select(Round)).all() == []


def test_a_manager_sees_the_rounds_and_changes_none(session: Session, manager: FlaskClient) -> None:
    office, desk = make_office(session), make_desk(session)

    assert manager.get("/dieu-phoi/tuyen-xe").status_code == 200
    assert manager.get("/dieu-phoi/tuyen-xe/moi").status_code == 404
    assert manager.post("/dieu-phoi/tuyen-xe/moi", data=typed(office, desk)).status_code == 404
