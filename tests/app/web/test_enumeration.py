"""Counting up codes, telephones, links and references tells nothing: same status, same page, same statements."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.session import WebContext
from tests.app.statements import statements
from tests.app.web.citizens.walk import UNIT
from tests.app.web.enumeration import pairs, told, typed_before
from tests.factories import World, make_world

KINDS = (
    "link in a message",
    "reference, from another's telephone",
    "dossier's code, from another's telephone",
    "envelope's code, from another's telephone",
    "telephone at sign-in",
    "telephone at booking",
)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_known_here_is_answered_like_what_nobody_has(
    client: FlaskClient, session: Session, world: World, kind: str
) -> None:
    asked = pairs(client, session, world)[kind]
    (known,) = asked.known
    if known.isdecimal():
        web: WebContext = client.application.extensions["tannha"]
        typed_before(session, known, web.keys)
    asked.call(asked.unknown(1))  # what is read once a process is read
    answers = []
    for typed in (asked.unknown(2), known):
        session.flush()
        session.expire_all()
        with statements(session) as asked_of_it:
            answer = asked.call(typed)
        answers.append((told(answer, typed), [one for one in asked_of_it if "SAVEPOINT" not in one]))
    assert answers[0] == answers[1]


def test_every_kind_is_looked_at(client: FlaskClient, session: Session, world: World) -> None:
    assert tuple(pairs(client, session, world)) == KINDS
