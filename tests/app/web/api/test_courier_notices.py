"""A courier's phone is told while its app is closed: allowed and ended by the phone itself, and told of its courier's day alone."""

from __future__ import annotations

import hashlib

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import PushSubscription
from tests.app.web.api.test_courier import ask, courier, signed_in  # noqa: F401 (a fixture)
from tests.fakes.browser import Browser

pytestmark = pytest.mark.usefixtures("courier")
CHROME = Browser("https://fcm.googleapis.com/fcm/send/c1:APA91b")
FIREFOX = Browser("https://updates.push.services.mozilla.com/wpush/v2/gAAAAAB")


def test_nobody_is_asked_where_no_notices_are_sent(client: FlaskClient) -> None:
    phone = signed_in(client)
    assert ask(client, "GET", "/push", phone.access_token).json == {"server_key": None, "browser": None}
    refused = ask(client, "POST", "/push", phone.access_token, **CHROME.told)
    assert (refused.status_code, refused.json["code"]) == (422, "browser_unknown")


def test_a_phone_allows_notices_and_ends_them(client: FlaskClient, session: Session, notices: str) -> None:
    phone = signed_in(client)
    assert ask(client, "POST", "/push", phone.access_token, **CHROME.told).status_code == 204
    row = session.scalars(select(PushSubscription)).one()
    assert (row.device_id, row.request_id, row.endpoint) == (phone.device_id, None, CHROME.endpoint)
    mark = hashlib.sha256(CHROME.endpoint.encode()).hexdigest()
    assert ask(client, "GET", "/push", phone.access_token).json == {"server_key": notices, "browser": mark}
    for _ in range(2):
        assert ask(client, "DELETE", "/push", phone.access_token).status_code == 204
    assert session.scalars(select(PushSubscription)).all() == []


@pytest.mark.usefixtures("notices")
def test_a_phone_has_one_browser(client: FlaskClient, session: Session) -> None:
    phone = signed_in(client)
    for browser in (CHROME, FIREFOX):
        ask(client, "POST", "/push", phone.access_token, **browser.told)
    assert session.scalars(select(PushSubscription.endpoint)).all() == [FIREFOX.endpoint]


@pytest.mark.usefixtures("notices")
@pytest.mark.parametrize(
    "told",
    [
        {"endpoint": CHROME.endpoint},
        CHROME.told | {"endpoint": "https://169.254.169.254/latest"},
        CHROME.told | {"keys": {"p256dh": "x", "auth": "x"}},
        CHROME.subscription,  # what nobody reads is not kept
    ],
)
def test_what_no_browser_tells_is_refused(client: FlaskClient, session: Session, told: dict[str, object]) -> None:
    assert ask(client, "POST", "/push", signed_in(client).access_token, **told).status_code == 422
    assert session.scalars(select(PushSubscription)).all() == []


@pytest.mark.usefixtures("notices")
def test_only_a_phone_within_its_shift_is_heard(client: FlaskClient, session: Session) -> None:
    phone = signed_in(client)
    for token in ("", phone.upload_token, "wrong"):
        for method, body in (("GET", {}), ("POST", CHROME.told), ("DELETE", {})):
            assert ask(client, method, "/push", token, **body).status_code == 401
    assert session.scalars(select(PushSubscription)).all() == []


@pytest.mark.usefixtures("notices")
def test_signing_out_ends_the_notices(client: FlaskClient, session: Session) -> None:
    phone = signed_in(client)
    ask(client, "POST", "/push", phone.access_token, **CHROME.told)
    ask(client, "POST", "/sign-out", phone.upload_token, waiting=0, waiting_files=0)
    assert session.scalars(select(PushSubscription)).all() == []
