from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.app.web.api.agency_line import KEY as AGENCY_KEY
from tests.app.web.api.agency_line import AgencyLine
from tests.factories import World, make_partner, make_world
from tests.factories.agency import make_agency

UNIT = "23776"  # Ia Krái: the resolver knows real names only
KEY = "a key of tests"


@pytest.fixture
def world(session: Session) -> World:
    make_partner(session, KEY)
    return make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")


@pytest.fixture
def auth() -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def agency(client: FlaskClient, session: Session, world: World) -> AgencyLine:
    """The software of the world's desk."""
    make_agency(session, world.desk, AGENCY_KEY)
    return AgencyLine(client, AGENCY_KEY)
