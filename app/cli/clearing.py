"""Takes away what is ours in a database, and leaves the DBA's extensions and their tables where they are."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

OURS: Final = (
    "not exists (select from pg_depend d where d.objid = o.oid and d.classid = o.tableoid and d.deptype = 'e')"
)
TABLES: Final = f"""
select o.relname from pg_class o
where o.relnamespace = 'public'::regnamespace and o.relkind in ('r', 'p') and o.relname <> 'alembic_version' and {OURS}
"""  # noqa: S608 (constants)
# of its own right: a table has a row type, too
COMPOSED: Final = (
    "(o.typtype in ('e', 'd') or exists (select from pg_class c where c.oid = o.typrelid and c.relkind = 'c'))"
)
# tables first: their triggers need the functions, their columns the types and sequences
DROPS: Final = (
    ("table", "pg_class", "o.relname", "o.relkind in ('r', 'p')", "o.relnamespace"),
    ("view", "pg_class", "o.relname", "o.relkind = 'v'", "o.relnamespace"),
    ("sequence", "pg_class", "o.relname", "o.relkind = 'S'", "o.relnamespace"),
    ("function", "pg_proc", "o.oid::regprocedure", "o.prokind in ('f', 'p')", "o.pronamespace"),
    ("type", "pg_type", "o.typname", COMPOSED, "o.typnamespace"),
)


def our_tables(connection: Connection) -> list[str]:
    return list(connection.scalars(text(TABLES)))


def clear_our_objects(connection: Connection) -> None:
    for kind, catalogue, name, wanted, schema in DROPS:
        found = (
            f"select {name}::text from {catalogue} o where {schema} = 'public'::regnamespace and {wanted} and {OURS}"  # noqa: S608 - words of the table above
        )
        for one in connection.scalars(text(found)).all():
            quoted = one if kind == "function" else f'public."{one}"'
            connection.execute(text(f"drop {kind} if exists {quoted.replace(':', chr(92) + ':')} cascade"))
