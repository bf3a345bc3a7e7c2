"""A phone's own key: registered once and proved, asked for at sign-in; phones without one go on as they were."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.operation import OperationKind
from app.domain.signing import enrolment_text, sign_in_text
from app.models import AuditEvent, Device, DeviceKey, Operation
from app.services.staff import devices, phone_keys
from tests.app.web.api.test_courier import PASSWORD, ask, clock, courier, signed_in  # noqa: F401 (a fixture)
from tests.factories import KEYS, NOW
from tests.factories import operations as say
from tests.fakes.phone import API, ClientLine, Phone, key_of_phone, signed, spki

NAME = "buu-ta-thu"
pytestmark = pytest.mark.usefixtures("courier")


def enrolled(client: FlaskClient) -> Phone:
    """Signed in a moment ago, its key still unknown."""
    return signed_in(client, signs=False)


def key_of(session: Session, phone: Phone) -> DeviceKey:
    return session.get_one(DeviceKey, phone.device_id)


def asked(phone: Phone, **changed: Any) -> dict[str, Any]:
    key = key_of_phone(phone.device_id)
    body: dict[str, Any] = {"public_key": spki(key), "signed_from_seq": 1} | changed
    text = enrolment_text(phone.device_id, body["public_key"], body["signed_from_seq"])
    return {"signature": signed(key, text)} | body


def test_a_phone_registers_its_key_and_what_it_writes_then_is_signed(client: FlaskClient, session: Session) -> None:
    phone = enrolled(client)
    assert phone.register_key(ClientLine(client)).body["signed_from_seq"] == 1
    phone.record(OperationKind.STOP_ADDED, say.stop_added("RT000000000VN"))
    phone.sync(ClientLine(client))
    operation = session.scalars(select(Operation)).one()
    assert operation.signature is not None
    assert not {"unsigned", "unsigned_late", "bad_signature"} & set(operation.reviews)
    said = session.scalars(select(AuditEvent).where(AuditEvent.action == "register_key")).one()
    assert (said.object_id, said.detail["signed_from"]) == (str(phone.device_id), 1)


def test_registering_twice_is_registering_once(client: FlaskClient, session: Session) -> None:
    phone = enrolled(client)
    first, again = phone.register_key(ClientLine(client)), phone.register_key(ClientLine(client))
    assert (first.status, again.status, first.body) == (200, 200, again.body)
    assert session.scalars(select(DeviceKey)).one().device_id == phone.device_id


def test_another_key_is_another_enrolment(client: FlaskClient, session: Session) -> None:
    phone, other = enrolled(client), enrolled(client)
    phone.register_key(ClientLine(client))
    key = key_of_phone(other.device_id)
    text = enrolment_text(phone.device_id, spki(key), 1)
    body = {"public_key": spki(key), "signed_from_seq": 1, "signature": signed(key, text)}
    answer = ask(client, "POST", "/key", phone.upload_token, **body)
    assert (answer.status_code, answer.json["code"]) == (409, "phone_key_registered")
    assert key_of(session, phone).public_key == spki(key_of_phone(phone.device_id))


def test_one_key_is_of_one_phone(client: FlaskClient) -> None:
    phone, other = enrolled(client), enrolled(client)
    phone.register_key(ClientLine(client))
    key = key_of_phone(phone.device_id)
    text = enrolment_text(other.device_id, spki(key), 1)
    body = {"public_key": spki(key), "signed_from_seq": 1, "signature": signed(key, text)}
    assert ask(client, "POST", "/key", other.upload_token, **body).status_code == 409


def test_who_registers_shows_the_other_half(client: FlaskClient, session: Session) -> None:
    phone = enrolled(client)
    for body in (asked(phone) | {"signature": "AAAA"}, asked(phone) | {"signed_from_seq": 2}):
        answer = ask(client, "POST", "/key", phone.upload_token, **body)
        assert (answer.status_code, answer.json["code"]) == (422, "phone_key_unproved")
    assert session.scalars(select(DeviceKey)).first() is None


@pytest.mark.parametrize("public_key", ["AAAA", spki(generate_private_key(SECP384R1())), "x"])
def test_what_is_no_key_of_the_curve_is_refused(client: FlaskClient, public_key: str) -> None:
    phone = enrolled(client)
    body = asked(phone) | {"public_key": public_key}
    answer = ask(client, "POST", "/key", phone.upload_token, **body)
    assert (answer.status_code, answer.json["code"]) == (422, "phone_key_malformed")


@pytest.mark.parametrize("end", ["shift", "revoked"])
def test_only_a_phone_that_is_signed_in_registers_a_key(client: FlaskClient, session: Session, end: str) -> None:
    """The upload token lies readable on the phone, and a lost phone keeps it."""
    phone = enrolled(client)
    device = session.get_one(Device, phone.device_id)
    if end == "shift":
        device.access_until = NOW
    else:
        devices.revoke(session, device.id, "staff:1", "mất máy", NOW)
    session.flush()
    answer = ask(client, "POST", "/key", phone.upload_token, **asked(phone))
    assert (answer.status_code, answer.json["code"]) == (403, "phone_not_signed_in")


def test_what_has_come_already_stays_as_it_is(client: FlaskClient, session: Session) -> None:
    phone = enrolled(client)
    session.get_one(Device, phone.device_id).last_seq = 7
    session.flush()
    assert ask(client, "POST", "/key", phone.upload_token, **asked(phone)).json["signed_from_seq"] == 8


def test_a_phone_can_not_put_signing_off_for_ever(client: FlaskClient) -> None:
    phone = enrolled(client)
    answer = ask(client, "POST", "/key", phone.upload_token, **asked(phone, signed_from_seq=6000))
    assert (answer.status_code, answer.json["code"]) == (422, "phone_key_too_far")


def test_a_known_phone_shows_its_key_and_goes_on(client: FlaskClient) -> None:
    phone = enrolled(client)
    phone.register_key(ClientLine(client))
    again = phone.ask_in(ClientLine(client), NAME, PASSWORD)
    assert (again.status, again.body["device_id"]) == (201, str(phone.device_id))


def test_who_knows_the_password_and_the_number_of_a_phone_is_not_that_phone(
    client: FlaskClient, session: Session
) -> None:
    phone = enrolled(client)
    phone.register_key(ClientLine(client))
    phone.key = None
    stranger = phone.ask_in(ClientLine(client), NAME, PASSWORD)
    assert stranger.body["device_id"] != str(phone.device_id)
    assert devices.by_upload(session, phone.upload_token, NOW) is not None, "the courier's own phone is still heard"


def test_a_phone_of_today_signs_in_as_it_did_yesterday(client: FlaskClient) -> None:
    phone = enrolled(client)
    again = phone.ask_in(ClientLine(client), NAME, PASSWORD)
    assert again.body["device_id"] == str(phone.device_id)


@pytest.mark.parametrize("what", ["old", "other phone", "forged", "garbage"])
def test_only_a_fresh_challenge_of_ours_counts(session: Session, client: FlaskClient, what: str) -> None:
    phone = enrolled(client)
    phone.register_key(ClientLine(client))
    device, made, told = session.get_one(Device, phone.device_id), NOW, ""
    if what == "old":
        made = NOW - timedelta(minutes=6)
    told = phone_keys.challenge(UUID(int=1) if what == "other phone" else device.id, KEYS, made)
    if what == "forged":
        told = told[:-6] + "AAAAA="
    if what == "garbage":
        told = "_"
    assert phone.key is not None
    answered = phone_keys.ChallengeAnswered(told, b64decode(signed(phone.key, sign_in_text(device.id, told))))
    assert not phone_keys.proved(session, device, answered, KEYS, clock())


def test_signed_acts_wait_until_their_key_is_known(client: FlaskClient, session: Session) -> None:
    """A database restored from a copy of before: to judge them now would make claims of honest acts."""
    phone = enrolled(client)
    phone.key = key_of_phone(phone.device_id)
    phone.record(OperationKind.STOP_ADDED, say.stop_added("RT000000000VN"))
    body = ClientLine(client).ask("POST", f"{API}/ops", phone.upload_token, phone.batch(phone.queue), {})
    assert (body.status, body.body["code"]) == (409, "phone_key_unknown")
    assert session.scalars(select(Operation)).first() is None


def test_a_challenge_is_asked_for_any_number_and_tells_nothing(client: FlaskClient) -> None:
    for device_id in (UUID(int=5), enrolled(client).device_id):
        answer = ask(client, "POST", "/challenge", device_id=str(device_id))
        assert (answer.status_code, set(answer.json)) == (200, {"challenge"})
