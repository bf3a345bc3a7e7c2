"""The catalogue that the migrations make is the one that the models describe, and every migration can be undone."""

from __future__ import annotations

from datetime import timedelta

import alembic.command
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL

from app.cli.migrate import alembic_config, migrate_schema
from app.database import make_engine
from app.models import Base
from tests.conftest import create_database

CATALOGUE = """
select 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
from information_schema.columns where table_schema = 'public'
union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
union all select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
union all select 'sequence', sequencename, data_type::text, start_value || ' ' || max_value
from pg_sequences where schemaname = 'public'
union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
union all select 'grant', table_name, grantee, string_agg(privilege_type, ',' order by privilege_type)
from information_schema.role_table_grants where grantee = 'tannha_app' group by 2, 3
"""


def catalogue(connection: Connection) -> set[tuple[str, ...]]:
    rows = connection.execute(text(CATALOGUE))
    return {tuple(row) for row in rows if not row[1].strip('"').startswith(("procrastinate_", "alembic_"))}


@pytest.fixture
def empty(server_url: URL, worker_id: str) -> Engine:
    return make_engine(create_database(server_url, f"migrations_{worker_id}"), pool_size=1)


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_migrations_and_models_make_the_same_catalogue(empty: Engine) -> None:
    migrate_schema(empty)
    with empty.begin() as connection:
        migrated = catalogue(connection)
        connection.execute(text("drop schema public cascade; create schema public"))
        Base.metadata.create_all(connection)
        described = catalogue(connection)
    empty.dispose()
    assert migrated == described


def test_every_migration_goes_up_down_and_up_again(empty: Engine) -> None:
    migrate_schema(empty)
    with empty.begin() as connection:
        before = catalogue(connection)
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, "base")
        assert catalogue(connection) == set()
        alembic.command.upgrade(config, "head")
        assert catalogue(connection) == before
    empty.dispose()


def test_codes_sent_before_the_change_still_count_and_none_is_told_of_afterwards(empty: Engine) -> None:
    with empty.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0006")
        sent = "insert into sign_in_code values (:mac, 'x', now(), 0, timestamptz '2026-11-28 08:00+07', :count)"
        connection.execute(text(sent), [{"mac": "three", "count": 3}, {"mac": "none", "count": 0}])
        alembic.command.upgrade(config, "0007")
        times = "select phone_mac, cardinality(sent_times), sent_times[1] = timestamptz '2026-11-28 08:00+07' from sign_in_code"
        assert {tuple(row) for row in connection.execute(text(times))} == {("three", 3, True), ("none", 1, True)}
        alembic.command.downgrade(config, "0006")
        counted = "select phone_mac, sent_today from sign_in_code where sent_at = timestamptz '2026-11-28 08:00+07'"
        assert {tuple(row) for row in connection.execute(text(counted))} == {("three", 3), ("none", 1)}
    empty.dispose()


def test_phones_of_before_they_had_keys_are_heard_as_before_for_thirty_days(empty: Engine) -> None:
    with empty.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0014")
        assert connection.execute(text("select count(*) from signing_grace")).scalar_one() == 0, "a new house has none"
        alembic.command.downgrade(config, "0014-1")
        _enrol_a_phone(connection)
        alembic.command.upgrade(config, "0014")
        left = "select until - now() from signing_grace"
        assert connection.execute(text(left)).scalar_one() == timedelta(days=30)
    empty.dispose()


def test_an_office_of_one_person_knows_afterwards_who_that_is(empty: Engine) -> None:
    with empty.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0022-1")
        connection.exec_driver_sql(_AN_OFFICE_OF_TWO)
        alembic.command.upgrade(config, "0022")
        named = connection.execute(text("select courier_id, since, until from one_person")).one()
        assert (named.courier_id, named.until) == (2, None)
        assert named.since == connection.execute(text("select one_person_since from office")).scalar_one()
    empty.dispose()


def test_results_asked_for_by_a_code_before_wait_for_the_desks_word_unless_it_has_acted(empty: Engine) -> None:
    with empty.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0037-1")
        connection.exec_driver_sql(_RESULTS_ASKED_FOR)
        alembic.command.upgrade(config, "0037")
        asked = connection.execute(text("select asked_code, state, placed_by from entitlement")).all()
        assert [tuple(row) for row in asked] == [("H21.01-261101-00001", "to_confirm", "home")]
        dossiers = connection.execute(text("select code, state from dossier order by id")).all()
        assert [row.state for row in dossiers] == [1, 4, 4, 9]
        assert [row.code is None for row in dossiers] == [True, False, False, False]
        alembic.command.downgrade(config, "0037-1")
        codes = connection.execute(text("select code, state from dossier order by id limit 1")).one()
        assert tuple(codes) == ("H21.01-261101-00001", 4)
    empty.dispose()


_RESULTS_ASKED_FOR = """
set session_replication_role = replica;
insert into service_request (id, reference, kind, applicant_id, place_id, language, channel, consent_text, consent_version,
    consent_at, tracking_token, created_at)
    select md5('r' || n)::uuid, 'TN-' || n, case when n = 2 then 'send_and_receive' else 'receive' end, md5('a')::uuid,
        md5('p')::uuid, 'vi', 'sms', '', '', now(), 't' || n, now() from generate_series(1, 4) n;
insert into dossier (id, request_id, position, procedure_id, cases, code, desk_id, competent_desk_id, state, channel,
    return_form, partner_id)
    select ('00000000-0000-0000-0000-00000000000' || n)::uuid, md5('r' || n)::uuid, 1, 1, '[]',
        'H21.01-261101-0000' || n, 1, 1, case when n = 4 then 9 else 4 end, '3', '1', case when n = 3 then 1 end
    from generate_series(1, 4) n;
insert into errand (id, request_id, kind, state, place_id, office_id, executed_by, proof, papers_due_waived, revision,
    created_at)
    select md5('e' || n)::uuid, md5('r' || n)::uuid, 'deliver', 'requested', md5('p')::uuid, 1, 'own', 'code', false, 0,
        now() from generate_series(1, 4) n;
insert into errand_dossier (errand_id, dossier_id)
    select md5('e' || n)::uuid, ('00000000-0000-0000-0000-00000000000' || n)::uuid from generate_series(1, 4) n;
"""


_AN_OFFICE_OF_TWO = """
alter table office drop constraint fk_office_unit_code;
insert into office (code, name, kind, unit_code, address, lon, lat, position_provisional, has_counter, executed_by,
    one_person_since) values ('B1', 'x', 'commune', '1', '', 0, 0, true, true, 'own', now());
insert into staff_account (username, name, role, office_id, password_hash, active, failed_tries,
    session_epoch)
    select 'a' || n, 'x', 'courier', 1, '', true, 0, 0 from generate_series(1, 3) n;
insert into courier (office_id, staff_account_id, name, phone, active)
    select 1, n, 'x', '', n < 3 from generate_series(1, 3) n;
insert into countersignature (mark, signed_by, "by", holder, holder_id, said, at)
    values ('m', 'one_person', 'courier:2', 'office_safe', '1', '{}', now())
"""


def _enrol_a_phone(connection: Connection) -> None:
    """A row as the version before wrote it; whose it is does not matter here."""
    connection.execute(text("alter table device drop constraint fk_device_courier_id"))
    connection.execute(
        text(
            "insert into device (id, courier_id, name, upload_hash, epoch, enrolled_at, last_contact_at, last_seq, "
            "head_hash, waiting, waiting_files) values (gen_random_uuid(), 1, 'Máy thử', 'x', 0, now(), now(), 0, '', 0, 0)"
        )
    )
