"""Counters that all processes share, on a real PostgreSQL: exact under a rush, silent when refused, no harm when away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import parse
from limits.storage import MemoryStorage
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from app.web.counters import SCHEME, BrakedWindow, CounterTable

FIVE = parse("5 per minute")


@pytest.fixture
def table(database_url: URL, owner_engine: Engine) -> Iterator[CounterTable]:
    table = CounterTable(database_url.set(drivername=SCHEME).render_as_string(hide_password=False))
    yield table
    table.close()
    with owner_engine.begin() as connection:
        connection.execute(text("delete from limit_count"))


def rows(engine: Engine) -> list[tuple[bytes, int, str]]:
    with engine.connect() as connection:
        found = connection.execute(text("select key, tries, xmin::text from limit_count"))
        return [(bytes(row[0]), row[1], row[2]) for row in found]


def test_two_processes_count_together(table: CounterTable) -> None:
    one, other = BrakedWindow(table), BrakedWindow(table)
    assert [one.hit(FIVE, "a"), other.hit(FIVE, "a"), one.hit(FIVE, "a"), other.hit(FIVE, "a"), one.hit(FIVE, "a")] == [
        True
    ] * 5
    assert not other.hit(FIVE, "a")
    assert other.hit(FIVE, "b")


def test_in_a_rush_exactly_as_many_pass_as_may(table: CounterTable) -> None:
    webs = [BrakedWindow(table) for _ in range(3)]  # three processes with a connection each
    with ThreadPoolExecutor(3) as threads:
        passed = list(threads.map(lambda number: webs[number % 3].hit(FIVE, "rush"), range(60)))
    assert sum(passed) == 5
    assert not any(web.failures for web in webs)


def test_the_refused_write_nothing_and_soon_ask_nothing(table: CounterTable, owner_engine: Engine) -> None:
    window = BrakedWindow(table)
    for _ in range(5):
        window.hit(FIVE, "a")
    before = rows(owner_engine)
    assert not BrakedWindow(table).hit(FIVE, "a")
    assert not window.hit(FIVE, "a")
    assert rows(owner_engine) == before
    table.close()  # whoever is known to be full is refused without a connection
    assert not window.hit(FIVE, "a")
    assert not window.failures


def test_a_window_that_is_over_begins_anew(table: CounterTable, owner_engine: Engine) -> None:
    window = BrakedWindow(table)
    for _ in range(5):
        window.hit(FIVE, "a")
    with owner_engine.begin() as connection:
        connection.execute(text("update limit_count set until = now() - interval '1 second'"))
    assert BrakedWindow(table).hit(FIVE, "a")
    assert [tries for _key, tries, _ in rows(owner_engine)] == [1]


def test_what_is_over_is_swept_away(table: CounterTable, owner_engine: Engine) -> None:
    BrakedWindow(table).hit(FIVE, "a")
    with owner_engine.begin() as connection:
        connection.execute(text("update limit_count set until = now() - interval '1 second'"))
    table._next_sweep = 0
    BrakedWindow(table).hit(FIVE, "b")
    assert len(rows(owner_engine)) == 1


def test_a_locked_counter_lets_pass_within_a_moment_and_this_process_counts_alone(
    table: CounterTable, owner_engine: Engine
) -> None:
    window = BrakedWindow(table)
    with owner_engine.begin() as connection:
        connection.execute(text("lock table limit_count in access exclusive mode"))
        passed = [window.hit(FIVE, "a") for _ in range(6)]
    assert (passed, window.failures, window.away) == ([True] * 5 + [False], 1, True)


def test_a_database_that_is_not_there_lets_pass_and_this_process_counts_alone() -> None:
    window = BrakedWindow(CounterTable(f"{SCHEME}://nobody@127.0.0.1:1/nothing"))
    assert [window.hit(FIVE, "a") for _ in range(6)] == [True] * 5 + [False]
    assert window.test(FIVE, "b")
    assert window.failures == 1


def test_another_storage_of_the_library_counts_as_well() -> None:
    window = BrakedWindow(MemoryStorage())
    assert [window.hit(FIVE, "a") for _ in range(6)] == [True] * 5 + [False]
    assert not window.test(FIVE, "a")
    assert window.get_window_stats(FIVE, "a").remaining == 0


def test_the_table_is_unlogged(owner_engine: Engine) -> None:
    with owner_engine.connect() as connection:
        kept = connection.execute(text("select relpersistence, reloptions from pg_class where relname = 'limit_count'"))
        assert kept.one() == ("u", ["fillfactor=50"])
