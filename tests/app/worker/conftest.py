"""A database of its own: workers are other processes and see only what was committed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.cli.migrate import migrate_schema
from app.config import Settings
from app.database import Database, connect, make_engine
from tests.conftest import create_database


def migrated(server: URL, name: str, var: Path) -> Settings:
    """Settings of a new installation with an empty, migrated database; its clock stands at the factories' NOW."""
    url = create_database(server, f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    owner = make_engine(url, pool_size=1)
    migrate_schema(owner)
    owner.dispose()
    return Settings(
        environment="test",
        var=var,
        database_url=url.render_as_string(hide_password=False),
        now="2026-11-30T09:00+07:00",
    )


@pytest.fixture
def worker_settings(server_url: URL, tmp_path: Path) -> Settings:
    return migrated(server_url, "worker", tmp_path)


@pytest.fixture
def database(worker_settings: Settings) -> Iterator[Database]:
    database = connect(worker_settings)
    yield database
    database.engine.dispose()
