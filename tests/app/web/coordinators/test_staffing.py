"""The page of one courier's day."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import Shift
from app.unit_of_work import UnitOfWork
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY
from tests.factories.office import make_vehicle_kind


def saved(client: FlaskClient, shift: Shift, **given: str) -> int:
    data = {"ngay": DAY.isoformat(), "works": "1", "starts": "07:00", "ends": "17:00", **given}
    return client.post(f"/dieu-phoi/nhan-su/{shift.courier_id}", data=data).status_code


def test_a_coordinator_chooses_the_vehicle_of_a_day(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    shift = scene.day.shifts[0]
    make_vehicle_kind(session, "motorbike", name="Xe máy")
    make_vehicle_kind(session)
    form = coordinator.get(f"/dieu-phoi/nhan-su/{shift.courier_id}?ngay={DAY.isoformat()}").text
    assert "Chở 300 phong bì mỗi chuyến, mỗi km 4.500 đ" in form
    assert saved(coordinator, shift, vehicle="van") == 303
    session.refresh(shift)
    assert (shift.vehicle, shift.capacity) == ("van", 300)
    assert "Xe tải nhỏ" in coordinator.get(f"/dieu-phoi/nhan-su?ngay={DAY.isoformat()}").text
    assert saved(coordinator, shift, vehicle="tank") == 422


def test_the_pages_of_a_plan_name_what_is_ridden(scene: Scene, coordinator: FlaskClient, session: UnitOfWork) -> None:
    route, routes = scene.route(scene.own), f"/dieu-phoi/ke-hoach/{scene.plan.id}/tuyen"
    assert "Đi bằng" not in coordinator.get(routes).text  # all by motorbike, as always
    make_vehicle_kind(session)
    route.shift.vehicle = "van"
    session.flush()
    assert "Xe tải nhỏ" in coordinator.get(routes).text
    assert f"{route.courier.name} · Xe tải nhỏ" in coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text


def test_a_coordinator_gives_a_day_a_second_trip(scene: Scene, coordinator: FlaskClient, session: Session) -> None:
    shift = scene.day.shifts[0]
    assert saved(coordinator, shift, trips="2", reload="20") == 303
    session.refresh(shift)
    assert (shift.trips, shift.reload_s) == (2, 1_200)
    assert "2 chuyến" in coordinator.get(f"/dieu-phoi/nhan-su?ngay={DAY.isoformat()}").text
    for wrong in ({"trips": "9"}, {"reload": "mười"}, {"reload": "9" * 5_000}):
        assert saved(coordinator, shift, **wrong) == 422


def test_the_route_s_page_shows_the_way_back_to_the_office(
    scene: Scene, coordinator: FlaskClient, session: UnitOfWork
) -> None:
    route = scene.route(scene.own)
    route.reloads = [{"at": 36_300, "leaves": 37_200}]
    route.stops[-1].trip = 2
    session.flush()
    page = coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text
    assert page.count("Về bưu cục lấy chuyến hai, 10:05–10:20") == 1
