"""What a phone calls: sign-in for a shift, upload for ever, one answer an operation; tokens, never cookies."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.domain.identity import Role
from app.domain.operation import OperationKind
from app.models import AuditEvent, Courier, Device, Operation, SignInTry, StaffAccount
from app.services.staff import devices
from app.services.staff.access import set_password
from app.services.staff.passwords import hash_password
from app.services.staff.sign_in import FIRST_WAIT
from app.texts.sync import REVIEWS
from tests.factories import NOW, make_courier, make_staff
from tests.factories import operations as say
from tests.fakes.phone import API, ClientLine, Phone

PASSWORD = "mat khau thu"


@pytest.fixture
def courier(session: Session) -> Courier:
    courier = make_courier(session)
    account = session.get_one(StaffAccount, courier.staff_account_id)
    account.username = "buu-ta-thu"
    set_password(session, account, hash_password(PASSWORD), f"staff:{account.id}", NOW)
    session.flush()
    return courier


def clock() -> datetime:
    return NOW


def signed_in(client: FlaskClient, **own: Any) -> Phone:
    return Phone.signed_in(ClientLine(client), "buu-ta-thu", PASSWORD, clock, Random(7), **own)


def ask(client: FlaskClient, method: str, path: str, token: str = "", **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.open(f"{API}{path}", method=method, headers=headers, json=body or None)


def sign_in_body(**given: Any) -> dict[str, Any]:
    return {"username": "buu-ta-thu", "password": PASSWORD, "name": "Android thử", "device_id": None, **given}


def test_a_courier_signs_a_phone_in(client: FlaskClient, courier: Courier, session: Session) -> None:
    answer = ask(client, "POST", "/sign-in", **sign_in_body())

    assert answer.status_code == 201
    body = answer.json
    assert (body["courier"], body["last_seq"], body["head_hash"]) == (
        {"id": courier.id, "name": courier.name}, 0, "0" * 64,
    )  # fmt: skip
    assert datetime.fromisoformat(body["access_until"]) - NOW == timedelta(hours=14)
    device = session.get_one(Device, UUID(body["device_id"]))
    assert device.access_hash == devices.token_hash(body["access_token"])
    assert body["upload_token"] not in str(vars(device))
    assert "Set-Cookie" not in answer.headers


def test_a_known_phone_goes_on_with_its_numbers(client: FlaskClient, courier: Courier) -> None:
    line = ClientLine(client)
    phone = signed_in(client)
    phone.record(OperationKind.STOP_ADDED, say.stop_added("RT000000000VN"))
    phone.send(line)

    body = phone.ask_in(line, "buu-ta-thu", PASSWORD).body

    assert (body["device_id"], body["last_seq"], body["head_hash"]) == (str(phone.device_id), 1, phone.head)
    assert ask(client, "GET", "/status", phone.upload_token).status_code == 401
    assert ask(client, "GET", "/status", body["upload_token"]).json["last_seq"] == 1


def test_a_colleague_s_or_a_revoked_phone_is_enrolled_anew(
    client: FlaskClient, courier: Courier, session: Session
) -> None:
    phone = signed_in(client)
    devices.revoke(session, phone.device_id, "staff:1", "mất máy", NOW)
    body = ask(client, "POST", "/sign-in", **sign_in_body(device_id=str(phone.device_id))).json
    assert body["device_id"] != str(phone.device_id)


def test_a_wrong_password_is_counted_and_refused_as_everywhere(
    client: FlaskClient, courier: Courier, session: Session
) -> None:
    answers = [ask(client, "POST", "/sign-in", **sign_in_body(password="sai")) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert answers[0].json["code"] == "sign_in_refused"
    assert session.scalars(select(SignInTry)).one().tries == 5


def test_who_may_not_try_any_more_is_told_how_long(client: FlaskClient, courier: Courier) -> None:
    answers = [ask(client, "POST", "/sign-in", **sign_in_body(password="sai")) for _ in range(5)]
    assert ["Còn 4 lần thử" in answers[0].json["detail"], "Còn 1 lần thử" in answers[3].json["detail"]] == [True, True]
    assert 0 < answers[4].json["retry_after"] <= FIRST_WAIT.total_seconds()
    assert answers[4].json["code"] == "sign_in_slow"


def test_the_phone_of_the_courier_is_let_in_while_strangers_guess(client: FlaskClient, courier: Courier) -> None:
    own = ask(client, "POST", "/sign-in", **sign_in_body()).json["device_id"]
    for _ in range(5):
        ask(client, "POST", "/sign-in", **sign_in_body(password="sai"))
    assert ask(client, "POST", "/sign-in", **sign_in_body()).status_code == 429
    assert ask(client, "POST", "/sign-in", **sign_in_body(device_id=own)).status_code == 201


def test_a_password_that_somebody_else_gave_signs_no_phone_in(
    client: FlaskClient, courier: Courier, session: Session
) -> None:
    account = session.get_one(StaffAccount, courier.staff_account_id)
    set_password(session, account, hash_password(PASSWORD), "system", NOW)
    session.flush()
    answer = ask(client, "POST", "/sign-in", **sign_in_body())
    assert (answer.status_code, answer.json["code"]) == (403, "first_password")


def test_only_couriers_sign_phones_in(client: FlaskClient, session: Session) -> None:
    clerk = make_staff(session, Role.COUNTER)
    set_password(session, clerk, hash_password(PASSWORD), f"staff:{clerk.id}", NOW)
    session.flush()
    answer = ask(client, "POST", "/sign-in", **sign_in_body(username=clerk.username))
    assert (answer.status_code, answer.json["code"]) == (403, "not_a_courier")


@pytest.mark.parametrize("path", ["/ops", "/sign-out", "/status"])
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic abc"}])
def test_without_a_token_nobody_comes_in(client: FlaskClient, path: str, header: dict[str, str]) -> None:
    answer: Any = client.open(f"{API}{path}", method="GET" if path == "/status" else "POST", headers=header, json={})
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_access_token_opens_no_upload(client: FlaskClient, courier: Courier) -> None:
    phone = signed_in(client)
    assert ask(client, "GET", "/status", phone.access_token).status_code == 401


@pytest.mark.parametrize("end", ["revoked", "epoch", "inactive", "too_late", "courier_gone"])
def test_access_ends_and_upload_goes_on(client: FlaskClient, courier: Courier, session: Session, end: str) -> None:
    phone = signed_in(client)
    device = session.get_one(Device, phone.device_id)
    account = session.get_one(StaffAccount, courier.staff_account_id)
    assert devices.by_access(session, phone.access_token, NOW) is not None
    if end == "revoked":
        devices.revoke(session, device.id, "staff:1", "mất máy", NOW)
    elif end == "epoch":
        account.session_epoch += 1
    elif end == "inactive":
        account.active = False
    elif end == "too_late":
        device.access_until = NOW
    else:
        courier.active = False
    session.flush()

    assert devices.by_access(session, phone.access_token, NOW) is None
    status = ask(client, "GET", "/status", phone.upload_token)
    assert (status.status_code, status.json["access_ended"], status.json["revoked"]) == (200, True, end == "revoked")


def test_a_phone_signed_out_from_afar_sends_for_two_weeks_and_then_says_where_to_go(
    client: FlaskClient, courier: Courier, session: Session
) -> None:
    phone = signed_in(client)
    device = session.get_one(Device, phone.device_id)
    devices.revoke(session, device.id, "staff:1", "mất máy", NOW - timedelta(days=14))
    session.flush()
    assert ask(client, "GET", "/status", phone.upload_token).status_code == 200
    device.revoked_at = NOW - timedelta(days=14, seconds=1)
    session.flush()
    answer = ask(client, "GET", "/status", phone.upload_token)
    assert (answer.status_code, answer.json["code"]) == (401, "upload_over")
    assert "gói cứu hộ" in answer.json["detail"]


def test_signing_out_waits_for_the_queue(client: FlaskClient, courier: Courier, session: Session) -> None:
    phone = signed_in(client)

    refused = ask(client, "POST", "/sign-out", phone.upload_token, waiting=2, waiting_files=3)
    assert (refused.status_code, refused.json["code"]) == (409, "queue_not_empty")
    assert "2 việc và 3 ảnh" in refused.json["detail"]
    assert devices.by_access(session, phone.access_token, NOW) is not None

    assert ask(client, "POST", "/sign-out", phone.upload_token, waiting=0, waiting_files=0).status_code == 204
    assert ask(client, "POST", "/sign-out", phone.upload_token, waiting=0, waiting_files=0).status_code == 204
    assert devices.by_access(session, phone.access_token, NOW) is None


def test_operations_come_home_over_the_wire(client: FlaskClient, courier: Courier, session: Session) -> None:
    line = ClientLine(client)
    phone = signed_in(client)
    op = phone.record(OperationKind.STOP_ADDED, say.stop_added("RT000000000VN"))

    body = phone.send(line)

    assert body.keys() == {"now", "epoch", "revoked", "access_ended", "owes", "answers"}
    assert body["answers"][0].keys() == {"op_id", "result", "reviews", "problem", "errand", "parcel", "stored"}
    assert session.get_one(Operation, op.header.op_id).device_id == phone.device_id
    assert phone.queue == []


def test_a_courier_is_answered_in_the_language_of_the_phone(client: FlaskClient, courier: Courier) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    phone = signed_in(client)
    phone.record(OperationKind.STOP_ADDED, say.stop_added("RT000000000VN"))

    (review,) = phone.send(ClientLine(client))["answers"][0]["reviews"]

    assert review["detail"] == texts.say(REVIEWS[review["code"]], "en", parcel="RT000000000VN")
    assert review["detail"] != texts.say(REVIEWS[review["code"]], "vi", parcel="RT000000000VN")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ops": []}, "ops"),
        ({"ops": [{}] * 51}, "ops"),
        ({"ops": [{}], "sent_at": "hôm qua"}, "sent_at"),
        ({"ops": [{}], "waiting": -1}, "waiting"),
    ],
)
def test_a_malformed_envelope_is_named(client: FlaskClient, courier: Courier, body: dict[str, Any], field: str) -> None:
    phone = signed_in(client)
    whole = {"sent_at": "2026-11-30T02:00:00.000Z", "waiting": 0, "waiting_files": 0, **body}
    answer = ask(client, "POST", "/ops", phone.upload_token, **whole)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_what_is_no_json_is_refused(client: FlaskClient, courier: Courier) -> None:
    headers = {"Authorization": f"Bearer {signed_in(client).upload_token}", "Content-Type": "application/json"}
    assert client.post(f"{API}/ops", headers=headers, data=b"{").status_code in {400, 422}


def test_a_phone_needs_no_token_of_pages(csrf_client: FlaskClient, courier: Courier) -> None:
    assert signed_in(csrf_client).upload_token


def test_guessing_passwords_is_braked(client: FlaskClient, courier: Courier) -> None:
    codes = {ask(client, "POST", "/sign-in", **sign_in_body(username=f"ai-{n}")).status_code for n in range(41)}
    assert codes == {422, 429}


def test_signing_in_and_out_leaves_its_marks(client: FlaskClient, courier: Courier, session: Session) -> None:
    phone = signed_in(client)
    ask(client, "POST", "/sign-out", phone.upload_token, waiting=0, waiting_files=0)
    marks = session.query(AuditEvent).filter(AuditEvent.object_kind == "device").all()
    assert [mark.action for mark in marks] == ["sign_in", "register_key", "sign_out"]


def test_a_phone_tells_with_its_question_what_it_still_holds(
    client: FlaskClient, courier: Courier, session: Session
) -> None:
    phone = signed_in(client)
    ask(client, "GET", "/status?waiting=3&waiting_files=2", phone.upload_token)
    assert session.execute(select(Device.waiting, Device.waiting_files)).one() == (3, 2)
    ask(client, "GET", "/status", phone.upload_token)  # a phone of before
    assert session.execute(select(Device.waiting, Device.waiting_files)).one() == (3, 2)
