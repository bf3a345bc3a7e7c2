"""Order a plan, watch it, read it, publish it."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import Desk, Planning, PlanUnserved
from app.unit_of_work import UnitOfWork
from app.web.session import WebContext, init_context
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY
from tests.factories.planning import make_plan, make_planning
from tests.fakes.partner import Partner, Reply, Sent, told


def test_ordering_a_plan_writes_the_order_and_promises_the_job(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    answer = coordinator.post(
        "/dieu-phoi/lap-ke-hoach", data={"ngay": DAY.isoformat(), "assignment": "free", "seconds": "7", "scope": "all"}
    )
    order = session.scalars(select(Planning).order_by(Planning.id.desc())).first()
    assert order is not None
    assert answer.location == f"/dieu-phoi/dang-lap/{order.id}"
    assert (order.day, order.assignment, order.seconds, order.office_ids) == (DAY, "free", 7, None)
    jobs = session.scalars(text("select args from procrastinate_jobs where task_name = 'plan_day'")).all()
    assert [job["planning_id"] for job in jobs] == [order.id]


def test_chosen_offices_alone_are_planned(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    data = {"ngay": DAY.isoformat(), "seconds": "7", "scope": "chosen", "office_ids": [str(scene.foreign.id)]}
    coordinator.post("/dieu-phoi/lap-ke-hoach", data=data)
    order = session.scalars(select(Planning).order_by(Planning.id.desc())).first()
    assert order is not None
    assert order.office_ids == [{"id": scene.foreign.id}]


def test_the_balance_of_hours_is_ordered_in_minutes(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    assert "Chia đều giờ làm" in coordinator.get("/dieu-phoi/lap-ke-hoach").text
    coordinator.post("/dieu-phoi/lap-ke-hoach", data={"ngay": DAY.isoformat(), "seconds": "7", "balance": "60"})
    orders = session.scalars(select(Planning).order_by(Planning.id.desc())).all()
    assert (orders[0].balance_s, orders[1].balance_s) == (3600, None)


def test_the_plan_tells_how_long_it_was_searched(scene: Scene, coordinator: FlaskClient, session: UnitOfWork) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}"
    assert "Máy đã tìm" not in coordinator.get(url).text
    searched = {"cpu_s": 39.6, "iterations": 1200, "startup_s": 1.0, "settled": False}
    scene.plan.engine_versions = {**scene.plan.engine_versions, "searched": searched}
    session.flush()
    assert "Máy đã tìm 40 giây (1.200 lượt thử). Kết quả còn đang rẻ dần" in coordinator.get(url).text


def test_the_plan_tells_what_its_balance_costs(scene: Scene, coordinator: FlaskClient, session: UnitOfWork) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}"
    assert "Chia đều giờ làm" not in coordinator.get(url).text
    scene.plan.balance = {"most": 3600, "before": 9000, "after": 3300, "offices": 2, "unmet": 0,
                          "distance_delta": 18_400, "cost_delta": 47_000}  # fmt: skip
    session.flush()
    assert "đi thêm 18,4 km và tốn thêm 47.000 đ" in coordinator.get(url).text
    assert "Chênh lệch giờ làm lớn nhất" not in coordinator.get(f"{url}/so-sanh").text
    make_plan(session, assignment="free")
    assert "Chênh lệch giờ làm lớn nhất" in coordinator.get(f"{url}/so-sanh").text


def test_the_plan_says_where_it_reckons_in_straight_lines(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}"
    assert "đường chim bay" not in coordinator.get(url).text
    scene.plan.ways = {"roads_away": True}
    session.flush()
    assert "đường chim bay vì máy chủ đường bộ không trả lời" in coordinator.get(url).text
    scene.plan.ways = {"roads_elsewhere": True}
    session.flush()
    assert "bản đồ đường bộ không có phần lớn các nơi" in coordinator.get(url).text
    scene.plan.ways = {"offices": [scene.own.id]}
    session.flush()
    assert f"Đường đi từ {scene.own.name} và đường về đó tính theo đường chim bay" in coordinator.get(url).text
    scene.plan.ways = {"off_road": [[scene.own.id, session.scalars(select(Desk.id)).all()[0]]]}
    session.flush()
    name = session.scalars(select(Desk.name).order_by(Desk.id)).all()[0]
    assert f"Chặng chuyển tiếp của {name} tính theo đường chim bay" in coordinator.get(url).text


def test_the_plan_says_where_the_season_makes_rides_longer(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}"
    assert "Đường theo mùa" not in coordinator.get(url).text
    scene.plan.ways = {"slow": {scene.own.unit_code: 40}}
    session.flush()
    page = coordinator.get(url).text
    assert f"đường mùa này khó đi: {scene.own.unit.name} lâu hơn 40%." in page
    assert "Đường chim bay" not in page


def test_choosing_no_office_names_the_field(scene: Scene, coordinator: FlaskClient) -> None:
    answer = coordinator.post("/dieu-phoi/lap-ke-hoach", data={"ngay": DAY.isoformat(), "scope": "chosen"})
    assert answer.status_code == 422
    assert "Chưa chọn bưu cục nào." in answer.text


def test_seconds_out_of_range_name_the_field_and_keep_what_was_typed(scene: Scene, coordinator: FlaskClient) -> None:
    answer = coordinator.post("/dieu-phoi/lap-ke-hoach", data={"ngay": DAY.isoformat(), "seconds": "9999"})
    assert answer.status_code == 422
    assert 'href="#seconds"' in answer.text
    assert 'value="9999"' in answer.text


def test_progress_is_told_in_words_and_leads_to_the_plan(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    order = make_planning(session)
    url = f"/dieu-phoi/dang-lap/{order.id}"
    assert coordinator.get(f"{url}.json").get_json()["message"] == "Đang chờ đến lượt."
    order.state, order.progress_done, order.progress_total = "running", 38, 135
    session.flush()
    told = coordinator.get(f"{url}.json").get_json()
    assert (told["done"], told["total"], told["message"]) == (38, 135, "Đã xong 38 trên 135 phần.")
    assert "Đã xong 38 trên 135 phần." in coordinator.get(url).text
    done = f"/dieu-phoi/dang-lap/{scene.plan.planning_id}"
    assert coordinator.get(done).location == f"/dieu-phoi/ke-hoach/{scene.plan.id}"
    assert coordinator.get(f"{done}.json").get_json()["url"] == f"/dieu-phoi/ke-hoach/{scene.plan.id}"


def test_a_failed_order_says_why_and_how_to_go_on(coordinator: FlaskClient, session: UnitOfWork) -> None:
    order = make_planning(session)
    order.state, order.error = "failed", "MemoryError"
    session.flush()
    page = coordinator.get(f"/dieu-phoi/dang-lap/{order.id}")
    assert "Chưa lập được kế hoạch. Xin thử lại" in page.text
    assert "Lập lại" in page.text
    assert "Đang lập kế hoạch" not in page.text


def test_the_plan_shows_its_figures_and_every_route(scene: Scene, coordinator: FlaskClient) -> None:
    page = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}")
    assert f'data-src="/dieu-phoi/ke-hoach/{scene.plan.id}/ban-do.json"' in page.text
    table = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/tuyen")
    assert [f"/dieu-phoi/tuyen/{route.id}" in table.text for route in scene.plan.routes] == [True] * len(
        scene.plan.routes
    )


def test_the_map_links_each_route_to_its_page(scene: Scene, coordinator: FlaskClient) -> None:
    drawn = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-do.json").get_json()
    assert {route["href"] for route in drawn["routes"]} == {
        f"/dieu-phoi/tuyen/{route.id}" for route in scene.plan.routes
    }
    assert sum(len(route["stops"]) for route in drawn["routes"]) == 12


@pytest.mark.parametrize(("ways", "by_road"), [(None, True), ({"roads_away": True}, False)])
def test_the_map_follows_the_roads_that_the_plan_was_made_on(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork, ways: dict[str, bool] | None, by_road: object
) -> None:
    def roads(sent: Sent) -> Reply:
        del sent
        return told({"code": "Ok", "routes": [{"geometry": {"coordinates": [[108.0, 13.9], [108.1, 13.9]]}}]})

    scene.plan.ways = ways
    session.flush()
    context: WebContext = coordinator.application.extensions["tannha"]
    with Partner(roads) as server:
        init_context(coordinator.application, replace(context, settings=replace(context.settings, roads=server.url)))
        drawn = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-do.json").get_json()
    paths = [route.get("path") for route in drawn["routes"]]
    assert paths == [[10800000, 1390000, 10000, 0] if by_road else None] * len(paths)


def test_the_map_goes_packed_to_who_takes_it_so(scene: Scene, coordinator: FlaskClient) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-do.json"
    plain, packed = coordinator.get(url), coordinator.get(url, headers={"Accept-Encoding": "gzip"})
    assert plain.headers.get("Content-Encoding") is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.get_json()


def test_one_offices_routes_can_be_read_alone(scene: Scene, coordinator: FlaskClient) -> None:
    page = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/tuyen?buu-cuc={scene.own.id}")
    assert f"/dieu-phoi/tuyen/{scene.route(scene.own).id}" in page.text
    assert f"/dieu-phoi/tuyen/{scene.route(scene.foreign).id}" not in page.text


def test_what_is_left_out_says_why_and_what_helps(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    errand = scene.errand(scene.own)
    session.add(PlanUnserved(plan_id=scene.plan.id, errand_id=errand.id, reason="window"))
    session.flush()
    page = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/con-lai")
    assert errand.request.reference in page.text
    assert "Không kịp trong khung giờ đã hẹn. Có thể hẹn khung giờ rộng hơn." in page.text


def test_what_is_due_first_stands_first_with_the_working_days_left(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    visits = [stop.errands[0] for stop in scene.route(scene.own).stops[:2]]
    for errand, ahead in zip(visits, (8, 2), strict=True):  # in working days: six, and two
        errand.dossiers[0].due_on = DAY + timedelta(days=ahead)
        session.add(PlanUnserved(plan_id=scene.plan.id, errand_id=errand.id, reason="window"))
    session.flush()
    page = coordinator.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/con-lai").text
    late, soon = (errand.request.reference for errand in visits)
    assert page.index(soon) < page.index(late)
    assert f"hạn {DAY + timedelta(days=2):%d/%m}, còn 2 ngày làm việc" in page
    assert f"hạn {DAY + timedelta(days=8):%d/%m}, còn 6 ngày làm việc" in page


def test_the_routes_whose_visits_are_due_first_can_stand_first(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    route = scene.route(scene.foreign)
    route.stops[0].errands[0].dossiers[0].due_on = DAY
    session.flush()
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}/tuyen"
    by_due, by_office = coordinator.get(f"{url}?xep=han").text, coordinator.get(url).text
    links = [f"/dieu-phoi/tuyen/{one.id}" for one in (route, scene.route(scene.own))]
    assert by_due.index(links[0]) < by_due.index(links[1])
    assert by_office.index(links[1]) < by_office.index(links[0])
    said = f"hạn {DAY:%d/%m}, không còn ngày nào"
    assert said in by_office
    assert said in coordinator.get(links[0]).text
    assert said not in coordinator.get(links[1]).text


def test_home_stands_beside_free_of_the_same_day_and_offices(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}/so-sanh"
    assert "Lập bản nháp để so" in coordinator.get(url).text
    make_plan(session, assignment="free", office_ids=(scene.own.id,))
    assert "Lập bản nháp để so" in coordinator.get(url).text  # other offices: not to be compared
    free = make_plan(session, assignment="free")
    page = coordinator.get(url)
    assert "Trong địa bàn xã" in page.text
    assert "Qua địa bàn xã (chỉ thu gom)" in page.text
    assert f"/dieu-phoi/ke-hoach/{free.id}" in page.text
    assert "Chặng chuyển tiếp" in page.text


def test_publishing_turns_the_draft_into_the_plan_of_the_day(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}"
    page = coordinator.post(f"{url}/ban-hanh", data={"revision": scene.plan.revision}, follow_redirects=True)
    assert "Đã ban hành." in page.text
    session.refresh(scene.plan)
    assert scene.plan.state == "published"
    assert scene.plan.published_by is not None
    assert scene.plan.published_by.startswith("staff:")


def test_a_stale_page_does_not_publish_and_says_so(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    answer = coordinator.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh", data={"revision": 99})
    assert answer.status_code == 409
    assert "Kế hoạch vừa được người khác thay đổi. Xin tải lại trang rồi làm lại." in answer.text
    session.refresh(scene.plan)
    assert scene.plan.state == "draft"


def test_publishing_without_a_revision_is_stale(scene: Scene, coordinator: FlaskClient) -> None:
    assert coordinator.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh").status_code == 409


def test_a_plan_that_nobody_made_is_not_found(coordinator: FlaskClient) -> None:
    assert coordinator.get("/dieu-phoi/ke-hoach/424242").status_code == 404
