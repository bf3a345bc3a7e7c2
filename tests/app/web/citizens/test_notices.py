"""News in the citizen's own browser: offered where notices are sent, allowed and ended on the tracking page."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import PushSubscription, ServiceRequest
from tests.factories import make_request
from tests.fakes.browser import Browser

CHROME = Browser("https://fcm.googleapis.com/fcm/send/c1:APA91b")


@pytest.fixture
def mine(session: Session) -> ServiceRequest:
    return make_request(session)


def press(client: FlaskClient, mine: ServiceRequest, told: Any, turn: str = "on") -> int:
    data = {"browser": told if isinstance(told, str) else json.dumps(told), "turn": turn}
    return client.post(f"/theo-doi/{mine.tracking_token}/bao-tren-may", data=data).status_code


def page(client: FlaskClient, mine: ServiceRequest) -> str:
    return client.get(f"/theo-doi/{mine.tracking_token}").text


def test_nobody_is_asked_where_no_notices_are_sent(client: FlaskClient, mine: ServiceRequest) -> None:
    assert 'data-module="notices"' not in page(client, mine)
    assert press(client, mine, CHROME.subscription) == 422


def test_a_browser_is_allowed_and_ended_with_one_press_each(
    client: FlaskClient, session: Session, mine: ServiceRequest, notices: str
) -> None:
    assert f'hidden data-module="notices" data-key="{notices}" data-browsers=""' in page(client, mine)
    assert press(client, mine, CHROME.subscription) == 303
    row = session.scalars(select(PushSubscription)).one()
    assert (row.request_id, row.endpoint, row.p256dh) == (mine.id, CHROME.endpoint, CHROME.p256dh)
    assert row.server_key == notices
    assert press(client, mine, CHROME.subscription, "off") == 303
    assert session.scalars(select(PushSubscription)).all() == []


@pytest.mark.usefixtures("notices")
def test_the_page_knows_a_browser_by_its_mark_and_tells_nobody_its_address(
    client: FlaskClient, mine: ServiceRequest
) -> None:
    press(client, mine, CHROME.subscription)
    shown = page(client, mine)
    assert f'data-browsers="{hashlib.sha256(CHROME.endpoint.encode()).hexdigest()}"' in shown
    assert CHROME.endpoint not in shown
    assert CHROME.auth not in shown


@pytest.mark.usefixtures("notices")
@pytest.mark.parametrize(
    "told",
    [
        "",
        "{",
        "[]",
        "[" * 4000,
        {"endpoint": CHROME.endpoint},
        CHROME.subscription | {"endpoint": "https://169.254.169.254/latest"},
        CHROME.subscription | {"endpoint": "http://fcm.googleapis.com/x"},
        CHROME.subscription | {"keys": {"p256dh": "x", "auth": "x"}},
    ],
)
def test_what_no_browser_tells_is_refused(
    client: FlaskClient, session: Session, mine: ServiceRequest, told: object
) -> None:
    assert press(client, mine, told) == 422
    assert session.scalars(select(PushSubscription)).all() == []


@pytest.mark.usefixtures("notices")
def test_who_has_no_link_can_allow_nothing(client: FlaskClient, mine: ServiceRequest) -> None:
    assert client.post("/theo-doi/khong-co/bao-tren-may", data={"browser": "{}", "turn": "on"}).status_code == 404


def test_the_worker_of_notices_may_serve_the_tracking_page(client: FlaskClient) -> None:
    answer = client.get("/thong-bao.js")
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "notificationclick" in answer.text
