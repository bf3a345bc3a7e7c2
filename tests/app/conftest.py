"""A database where transactions really commit: for what happens between two of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from app.database import APP_ROLE, Database, make_engine
from tests.conftest import create_database


@pytest.fixture(scope="session")
def committed(server_url: URL, schema_template: str, worker_id: str) -> Iterator[Database]:
    """One a test process, apart from the others' rows: each test makes a world of its own in it and leaves it there."""
    url = create_database(server_url, f"committed_{worker_id}", schema_template)
    engine = make_engine(url, role=APP_ROLE, pool_size=12)
    yield Database(engine)
    engine.dispose()
