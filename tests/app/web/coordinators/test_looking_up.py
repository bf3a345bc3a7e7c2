"""The one search of every page: by whatever is said on the telephone, told to the audit, never in an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, ServiceRequest
from app.services.evidence.access_log import TimeSpan, access_log
from app.unit_of_work import UnitOfWork
from tests.app.services.booking.entitled import ask, code_of, world
from tests.app.web.coordinators.conftest import Scene
from tests.factories import NOW, World, make_applicant, make_errand, make_request

__all__ = ["world"]  # a fixture


@pytest.fixture
def asked(session: Session) -> ServiceRequest:
    request = make_request(
        session,
        reference="TN-WQMXGC",
        applicant=make_applicant(session, name="Đặng Minh Ví Dụ", phone="0900008106"),
    )
    make_errand(session, request=request)
    return request


@pytest.mark.parametrize("typed", ["wqmxgc", "8106", "dang minh vi du"])
def test_the_only_one_is_opened(coordinator: FlaskClient, asked: ServiceRequest, typed: str) -> None:
    answer = coordinator.post("/dieu-phoi/tim", data={"q": typed})
    assert (answer.status_code, answer.location) == (303, f"/dieu-phoi/yeu-cau/{asked.reference}")


def test_several_are_a_list(coordinator: FlaskClient, session: Session, asked: ServiceRequest) -> None:
    make_request(session, applicant=make_applicant(session, name="Đặng Minh Khác"))
    page = coordinator.post("/dieu-phoi/tim", data={"q": "dang minh"})
    assert page.status_code == 200
    assert "Đặng Minh Khác" in page.text
    assert f'href="/dieu-phoi/yeu-cau/{asked.reference}"' in page.text


def test_nothing_found_says_what_else_to_say(coordinator: FlaskClient) -> None:
    page = coordinator.post("/dieu-phoi/tim", data={"q": "không ai cả"})
    assert page.status_code == 404
    assert "bốn số cuối điện thoại" in page.text
    answer = coordinator.post("/dieu-phoi/tim/nhanh", data={"q": "không ai cả"}).json
    assert answer is not None
    assert "bốn số cuối" in answer["said"]


def test_while_somebody_types_each_answer_is_written_down(
    coordinator: FlaskClient, session: UnitOfWork, asked: ServiceRequest
) -> None:
    answer = coordinator.post("/dieu-phoi/tim/nhanh", data={"q": "8106"}).json
    assert answer is not None
    assert [(hit["head"], hit["href"]) for hit in answer["hits"]] == [
        ("Đặng Minh Ví Dụ", f"/dieu-phoi/yeu-cau/{asked.reference}")
    ]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "requests.looked_up")).one()
    assert (event.object_kind, event.object_id, event.detail) == ("lookup", "phone", {"shown": [str(asked.id)]})
    span = TimeSpan(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert "requests.looked_up" in {
        line.action for line in access_log(session, span, asked.applicant_id, "staff:1", NOW)
    }


def test_a_manager_finds_nobody_of_another_office(
    manager: FlaskClient, scene: Scene, session: Session, asked: ServiceRequest
) -> None:
    assert manager.post("/dieu-phoi/tim/nhanh", data={"q": "8106"}).json == {
        "hits": [],
        "said": "Không tìm thấy. Xin thử mã, bốn số cuối điện thoại, hoặc họ tên.",
    }
    make_errand(session, request=asked, office=scene.own)
    assert manager.post("/dieu-phoi/tim", data={"q": "8106"}).status_code == 303


def test_a_dossiers_code_leads_to_whose_result_it_is(
    coordinator: FlaskClient, session: UnitOfWork, world: World
) -> None:
    code = code_of(world.desk)
    ask(session, world, code)
    answer = coordinator.post("/dieu-phoi/tim", data={"q": code.lower()})
    assert answer.location == f"/dieu-phoi/yeu-cau?ma={code}"


def test_every_page_of_a_coordinator_has_the_search(coordinator: FlaskClient, scene: Scene) -> None:
    for address in ("/dieu-phoi/", f"/dieu-phoi/ke-hoach/{scene.plan.id}", "/dieu-phoi/nhan-su"):
        assert 'data-module="lookup"' in coordinator.get(address).text
