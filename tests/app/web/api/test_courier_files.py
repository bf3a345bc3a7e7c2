"""Files over the wire: in parts, from any phone that ever signed in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.config import Keys, Settings, load_keys
from app.domain.file import LARGEST_PART, FilePart
from app.models import Device
from app.services.staff.devices import token_hash
from tests.factories import NOW, make_courier
from tests.factories.files import Picture, make_picture
from tests.factories.phone import make_device

UPLOAD = {"Authorization": "Bearer tu"}


@pytest.fixture
def device(session: Session) -> Device:
    courier = make_courier(session)
    return make_device(session, courier, access_hash=token_hash("ta"), upload_hash=token_hash("tu"))


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """Those of the application under test."""
    return load_keys(settings)


def put(client: FlaskClient, picture: Picture, part: FilePart) -> TestResponse:
    said = f"bytes {part.first}-{part.first + len(part.body) - 1}/{part.total}"
    headers = UPLOAD | {"Content-Range": said}
    return client.put(f"/api/v1/courier/files/{picture.sha256}", data=part.body, headers=headers)


def told(answer: TestResponse) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer.data)
    return body


def test_a_file_comes_in_parts_and_is_whole_at_the_last(client: FlaskClient, device: Device, keys: Keys) -> None:
    picture = make_picture(100_000, keys=keys)
    first, last = (put(client, picture, part) for part in picture.parts)
    assert (first.status_code, told(first)["state"]) == (200, "coming")
    assert (last.status_code, told(last)) == (
        201, {"received": len(picture.box), "total": len(picture.box), "state": "whole"},
    )  # fmt: skip


def test_a_phone_asks_where_to_go_on(client: FlaskClient, device: Device) -> None:
    picture = make_picture(100_000)
    url = f"/api/v1/courier/files/{picture.sha256}"
    assert told(client.get(url, headers=UPLOAD)) == {"received": 0, "total": 0, "state": "coming"}
    put(client, picture, picture.parts[0])
    asked = client.get(url, headers=UPLOAD)
    assert told(asked) == {"received": LARGEST_PART, "total": len(picture.box), "state": "coming"}


def test_a_part_out_of_place_is_answered_with_where_to_go_on(client: FlaskClient, device: Device) -> None:
    picture = make_picture(100_000)
    put(client, picture, picture.parts[0])
    again = put(client, picture, picture.parts[0])
    assert again.status_code == 409
    assert again.mimetype == "application/problem+json"
    assert (told(again)["code"], told(again)["received"]) == ("part_out_of_place", LARGEST_PART)


def test_a_forged_file_is_refused_and_may_begin_again(client: FlaskClient, device: Device) -> None:
    forged = make_picture(inside=b"something else")
    answer = put(client, forged, forged.parts[0])
    assert (answer.status_code, told(answer)["code"]) == (422, "file_forged")
    asked = client.get(f"/api/v1/courier/files/{forged.sha256}", headers=UPLOAD)
    assert told(asked)["received"] == 0


def test_what_is_too_big_is_refused(client: FlaskClient, device: Device) -> None:
    picture = make_picture()
    assert put(client, picture, FilePart(0, 3 * 1024 * 1024, b"x")).status_code == 413
    assert put(client, picture, FilePart(0, 200_000, b"x" * (LARGEST_PART + 1))).status_code == 413


def test_a_name_that_is_no_hash_is_refused(client: FlaskClient, device: Device) -> None:
    headers = UPLOAD | {"Content-Range": "bytes 0-0/1"}
    assert client.put("/api/v1/courier/files/anh.jpg", data=b"x", headers=headers).status_code == 422


def test_a_revoked_phone_still_brings_its_files_home(
    client: FlaskClient, session: Session, device: Device, keys: Keys
) -> None:
    device.revoked_at = NOW
    session.flush()
    picture = make_picture(keys=keys)
    assert put(client, picture, picture.parts[0]).status_code == 201


def test_nobody_else_brings_files(client: FlaskClient, device: Device) -> None:
    picture = make_picture()
    for headers in ({}, {"Authorization": "Bearer ta"}, {"Authorization": "Bearer tx"}):
        answer = client.put(f"/api/v1/courier/files/{picture.sha256}", data=picture.box, headers=headers)
        assert (answer.status_code, told(answer)["code"]) == (401, "sign_in_needed")
