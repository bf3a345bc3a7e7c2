"""Who works; a request's story; closed days; journeys spared."""

from __future__ import annotations

import re
from datetime import time
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at, local_day
from app.domain.acts import WhomCalled
from app.domain.commands import PublishPlan
from app.domain.identity import Role
from app.models import AuditEvent, BoatDay, CalendarDay, Errand, PhoneCall, RoadSeason, Shift, Slot
from app.services.planning import publish
from app.unit_of_work import UnitOfWork
from tests.app.services.booking.entitled import ask, code_of, confirm, world
from tests.app.web.conftest import SignIn
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, NOW, World, make_desk, make_staff, make_unit
from tests.factories.custody import collected, make_road

__all__ = ["world"]  # a fixture


def edit(client: FlaskClient, shift: Shift, **data: str) -> str:
    url = f"/dieu-phoi/nhan-su/{shift.courier_id}"
    given = {"ngay": DAY.isoformat(), "works": "1", "starts": "08:00", "ends": "12:00", **data}
    return client.post(url, data=given, follow_redirects=True).text


def test_a_shift_is_edited_until_the_plan_is_published(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    shift = scene.day.shifts[0]
    assert "08:00–12:00" in edit(coordinator, shift)
    session.refresh(shift)
    assert shift.break_s == 0
    publish(session, PublishPlan(scene.plan.id, by="system", now=NOW))
    assert "đã ban hành nên không sửa ca làm được nữa" in edit(coordinator, shift, works="0")
    session.refresh(shift)
    assert shift.works
    assert f"/nhan-su/{shift.courier_id}?" not in coordinator.get(f"/dieu-phoi/nhan-su?ngay={DAY}").text


def test_who_works_leads_to_who_visits_for_whoever_may_look(
    scene: Scene, session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    for role, office, leads in ((Role.COORDINATOR, None, True), (Role.OFFICE_MANAGER, scene.own, False)):
        sign_in(make_staff(session, role, office=office))
        page = client.get(f"/dieu-phoi/nhan-su?ngay={DAY}").text
        assert ('href="/dieu-phoi/ket-noi/buu-cuc"' in page) is leads


def test_a_day_off_makes_an_office_short(scene: Scene, coordinator: FlaskClient) -> None:
    short = f"/dieu-phoi/nhan-su?ngay={DAY}&thieu=1"
    assert "Không bưu cục nào thiếu người." in coordinator.get(short).text
    for shift in scene.day.shifts[:2]:
        edit(coordinator, shift, works="0")
    page = coordinator.get(short).text
    assert "Thiếu 1" in page
    assert scene.own.name in page
    assert scene.foreign.name not in page


def test_a_wrong_hour_is_named_at_its_field(scene: Scene, coordinator: FlaskClient) -> None:
    page = edit(coordinator, scene.day.shifts[0], starts="12:00", ends="08:00")
    assert 'href="#ends"' in page
    assert "Giờ kết thúc ca phải sau giờ bắt đầu." in page


def test_a_request_is_found_by_reference_and_the_look_is_written_down(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    request = scene.errand(scene.own).request
    found = coordinator.get(f"/dieu-phoi/yeu-cau?ma={request.reference.lower()}")
    assert found.location == f"/dieu-phoi/yeu-cau/{request.reference}"
    page = coordinator.get(found.location)
    assert page.status_code == 200
    assert (request.applicant.name or "?") in page.text
    looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "request.viewed")).all()
    assert [(look.object_id, look.actor.split(":")[0]) for look in looks] == [(str(request.id), "staff")]


def test_an_envelopes_code_leads_to_its_request(session: UnitOfWork, coordinator: FlaskClient) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    found = coordinator.get(f"/dieu-phoi/yeu-cau?ma={parcel.code}")
    assert found.location == f"/dieu-phoi/yeu-cau/{road.request.reference}"
    page = coordinator.get(found.location).text
    assert parcel.code in page
    assert "Ai đang giữ giấy tờ" in page


def test_a_dossiers_code_that_was_only_asked_for_opens_no_request_until_it_is_confirmed(
    coordinator: FlaskClient, session: UnitOfWork, world: World
) -> None:
    code = code_of(world.desk)
    request = ask(session, world, code)
    url = f"/dieu-phoi/yeu-cau?ma={code}"
    page = coordinator.get(url)
    assert page.status_code == 200
    assert "Có người hỏi theo mã hồ sơ này, chưa xác nhận" in unescape(page.text)
    assert "Hỏi người gọi mã yêu cầu của họ" in unescape(page.text)
    assert f"/dieu-phoi/yeu-cau/{request.reference}" in page.text
    assert (request.applicant.name or "?") not in page.text
    confirm(session, request)
    assert coordinator.get(url).location == f"/dieu-phoi/yeu-cau/{request.reference}"


def test_an_unknown_code_says_what_to_do_and_leaves_no_look(coordinator: FlaskClient, session: Session) -> None:
    page = coordinator.get("/dieu-phoi/yeu-cau?ma=TN-KHONG")
    assert page.status_code == 404
    assert "Xin kiểm tra lại mã." in page.text
    assert session.scalars(select(AuditEvent)).all() == []


def test_a_managers_failed_look_at_another_offices_request_shows_nothing(scene: Scene, manager: FlaskClient) -> None:
    request = scene.errand(scene.foreign).request
    page = manager.get(f"/dieu-phoi/yeu-cau?ma={request.reference}")
    assert page.status_code == 404
    assert (request.applicant.name or "?") not in page.text


def test_a_spared_journey_shows_its_formula_and_its_minus(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    errand = scene.errand(scene.own)
    errand.dossiers[0].competent_desk = make_desk(
        session, unit=make_unit(session, lon=errand.place.lon, lat=errand.place.lat)
    )
    stop = next(stop for stop in scene.route(scene.own).stops if errand in stop.errands)
    stop.marginal_m = 900
    publish(session, PublishPlan(scene.plan.id, by="system", now=NOW))
    assert "2 × 0,0 km = 0,0 km" in coordinator.get(f"/dieu-phoi/yeu-cau/{errand.request.reference}").text
    report = coordinator.get(f"/dieu-phoi/quang-duong?ngay={DAY}").text
    assert "Còn lại = 2 × (nhà ↔ bộ phận một cửa gần nhất được nhận)" in report
    assert errand.request.reference in report
    assert '<strong class="is-negative">−0,9 km</strong>' in report


def test_a_managers_report_holds_the_own_office_alone(scene: Scene, manager: FlaskClient, session: UnitOfWork) -> None:
    publish(session, PublishPlan(scene.plan.id, by="system", now=NOW))
    report = manager.get(f"/dieu-phoi/quang-duong?ngay={DAY}").text
    assert scene.own.name in report
    assert scene.foreign.name not in report


def test_without_a_published_plan_no_journey_is_claimed(scene: Scene, coordinator: FlaskClient) -> None:
    assert "Chưa có kế hoạch đã ban hành" in coordinator.get(f"/dieu-phoi/quang-duong?ngay={DAY}").text


def closing(scene: Scene, **given: str) -> dict[str, str]:
    return {"xa": scene.own.unit_code, "ngay": DAY.isoformat(), "ly-do": "Lũ", **given}


def test_closing_a_commune_first_says_what_it_means(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    page = coordinator.get("/dieu-phoi/ngay-nghi", query_string=closing(scene)).text
    assert "6 lượt đã hẹn được dời sang giờ trống kế tiếp" in page
    assert session.scalars(select(CalendarDay)).all() == []


def test_closing_a_commune_moves_its_visits_to_the_next_open_slots(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    page = coordinator.post("/dieu-phoi/ngay-nghi", data=closing(scene), follow_redirects=True).text
    assert "6 lượt hẹn được dời sang giờ trống kế tiếp và đã báo người dân." in page
    assert "Lũ" in page
    days = session.execute(
        select(Errand.office_id, Slot.day).join(Slot, Slot.id == Errand.slot_id).where(Slot.day > DAY)
    ).all()
    assert [office for office, _day in days] == [scene.own.id] * 6


def test_faults_of_a_closing_are_named_together(scene: Scene, coordinator: FlaskClient) -> None:
    past = local_day(NOW).replace(day=1).isoformat()
    answer = coordinator.post("/dieu-phoi/ngay-nghi", data={"xa": "", "ngay": past, "ly-do": " "})
    assert answer.status_code == 422
    assert [f'href="#{field}"' in answer.text for field in ("xa", "ngay", "ly-do")] == [True] * 3


def test_a_manager_closes_the_own_commune_only(scene: Scene, manager: FlaskClient, session: Session) -> None:
    answer = manager.post("/dieu-phoi/ngay-nghi", data=closing(scene, xa=scene.foreign.unit_code))
    assert answer.status_code == 422
    assert session.scalars(select(CalendarDay)).all() == []


def season(scene: Scene, **given: str) -> dict[str, str]:
    told = {"xa": scene.own.unit_code, "tu-thang": "10", "den-thang": "1", "lau-hon": "40", "ly-do": "đường đất"}
    return {**told, **given}


def test_roads_by_season_are_told_changed_and_taken_back_on_a_page(
    scene: Scene, manager: FlaskClient, session: Session
) -> None:
    url = "/dieu-phoi/duong-theo-mua"
    page = manager.post(url, data=season(scene), follow_redirects=True).text
    assert "10 đến 1" in page
    assert "40%" in page
    assert "đường đất" in page
    manager.post(url, data=season(scene, **{"lau-hon": "60"}))
    (row,) = session.scalars(select(RoadSeason))
    assert row.factor == 1.6
    manager.post(url, data={"xa": scene.own.unit_code, "tu-thang": "10", "het": "1"})
    assert session.scalars(select(RoadSeason)).all() == []
    actions = session.scalars(
        select(AuditEvent.action).where(AuditEvent.action.like("season.%")).order_by(AuditEvent.id)
    )
    assert list(actions) == ["season.told", "season.told", "season.ended"]
    assert manager.post(url, data={"xa": scene.own.unit_code, "tu-thang": "10", "het": "1"}).status_code == 404


def test_the_boats_of_an_island_are_listed_beside_the_seasons(
    scene: Scene, manager: FlaskClient, session: Session
) -> None:
    assert "Tàu ra đảo" not in manager.get("/dieu-phoi/duong-theo-mua").text
    for office in (scene.own, scene.foreign):
        hours = {"first_at": time(8, 30), "last_at": time(14), "crossing_minutes": 45}
        session.add(BoatDay(unit_code=office.unit_code, weekday=5, **hours, pier_lon=109.2, pier_lat=13.8))
    session.flush()
    page = manager.get("/dieu-phoi/duong-theo-mua").text
    assert "Thứ Sáu" in page
    assert page.count("08:30–14:00") == 1
    assert "45 phút" in page


def test_a_wrong_season_names_its_field_and_keeps_what_was_typed(scene: Scene, manager: FlaskClient) -> None:
    foreign = manager.post("/dieu-phoi/duong-theo-mua", data=season(scene, xa=scene.foreign.unit_code))
    far = manager.post("/dieu-phoi/duong-theo-mua", data=season(scene, **{"lau-hon": "9999999"}))
    assert (foreign.status_code, far.status_code) == (422, 422)
    assert 'href="#xa"' in foreign.text
    assert 'href="#lau-hon"' in far.text
    assert "đường đất" in far.text


def test_a_requests_page_tells_when_a_courier_called(coordinator: FlaskClient, session: UnitOfWork) -> None:
    road = make_road(session)
    call = {"errand_id": road.collection.id, "courier_id": road.world.courier.id, "whom": WhomCalled.HELPER}
    session.add(PhoneCall(**call, operation_id="op-1", occurred_at=at(DAY, time(9, 12)), received_at=NOW))
    page = unescape(coordinator.get(f"/dieu-phoi/yeu-cau/{road.request.reference}").text)
    assert re.search(rf"09:12[^<]*: {re.escape(road.world.courier.name)} gọi người giúp", page)
