"""Our address is what the operator says, a client's what trusted proxies say; neither is what a stranger writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app.clock import Clock
from app.config import Settings
from app.factory import create_app
from app.web.addresses import public_url
from app.web.auth import public
from tests.factories import NOW
from tests.fakes.no_database import NoDatabase

EVIL = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "for=198.51.100.7;host=evil.example"}


def behind(settings: Settings, proxies: int) -> FlaskClient:
    """A web that says where its client is and how it was asked."""
    app = create_app(replace(settings, proxies=proxies), database=NoDatabase(), clock=Clock(fixed=NOW))
    app.add_url_rule("/wer", "wer", public(lambda: f"{request.remote_addr} {request.scheme} {request.host}"))
    return app.test_client()


def heard(client: FlaskClient, forwarded: str) -> str:
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    return client.get("/wer", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}).text


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),  # nobody is trusted: whoever connects is the client
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),  # what a stranger wrote before our proxy did
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),  # fewer hops than there should be: somebody came past a proxy
    ],
)
def test_a_client_is_where_the_trusted_hops_say(settings: Settings, proxies: int, forwarded: str, address: str) -> None:
    assert heard(behind(settings, proxies), forwarded) == f"{address} http localhost:8000"


def test_a_redirect_does_not_lead_where_a_stranger_says(flask_app: Flask, client: FlaskClient) -> None:
    answer = client.get("/dieu-phoi", headers=EVIL)
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost:8000/dieu-phoi/")


def test_a_link_is_ours_whatever_the_client_calls_us(flask_app: Flask) -> None:
    with flask_app.test_request_context("/", headers=EVIL):
        assert public_url("citizens.tracking_page", token="x") == "http://localhost:8000/theo-doi/x"
