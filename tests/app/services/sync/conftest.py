from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.app.services.sync.street import Street, make_street


@pytest.fixture
def street(session: Session) -> Street:
    return make_street(session)
