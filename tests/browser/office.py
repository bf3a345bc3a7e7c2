"""Web, worker and a database for phones, empty but for what a test makes. `tests/browser/conftest.py` has one for all; a
module that counts everything there is, or kills something, imports these fixtures and has one to itself.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.migrate import migrate_schema
from app.config import Settings
from app.database import Database, connect, make_engine, owner_url
from tests.conftest import create_database
from tests.crash.servers import Servers, own_postgres


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tannha-day-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def running_office(folder: Path) -> Iterator[Servers]:
    settings = Settings(environment="test", var=folder)
    postgres = own_postgres(settings)
    url = owner_url(settings)
    owner = make_engine(create_database(url, "tannha"), pool_size=1)
    migrate_schema(owner)
    owner.dispose()
    named = url.set(database="tannha").render_as_string(hide_password=False)
    running = Servers(replace(settings, database_url=named), postgres)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def servers(folder: Path) -> Iterator[Servers]:
    with running_office(folder) as running:
        yield running


@pytest.fixture(scope="module")
def database(servers: Servers) -> Iterator[Database]:
    database = connect(servers.settings)
    yield database
    database.engine.dispose()
