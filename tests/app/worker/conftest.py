"""A database of its own: workers are other processes and see only what was committed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.config import Settings
from app.database import Database, connect


@pytest.fixture
def database(new_installation: Settings) -> Iterator[Database]:
    database = connect(new_installation)
    yield database
    database.engine.dispose()
