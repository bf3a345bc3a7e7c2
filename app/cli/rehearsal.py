"""`tannha restore --rehearse FILE`: the whole restore, beside production, in a database of its own that is dropped again.

It never touches a database that it did not make, and no file at all.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.cli.archive import FILES, STORE
from app.cli.output import show
from app.cli.proving import proved, restore_dump
from app.cli.restore_keys import lists_for
from app.cli.unpacking import Archive, Listing
from app.config import Keys, Settings, SettingsError, keys_of
from app.database import Database, make_engine, owner_url
from app.domain.errors import DomainError
from app.models.guards import ROLE_STATEMENT
from app.queries.custody.verification import verify
from app.services.evidence import vault

PREFIX: Final = "tannha_rehearsal_"
STORED: Final = (f"{STORE}/", f"{FILES}/{STORE}/")
BROKEN: Final = 1


def rehearse(settings: Settings, archive: Archive, *, signed_by: str | None = None) -> dict[str, Any]:
    """Raises SettingsError when the archive is refused or does not come back as it was."""
    listing = proved(settings, archive, signed_by)
    keys = keys_of(lists_for(settings, listing))
    with own_database(settings) as database:
        restore_dump(database.engine, archive, listing)
        with database.transaction() as session:
            report = verify(session, keys)
        name = database.engine.url.database
    files, broken = _open_files(archive, listing, keys)
    return {
        **listing.summary,
        "rehearsed_in": name,
        "custody_broken": len(report.broken),
        "events": report.events,
        "files": files,
        "files_broken": broken,
        "clean": report.clean and not broken,
    }


@contextmanager
def own_database(settings: Settings) -> Iterator[Database]:
    """A new one beside the installation's, on the same server; gone afterwards, whatever happened."""
    url = owner_url(settings)
    name = f"{PREFIX}{secrets.token_hex(6)}"
    server = make_engine(url, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"create database {name} template template0"))
        engine = make_engine(url.set(database=name), pool_size=2)
        try:
            with engine.begin() as connection:
                connection.execute(text(ROLE_STATEMENT))
            yield Database(engine)
        finally:
            engine.dispose()
            with server.connect() as connection:
                connection.execute(text(f"drop database {name} with (force)"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != "42501":  # insufficient_privilege
            raise
        raise SettingsError(
            f'A rehearsal makes a database of its own, and {url.username} may not: run `alter role "{url.username}" '
            "createdb` as the server's administrator."
        ) from error
    finally:
        server.dispose()


def _open_files(archive: Archive, listing: Listing, keys: Keys) -> tuple[int, int]:
    """That the bytes are the signed ones is proved; here, that the keys open them."""
    checked = broken = 0
    with archive.proved(listing) as members:
        for name, _, body in members:
            if name.startswith(STORED):
                checked += 1
                try:
                    vault.open_closed(keys, name.rsplit("/", 1)[1], archive.piece(listing, name, body))
                except DomainError:
                    broken += 1
    return checked, broken


def run(args: argparse.Namespace, settings: Settings, archive: Archive) -> int:
    found = rehearse(settings, archive, signed_by=args.signed_by)
    rows = sum(found["rows"].values())
    line = (
        f"The backup of {found['taken_at']} came back in {found['rehearsed_in']}, which is dropped again: {rows} rows, "
        f"counts and custody heads agree; {found['events']} custody events, {found['custody_broken']} broken; "
        f"{found['files']} files opened, {found['files_broken']} can't be."
    )
    show(found, line, as_json=args.json)
    return 0 if found["clean"] else BROKEN
