"""An operator reports: believed at its own address alone, for a message that we gave it, once and for all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import Clock
from app.config import Settings, load_keys
from app.factory import create_app
from app.models import Message, Sending
from app.services.messaging import messages, sendings
from app.services.messaging.report_address import report_address
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import OuterTransaction
from tests.factories import NOW, make_request

LINKS = """
[messages.esms]
sender = "TANNHA"
api_key_file = "secret"
secret_file = "secret"
"""
OPERATOR_ID = "9007199254740993"


@pytest.fixture
def joined(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "secret").write_text("not-a-secret")
    (tmp_path / "links.toml").write_text(LINKS)
    return replace(settings, links=tmp_path / "links.toml")


@pytest.fixture
def operator(joined: Settings, session: UnitOfWork) -> FlaskClient:
    return create_app(joined, database=OuterTransaction(session), clock=Clock(fixed=NOW)).test_client()


@pytest.fixture
def taken(session: UnitOfWork) -> Message:
    """A message that the operator took."""
    request = make_request(session)
    messages.tell(session, request, None, "courier_on_way", NOW, f"t:{request.id}")
    message = session.scalars(select(Message).where(Message.request_id == request.id)).one()
    row = sendings.begin(session, message, "esms", NOW, reports=True, is_repeat=False)
    sendings.taken(session, row.id, OPERATOR_ID, NOW)
    return message


def address(joined: Settings, channel: str = "esms") -> str:
    return report_address("", load_keys(joined), channel)


def finished(**change: str) -> dict[str, Any]:
    told = {"SMSID": OPERATOR_ID, "SendStatus": "5", "SendSuccess": "1", "SendFailed": "0", "RequestId": ""}
    return {"query_string": told | change}


def test_a_report_at_our_address_is_believed(operator: FlaskClient, joined: Settings, taken: Message) -> None:
    assert operator.get(address(joined), **finished()).status_code == 200
    assert taken.state == "delivered"


def test_a_report_may_come_as_a_form(operator: FlaskClient, joined: Settings, taken: Message) -> None:
    assert operator.post(address(joined), data=finished()["query_string"]).status_code == 200
    assert taken.state == "delivered"


def test_a_report_at_a_guessed_address_is_not(operator: FlaskClient, joined: Settings, taken: Message) -> None:
    for guessed in (address(joined)[:-1] + "z", address(joined, "speedsms").replace("speedsms", "esms")):
        assert operator.get(guessed, **finished()).status_code == 404
    assert taken.state == "taken"


def test_a_report_on_no_message_of_ours_is_answered_and_changes_nothing(
    operator: FlaskClient, joined: Settings, taken: Message
) -> None:
    assert operator.get(address(joined), **finished(SMSID="1", RequestId=str(uuid4()))).status_code == 200
    assert taken.state == "taken"


def test_a_report_that_comes_again_or_late_changes_no_end(
    operator: FlaskClient, joined: Settings, taken: Message
) -> None:
    for change in ({}, {}, {"SendSuccess": "0", "SendFailed": "1"}):
        assert operator.get(address(joined), **finished(**change)).status_code == 200
    assert taken.state == "delivered"


def test_a_report_that_nobody_can_read_says_so(operator: FlaskClient, joined: Settings, taken: Message) -> None:
    answer = operator.get(address(joined), **finished(SendStatus=""))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "callback_unreadable")
    assert taken.state == "taken"


def test_an_operator_that_is_not_joined_reports_to_nobody(operator: FlaskClient, joined: Settings) -> None:
    assert operator.post(address(joined, "speedsms"), json={"type": "report"}).status_code == 404


def test_the_operator_is_asked_what_its_report_did_not_say(session: UnitOfWork, taken: Message) -> None:
    def asked_after(minutes: int) -> list[str | None]:
        at = NOW + timedelta(minutes=minutes)
        rows = [row for row in sendings.under_way(session, "esms", at, 50) if sendings.asked(session, row, at)]
        session.expire_all()
        return [row.operator_id for row in rows]

    assert asked_after(1) == []
    assert asked_after(2) == [OPERATOR_ID]
    assert asked_after(3) == []
    assert asked_after(4) == [OPERATOR_ID]
    assert asked_after(7) == []
    assert asked_after(8) == [OPERATOR_ID]
    assert asked_after(60 * 49) == []
    sending = session.scalars(select(Sending).where(Sending.message_id == taken.id)).one()
    assert sending.asked_at == NOW + timedelta(minutes=8)


def test_of_two_that_would_ask_at_once_one_does(session: UnitOfWork, taken: Message) -> None:
    at = NOW + timedelta(minutes=2)
    (row,) = sendings.under_way(session, "esms", at, 50)
    assert row.asked_at is None
    session.expunge(row)
    assert [sendings.asked(session, row, at) for _ in range(2)] == [True, False]


# -- an operator that signs

ZNS = """
[messages.zns]
app_id = "4242"
secret_file = "secret"
webhook_secret_file = "secret"
tokens_file = "tokens.json"
templates.courier_on_way = { id = "1", params = ["reference"] }
"""
ARRIVED = json.dumps({"event_name": "user_received_message", "message": {"msg_id": OPERATOR_ID}, "timestamp": "17"})


def mac(secret: str) -> dict[str, str]:
    return {"X-ZEvent-Signature": "mac=" + hashlib.sha256(f"4242{ARRIVED}17{secret}".encode()).hexdigest()}


@pytest.fixture
def zalo(joined: Settings, session: UnitOfWork) -> FlaskClient:
    assert joined.links is not None
    joined.links.write_text(LINKS + ZNS)
    (joined.links.parent / "tokens.json").write_text("{}")
    return create_app(joined, database=OuterTransaction(session), clock=Clock(fixed=NOW)).test_client()


@pytest.mark.parametrize(
    ("secret", "status", "state"), [("not-a-secret", 200, "delivered"), ("a stranger's", 401, "taken")]
)
def test_a_signed_report_is_believed_behind_its_signature(
    zalo: FlaskClient, session: UnitOfWork, taken: Message, secret: str, status: int, state: str
) -> None:
    session.scalars(select(Sending).where(Sending.message_id == taken.id)).one().channel = "zns"
    session.flush()
    answer = zalo.post("/api/v1/callbacks/messages/zns", data=ARRIVED, headers=mac(secret))
    assert answer.status_code == status
    assert taken.state == state


def test_an_operator_that_does_not_sign_has_no_open_address(operator: FlaskClient, taken: Message) -> None:
    assert operator.post("/api/v1/callbacks/messages/esms", data=finished()["query_string"]).status_code == 404
    assert taken.state == "taken"
