from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.factories import World, make_partner, make_world

UNIT = "23776"  # Ia Krái: the resolver knows real names only
KEY = "a key of tests"


@pytest.fixture
def world(session: Session) -> World:
    make_partner(session, KEY)
    return make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")


@pytest.fixture
def auth() -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}"}
