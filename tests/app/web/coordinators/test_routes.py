"""A route by form: every act is a proposal first, then done, and taken back from the log."""

from __future__ import annotations

import re
from datetime import time
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.clock import at
from app.domain.draft_acts import ActKind
from app.domain.tongue import Tongue
from app.models import AuditEvent, Interpreter, PlanAct, PlanUnserved, Route, Stop
from app.queries.planning.plan_acts import act_lines
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, make_slot
from tests.factories.planning import act_on


def address(stop: Stop, kind: str, **data: object) -> str:
    query = urlencode({"act": kind, "stop": stop.id, **data})
    return f"/dieu-phoi/tuyen/{stop.route_id}/de-xuat?{query}"


def seen_on(page: TestResponse) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]


def change(client: FlaskClient, stop: Stop, kind: str, **data: object) -> TestResponse:
    """Look at the proposal, then do it."""
    url = address(stop, kind, **data)
    return client.post(url, data={"seen": seen_on(client.get(url))}, follow_redirects=True)


def test_the_route_lists_its_stops_in_order_with_times(scene: Scene, coordinator: FlaskClient) -> None:
    route = scene.route(scene.own)
    page = coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text
    places = [page.index(stop.place.address or "?") for stop in route.stops]
    assert places == sorted(places)
    assert f"/dieu-phoi/tuyen/{route.id}?diem={route.stops[0].id}#sua" in page


def test_a_proposal_tells_the_price_and_changes_nothing(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    route = scene.route(scene.own)
    stop, last = route.stops[0], len(route.stops)
    url = address(stop, "move", to=route.shift_id, at=last)
    page = coordinator.get(url)
    assert page.status_code == 200
    assert "Chưa có gì thay đổi. Nếu làm: " in page.text
    session.refresh(stop)
    assert (stop.sequence, scene.plan.revision) == (1, 1)
    told = coordinator.get(url, headers={"Accept": "application/json"}).get_json()
    assert told["orders"][str(route.shift_id)][-1] == stop.id
    assert told["says"].replace("\xa0", " ") in page.text.replace("\xa0", " ")
    assert "Đã chuyển điểm. Có thể hoàn tác" in change(coordinator, stop, "move", to=route.shift_id, at=last).text
    session.refresh(stop)
    assert stop.sequence == last


def test_what_was_done_is_taken_back_from_the_log_and_done_again(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    stop = scene.stop(scene.own)
    page = change(coordinator, stop, "lock")
    assert "khóa điểm" in page.text
    undone = re.search(r'action="([^"]*/sua-tay/\d+)"', page.text)
    assert undone is not None
    answer = coordinator.post(undone[1], follow_redirects=True)
    assert "Đã hoàn tác." in answer.text
    session.refresh(stop)
    assert not stop.locked
    assert coordinator.post(undone[1]).status_code == 409
    again = re.search(r'action="([^"]*/sua-tay/\d+)"', answer.text)
    assert again is not None
    assert "Đã làm lại." in coordinator.post(again[1], follow_redirects=True).text
    session.refresh(stop)
    assert stop.locked


def test_a_manager_takes_back_nothing_of_another_office(scene: Scene, manager: FlaskClient, session: Session) -> None:
    act = act_on(session, scene.plan, ActKind.LOCK, stop_id=scene.stop(scene.foreign).id)
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}/sua-tay"
    assert manager.post(f"{url}/{act.id}").status_code == 404
    assert "Chưa có lần sửa tay nào." in manager.get(url).text


def test_a_manager_gives_nothing_to_another_office(scene: Scene, manager: FlaskClient, session: Session) -> None:
    """Not even with the revisions that somebody told: what reaches too far is undone as a whole."""
    stop, foreign = scene.stop(scene.own), scene.route(scene.foreign)
    url = address(stop, "move", to=foreign.shift_id)
    session.commit()
    seen = f"{scene.own.id}:1 {scene.foreign.id}:1"
    assert (manager.get(url).status_code, manager.post(url, data={"seen": seen}).status_code) == (404, 404)
    session.expire_all()
    assert (stop.route.office_id, scene.plan.revision) == (scene.own.id, 1)
    assert session.scalars(select(PlanAct)).all() == []


def test_a_managers_log_is_whole_however_much_others_did_since(scene: Scene, session: Session) -> None:
    for office in (scene.own, scene.foreign):
        act_on(session, scene.plan, ActKind.LOCK, stop_id=scene.stop(office).id)
    (line,) = act_lines(session, scene.plan.id, {scene.own.id}, most=1)
    assert line.offices == [scene.own.id]


def test_revisions_that_no_page_of_ours_says_are_a_page_too_old(scene: Scene, coordinator: FlaskClient) -> None:
    url = address(scene.stop(scene.own), "lock")
    for seen in (f"{'9' * 4301}:1", "1:²", ":", "x:y"):
        assert coordinator.post(url, data={"seen": seen}).status_code == 409


def test_a_locked_stop_stays_until_it_is_unlocked(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    stop = scene.stop(scene.own)
    assert "Đã khóa điểm." in change(coordinator, stop, "lock").text
    refused = coordinator.get(address(stop, "take_out"))
    assert refused.status_code == 409
    assert "đang khóa. Xin mở khóa trước khi chuyển hoặc bỏ điểm này." in refused.text
    assert "Đã mở khóa điểm." in change(coordinator, stop, "unlock").text
    session.refresh(stop)
    assert not stop.locked


def test_a_removed_stop_is_left_out_with_its_reason_and_put_back(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    stop = scene.stop(scene.own)
    route_id, shift_id = stop.route_id, stop.route.shift_id
    assert "Đã bỏ điểm." in change(coordinator, stop, "take_out").text
    (row,) = session.scalars(select(PlanUnserved)).all()
    assert row.reason == "removed"
    left_out = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/con-lai")
    assert "Điều phối viên đã bỏ ra khỏi kế hoạch." in left_out.text
    assert f'value="{row.errand_id}"' in coordinator.get(f"/dieu-phoi/tuyen/{route_id}").text
    url = f"/dieu-phoi/tuyen/{route_id}/de-xuat?act=put_back&errand={row.errand_id}&to={shift_id}"
    coordinator.post(url, data={"seen": seen_on(coordinator.get(url))})
    assert session.scalars(select(PlanUnserved)).all() == []


def test_a_courier_is_locked_with_one_act(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    route = scene.route(scene.own)
    url = f"/dieu-phoi/tuyen/{route.id}/de-xuat?act=lock_courier&shift={route.shift_id}"
    coordinator.post(url, data={"seen": seen_on(coordinator.get(url))})
    session.refresh(route)
    assert route.locked
    assert "Tuyến đang khóa cho" in coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text


def test_removing_the_last_stop_leads_to_the_log_of_the_plan(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    route = scene.route(scene.own)
    route_id = route.id
    for stop in list(route.stops):
        page = change(coordinator, stop, "take_out")
    assert session.get(Route, route_id) is None
    assert page.request.path == f"/dieu-phoi/ke-hoach/{scene.plan.id}/sua-tay"


def test_a_move_that_breaks_a_promise_stops_publication_until_somebody_says_why_it_may_stand(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    route = scene.route(scene.own)
    stop = route.stops[0]
    narrow = make_slot(session, scene.own.unit, starts_at=at(DAY, time(7, 0)), ends_at=at(DAY, time(7, 5)))
    stop.errands[0].slot = narrow
    session.flush()
    url = address(stop, "move", to=route.shift_id, at=len(route.stops))
    proposal = coordinator.get(url)
    assert "1 điểm muộn đến" in proposal.text
    assert "Đến muộn so với giờ hẹn" in proposal.text
    page = coordinator.post(url, data={"seen": seen_on(proposal)}, follow_redirects=True)
    assert "Đến muộn so với giờ hẹn" in page.text
    scene.plan.violations = 1  # what made the promise late was told behind the plan's back
    session.flush()
    answer = coordinator.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh", data={"revision": 2})
    assert answer.status_code == 409
    assert "chỗ chưa giữ được lời hẹn nên chưa ban hành được" in answer.text
    url = address(stop, "accept")
    seen = seen_on(coordinator.get(url))
    assert "Chưa chọn lý do." in coordinator.post(url, data={"seen": seen}).text
    done = coordinator.post(url, data={"seen": seen, "reason": "citizen_agreed"}, follow_redirects=True)
    assert "(người dân đã đồng ý)" in done.text
    answer = coordinator.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh", data={"revision": 3})
    assert answer.status_code == 303


def test_the_slower_of_two_reads_who_was_faster_and_keeps_the_proposal(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    stop, other = scene.route(scene.own).stops[:2]
    url = address(stop, "take_out")
    seen = seen_on(coordinator.get(url))
    change(coordinator, other, "lock")
    answer = coordinator.post(url, data={"seen": seen})
    assert answer.status_code == 409
    assert re.search(r"vừa được .+ sửa lúc .+: khóa điểm\.", answer.text)
    assert session.scalars(select(PlanUnserved)).all() == []
    reloaded = coordinator.get(url)  # the address bar, Enter
    assert reloaded.status_code == 200
    assert coordinator.post(url, data={"seen": seen_on(answer)}).status_code == 303


def test_a_stop_that_stands_elsewhere_by_now_is_a_stale_page(scene: Scene, coordinator: FlaskClient) -> None:
    stop = scene.stop(scene.own)
    url = address(stop, "take_out")
    change(coordinator, stop, "take_out")
    assert coordinator.get(url).status_code == 409
    assert coordinator.post(url, data={"seen": "1:1"}).status_code == 409


def test_an_act_that_nobody_knows_is_no_page(scene: Scene, coordinator: FlaskClient) -> None:
    stop = scene.stop(scene.own)
    for kind in ("undo", "swap"):
        assert coordinator.get(address(stop, kind)).status_code == 404
    assert "Thao tác này không làm thay đổi gì." in coordinator.get(address(stop, "burn")).text


def test_a_published_route_offers_no_change(scene: Scene, coordinator: FlaskClient) -> None:
    coordinator.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh", data={"revision": 1})
    stop = scene.stop(scene.own)
    page = coordinator.get(f"/dieu-phoi/tuyen/{stop.route_id}?diem={stop.id}")
    assert "Chỉ sửa được bản nháp." in page.text
    assert "Bỏ khỏi kế hoạch" not in page.text
    assert "không còn là bản nháp" in coordinator.get(address(stop, "take_out")).text


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
