"""The API books as the pages do, and a repeated call is never a second booking."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.entitlement import DecideEntitlement, ResultHere
from app.models import Applicant, Partner, ServiceRequest, StoredAnswer
from app.services.booking.entitlements import decide, note_result
from app.unit_of_work import UnitOfWork
from app.web.session import WebContext, context, init_context
from tests.factories import NOW, World, make_desk, make_partner

URL = "/api/v1/service-requests"


def _payload(world: World, **given: Any) -> dict[str, Any]:
    return {
        "kind": "send_and_receive",
        "applicant": {"name": "Nguyễn Văn Thử", "phone": "0900000123"},
        "place": {"unit_code": world.unit.code, "address": "Thôn 2"},
        "dossiers": [{"procedure_code": world.procedure.code, "cases": ["self"]}],
        "slot_id": world.slot.id,
        "consent": True,
    } | given


def _post(
    client: FlaskClient, auth: dict[str, str], payload: dict[str, Any], key: str = "key-00000001"
) -> TestResponse:
    return client.post(URL, json=payload, headers={**auth, "Idempotency-Key": key})


def test_a_booking_answers_201_with_its_address_and_its_link(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    answer = _post(client, auth, _payload(world, external_ref="HS-1"))
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    assert answer.headers["Location"] == f"{URL}/{answer.json['id']}"
    row = session.scalars(select(ServiceRequest)).one()
    assert row.tracking_token in answer.json["tracking_url"]
    assert [errand["kind"] for errand in answer.json["errands"]] == ["collect", "deliver"]


@pytest.mark.parametrize("sent", [False, True])
def test_an_address_of_e_mail_is_kept_only_where_letters_are_sent(
    flask_app: Flask,
    client: FlaskClient,
    session: Session,
    world: World,
    auth: dict[str, str],
    tmp_path: Path,
    *,
    sent: bool,
) -> None:
    links = tmp_path / "links.toml"
    links.write_text('[messages.email]\nhost = "mail.example"\nsender = "tannha@vidu.example"\n' if sent else "")
    with flask_app.app_context():
        here = context()
    init_context(flask_app, WebContext(replace(here.settings, links=links), here.database, here.clock, here.keys))
    applicant = {"name": "Nguyễn Văn Thử", "phone": "0900000123", "email": "ba.thu@vidu.example"}
    assert _post(client, auth, _payload(world, applicant=applicant)).status_code == 201
    assert session.scalars(select(Applicant.email)).one() == ("ba.thu@vidu.example" if sent else None)


def test_the_link_in_the_answer_does_not_follow_the_host_header(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    led_away = {**auth, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for _replayed in range(2):
        answer = _post(client, led_away, _payload(world))
        assert answer.json is not None
        assert answer.json["tracking_url"].startswith("http://localhost:8000/theo-doi/")


def test_a_replay_gets_the_stored_answer_and_books_nothing(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    first, second = (_post(client, auth, _payload(world)) for _ in range(2))
    assert (second.status_code, second.json) == (201, first.json)
    assert second.headers["Location"] == first.headers["Location"]
    assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 1


def test_without_an_idempotency_key_nothing_is_booked(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    answer = client.post(URL, json=_payload(world), headers=auth)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] == "idempotency_key_missing"
    assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 0


def test_the_same_key_for_another_payload_is_refused(client: FlaskClient, world: World, auth: dict[str, str]) -> None:
    _post(client, auth, _payload(world))
    other = _payload(world, place={"unit_code": world.unit.code, "address": "Thôn 3"})
    answer = _post(client, auth, other)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "idempotency_key_reused"


def test_a_refused_booking_leaves_its_key_free(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    assert _post(client, auth, _payload(world, consent=False)).status_code == 422
    assert session.scalar(select(func.count()).select_from(StoredAnswer)) == 0
    assert _post(client, auth, _payload(world)).status_code == 201


def test_keys_of_two_partners_do_not_meet(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    make_partner(session, "another key of tests")
    _post(client, auth, _payload(world))
    answer = _post(client, {"Authorization": "Bearer another key of tests"}, _payload(world))
    assert answer.status_code == 201
    assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 2


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic a"}])
def test_without_a_known_key_the_answer_is_401(client: FlaskClient, world: World, header: dict[str, str]) -> None:
    answer = _post(client, header, _payload(world))
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_faults_are_named_by_field_in_vietnamese(client: FlaskClient, world: World, auth: dict[str, str]) -> None:
    answer = _post(client, auth, _payload(world, consent=False, applicant={"name": "A", "phone": "12"}))
    assert answer.status_code == 422
    assert answer.json is not None
    fields = {fault["field"]: fault["detail"] for fault in answer.json["errors"]}
    assert set(fields) >= {"consent", "applicant.phone"}
    assert "10 số" in fields["applicant.phone"]


def test_a_shape_that_is_wrong_is_named_by_field(client: FlaskClient, world: World, auth: dict[str, str]) -> None:
    answer = _post(client, auth, _payload(world, place={"unit_code": world.unit.code}, surprise=1))
    assert answer.status_code == 422
    assert answer.json is not None
    fields = {fault["field"]: fault["detail"] for fault in answer.json["errors"]}
    assert fields["place.address"] == "Thiếu ô này. Xin điền vào."
    assert "surprise" in fields


def test_a_nul_byte_is_refused_before_it_reaches_the_database(
    client: FlaskClient, world: World, auth: dict[str, str]
) -> None:
    answer = _post(client, auth, _payload(world, applicant={"name": "A\0", "phone": "0900000123"}))
    assert answer.status_code == 400


def test_json_that_is_none_is_a_problem(client: FlaskClient, world: World, auth: dict[str, str]) -> None:
    headers = {**auth, "Idempotency-Key": "key-00000001", "Content-Type": "application/json"}
    answer = client.post(URL, data="{", headers=headers)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_a_procedure_that_needs_the_person_is_refused_with_the_way_out(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    world.procedure.presence = "yes"
    session.flush()
    answer = _post(client, auth, _payload(world))
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["code"] == "person_needed"
    assert world.desk.name in answer.json["detail"]


def test_a_full_slot_is_a_conflict(client: FlaskClient, session: Session, world: World, auth: dict[str, str]) -> None:
    world.slot.capacity = 0
    session.flush()
    answer = _post(client, auth, _payload(world))
    assert (answer.status_code, (answer.json or {})["code"]) == (409, "slot_full")


def test_a_request_is_found_by_id_and_by_the_partners_reference(
    client: FlaskClient, world: World, auth: dict[str, str]
) -> None:
    made = _post(client, auth, _payload(world, external_ref="HS-1"))
    assert made.json is not None
    by_id = client.get(f"{URL}/{made.json['id']}", headers=auth)
    by_ref = client.get(f"{URL}?external_ref=HS-1", headers=auth)
    nobody = client.get(f"{URL}?external_ref=HS-2", headers=auth)
    assert by_id.json == made.json
    assert by_ref.json == {"service_requests": [made.json]}
    assert nobody.json == {"service_requests": []}


def test_a_result_asked_for_by_its_code_names_the_desk_of_the_code_wherever_it_is_found(
    client: FlaskClient, session: UnitOfWork, world: World, auth: dict[str, str]
) -> None:
    """Until somebody confirmed whose it is: another desk's name tells a stranger that the code stands for something."""
    world.desk.dossier_prefix, other = "H21.91.001", make_desk(session)
    code = "H21.91.001-261120-00007"
    dossier = {"procedure_code": world.procedure.code, "cases": ["self"], "code": code}
    asked = _post(client, auth, _payload(world, kind="receive", slot_id=None, dossiers=[dossier]))
    assert asked.json is not None, asked.text
    shown = f"{URL}/{asked.json['id']}"
    note_result(session, ResultHere(code, other.id, "staff:1", NOW))
    session.flush()
    session.expire_all()
    assert client.get(shown, headers=auth).json == asked.json
    assert (asked.json["dossiers"][0]["desk"], asked.json["dossiers"][0]["code"]) == (world.desk.name, None)
    asked_id = UUID(asked.json["dossiers"][0]["id"])
    decide(session, DecideEntitlement(asked_id, other.id, "staff:1", NOW))
    session.flush()
    session.expire_all()
    told = client.get(shown, headers=auth).json
    assert told is not None
    assert (told["dossiers"][0]["desk"], told["dossiers"][0]["code"]) == (other.name, code)


def test_another_partners_request_is_not_found(
    client: FlaskClient, session: Session, world: World, auth: dict[str, str]
) -> None:
    make_partner(session, "another key of tests")
    made = _post(client, auth, _payload(world))
    assert made.json is not None
    answer = client.get(f"{URL}/{made.json['id']}", headers={"Authorization": "Bearer another key of tests"})
    assert answer.status_code == 404


def test_a_call_under_way_asks_the_second_to_wait(
    client: FlaskClient, session: Session, engine: Engine, world: World, auth: dict[str, str]
) -> None:
    lock = f"idempotency {session.scalars(select(Partner.id)).one()} key-00000001"
    with engine.connect() as elsewhere:
        elsewhere.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
        answer = _post(client, auth, _payload(world))
    assert answer.status_code == 409
    assert (answer.json or {})["code"] == "idempotency_in_flight"


def test_now_is_the_tests_clock(client: FlaskClient, session: Session, world: World, auth: dict[str, str]) -> None:
    _post(client, auth, _payload(world))
    assert session.scalars(select(ServiceRequest)).one().created_at == NOW
