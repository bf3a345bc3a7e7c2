"""A route by form: move, lock, unlock, remove; each is judged at once."""

from __future__ import annotations

from datetime import time

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.clock import at
from app.domain.tongue import Tongue
from app.models import AuditEvent, Interpreter, PlanUnserved, Route, Stop
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, make_slot


def change(client: FlaskClient, stop: Stop, revision: int, act: str, **data: object) -> TestResponse:
    url = f"/dieu-phoi/tuyen/{stop.route_id}/diem/{stop.id}"
    return client.post(url, data={"act": act, "revision": revision, **data}, follow_redirects=True)


def test_the_route_lists_its_stops_in_order_with_times(scene: Scene, coordinator: FlaskClient) -> None:
    route = scene.route(scene.own)
    page = coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text
    places = [page.index(stop.place.address or "?") for stop in route.stops]
    assert places == sorted(places)
    assert f"/dieu-phoi/tuyen/{route.id}?diem={route.stops[0].id}#sua" in page


def test_a_stop_moves_within_its_route_and_the_difference_is_shown_once(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    route = scene.route(scene.own)
    stop, last = route.stops[0], len(route.stops)
    page = change(coordinator, stop, scene.plan.revision, "move", route_id=route.id, sequence=last)
    assert "Đã chuyển đến vị trí" in page.text
    assert "Chênh lệch" in page.text
    session.refresh(stop)
    assert stop.sequence == last
    assert "Chênh lệch" not in coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text


def test_a_locked_stop_stays_until_it_is_unlocked(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    stop = scene.stop(scene.own)
    assert "Đã khóa điểm cho bưu tá này." in change(coordinator, stop, 1, "lock").text
    refused = change(coordinator, stop, 2, "remove")
    assert refused.status_code == 409
    assert "đang khóa. Xin mở khóa trước khi chuyển hoặc bỏ điểm này." in refused.text
    assert "Đã mở khóa điểm." in change(coordinator, stop, 2, "unlock").text
    session.refresh(stop)
    assert not stop.locked


def test_a_removed_stop_is_left_out_with_its_reason(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    page = change(coordinator, scene.stop(scene.own), 1, "remove")
    assert "Đã bỏ điểm khỏi kế hoạch." in page.text
    assert session.scalars(select(PlanUnserved.reason)).all() == ["removed"]
    left_out = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/con-lai")
    assert "Điều phối viên đã bỏ ra khỏi kế hoạch." in left_out.text


def test_removing_the_last_stop_leads_back_to_the_plan(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    route = scene.route(scene.own)
    route_id, revision = route.id, 1
    for stop in list(route.stops):
        page = change(coordinator, stop, revision, "remove")
        revision += 1
    assert session.get(Route, route_id) is None
    assert page.request.path == f"/dieu-phoi/ke-hoach/{scene.plan.id}/tuyen"


def test_a_move_that_breaks_a_promise_is_kept_shown_and_stops_publication(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    route = scene.route(scene.own)
    stop = route.stops[0]
    narrow = make_slot(session, scene.own.unit, starts_at=at(DAY, time(7, 0)), ends_at=at(DAY, time(7, 5)))
    stop.errands[0].slot = narrow
    session.flush()
    page = change(coordinator, stop, 1, "move", route_id=route.id, sequence=len(route.stops))
    assert "chưa giữ được lời hẹn" in page.text
    assert "Đến muộn so với giờ hẹn" in page.text
    session.refresh(scene.plan)
    assert scene.plan.violations > 0
    answer = coordinator.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh", data={"revision": 2})
    assert answer.status_code == 409
    assert "chỗ chưa giữ được lời hẹn nên chưa ban hành được" in answer.text


def test_a_stale_page_changes_nothing_and_says_so(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    stop = scene.stop(scene.own)
    answer = change(coordinator, stop, 7, "remove")
    assert answer.status_code == 409
    assert "Kế hoạch vừa được người khác thay đổi." in answer.text
    assert session.scalars(select(PlanUnserved)).all() == []


def test_a_stop_that_stands_elsewhere_by_now_is_a_stale_page(scene: Scene, coordinator: FlaskClient) -> None:
    url = f"/dieu-phoi/tuyen/{scene.route(scene.own).id}/diem/{scene.stop(scene.foreign).id}"
    answer = coordinator.post(url, data={"act": "remove", "revision": 1})
    assert answer.status_code == 409


def test_a_published_route_offers_no_change(scene: Scene, coordinator: FlaskClient) -> None:
    coordinator.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh", data={"revision": 1})
    stop = scene.stop(scene.own)
    page = coordinator.get(f"/dieu-phoi/tuyen/{stop.route_id}?diem={stop.id}")
    assert "Chỉ sửa được bản nháp." in page.text
    assert "Bỏ khỏi kế hoạch" not in page.text
    refused = change(coordinator, stop, 2, "remove")
    assert "không còn là bản nháp" in refused.text


def test_a_route_s_papers_are_one_pdf_and_the_printing_is_written_down(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    address = f"/dieu-phoi/tuyen/{scene.route(scene.own).id}/giay-to.pdf"
    for answer in (coordinator.get(address), coordinator.get(f"{address}?phan=the-hen-lai")):
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
    printed = session.scalars(select(AuditEvent).where(AuditEvent.action == "route.printed")).all()
    assert [event.detail["parts"] for event in printed] == [["bang-ke", "phieu-gui", "the-hen-lai"], ["the-hen-lai"]]


def test_another_office_s_route_is_not_printed(scene: Scene, manager: FlaskClient) -> None:
    assert manager.get(f"/dieu-phoi/tuyen/{scene.route(scene.foreign).id}/giay-to.pdf").status_code == 404


def test_a_door_tells_what_is_spoken_there_and_who_translates(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    """Nobody is kept away by a language: the board says it, the plan is the same."""
    route = scene.route(scene.own)
    asked = route.stops[0].errands[0].request
    asked.tongue = Tongue.BAHNAR
    session.flush()
    url = f"/dieu-phoi/tuyen/{route.id}"
    assert "Tiếng Ba Na" in coordinator.get(url).text
    helps = {"name": "Phiên Dịch Thử", "phone": "0900000171", "tongues": ["bdq"]}
    session.add(Interpreter(code="PD-1", units=[asked.place.unit_code], **helps))
    session.flush()
    assert "Tiếng Ba Na, phiên dịch: Phiên Dịch Thử" in coordinator.get(url).text
    assert "phiên dịch: Phiên Dịch Thử, 0900000171" in coordinator.get(f"/dieu-phoi/yeu-cau/{asked.reference}").text
    route.courier.tongues = ["bdq"]
    session.flush()
    assert "Phiên Dịch Thử" not in coordinator.get(url).text
