"""The courier puts the pin where the door is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import StaffAccount
from tests.app.web.conftest import SignIn
from tests.app.web.couriers.conftest import Ride
from tests.factories import make_courier


def pin(ride: Ride, **given: str) -> tuple[int, str]:
    answer = ride.client.post(f"{ride.stop}/vi-tri", data=given)
    return answer.status_code, answer.text


def test_the_door_offers_to_put_its_pin_right(ride: Ride) -> None:
    assert f'href="{ride.stop}/vi-tri"' in ride.client.get(ride.stop).text
    page = ride.client.get(f"{ride.stop}/vi-tri").text
    place = ride.road.collection.place
    assert f'name="lon" value="{place.lon:.6f}"' in page


def test_a_moved_pin_is_the_door_from_now_on(ride: Ride) -> None:
    place = ride.road.collection.place
    lon, lat = place.lon + 0.012345, place.lat + 0.01
    assert pin(ride, lon=f"{lon:.6f}", lat=f"{lat:.6f}")[0] == 303
    assert place.lon == pytest.approx(lon)
    assert place.lat == pytest.approx(lat)
    assert (place.pin_source, place.confirmed_by) == ("courier", f"courier:{ride.road.world.courier.id}")
    assert "Vị trí đã được xác nhận" in ride.client.get(ride.stop).text


def test_without_script_the_coordinates_of_another_map_will_do(ride: Ride) -> None:
    place = ride.road.collection.place
    lon, lat = place.lon + 0.01, place.lat
    unmoved = {"lon": f"{place.lon:.6f}", "lat": f"{place.lat:.6f}"}
    assert pin(ride, coordinates=f"{lat:.5f}, {lon:.5f}", **unmoved)[0] == 303
    assert place.lon == pytest.approx(lon)


@pytest.mark.parametrize("typed", ["", "ở cạnh nhà rông", "13.9", "nan, nan", "²3, 108", "108.0, 13.9", "13.9, 109.9"])
def test_what_is_no_place_of_the_commune_is_said_at_its_field(ride: Ride, typed: str) -> None:
    place = ride.road.collection.place
    before = place.lon, place.lat
    status, page = pin(ride, coordinates=typed, lon=f"{place.lon:.6f}", lat=f"{place.lat:.6f}")
    assert status == 422
    assert 'href="#coordinates"' in page
    assert (place.lon, place.lat) == before
    assert place.confirmed_at is None


def test_another_couriers_door_is_not_there(ride: Ride, session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    other = make_courier(session, office=ride.road.world.office)
    sign_in(session.get_one(StaffAccount, other.staff_account_id))
    assert client.get(f"{ride.stop}/vi-tri").status_code == 404
    assert client.post(f"{ride.stop}/vi-tri", data={"coordinates": "13.9, 108.0"}).status_code == 404
