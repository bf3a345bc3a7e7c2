"""A postal carrier pushes to us: believed only behind its signature, kept raw, once, answered at once."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import Clock
from app.config import Settings
from app.factory import create_app
from app.models import InboxMessage
from app.services.outbox import link_health
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import OuterTransaction
from tests.factories import NOW

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SENT = "30/11/2026 08:30:00"
LINKS = """
[carriers.vnpost]
interface = "C"
customer_code = "GL01"
username = "gialai"
secret_file = "secret"
base_url = "https://carrier.example"
service_code = "HCC"
webhook_key_files = ["key.pem"]
"""


def body(status: str = "14", item_code: str = "CP000000001VN", key: rsa.RSAPrivateKey = KEY) -> bytes:
    signed = f"MYVNP{SENT}{item_code}{status}".encode()
    signature = base64.b64encode(key.sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode()
    items = [{"itemCode": item_code, "status": status}, {"itemCode": "CP000000002VN", "status": "14"}]
    return json.dumps({"data": items, "sendDate": SENT, "signature": signature}).encode()


@pytest.fixture
def carrier(settings: Settings, session: UnitOfWork, tmp_path: Path) -> FlaskClient:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "key.pem").write_bytes(KEY.public_key().public_bytes(serialization.Encoding.PEM, form))
    (tmp_path / "secret").write_text("bi-mat-thu")
    (tmp_path / "links.toml").write_text(LINKS)
    joined = replace(settings, links=tmp_path / "links.toml")
    link_health.register(session, {"vnpost": None})
    return create_app(joined, database=OuterTransaction(session), clock=Clock(fixed=NOW)).test_client()


def inbox_messages(session: UnitOfWork) -> list[InboxMessage]:
    return list(session.scalars(select(InboxMessage).order_by(InboxMessage.id)))


def test_what_is_signed_is_kept_raw_and_line_by_line(carrier: FlaskClient, session: UnitOfWork) -> None:
    assert carrier.post("/api/v1/callbacks/vnpost", data=body()).status_code == 202
    whole, first, second = inbox_messages(session)
    assert (whole.kind, whole.raw, whole.state) == ("webhook", body(), "taken")
    assert (first.code, first.fields["milestone"], first.fields["proven"]) == ("14", "delivered", True)
    assert (second.subject, second.fields["proven"]) == ("CP000000002VN", False)  # no signature covered it


def test_told_twice_it_is_kept_once(carrier: FlaskClient, session: UnitOfWork) -> None:
    for _ in range(2):
        assert carrier.post("/api/v1/callbacks/vnpost", data=body()).status_code == 202
    assert len(inbox_messages(session)) == 3


def test_another_signature_is_refused_and_nothing_kept(carrier: FlaskClient, session: UnitOfWork) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    answer = carrier.post("/api/v1/callbacks/vnpost", data=body(key=stranger))
    assert (answer.status_code, answer.get_json()["code"]) == (401, "callback_signature")
    assert inbox_messages(session) == []


@pytest.mark.parametrize(("name", "status"), [("unknown", 404), ("vnpost", 401)])
def test_nonsense_is_refused(carrier: FlaskClient, session: UnitOfWork, name: str, status: int) -> None:
    assert carrier.post(f"/api/v1/callbacks/{name}", data=b'{"data": [{}]}').status_code == status
    assert inbox_messages(session) == []


def test_without_a_links_file_nobody_may_push(client: FlaskClient) -> None:
    assert client.post("/api/v1/callbacks/vnpost", data=body()).status_code == 404
