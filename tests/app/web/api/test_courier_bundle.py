"""The bundle over the wire: for a phone within its shift, once a change."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.tongue import Tongue
from app.models import Courier, Device, Interpreter, NumberBlock, Stop
from app.services.staff.devices import token_hash
from tests.factories import NOW, TODAY
from tests.factories.phone import make_device, make_phone_day

BUNDLE = "/api/v1/courier/bundle"


@pytest.fixture
def device(session: Session) -> Device:
    world = make_phone_day(session, day=TODAY)
    return make_device(session, world.courier, access_hash=token_hash("ta"), upload_hash=token_hash("tu"))


def bearing(token: str, **more: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


def said(answer: TestResponse) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer.data)
    return body


def test_a_phone_is_told_the_free_slots_of_its_communes_for_the_next_days(client: FlaskClient, device: Device) -> None:
    body = said(client.get(BUNDLE, headers=bearing("ta")))
    units = {stop["place"]["unit_code"] for stop in body["stops"]}
    days = {slot["starts_at"][:10] for slots in body["slots"].values() for slot in slots}
    assert set(body["slots"]) == units
    assert len(days) == 3
    assert min(days) > body["day"]


def test_a_phone_within_its_shift_gets_its_day(client: FlaskClient, device: Device) -> None:
    answer = client.get(BUNDLE, headers=bearing("ta"))
    assert answer.status_code == 200
    assert said(answer)["courier"]["id"] == device.courier_id
    assert len(said(answer)["stops"]) == 3
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_upload_token_opens_nothing(client: FlaskClient, device: Device) -> None:
    answer = client.get(BUNDLE, headers=bearing("tu"))
    assert (answer.status_code, said(answer)["code"]) == (401, "sign_in_needed")


@pytest.mark.parametrize(
    "ended",
    [{"access_until": NOW - timedelta(seconds=1)}, {"revoked_at": NOW - timedelta(seconds=1)}, {"epoch": 7}],
)
def test_a_session_that_ended_opens_nothing(
    client: FlaskClient, session: Session, device: Device, ended: dict[str, object]
) -> None:
    for name, value in ended.items():
        setattr(device, name, value)
    session.flush()
    assert client.get(BUNDLE, headers=bearing("ta")).status_code == 401


def test_what_did_not_change_is_not_sent_again(client: FlaskClient, device: Device) -> None:
    tag = client.get(BUNDLE, headers=bearing("ta")).headers["ETag"]
    again = client.get(BUNDLE, headers=bearing("ta", **{"If-None-Match": tag}))
    assert (again.status_code, again.data) == (304, b"")


def test_the_office_s_questions_are_in_the_language_of_the_phone(client: FlaskClient, device: Device) -> None:
    def asked(language: str) -> str:
        return str(said(client.get(BUNDLE, headers=bearing("ta", **{"Accept-Language": language})))["evidence"]["note"])

    assert (asked("vi"), asked("en")) == ("Ghi chú ngắn", "A short note")


def test_a_change_is_sent(client: FlaskClient, session: Session, device: Device) -> None:
    tag = client.get(BUNDLE, headers=bearing("ta")).headers["ETag"]
    for stop in session.scalars(select(Stop)):
        stop.locked = True
    session.flush()
    assert client.get(BUNDLE, headers=bearing("ta", **{"If-None-Match": tag})).status_code == 200


def test_asking_twice_reserves_once(client: FlaskClient, session: Session, device: Device) -> None:
    for _ in range(3):
        client.get(BUNDLE, headers=bearing("ta"))
    mine = select(func.count()).select_from(NumberBlock).where(NumberBlock.device_id == device.id)
    assert session.scalar(mine) == 2


def test_a_village_pays_by_the_megabyte(client: FlaskClient, device: Device) -> None:
    plain = client.get(BUNDLE, headers=bearing("ta"))
    packed = client.get(BUNDLE, headers=bearing("ta", **{"Accept-Encoding": "gzip"}))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data)
    assert json.loads(gzip.decompress(packed.data))["stops"] == said(plain)["stops"]


def test_the_card_names_what_is_spoken_there_and_whom_to_call(
    client: FlaskClient, session: Session, device: Device
) -> None:
    """A courier who speaks it needs nobody; nobody is kept away by a language."""
    stops = session.scalars(select(Stop).order_by(Stop.sequence)).all()
    stops[0].errands[0].request.tongue, stops[1].errands[0].request.tongue = Tongue.JRAI, Tongue.KINH
    session.add(Interpreter(code="PD-1", name="Phiên Dịch Thử", phone="0900000171", tongues=["jra"], units=[]))
    session.flush()

    def told() -> list[tuple[Any, Any]]:
        doors = [stop["errands"][0] for stop in said(client.get(BUNDLE, headers=bearing("ta")))["stops"]]
        return [(door["tongue"], door["interpreter"]) for door in doors]

    interpreter = {"name": "Phiên Dịch Thử", "phone": "0900000171"}
    assert told() == [({"name": "Tiếng Jrai", "mine": False}, interpreter), (None, None), (None, None)]
    session.get_one(Courier, device.courier_id).tongues = ["jra"]
    session.flush()
    assert told()[0] == ({"name": "Tiếng Jrai", "mine": True}, None)
