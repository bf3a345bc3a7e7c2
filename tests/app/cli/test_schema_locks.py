"""A migration waits shortly for its locks, lets everybody through, tries again, and says who is in its way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import alembic.command
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from app.cli.migrate import alembic_config, migrate_schema
from app.cli.schema_locks import LOCK_S
from app.config import SettingsError
from app.database import make_engine
from tests.conftest import create_database
from tests.crash.servers import until

COLUMNS = "select count(*) from information_schema.columns where table_name = 'plan' and column_name = 'ways'"


@pytest.fixture
def of_yesterday(server_url: URL, worker_id: str) -> Iterator[Engine]:
    """A database as the version before left it: the table of plans is about to change."""
    engine = make_engine(create_database(server_url, f"locks_{worker_id}"), pool_size=2)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0009")
    yield engine
    engine.dispose()


def waits_for_a_lock(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(text("select count(*) from pg_locks where not granted and relation is not null")))


def test_a_held_table_is_waited_for_and_migrated_when_it_is_free(
    of_yesterday: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with ThreadPoolExecutor(1) as beside:
        with of_yesterday.connect() as reader:
            reader.execute(text("set application_name = 'a long report'"))
            reader.execute(text("select from plan"))
            pid = reader.scalar(text("select pg_backend_pid()"))
            migrating = beside.submit(migrate_schema, of_yesterday, pauses_s=(0.2,) * 50)
            until(lambda: "Waiting for a lock" in capsys.readouterr().err or migrating.done(), LOCK_S + 20)
            until(lambda: f"session {pid} of role" in capsys.readouterr().err or migrating.done(), LOCK_S + 20)
            assert not migrating.done()
        migrating.result(LOCK_S + 20)
    with of_yesterday.connect() as connection:
        assert connection.scalar(text(COLUMNS)) == 1


def test_a_table_that_stays_locked_is_told_in_a_sentence_with_who_holds_it_and_nothing_is_changed(
    of_yesterday: Engine,
) -> None:
    with of_yesterday.connect() as reader:
        reader.execute(text("set application_name = 'a long report'"))
        reader.execute(text("select from plan"))
        pid = reader.scalar(text("select pg_backend_pid()"))
        with pytest.raises(SettingsError) as refused:
            migrate_schema(of_yesterday, pauses_s=(0.1,))
    assert f"session {pid} of role" in str(refused.value)
    assert "a long report, idle in transaction" in str(refused.value)
    assert f"pg_terminate_backend({pid})" in str(refused.value)
    with of_yesterday.connect() as connection:
        assert connection.scalar(text(COLUMNS)) == 0
        assert connection.scalar(text("select version_num from alembic_version")) == "0009"


def test_who_reads_a_table_that_a_migration_waits_for_is_kept_for_two_seconds_at_most(of_yesterday: Engine) -> None:
    over = Event()
    with ThreadPoolExecutor(1) as beside, of_yesterday.connect() as holder:
        holder.execute(text("select from plan"))
        migrating = beside.submit(migrate_schema, of_yesterday, pauses_s=(1.0,) * 30)
        until(lambda: waits_for_a_lock(of_yesterday))
        began = time.monotonic()
        with of_yesterday.connect() as page:
            page.execute(text("select from plan"))
        waited = time.monotonic() - began
        over.set()
        holder.rollback()
        migrating.result(LOCK_S + 30)
    assert waited < LOCK_S + 1


def test_no_migration_sets_a_patience_of_its_own() -> None:
    """It would hold for all that come after it in the same transaction, and everybody behind them would wait."""
    versions = Path(__file__).parents[3] / "migrations" / "versions"
    assert [path.name for path in versions.glob("*.py") if "lock_timeout" in path.read_text(encoding="utf-8")] == []
