"""A database role that may too little is told in one sentence what an administrator has to run, and that is enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from app.cli.migrate import migrate_schema
from app.cli.schema_rights import make_role
from app.config import SettingsError
from app.database import make_engine
from tests.conftest import create_database


@pytest.fixture
def poor(server_url: URL, worker_id: str) -> Iterator[Engine]:
    """A database owned by a role that may make tables in it and nothing else; the application's role is another server's."""
    url, role = create_database(server_url, f"poor_{worker_id}"), f"poor_{worker_id}"
    admin = create_engine(url, poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text(f"drop role if exists {role}"))
        connection.execute(text(f"create role {role} login"))
        connection.execute(text(f"alter database poor_{worker_id} owner to {role}"))
    engine = make_engine(url.set(username=role, password=None), pool_size=2)
    yield engine
    engine.dispose()
    with admin.begin() as connection:
        connection.execute(text(f"alter database poor_{worker_id} owner to current_user"))
        connection.execute(text(f"drop owned by {role}"))
        connection.execute(text(f"drop role {role}"))


def test_a_role_without_rights_is_told_in_a_sentence_what_an_administrator_has_to_run(
    poor: Engine, schema_template: str
) -> None:
    assert schema_template  # whose making made the application's role
    with pytest.raises(SettingsError) as refused:
        migrate_schema(poor)
    sentence = str(refused.value)
    assert "grant tannha_app to" in sentence
    assert "create role" not in sentence


def test_what_the_sentence_says_is_enough(poor: Engine, server_url: URL, schema_template: str) -> None:
    assert schema_template
    with pytest.raises(SettingsError) as refused:
        migrate_schema(poor)
    told = str(refused.value).partition("run: ")[2].partition(" Then run")[0]
    admin = create_engine(server_url.set(database=poor.url.database), poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text(told))
    migrate_schema(poor)
    as_the_application = make_engine(poor.url, role="tannha_app", pool_size=1)
    with as_the_application.connect() as connection:
        assert connection.scalar(text("select count(*) from plan")) == 0
        with pytest.raises(ProgrammingError):
            connection.execute(text("delete from custody_event"))
    as_the_application.dispose()


def test_a_role_that_may_make_roles_makes_one_that_it_can_put_on(server_url: URL, worker_id: str) -> None:
    maker, made = f"maker_{worker_id}", f"made_{worker_id}"
    admin = create_engine(server_url, poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text(f"drop role if exists {made}, {maker}"))
        connection.execute(text(f"create role {maker} login createrole"))
    owner = create_engine(server_url.set(username=maker, password=None), poolclass=NullPool)
    with owner.begin() as connection:
        make_role(connection, made)
        make_role(connection, made)
        connection.execute(text(f"set local role {made}"))
        assert connection.scalar(text("select current_user")) == made
    with admin.begin() as connection:
        connection.execute(text(f"drop role {made}, {maker}"))
