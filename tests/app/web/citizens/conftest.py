from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.app.web.citizens.walk import UNIT
from tests.factories import World, make_world


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")
