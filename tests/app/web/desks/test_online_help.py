"""The counter sees who comes to be helped, and says how it went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.online_help import HelpState
from tests.app.web.citizens.walk import UNIT
from tests.app.web.conftest import SignIn
from tests.factories import DAY, TODAY, World, make_office, make_unit, make_world
from tests.factories.online_help import make_online_help

PAGE = "/buu-cuc/giup-nop-truc-tuyen/"


@pytest.fixture
def world(session: Session, sign_in: SignIn) -> World:
    made = make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")
    sign_in(made.counter)
    return made


def test_the_counter_settles_an_appointment_and_books_the_way_home_of_its_result(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = make_online_help(session, world, day=TODAY)
    make_online_help(session, world, day=DAY + timedelta(days=30), reference="HT-LATER2")
    page = client.get(PAGE).text
    assert row.reference in page
    assert "HT-LATER2" not in page
    answer = client.post(PAGE, data={"help": row.reference, "help_outcome": "filed"}, follow_redirects=True)
    assert "/buu-cuc/dat-giup" in answer.text
    session.refresh(row)
    assert (row.state, row.settled_by) == (HelpState.FILED, f"staff:{world.counter.id}")
    assert client.post(PAGE, data={"help": row.reference, "help_outcome": "absent"}).status_code == 409


@pytest.mark.parametrize("outcome", ["", "x", "asked"])
def test_an_appointment_ends_as_something_that_happened(
    client: FlaskClient, session: Session, world: World, outcome: str
) -> None:
    row = make_online_help(session, world, day=TODAY)
    assert client.post(PAGE, data={"help": row.reference, "help_outcome": outcome}).status_code == 422


def test_another_office_s_appointments_are_neither_shown_nor_settled(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = make_online_help(session, world, day=TODAY, office=make_office(session, unit=make_unit(session)))
    assert row.reference not in client.get(PAGE).text
    assert client.post(PAGE, data={"help": row.reference, "help_outcome": "filed"}).status_code == 404
