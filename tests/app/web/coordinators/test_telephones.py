"""Whom the couriers of an office call on the road: said once, by who answers for the office."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import AuditEvent, Office
from app.unit_of_work import UnitOfWork
from tests.app.web.coordinators.conftest import Scene


def page_of(office: Office) -> str:
    return f"/dieu-phoi/nhan-su/buu-cuc/{office.id}/so-goi"


def test_what_is_typed_is_kept_as_it_is_dialled(scene: Scene, coordinator: FlaskClient, session: UnitOfWork) -> None:
    office = scene.own
    told = coordinator.post(
        page_of(office), data={"phone": "(0269) 3.000.000", "duty_phone": "0900 000 111"}, follow_redirects=True
    )
    assert "đã lưu số gọi" in told.text
    session.refresh(office)
    assert (office.phone, office.duty_phone) == ("02693000000", "0900000111")


def test_a_blank_number_is_taken_away(scene: Scene, coordinator: FlaskClient, session: UnitOfWork) -> None:
    office = scene.own
    office.phone, office.duty_phone = "02693000000", "0900000111"
    session.flush()
    coordinator.post(page_of(office), data={"phone": "", "duty_phone": "0900 000 111"})
    session.refresh(office)
    assert [office.phone, office.duty_phone] == [None, "0900000111"]


def test_a_wrong_number_is_shown_where_it_was_typed(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    office = scene.own
    answer = coordinator.post(page_of(office), data={"phone": "3000000", "duty_phone": "0900 000 111"})
    assert answer.status_code == 422
    assert 'value="3000000"' in answer.text
    session.refresh(office)
    assert office.duty_phone is None


def test_the_audit_says_who_changed_it_and_no_number(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    office = scene.own
    for _ in range(2):
        coordinator.post(page_of(office), data={"phone": "", "duty_phone": "0900 000 111"})
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "office.telephones_changed")).all()
    assert [(event.object_id, event.detail) for event in events] == [(str(office.id), {})]


def test_the_office_that_has_no_number_is_seen_in_the_list_of_who_works(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    assert "Chưa có số để bưu tá gọi" in coordinator.get("/dieu-phoi/nhan-su").text
    scene.own.duty_phone = "0900000111"
    session.flush()
    assert "Số gọi trên đường: 0900000111" in coordinator.get("/dieu-phoi/nhan-su").text


def test_a_manager_sets_no_number_of_another_office(scene: Scene, manager: FlaskClient, session: UnitOfWork) -> None:
    assert manager.post(page_of(scene.foreign), data={"duty_phone": "0900 000 111"}).status_code == 404
    session.refresh(scene.foreign)
    assert scene.foreign.duty_phone is None


def test_an_office_whose_messages_name_no_telephone_is_seen_in_the_list(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    assert coordinator.get("/dieu-phoi/nhan-su").text.count("tin nhắn chưa có số để người dân hỏi") == 2
    scene.own.phone = "02693000000"
    session.flush()
    assert coordinator.get("/dieu-phoi/nhan-su").text.count("tin nhắn chưa có số để người dân hỏi") == 1
    assert "Số này có trong mọi tin nhắn cho người dân" in coordinator.get(page_of(scene.own)).text
