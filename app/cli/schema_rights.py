"""What the owner's role must be allowed before it makes tables: one sentence says what is missing, and the SQL that gives it."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.config import SettingsError
from app.database import APP_ROLE

_RIGHTS = text("""
select current_user as me, r.rolsuper as super, r.rolsuper or r.rolcreaterole as may_create,
       exists (select from pg_roles where rolname = :role) as there,
       exists (select from pg_roles where rolname = :role and pg_has_role(current_user, oid, 'member')) as member,
       has_schema_privilege('public', 'create') as may_make_tables
from pg_roles r where r.rolname = current_user
""")


_MAKE = """
do $body$ begin
    create role {role} nologin;
    execute format('grant {role} to %I', current_user);
exception when duplicate_object or unique_violation then null;  -- another database of the same server was faster
end $body$
"""


def make_role(connection: Connection, role: str = APP_ROLE) -> None:
    """The application's role, where it is missing. Since PostgreSQL 16 who makes a role may not put it on before a grant."""
    if not connection.scalar(text("select exists (select from pg_roles where rolname = :role)"), {"role": role}):
        connection.execute(text(_MAKE.format(role=role)))


def check_rights(connection: Connection) -> None:
    """Raises SettingsError with what an administrator of the database has to run."""
    mine = connection.execute(_RIGHTS, {"role": APP_ROLE}).one()
    missing = []
    if not mine.there and not mine.may_create:
        missing.append(f"create role {APP_ROLE} nologin;")
    if not mine.member and not (mine.super or (mine.may_create and not mine.there)):
        missing.append(f'grant {APP_ROLE} to "{mine.me}";')
    if not mine.may_make_tables:
        missing.append(f'grant create on schema public to "{mine.me}";')
    if missing:
        raise SettingsError(
            f"The role {mine.me} may not do what a migration needs. "
            f"As an administrator of the database run: {' '.join(missing)} Then run `tannha migrate` again."
        )
