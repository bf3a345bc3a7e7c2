"""A real PostgreSQL for every test that asks for one: schema by the migrations, each test in an outer transaction."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.cli.migrate import migrate_schema
from app.clock import at
from app.config import Settings
from app.database import APP_ROLE, Database, make_engine, owner_url
from app.services.reference.load import load_reference
from integrations.geocoding.units import former_units, units

pytest_plugins = ["tests.canaries.plugin"]


@pytest.fixture(scope="session")
def settings() -> Settings:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return Settings(environment="test", var=Path(tempfile.gettempdir()) / f"tannha-test-{run}")


@pytest.fixture(scope="session")
def server_url(settings: Settings) -> URL:
    """The owner's address of the test server (its maintenance database)."""
    return make_url_of(settings)


def make_url_of(settings: Settings) -> URL:
    return owner_url(Settings(var=settings.var, database_url=os.environ.get("TEST_DATABASE_URL")))


def create_database(server: URL, name: str, template: str = "template1") -> URL:
    engine = make_engine(server, pool_size=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
        connection.execute(text(f'create database "{name}" template "{template}"'))
    engine.dispose()
    return server.set(database=name)


@pytest.fixture(scope="session")
def database_url(server_url: URL) -> URL:
    """A migrated database of this test process."""
    url = create_database(server_url, f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    engine = make_engine(url, pool_size=1)
    migrate_schema(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def engine(database_url: URL) -> Iterator[Engine]:
    """As the application connects: under the role that owns nothing."""
    engine = make_engine(database_url, role=APP_ROLE)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def owner_engine(database_url: URL) -> Iterator[Engine]:
    engine = make_engine(database_url, pool_size=2)
    yield engine
    engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session whose commits are savepoints: everything is rolled back at the end.

    With the fixture `reference` beside it, it works on the database that holds the reference data.
    """
    engine: Engine = request.getfixturevalue("referenced_engine" if "reference" in request.fixturenames else "engine")
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture(scope="session")
def reference_template(server_url: URL) -> str:
    """A database with the bundled reference data that nobody connects to: it is copied in a moment."""
    name = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = make_engine(create_database(server_url, name), pool_size=1)
    migrate_schema(engine)
    with Database(engine).transaction() as session:
        load_reference(session, units(), former_units(), now=at(date(2026, 11, 1), time(8)))
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def referenced_url(server_url: URL, reference_template: str) -> URL:
    """A second database of this test process, with the bundled reference data: other tests count their own rows."""
    name = f"reference_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    return create_database(server_url, name, template=reference_template)


@pytest.fixture(scope="session")
def referenced_engine(referenced_url: URL) -> Iterator[Engine]:
    engine = make_engine(referenced_url, role=APP_ROLE)
    yield engine
    engine.dispose()


@pytest.fixture
def reference(session: Session) -> Session:
    """The test's session, on a database with the 135 units, offices, desks, procedures, tariff and calendar."""
    return session
