"""one word per thing: outbox and inbox messages, and a plan counts errands"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (("dispatch", "outbox_message"), ("arrival", "inbox_message"))


def upgrade() -> None:
    for former, name in TABLES:
        op.rename_table(former, name)
        _rename_what_is_named_after(former, name, of=name)
    op.alter_column("plan", "stops", new_column_name="errands")
    _rename_what_is_named_after("stops", "errands", of="plan")


def downgrade() -> None:
    _rename_what_is_named_after("errands", "stops", of="plan")
    op.alter_column("plan", "errands", new_column_name="stops")
    for former, name in reversed(TABLES):
        op.rename_table(name, former)
        _rename_what_is_named_after(name, former, of=former)


def _rename_what_is_named_after(old: str, new: str, *, of: str) -> None:
    """Constraints, indexes and sequences of a table, whatever this version of PostgreSQL has named by itself."""
    op.execute(
        f"""
        do $$
        declare
            named record;
            word constant text := '(^|_){old}(_|$)';
        begin
            for named in
                select conname as name from pg_constraint where conrelid = '{of}'::regclass and conname ~ word
            loop
                execute format('alter table {of} rename constraint %I to %I',
                    named.name, regexp_replace(named.name, word, '\\1{new}\\2'));
            end loop;
            for named in
                select kind.relname as name, 'index' as what from pg_index
                    join pg_class kind on kind.oid = indexrelid where indrelid = '{of}'::regclass and kind.relname ~ word
                union
                select kind.relname, 'sequence' from pg_depend
                    join pg_class kind on kind.oid = objid and kind.relkind = 'S'
                    where refobjid = '{of}'::regclass and kind.relname ~ word
            loop
                execute format('alter %s %I rename to %I',
                    named.what, named.name, regexp_replace(named.name, word, '\\1{new}\\2'));
            end loop;
        end $$
        """  # noqa: S608 (names that stand in this file)
    )
