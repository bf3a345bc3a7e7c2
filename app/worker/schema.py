"""procrastinate's own tables stay outside Alembic: `tannha migrate` applies the package's SQL by recorded version."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files

from sqlalchemy import Connection, inspect, text

from app.database import APP_ROLE
from app.models.guards import APPEND_ONLY

_MARK = "procrastinate_tannha_version"


def migrate_jobs(connection: Connection) -> bool:
    """Bring the job tables to the installed version, as the owner. True when something was done."""
    installed = version("procrastinate")
    connection.execute(text(f"create table if not exists {_MARK} (version text not null)"))
    recorded = connection.execute(text(f"select version from {_MARK}")).scalar_one_or_none()  # noqa: S608 (constant)
    if recorded == installed:
        return False
    for sql in _statements(recorded):
        connection.exec_driver_sql(sql.replace("%", "%%"))
    connection.execute(text(f"delete from {_MARK}"))  # noqa: S608 (constant)
    connection.execute(text(f"insert into {_MARK} values (:version)"), {"version": installed})  # noqa: S608 (constant)
    for grant in (
        f"grant select, insert, update, delete on all tables in schema public to {APP_ROLE}",
        f"revoke update, delete, truncate on {', '.join(_append_only(connection))} from {APP_ROLE}",
        f"revoke all on alembic_version from {APP_ROLE}",
        f"grant usage, select, update on all sequences in schema public to {APP_ROLE}",
    ):
        connection.execute(text(grant))
    return True


def _append_only(connection: Connection) -> list[str]:
    """Those that this revision of the schema has."""
    return sorted(set(APPEND_ONLY) & set(inspect(connection).get_table_names()))


def _statements(recorded: str | None) -> list[str]:
    """The whole schema for a new database, else the package's migrations newer than the recorded version."""
    folder = files("procrastinate") / "sql"
    if recorded is None:
        return [(folder / "schema.sql").read_text()]
    scripts = sorted(file.name for file in (folder / "migrations").iterdir() if file.name.endswith(".sql"))
    return [(folder / "migrations" / name).read_text() for name in scripts if _release(name) > _numbers(recorded)]


def _release(script: str) -> tuple[int, ...]:
    return _numbers(script.split("_", 1)[0])


def _numbers(text_version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text_version.split(".")[:3])
