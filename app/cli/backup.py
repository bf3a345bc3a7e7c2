"""`tannha backup FILE`: database and private files in one archive, consistent while everybody goes on working."""

from __future__ import annotations

import argparse
import json
import os
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy import Connection, select, text

from app.cli.archive import DUMP, FILES, LIST, STORE, STORE_PATIENCE_S, figures, private_files, run_tool
from app.cli.erasures import list_beside
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.clock import make_clock
from app.config import Settings, SettingsError, private_folder
from app.gateways import file_store
from app.models import StoredFile


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the archive to write; a folder gets a file named by the time")
    add_json(parser)


def write_backup(settings: Settings, file: Path) -> dict[str, object]:
    """Write the archive (0600: it holds the installation's keys) and return its list."""
    with (
        opened(settings, as_owner=True) as database,
        tempfile.TemporaryDirectory(dir=private_folder(settings)) as folder,
    ):
        dump = Path(folder) / DUMP
        with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = connection.scalar(text("select pg_export_snapshot()"))
            contents = figures(connection)
            names = _stored_elsewhere(settings, connection)
            run_tool("pg_dump", database.engine, ["--format=custom", f"--snapshot={snapshot}", f"--file={dump}"])
        contents["taken_at"] = make_clock(settings).now().isoformat()
        listing = Path(folder) / LIST
        listing.write_text(json.dumps(contents, indent=1))
        stored = _fetched(settings, names, Path(folder))
        _pack(file, {LIST: listing, DUMP: dump} | _files(settings, Path(folder)) | stored)
    list_beside(settings, file)
    return contents


def _files(settings: Settings, working: Path) -> dict[str, Path]:
    folder = private_folder(settings)
    kept = (path for path in private_files(folder) if working not in path.parents)
    return {f"{FILES}/{path.relative_to(folder)}": path for path in kept}


def _stored_elsewhere(settings: Settings, connection: Connection) -> list[str]:
    """The stored files that do not lie in the private folder, which travels whole."""
    if settings.files is None:
        return []
    return list(connection.scalars(select(StoredFile.sha256).where(StoredFile.state == "stored")))


def _fetched(settings: Settings, names: list[str], folder: Path) -> dict[str, Path]:
    """Copies of them, still encrypted."""
    fetched = {}
    for name in names:
        body = file_store(settings, patience_s=STORE_PATIENCE_S).get(name)
        if body is not None:
            fetched[f"{STORE}/{name}"] = folder / name
            (folder / name).write_bytes(body)
    return fetched


def _pack(file: Path, members: dict[str, Path]) -> None:
    partial = file.with_name(file.name + ".part")
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
        for name, path in members.items():
            archive.add(path, arcname=name, recursive=False)
    partial.replace(file)


def run(args: argparse.Namespace, settings: Settings) -> int:
    file: Path = args.file
    if file.is_dir():
        file /= f"tannha-{make_clock(settings).now():%Y%m%dT%H%M%SZ}.tar"
    if not file.parent.is_dir():
        raise SettingsError(f"There is no folder {file.parent}: make it, or write the backup elsewhere.")
    contents = write_backup(settings, file)
    text_line = f"Wrote {file} ({file.stat().st_size / 1e6:.1f} MB). It holds the installation's keys: keep it as safe."
    show({"file": str(file), **contents}, text_line, as_json=args.json)
    return 0
