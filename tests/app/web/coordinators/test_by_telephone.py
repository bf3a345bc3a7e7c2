"""Who opens no link calls: staff move and cancel a visit from the request's page, as the link would."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.errand import ErrandState
from app.domain.slot import AFTERNOON
from app.models import Errand, Message
from app.unit_of_work import UnitOfWork
from tests.app.web.coordinators.conftest import Scene
from tests.factories import make_slot


@pytest.fixture
def visit(scene: Scene) -> Errand:
    return scene.errand(scene.own)


def page(errand: Errand, act: str) -> str:
    return f"/dieu-phoi/yeu-cau/{errand.request.reference}/luot/{errand.id}/{act}"


def told(session: UnitOfWork, errand: Errand) -> list[str]:
    return list(session.scalars(select(Message.template).where(Message.errand_id == errand.id)))


def test_a_visit_is_moved_as_the_caller_asks(session: UnitOfWork, manager: FlaskClient, visit: Errand) -> None:
    later = make_slot(session, visit.place.unit, times=AFTERNOON)
    assert page(visit, "doi-gio") in manager.get(f"/dieu-phoi/yeu-cau/{visit.request.reference}").text
    assert f'value="{later.id}"' in manager.get(page(visit, "doi-gio")).text
    answer = manager.post(page(visit, "doi-gio"), data={"slot": later.id, "revision": visit.revision})
    assert answer.status_code == 303
    assert visit.slot_id == later.id
    assert told(session, visit) == ["scheduled"]


def test_a_move_without_a_time_and_to_a_full_one_is_told(
    session: UnitOfWork, manager: FlaskClient, visit: Errand
) -> None:
    full = make_slot(session, visit.place.unit, times=AFTERNOON, capacity=0)
    assert manager.post(page(visit, "doi-gio"), data={}).status_code == 422
    assert manager.post(page(visit, "doi-gio"), data={"slot": full.id}).status_code == 422
    assert told(session, visit) == []


def test_a_visit_is_cancelled_as_the_caller_asks(session: UnitOfWork, manager: FlaskClient, visit: Errand) -> None:
    assert "Hủy lịch hẹn theo lời gọi?" in manager.get(page(visit, "huy")).text
    assert manager.post(page(visit, "huy"), data={"revision": visit.revision}).status_code == 303
    assert visit.state is ErrandState.CANCELLED
    assert told(session, visit) == ["cancelled"]
    assert page(visit, "huy") not in manager.get(f"/dieu-phoi/yeu-cau/{visit.request.reference}").text


def test_what_somebody_changed_meanwhile_is_not_undone(manager: FlaskClient, visit: Errand) -> None:
    assert manager.post(page(visit, "huy"), data={"revision": visit.revision + 1}).status_code == 409
    assert visit.state is ErrandState.SCHEDULED


@pytest.mark.parametrize("act", ["doi-gio", "huy"])
def test_nobody_moves_or_cancels_a_visit_of_another_office(
    session: UnitOfWork, manager: FlaskClient, scene: Scene, visit: Errand, act: str
) -> None:
    strange = scene.errand(scene.foreign)
    assert manager.get(page(strange, act)).status_code == 404
    assert manager.post(page(strange, act), data={}).status_code == 404
    of_another_request = f"/dieu-phoi/yeu-cau/{visit.request.reference}/luot/{strange.id}/{act}"
    assert manager.post(of_another_request, data={}).status_code == 404
    assert strange.state is ErrandState.SCHEDULED
