"""The pages about phones: who was heard when, a lost phone, facts to look at, a package fed in by hand."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from html import unescape
from uuid import uuid4
from zipfile import ZipFile

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings, load_keys
from app.domain.identity import Role
from app.domain.operation import OperationKind
from app.models import AuditEvent, Device, OperationPayload
from app.services.evidence.sealed import public_point
from app.texts import say
from app.texts.sync import REVIEWS
from app.unit_of_work import UnitOfWork
from app.web.bodies import longest
from app.web.coordinators import rescue
from tests.app.services.sync.street import Street, make_street
from tests.app.web.conftest import SignIn
from tests.app.web.coordinators.conftest import Scene
from tests.factories import NOW, make_staff
from tests.factories.phone import make_device


def a_phone(session: Session, scene: Scene, **given: object) -> Device:
    return make_device(session, scene.route(scene.own).courier, **given)


def unclear(session: UnitOfWork) -> Street:
    """A courier tells of an envelope that is in no book."""
    street = make_street(session)
    street.record(OperationKind.INCIDENT, {"incident": "lost", "parcel": "RT999999998VN", "note": ""})
    street.send()
    return street


def test_a_phone_is_shown_with_what_waits_on_it_and_its_clock(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    a_phone(session, scene, waiting=3, waiting_files=7, offset_ms=-600_000)
    page = coordinator.get("/dieu-phoi/dien-thoai").text
    for words in ("vừa xong", "3 việc, 7 tệp", "Đồng hồ nhanh 10 phút", scene.route(scene.own).courier.name):
        assert words in page


def test_a_lost_phone_is_signed_out_with_a_reason_and_once(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    device = a_phone(session, scene, waiting=2)
    address = f"/dieu-phoi/dien-thoai/{device.id}/dang-xuat"
    refused = coordinator.post(address, data={"reason": " "})
    assert refused.status_code == 422
    assert "Chưa ghi vì sao đăng xuất máy này." in refused.text
    for _ in range(2):
        page = coordinator.post(address, data={"reason": "mất máy ở chợ"}, follow_redirects=True).text
    assert "Đã đăng xuất" in page
    assert "mất máy ở chợ" in page
    session.refresh(device)
    assert device.revoked_at is not None
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "revoke")).all()) == 1


def test_a_manager_does_not_reach_another_office_s_phone(scene: Scene, manager: FlaskClient, session: Session) -> None:
    device = make_device(session, scene.route(scene.foreign).courier)
    assert manager.get(f"/dieu-phoi/dien-thoai/{device.id}/dang-xuat").status_code == 404
    assert device.name not in manager.get("/dieu-phoi/dien-thoai").text


def test_an_unclear_fact_says_what_happened_and_ends_with_a_note(session: UnitOfWork, coordinator: FlaskClient) -> None:
    street = unclear(session)
    operation = street.phone.written[0].op_id
    page = coordinator.get("/dieu-phoi/can-xem").text
    assert "Báo sự cố" in page
    assert street.road.world.courier.name in page
    assert "Mã phong bì chưa có trong sổ." in page
    assert coordinator.post(f"/dieu-phoi/can-xem/{operation}", data={"note": ""}).status_code == 422
    done = coordinator.post(f"/dieu-phoi/can-xem/{operation}", data={"note": "đã tìm thấy"}, follow_redirects=True)
    assert "Đã ghi cách xử lý." in done.text
    assert "Báo sự cố" not in done.text
    assert session.scalars(select(OperationPayload)).all() == []


def test_who_looks_reads_the_own_language_whatever_the_courier_reads(
    session: UnitOfWork, coordinator: FlaskClient
) -> None:
    street = make_street(session)
    street.record(OperationKind.INCIDENT, {"incident": "lost", "parcel": "RT999999998VN", "note": ""})
    (answer,) = street.send(language="en")
    read = {tongue: say(REVIEWS["parcel_unknown"], tongue, parcel="RT999999998VN") for tongue in ("vi", "en")}
    page = unescape(coordinator.get("/dieu-phoi/can-xem").text)
    assert answer["reviews"][0]["detail"] == read["en"]
    assert (read["vi"] in page, read["en"] in page) == (True, False)


def test_an_unclear_fact_is_a_task_on_the_board(session: UnitOfWork, coordinator: FlaskClient) -> None:
    street = unclear(session)
    board = coordinator.get("/dieu-phoi/").text
    assert "Việc từ máy bưu tá chưa rõ." in board
    assert f"/dieu-phoi/can-xem#op-{street.phone.written[0].op_id}" in board


def test_a_manager_of_another_office_settles_nothing(session: UnitOfWork, stranger: FlaskClient) -> None:
    operation = unclear(session).phone.written[0].op_id
    assert stranger.post(f"/dieu-phoi/can-xem/{operation}", data={"note": "x"}).status_code == 404
    assert "Báo sự cố" not in stranger.get("/dieu-phoi/can-xem").text


def package(*ops: object) -> dict[str, object]:
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("ops.json", json.dumps({"version": 1, "ops": ops}))
    content.seek(0)
    return {"file": (content, "cuu-ho.zip")}


def test_a_package_is_fed_in_and_answered(session: UnitOfWork, coordinator: FlaskClient, settings: Settings) -> None:
    street = make_street(session)
    street.phone.point = public_point(load_keys(settings))  # this installation's
    wire = street.record(OperationKind.INCIDENT, {"incident": "lost", "parcel": "RT999999998VN", "note": ""}).wire
    page = coordinator.post("/dieu-phoi/cuu-ho", data=package({"device_id": str(street.device.id), **wire}))
    assert page.status_code == 200
    assert "Đã nạp xong." in page.text
    assert "Đã ghi, cần xem" in page.text


def test_what_is_no_package_is_refused_in_a_sentence(coordinator: FlaskClient) -> None:
    answer = coordinator.post("/dieu-phoi/cuu-ho", data={"file": (io.BytesIO(b"x"), "anh.zip")})
    assert answer.status_code == 422
    assert "không phải gói cứu hộ" in answer.text
    assert coordinator.post("/dieu-phoi/cuu-ho", data={}).status_code == 422
    unknown = coordinator.post("/dieu-phoi/cuu-ho", data=package({"device_id": str(uuid4()), "seq": 1}))
    assert "chưa từng đăng nhập ở đây" in unknown.text


def test_a_large_package_passes_the_gate_that_stops_other_pages(flask_app: Flask) -> None:
    limits = {}
    for page in ("/dieu-phoi/cuu-ho", "/dieu-phoi/lap-ke-hoach"):
        with flask_app.test_request_context(page, method="POST"):
            limits[page] = longest(flask_app, request.endpoint)
    assert limits["/dieu-phoi/cuu-ho"] > 60 * 1024 * 1024 > limits["/dieu-phoi/lap-ke-hoach"] > 0


def test_couriers_and_clerks_see_none_of_it(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.DESK_CLERK))
    for page in ("dien-thoai", "can-xem", "cuu-ho"):
        assert client.get(f"/dieu-phoi/{page}").status_code == 403


def test_a_package_too_large_for_one_press_says_to_feed_it_in_again(
    session: UnitOfWork, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescue, "WITHIN_S", -1.0)
    street = make_street(session)
    street.collect()
    package = io.BytesIO()
    with ZipFile(package, "w") as archive:
        ops = [{"device_id": str(street.device.id), **one.wire} for one in street.phone.queue]
        archive.writestr("ops.json", json.dumps({"version": 1, "ops": ops}))
    package.seek(0)
    page = coordinator.post("/dieu-phoi/cuu-ho", data={"file": (package, "cuu-ho.zip")}).text
    assert "Chưa nạp hết gói: còn 1 mục." in page
    assert "Đã nạp xong." not in page


def test_a_phone_that_another_took_the_place_of_never_seems_empty(
    scene: Scene, coordinator: FlaskClient, session: Session
) -> None:
    old = a_phone(session, scene, waiting=3, last_contact_at=NOW - timedelta(hours=1))
    make_device(session, old.courier, enrolled_at=NOW + timedelta(minutes=1), last_contact_at=NOW)
    page = coordinator.get("/dieu-phoi/dien-thoai").text
    assert "Máy cũ còn 3 việc" in page
    assert "Việc số 1–3 chưa về" in page
    old.waiting = 0
    session.flush()
    assert "không rõ còn việc không" in coordinator.get("/dieu-phoi/dien-thoai").text
