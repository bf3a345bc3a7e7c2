"""`tannha restore FILE`: puts a backup back into an empty database, and proves that it is the same."""

from __future__ import annotations

import argparse
import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text

from app.cli.archive import DUMP, FILES, LIST, STORE, STORE_PATIENCE_S, figures, private_files, run_tool
from app.cli.erasures import erase_again
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.config import Settings, SettingsError, private_folder
from app.gateways import file_store
from app.models.guards import ROLE_STATEMENT


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="an archive that `tannha backup` wrote")
    parser.add_argument("--replace", action="store_true", help="throw away what this database and its files hold now")
    add_json(parser)


def restore_backup(settings: Settings, file: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put the archive back; returns its list once the restored database agrees with it.

    Raises SettingsError when the file is no backup, when something is there already, or when the result differs.
    """
    with tempfile.TemporaryDirectory(dir=private_folder(settings)) as name:
        folder = Path(name)
        contents = _unpack(file, folder)
        with opened(settings, as_owner=True) as database:
            _make_room(settings, database.engine, folder, replace=replace)
            arguments = ["--no-owner", "--exit-on-error", "--single-transaction", str(folder / DUMP)]
            run_tool("pg_restore", database.engine, arguments)
            _put_files(settings, folder / FILES)
            _put_into_store(settings, folder)
            with database.engine.connect() as connection:
                restored = figures(connection)
    for part, value in restored.items():
        if contents[part] != value:
            raise SettingsError(f"The restored database differs from the backup in {part}: don't work with it.")
    erase_again(settings, file)
    return contents


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
            contents: dict[str, Any] = json.loads((folder / LIST).read_text())
    except FileNotFoundError:
        raise SettingsError(f"There is no file {file}: name an archive that `tannha backup` wrote.") from None
    except (OSError, tarfile.TarError, ValueError) as error:
        raise SettingsError(f"{file} is not a backup that `tannha backup` wrote: nothing was changed.") from error
    return contents


def _make_room(settings: Settings, engine: Engine, folder: Path, *, replace: bool) -> None:
    taken = [table for table in inspect(engine).get_table_names() if table != "alembic_version"]
    private = private_folder(settings)
    foreign = [
        path for path in private_files(private) if folder not in path.parents and _differs(path, private, folder)
    ]
    if (taken or foreign) and not replace:
        what = f"{len(taken)} tables" if taken else f"other files ({foreign[0].name} …)"
        raise SettingsError(f"There is something here already: {what}. Restore elsewhere, or add --replace to lose it.")
    with engine.begin() as connection:
        if inspect(connection).get_table_names():
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
        connection.execute(text(ROLE_STATEMENT))
    for path in foreign:
        path.unlink()


def _differs(path: Path, private: Path, folder: Path) -> bool:
    saved = folder / FILES / path.relative_to(private)
    return not saved.is_file() or saved.read_bytes() != path.read_bytes()


def _put_files(settings: Settings, saved: Path) -> None:
    private = private_folder(settings)
    for path in private_files(saved):
        target = private / path.relative_to(saved)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(path.read_bytes())
        target.chmod(0o600)


def _put_into_store(settings: Settings, folder: Path) -> None:
    """Files of a store elsewhere go into the store that is named here, and so do the folder's when it is elsewhere now."""
    saved = [folder / STORE] + ([folder / FILES / STORE] if settings.files is not None else [])
    for path in (file for place in saved for file in sorted(place.rglob("*")) if file.is_file()):
        file_store(settings, patience_s=STORE_PATIENCE_S).put(path.name, path.read_bytes())


def run(args: argparse.Namespace, settings: Settings) -> int:
    contents = restore_backup(settings, args.file, replace=args.replace)
    rows = sum(contents["rows"].values())
    text_line = f"Restored the backup of {contents['taken_at']}: {rows} rows; counts and custody heads agree."
    show(contents, text_line, as_json=args.json)
    return 0
