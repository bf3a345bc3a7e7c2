"""`tannha restore FILE`: puts a backup back into an empty database, and proves that it is the same.

Everything is proved before anything is touched: signature, every hash, that it decrypts, that its keys are here.
`--verify` stops there; `--rehearse` goes through with it in a database of its own and throws that away.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from app.cli import rehearsal
from app.cli.archive import FILES, STORE, STORE_PATIENCE_S, is_key, private_files
from app.cli.clearing import clear_our_objects, our_tables
from app.cli.erasures import erase_again
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.cli.proving import proved, restore_dump, verify_backup
from app.cli.unpacking import Archive, Listing
from app.clock import make_clock
from app.config import SECRETS, Settings, SettingsError, private_folder, secret_list
from app.database import Database, owner_url
from app.gateways import file_store
from app.models.guards import ROLE_STATEMENT
from app.services import installation

ASK = ""  # --replace without a name: ask at the terminal


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="an archive that `tannha backup` wrote")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="opens an encrypted archive")
    parser.add_argument("--signed-by", metavar="KEY", help="believe this signer, which `tannha backup` printed")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--verify", action="store_true", help="prove the archive; neither database nor files are touched")
    what.add_argument("--rehearse", action="store_true", help="restore into a database of its own, check, and drop it")
    what.add_argument("--new-epoch", action="store_true", help="only this: the server was brought back by other means")
    what.add_argument(
        "--replace",
        nargs="?",
        const=ASK,
        metavar="DATABASE",
        help="throw away what this database and its files hold now; its name proves that you mean this one",
    )
    add_json(parser)


def restore_backup(
    settings: Settings, archive: Archive, *, replace: bool = False, signed_by: str | None = None
) -> dict[str, Any]:
    """Put the archive back; returns its list once the restored database agrees with it.

    Raises SettingsError when the archive is refused, when something is there already, or when the result differs.
    """
    listing = proved(settings, archive, signed_by)
    with opened(settings, as_owner=True) as database:
        _make_room(settings, database.engine, listing, archive.file, replace=replace)
        restore_dump(database.engine, archive, listing)
        _put_files(settings, archive, listing)
        _prepare(settings, database)
    erase_again(settings, archive.file)
    return listing.summary


def _prepare(settings: Settings, database: Database) -> None:
    """What has to happen to every restored database before anybody works with it."""
    with database.engine.connect() as connection:
        older = "epoch" not in our_tables(connection)
    if not older:  # else the migration begins one, and no phone knows that
        with database.transaction() as session:
            installation.begin_epoch(session, make_clock(settings).now())


def _make_room(settings: Settings, engine: Engine, listing: Listing, file: Path, *, replace: bool) -> None:
    private = private_folder(settings)
    with engine.connect() as connection:
        taken = our_tables(connection)
    foreign = [path for path in private_files(private) if _foreign(path, private, listing)]
    if (taken or foreign) and not replace:
        what = f"{len(taken)} tables" if taken else f"other files ({foreign[0].name} …)"
        raise SettingsError(
            f"There is something here already ({what}), and nothing was changed. To see whether the archive can be "
            f"restored, beside what is here: tannha restore --rehearse {file}"
        )
    with engine.begin() as connection:
        clear_our_objects(connection)
        connection.execute(text(ROLE_STATEMENT))
    for path in foreign:
        path.unlink()


def _foreign(path: Path, private: Path, listing: Listing) -> bool:
    """A file that the restore would lose. The keys are not: they stay, and were found to be the right ones."""
    if is_key(path, private):
        return False
    sha256 = listing.hashes.get(f"{FILES}/{path.relative_to(private)}")
    with path.open("rb") as file:
        return sha256 is None or hashlib.file_digest(file, "sha256").hexdigest() != sha256


def _put_files(settings: Settings, archive: Archive, listing: Listing) -> None:
    """Files of a store elsewhere go into the store that is named here, and so do the folder's when it is elsewhere now."""
    private, store = private_folder(settings), file_store(settings, patience_s=STORE_PATIENCE_S)
    in_folder = f"{FILES}/{STORE}/"
    with archive.proved(listing) as members:
        for name, _, body in members:
            if name.startswith(f"{STORE}/") or (settings.files is not None and name.startswith(in_folder)):
                store.put(Path(name).name, archive.piece(listing, name, body))
            elif name.startswith(f"{FILES}/") and not _known_here(settings, private / name.removeprefix(f"{FILES}/")):
                archive.write(listing, name, body, private / name.removeprefix(f"{FILES}/"))


def _known_here(settings: Settings, target: Path) -> bool:
    """A key that is here already: its list opens all that the archive holds, and what was sealed to a newer one since."""
    return any(
        target == settings.private / place.file and secret_list(settings, place, make=False) is not None
        for place in SECRETS
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    if args.new_epoch:
        return _new_epoch(args, settings)
    if args.file is None:
        raise SettingsError("Name the archive that `tannha backup` wrote.")
    archive = Archive(args.file, args.identity)
    if args.rehearse:
        return rehearsal.run(args, settings, archive)
    if args.verify:
        contents = verify_backup(settings, archive, signed_by=args.signed_by)
        says = "is whole: signature, every file, every block of the dump, and its keys are here. Nothing was restored."
        show(contents, f"The backup of {contents['taken_at']} {says}", as_json=args.json)
        return 0
    replace = args.replace is not None and _meant(settings, args.replace)
    contents = restore_backup(settings, archive, replace=replace, signed_by=args.signed_by)
    rows = sum(contents["rows"].values())
    text_line = f"Restored the backup of {contents['taken_at']}: {rows} rows; counts and custody heads agree."
    show(contents, text_line, as_json=args.json)
    return 0


def _new_epoch(args: argparse.Namespace, settings: Settings) -> int:
    """After a recovery to a moment: what phones did behind it is asked for again."""
    with opened(settings, as_owner=True) as database:
        _prepare(settings, database)
    show({"new_epoch": True}, "Phones send again what they still hold, at their next contact.", as_json=args.json)
    return 0


def _meant(settings: Settings, name: str) -> bool:
    """Whoever replaces a database says which: a forgotten variable would have named another."""
    url = owner_url(settings)
    if name == ASK and sys.stdin.isatty():
        name = input(f"Everything in the database {url.database} at {url.host or 'this machine'} is lost. Its name: ")
    if name != url.database:
        raise SettingsError(
            f"Nothing was changed: this is the database {url.database} at {url.host or 'this machine'}. "
            "Whoever means to lose what it holds names it: --replace DATABASE."
        )
    return True
