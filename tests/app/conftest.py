"""A database where transactions really commit: for what happens between two of them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from app.cli.migrate import migrate_schema
from app.database import APP_ROLE, Database, make_engine
from tests.conftest import create_database


@pytest.fixture(scope="session")
def committed(server_url: URL) -> Iterator[Database]:
    """One a test process, apart from the others' rows: each test makes a world of its own in it and leaves it there."""
    url = create_database(server_url, f"committed_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    owner = make_engine(url, pool_size=1)
    migrate_schema(owner)
    owner.dispose()
    engine = make_engine(url, role=APP_ROLE, pool_size=12)
    yield Database(engine)
    engine.dispose()
