"""A locked table, on real connections: whoever needs it is told to come again, whoever does not is answered at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from app.config import Settings
from app.database import WEB, Database, Patience, connect, make_engine, passes
from app.factory import create_app
from app.unit_of_work import UnitOfWork
from app.web.places import MOST, PlacedDatabase
from app.web.session import context, init_context
from tests.app.worker.conftest import database
from tests.factories import World, make_partner, make_world

__all__ = ["database"]  # fixtures

KEY = "a key of tests"
PROGRAM = {"Authorization": f"Bearer {KEY}"}
THREADS = MOST + 2


@pytest.fixture
def world(database: Database) -> World:
    with database.transaction() as session:
        make_partner(session, KEY)
        return make_world(session, code="23776", name="Xã Ia Krái", short_name="Ia Krái")


@pytest.fixture
def app(new_installation: Settings) -> Iterator[Flask]:
    app = create_app(new_installation)
    app.test_client().get("/")  # templates are read once
    yield app
    close(app)


def close(app: Flask) -> None:
    with app.app_context():
        placed = context().database
    assert isinstance(placed, PlacedDatabase)
    placed._database.engine.dispose()


@contextmanager
def locked(database: Database, table: str) -> Iterator[None]:
    """As an administrator's psql, or a migration, holds it."""
    with database.transaction() as session:
        session.execute(text("reset role"))
        session.execute(text(f"lock table {table}"))
        yield


def slots(app: Flask, world: World, **headers: str) -> tuple[TestResponse, float]:
    began = time.monotonic()
    answer = app.test_client().get(f"/api/v1/slots?unit_code={world.unit.code}", headers=PROGRAM | headers)
    return answer, time.monotonic() - began


def home(app: Flask) -> tuple[int, float]:
    began = time.monotonic()
    return app.test_client().get("/").status_code, time.monotonic() - began


def test_a_locked_table_ends_in_503_and_holds_up_nobody_else(app: Flask, database: Database, world: World) -> None:
    with ThreadPoolExecutor(THREADS) as web, locked(database, "slot"):
        calls = [web.submit(slots, app, world) for _ in range(6)]
        sent = time.monotonic()
        status, _ = web.submit(home, app).result()
        home_s = time.monotonic() - sent
        answers = [call.result() for call in calls]
    assert (status, home_s < 1) == (200, True)
    assert [answer.status_code for answer, _ in answers] == [503] * 6
    assert max(took for _, took in answers) < WEB.lock_s + 1
    for answer, _ in answers:
        assert (answer.headers["Retry-After"], answer.mimetype) == ("5", "application/problem+json")
        assert answer.json is not None
        assert answer.json["code"] == "database_busy"
    assert slots(app, world)[0].status_code == 200  # and afterwards everything is as before


def test_sixty_waiting_calls_leave_the_home_page_below_a_second(app: Flask, database: Database, world: World) -> None:
    with ThreadPoolExecutor(THREADS) as web, locked(database, "slot"):
        calls = [web.submit(slots, app, world) for _ in range(60)]
        while not any(call.done() for call in calls):
            home(app)
        sent = time.monotonic()
        assert web.submit(home, app).result()[0] == 200
        assert time.monotonic() - sent < 1.5
        assert {call.result()[0].status_code for call in calls} == {503}


def test_a_person_reads_a_polite_page_even_when_accounts_are_locked(
    app: Flask, database: Database, world: World
) -> None:
    hasty(app)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["staff"], cookie["epoch"] = 1, 1
    with locked(database, "staff_account"):
        answer = client.get("/dieu-phoi/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Hệ thống đang bận" in answer.text
    assert "Xin đợi ít giây rồi thử lại" in answer.text
    assert world.unit.code not in answer.text


def hasty(app: Flask) -> None:
    with app.app_context():
        web, settings = context(), context().settings
    close(app)
    init_context(app, replace(web, database=PlacedDatabase(connect(settings, Patience(lock_s=0.2, statement_s=1)))))


def test_a_statement_has_an_end_too(new_installation: Settings) -> None:
    database = connect(new_installation, Patience(lock_s=1, statement_s=0.1))
    with pytest.raises(OperationalError) as slow, database.transaction() as session:
        session.execute(text("select pg_sleep(30)"))
    database.engine.dispose()
    assert passes(slow.value)


@pytest.mark.parametrize("patience", [WEB, Patience(lock_s=1)])
def test_every_connection_knows_how_long_it_waits(new_installation: Settings, patience: Patience) -> None:
    database = connect(new_installation, patience)
    with database.transaction() as session:
        told = [session.scalar(text(f"show {name}")) for name in ("lock_timeout", "statement_timeout")]
    database.engine.dispose()
    assert told == [f"{patience.lock_s:.0f}s", "15s" if patience is WEB else "0"]


def test_a_transaction_within_another_needs_no_place_of_its_own(new_installation: Settings) -> None:
    inner = connect(new_installation)
    placed = PlacedDatabase(inner, most=1)
    with placed.transaction(), placed.transaction() as session:
        assert session.scalar(text("select 1")) == 1
    inner.engine.dispose()


def test_what_does_not_pass_by_itself_is_no_busy_database(database: Database) -> None:
    with pytest.raises(DBAPIError) as wrong, database.transaction() as session:
        session.execute(text("select nothing_of_the_sort"))
    assert not passes(wrong.value)


def test_a_database_that_is_away_may_be_back_in_a_moment() -> None:
    away = Database(make_engine(make_url("postgresql+psycopg://nobody@127.0.0.1:1/nothing")))
    with pytest.raises(OperationalError) as refused, away.transaction() as session:
        session.execute(text("select 1"))
    assert passes(refused.value)


class CutAtCommit:
    """A database whose server throws each of us out at the end of a transaction, as a restart does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.owner = create_engine(database.engine.url, poolclass=NullPool)

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        with self.database.transaction() as session:
            yield session
            mine = session.scalar(text("select pg_backend_pid()"))
            with self.owner.connect() as other:
                other.execute(text("select pg_terminate_backend(:mine, 2000)"), {"mine": mine})


def test_a_database_that_restarts_as_the_caller_is_read_asks_to_come_again(
    new_installation: Settings, database: Database, world: World
) -> None:
    app = create_app(new_installation, database=CutAtCommit(database))
    answer, _ = slots(app, world)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
