"""`tannha backup FILE`: database and private files in one archive, consistent while everybody goes on working.

It is encrypted to TANNHA_BACKUP_RECIPIENT and holds the installation's keys only when asked: who steals it has nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from app.cli.adopting import adopt
from app.cli.age_pipe import make_identity
from app.cli.archive import FILES, FORMAT, STORE, STORE_PATIENCE_S, figures, is_key, private_files, public_of
from app.cli.backup_options import BackupOptions, needed, recipients_for
from app.cli.erasures import list_beside
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.cli.packing import Packer, packing
from app.cli.pg_tools import TableLocked, dumping, server_major
from app.cli.schema_locks import holders, hurry_locks
from app.clock import make_clock
from app.config import SECRETS, SecretList, Settings, SettingsError, keys_of, private_folder, secret_list
from app.database import LOCKED, sqlstate
from app.gateways import file_store
from app.models import StoredFile


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="the archive; a folder gets a file named by the time")
    parser.add_argument("--recipient", help="public key of age (age1…) instead of TANNHA_BACKUP_RECIPIENT")
    parser.add_argument("--plain", action="store_true", help="not encrypted, though TANNHA_ENV=production")
    parser.add_argument("--with-keys", action="store_true", help="put the installation's keys into it, too")
    parser.add_argument(
        "--adopt", type=Path, metavar="OLD", help="sign an archive of before signatures, which you know to be yours"
    )
    parser.add_argument(
        "--make-identity", type=Path, metavar="FILE", help="only make a key pair; FILE opens the backups"
    )
    add_json(parser)


def write_backup(settings: Settings, file: Path, options: BackupOptions | None = None) -> dict[str, Any]:
    """Write the archive (0600) and return its list, without the names of all files."""
    options = options or BackupOptions()
    recipients = recipients_for(settings, options)
    secrets = {place.kind: _secret(settings, place.kind) for place in SECRETS}
    with opened(settings, as_owner=True) as database, packing(file, recipients, time.time()) as packer:
        with _waiting_shortly(database.engine, options.lock_s), _one_moment(database.engine) as connection:
            hurry_locks(connection, options.lock_s)
            snapshot = connection.scalar(text("select pg_export_snapshot()"))
            contents = {"format": FORMAT, "server": server_major(database.engine), **figures(connection)}
            names = _stored_elsewhere(settings, connection)
            wanted = ["--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={options.lock_s * 1000:.0f}"]
            with dumping(database.engine, wanted) as dump:
                packer.add_dump(dump)
        _add_files(settings, packer)
        _add_stored(settings, packer, names)
        if options.with_keys:
            for place in SECRETS:
                packer.add(f"{FILES}/{place.file}", secrets[place.kind].text.encode())
        contents["taken_at"] = make_clock(settings).now().isoformat()
        contents["keys"] = needed(secrets)
        packer.finish(contents, keys_of(secrets).signing)
    list_beside(settings, file)
    return contents | {"signed_by": _signer(secrets), "encrypted": bool(recipients), "with_keys": options.with_keys}


def _one_moment(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def _waiting_shortly(engine: Engine, lock_s: float) -> Iterator[None]:
    """Whoever holds a table locked for so long is named; the backup of the night before stays what it was."""
    try:
        yield
    except (TableLocked, DBAPIError) as error:
        if isinstance(error, DBAPIError) and sqlstate(error) != LOCKED:
            raise
        with engine.connect() as connection:
            found = holders(connection, lock_s)
        who = "; ".join(map(str, found)) or "somebody who has just ended"
        raise SettingsError(
            f"The backup was not written: for {lock_s:.0f} s a table was locked by {who}. Wait for it, or end it with "
            "`select pg_terminate_backend(…)`; then run `tannha backup` again."
        ) from error


def _secret(settings: Settings, kind: str) -> SecretList:
    (place,) = (place for place in SECRETS if place.kind == kind)
    found = secret_list(settings, place)
    if found is None:
        raise SettingsError(f"{place.variable} is not set.")
    return found


def _signer(secrets: dict[str, SecretList]) -> str:
    return public_of(keys_of(secrets).signing)


def _add_files(settings: Settings, packer: Packer) -> None:
    folder = private_folder(settings)
    for path in private_files(folder):
        if not is_key(path, folder):
            packer.add_file(f"{FILES}/{path.relative_to(folder)}", path)


def _stored_elsewhere(settings: Settings, connection: Connection) -> list[str]:
    """The stored files that do not lie in the private folder, which travels whole."""
    if settings.files is None:
        return []
    return list(connection.scalars(select(StoredFile.sha256).where(StoredFile.state == "stored")))


def _add_stored(settings: Settings, packer: Packer, names: list[str]) -> None:
    """They are encrypted there already, and stay so."""
    store = file_store(settings, patience_s=STORE_PATIENCE_S)
    for name in names:
        body = store.get(name)
        if body is not None:
            packer.add(f"{STORE}/{name}", body)


def run(args: argparse.Namespace, settings: Settings) -> int:
    if args.make_identity is not None:
        return _make(args)
    file: Path | None = args.file
    if file is None:
        raise SettingsError("Name the archive to write, or a folder for it.")
    options = BackupOptions(args.recipient, args.plain, args.with_keys)
    if file.is_dir():
        ending = ".tar.age" if recipients_for(settings, options) else ".tar"
        file /= f"tannha-{make_clock(settings).now():%Y%m%dT%H%M%SZ}{ending}"
    if not file.parent.is_dir():
        raise SettingsError(f"There is no folder {file.parent}: make it, or write the backup elsewhere.")
    try:
        contents = adopt(settings, args.adopt, file, options) if args.adopt else write_backup(settings, file, options)
    except OSError as error:
        raise SettingsError(f"The backup was not written: {error.strerror or error}.") from error
    show({"file": str(file), **contents}, _sentence(file, contents), as_json=args.json)
    return 0


def _sentence(file: Path, contents: dict[str, Any]) -> str:
    closed = "encrypted" if contents["encrypted"] else "NOT encrypted: keep it as safe as the database"
    keys = (
        "It holds the installation's keys: keep it as safe."
        if contents["with_keys"]
        else "It holds no keys: a restore needs them from elsewhere."
    )
    return f"Wrote {file} ({file.stat().st_size / 1e6:.1f} MB), {closed}. {keys}\nSigned by {contents['signed_by']}."


def _make(args: argparse.Namespace) -> int:
    recipient = make_identity(args.make_identity)
    line = (
        f"TANNHA_BACKUP_RECIPIENT={recipient}\n"
        f"{args.make_identity} opens every backup made with it: keep it off this machine."
    )
    show({"recipient": recipient, "identity": str(args.make_identity)}, line, as_json=args.json)
    return 0
