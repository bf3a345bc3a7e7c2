from __future__ import annotations

import pytest

from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import Street, make_street


@pytest.fixture
def street(session: UnitOfWork) -> Street:
    return make_street(session)
