"""The roads of a commune on the maps of its couriers' phones and of its office's board."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import Device
from app.services.reference.road_layers import keep_layers
from app.services.staff.devices import token_hash
from tests.app.web.conftest import SignIn
from tests.factories import NOW, TODAY, make_office, make_staff
from tests.factories.phone import make_device, make_phone_day

LAYER = json.dumps({"unit": 0.00001, "lines": [[0, 10805000, 1395000, 10000, 0]]}).encode()
PHONE = {"Authorization": "Bearer ta"}
ROADS = "/api/v1/courier/roads"


@pytest.fixture
def device(session: Session) -> Device:
    world = make_phone_day(session, day=TODAY)
    keep_layers(session, {world.courier.office.unit_code: LAYER}, "system", NOW)
    return make_device(session, world.courier, access_hash=token_hash("ta"), upload_hash=token_hash("tu"))


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_phone_gets_the_roads_of_its_commune_once(client: FlaskClient, device: Device, accepted: str) -> None:
    answer = client.get(ROADS, headers={**PHONE, "Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == ("gzip" if accepted == "gzip" else None)
    again = client.get(ROADS, headers={**PHONE, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(ROADS, headers={**PHONE, "Accept-Encoding": "identity"}).json == json.loads(LAYER)


def test_a_phone_of_a_commune_without_a_layer_draws_none(client: FlaskClient, session: Session, device: Device) -> None:
    keep_layers(session, {}, "system", NOW)
    assert client.get(ROADS, headers=PHONE).json == {"unit": 0.00001, "lines": []}
    assert client.get(ROADS).status_code == 401


def test_a_board_draws_the_roads_of_an_office_it_sees(
    client: FlaskClient, session: Session, device: Device, sign_in: SignIn
) -> None:
    office = device.courier.office
    page = f"/dieu-phoi/nhan-su/buu-cuc/{office.id}/duong.json"
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    assert client.get(page, headers={"Accept-Encoding": "identity"}).json == json.loads(LAYER)
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_office(session)))
    assert client.get(page).status_code == 404
    sign_in(make_staff(session, Role.COORDINATOR))
    assert client.get(page).status_code == 200
    assert client.get("/dieu-phoi/nhan-su/buu-cuc/999999/duong.json").status_code == 404
