"""The page behind the card's QR: works without signing in, names nobody, and says what to do in every state."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.errand import ErrandState
from app.models import Attempt
from app.services.booking.rebooking import card_token
from tests.factories import TODAY, make_slot
from tests.factories.counter import number
from tests.factories.custody import Road, make_road


@pytest.fixture
def missed(session: Session) -> Road:
    """The courier came today and met nobody."""
    road = make_road(session)
    road.collection.state = ErrandState.FAILED
    moment = at(TODAY, time(8))
    session.add(
        Attempt(
            errand_id=road.collection.id, number=1, outcome="ABSENT", evidence={}, counts=True,
            operation_id=f"thử-{number()}", occurred_at=moment, received_at=moment,
        )
    )  # fmt: skip
    make_slot(session, road.world.unit, TODAY + timedelta(days=2))
    session.flush()
    session.expire_all()
    return road


def address(app: Flask, road: Road) -> str:
    return f"/hen-lai/{card_token(str(app.secret_key), [road.collection.id], TODAY)}"


def test_the_card_s_page_names_nobody(flask_app: Flask, client: FlaskClient, missed: Road) -> None:
    page = client.get(address(flask_app, missed))
    assert page.status_code == 200
    assert missed.request.reference in page.text
    for personal in (missed.request.applicant.name, missed.request.applicant.phone, missed.request.place.address):
        assert personal is not None
        assert personal not in page.text
    assert missed.dossier.procedure.name not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_a_new_time_is_chosen_without_script(
    flask_app: Flask, client: FlaskClient, missed: Road, session: Session
) -> None:
    link = address(flask_app, missed)
    slot = re.search(r'name="slot" value="(\d+)"', client.get(link).text)
    assert slot is not None
    assert client.post(link, data={}).status_code == 422
    done = client.post(link, data={"slot": slot[1]}, follow_redirects=True)
    assert "Đã hẹn lại." in done.text
    assert "Đang hẹn:" in done.text
    session.refresh(missed.collection)
    assert missed.collection.slot_id == int(slot[1])


def test_before_the_phone_has_reported_the_page_says_to_come_back(
    flask_app: Flask, client: FlaskClient, session: Session
) -> None:
    page = client.get(address(flask_app, make_road(session)))
    assert "Chưa có tin từ bưu tá" in page.text
    assert 'name="slot"' not in page.text


def test_a_forged_card_and_an_old_one_say_so(flask_app: Flask, client: FlaskClient, missed: Road) -> None:
    link = address(flask_app, missed)
    assert client.get(link[:-12] + "A" * 12).status_code == 404
    old = card_token(str(flask_app.secret_key), [missed.collection.id], TODAY - timedelta(days=40))
    gone = client.get(f"/hen-lai/{old}")
    assert gone.status_code == 410
    assert "Thẻ này đã quá hạn." in gone.text


def test_guessing_is_slowed_down(flask_app: Flask, client: FlaskClient) -> None:
    codes = {client.get(f"/hen-lai/{n}").status_code for n in range(41)}
    assert codes == {404, 429}
