"""Whoever wants letters, too, gives an address while booking; asked only where letters are sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Applicant, Message
from app.web.session import WebContext, context, init_context
from tests.app.web.citizens.walk import PHONE, confirm, walk_to_slot
from tests.factories import World

ADDRESS = "ba.thu@vidu.example"


@pytest.fixture
def letters(flask_app: Flask, tmp_path: Path) -> Path:
    """The file of links; the process reads it again when it changes."""
    links = tmp_path / "links.toml"
    links.write_text('[messages.email]\nhost = "mail.example"\nsender = "tannha@vidu.example"\n')
    with flask_app.app_context():
        here = context()
    settings = replace(here.settings, links=links)
    init_context(flask_app, WebContext(settings, here.database, here.clock, here.keys))
    return links


def answer(client: FlaskClient, email: str) -> int:
    data = {"channel": "sms", "phone": PHONE, "language": "vi", "email": email}
    return client.post("/dat-lich/lien-lac", data=data).status_code


def test_an_address_is_not_asked_for_where_no_letters_are_sent(client: FlaskClient, world: World) -> None:
    walk_to_slot(client, world)
    assert 'name="email"' not in client.get("/dat-lich/lien-lac").text


@pytest.mark.usefixtures("letters")
def test_whoever_gives_an_address_is_written_to(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_slot(client, world)
    assert 'name="email"' in client.get("/dat-lich/lien-lac").text
    assert answer(client, f" {ADDRESS} ") == 303
    client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    assert ADDRESS in client.get("/dat-lich/xac-nhan").text
    confirm(client)
    assert session.scalars(select(Applicant.email)).one() == ADDRESS
    assert set(session.scalars(select(Message.recipient))) == {PHONE, ADDRESS}


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    "email",
    [
        "ba.thu",
        "a@b",
        "a@b.example, c@d.example",
        f"{'a' * 250}@b.example",
        "ten@gmail..com",
        "nguyễn@gmail.com",
        "a[b]@x.vn",
    ],
)
def test_what_is_no_address_is_asked_again(client: FlaskClient, world: World, email: str) -> None:
    walk_to_slot(client, world)
    assert answer(client, email) == 422


@pytest.mark.usefixtures("letters")
def test_nobody_has_to_give_one(client: FlaskClient, session: Session, world: World) -> None:
    walk_to_slot(client, world)
    assert answer(client, "") == 303


def test_a_mistake_in_the_file_of_links_stops_no_booking_and_loses_no_address(
    client: FlaskClient, session: Session, world: World, letters: Path
) -> None:
    walk_to_slot(client, world)
    assert answer(client, ADDRESS) == 303
    letters.write_text("[messages.email\n")
    page = client.get("/dat-lich/lien-lac")
    assert (page.status_code, 'name="email"' in page.text) == (200, False)
    assert answer(client, "") == 303
    client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    confirm(client)
    assert session.scalars(select(Applicant.email)).one() == ADDRESS
