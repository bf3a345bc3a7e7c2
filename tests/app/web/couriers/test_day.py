"""The courier's day: only own doors, the run, the bag, the sheets."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.models import StaffAccount
from tests.app.web.conftest import SignIn
from tests.app.web.couriers.conftest import VISIT, Ride
from tests.factories import make_courier, make_staff
from tests.factories.custody import Road, collected, make_road
from tests.factories.route import make_route


def test_the_day_lists_the_doors_in_order(ride: Ride) -> None:
    page = ride.client.get("/buu-ta/").text
    assert str(ride.road.collection.place.address) in page
    assert "Bắt đầu chuyến" in page


def test_starting_the_run_sets_its_visits_under_way(ride: Ride, session: Session) -> None:
    ride.start()
    ride.start()  # a second tap
    assert ride.road.collection.state is ErrandState.UNDER_WAY
    assert "Điểm tiếp theo: 1" in ride.client.get("/buu-ta/").text


def test_before_the_run_nothing_can_be_recorded_at_a_door(ride: Ride) -> None:
    page = ride.client.get(ride.stop).text
    assert "Chuyến chưa bắt đầu" in page
    assert "Nhận giấy tờ" not in page


def test_a_run_with_open_doors_does_not_end(ride: Ride) -> None:
    ride.start()
    answer = ride.client.post(f"/buu-ta/chuyen/{ride.route.id}/ket-thuc")
    assert answer.status_code == 409


def test_another_couriers_door_does_not_exist(ride: Ride, session: Session) -> None:
    other = make_courier(session, office=ride.road.world.office)
    theirs = make_road(session, ride.road.world)
    stop = make_route(session, other, VISIT.replace(day=VISIT.day + 1), [[theirs.collection]]).stops[0]
    assert ride.client.get(f"/buu-ta/diem/{stop.id}").status_code == 404
    address = f"/buu-ta/yeu-cau/{theirs.collection.id}"
    assert ride.client.get(f"{address}/ho-so/{theirs.dossier.id}/nhan").status_code == 404
    assert ride.client.get(f"{address}/khong-xong").status_code == 404
    assert ride.client.post(f"{address}/khong-xong", data={"outcome": "WEATHER"}).status_code == 404
    assert theirs.collection.state is ErrandState.PLANNED


def test_a_door_of_another_day_does_not_exist(ride: Ride, session: Session) -> None:
    later = make_road(session, ride.road.world)
    day = VISIT.replace(day=VISIT.day + 1)
    stop = make_route(session, ride.road.world.courier, day, [[later.collection]]).stops[0]
    assert ride.client.get(f"/buu-ta/diem/{stop.id}").status_code == 404


def test_the_bag_shows_what_the_courier_answers_for(ride: Ride, session: Session) -> None:
    parcel = collected(session, ride.road)
    assert parcel.code in ride.client.get("/buu-ta/tui").text


def test_the_route_sheet_is_a_pdf_of_the_own_route_only(ride: Ride) -> None:
    own = ride.client.get(f"/buu-ta/chuyen/{ride.route.id}/ban-ke.pdf")
    assert own.data.startswith(b"%PDF")
    assert ride.client.get(f"/buu-ta/chuyen/{ride.route.id + 1}/ban-ke.pdf").status_code == 404


def test_the_slip_is_printed_by_who_carried_the_envelope(
    ride: Ride, session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    parcel = collected(session, ride.road)
    address = f"/buu-ta/buu-gui/{parcel.code}/phieu.pdf"
    assert client.get(address).data.startswith(b"%PDF")
    other = make_courier(session, office=ride.road.world.office)
    sign_in(session.get_one(StaffAccount, other.staff_account_id))
    assert client.get(address).status_code == 404


def test_an_account_without_a_courier_is_told_so(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.COURIER))
    answer = client.get("/buu-ta/")
    assert answer.status_code == 403
    assert "không gắn với bưu tá nào" in answer.text


@pytest.mark.parametrize("role", [Role.COUNTER, Role.DESK_CLERK, Role.OFFICE_MANAGER, Role.COORDINATOR])
def test_other_roles_stay_out(client: FlaskClient, session: Session, sign_in: SignIn, road: Road, role: Role) -> None:
    sign_in(make_staff(session, role, office=road.world.office))
    assert client.get("/buu-ta/").status_code == 403


def test_every_page_of_a_courier_is_for_couriers(flask_app: Flask) -> None:
    for endpoint, view in flask_app.view_functions.items():
        if endpoint.startswith("couriers."):
            assert view.__dict__["access"].roles == {Role.COURIER, Role.ADMIN}, endpoint
