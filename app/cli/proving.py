"""Proves a backup, and feeds its dump to pg_restore: piece by piece, each hashed again before it is believed."""

from __future__ import annotations

from typing import Any, BinaryIO

from sqlalchemy import Engine, text

from app.cli.archive import DUMP, figures
from app.cli.pg_tools import rehearsing, restoring
from app.cli.restore_keys import check_keys, check_signer
from app.cli.unpacking import Archive, Listing
from app.config import Settings, SettingsError
from app.models.guards import ROLE


def proved(settings: Settings, archive: Archive, signed_by: str | None = None) -> Listing:
    """Raises SettingsError unless every byte is what the installation signed, and the keys that open it are here."""
    listing = archive.prove()
    check_signer(settings, archive.file, listing, signed_by)
    check_keys(settings, archive.file, listing)
    return listing


def verify_backup(settings: Settings, archive: Archive, *, signed_by: str | None = None) -> dict[str, Any]:
    """Prove everything that can be proved without a database; pg_restore reads every block of the dump."""
    listing = proved(settings, archive, signed_by)
    with rehearsing(int(listing.contents["server"])) as entry:
        _feed(archive, listing, entry)
    return listing.summary


def restore_dump(engine: Engine, archive: Archive, listing: Listing) -> None:
    """One transaction: whole, or not at all. Raises SettingsError when the result is not what the list says."""
    with restoring(engine, ["--no-owner", "--exit-on-error", "--single-transaction"]) as entry:
        _feed(archive, listing, entry)
    with engine.begin() as connection:
        connection.execute(text(f"grant usage on schema public to {ROLE}"))  # the schema itself is not restored
        restored = figures(connection, listing.contents["rows"])
    for part, value in restored.items():
        if listing.contents[part] != value:
            raise SettingsError(f"The restored database differs from the backup in {part}: don't work with it.")


def _feed(archive: Archive, listing: Listing, entry: BinaryIO) -> None:
    with archive.proved(listing) as members:
        for name, _, body in members:
            if name.startswith(f"{DUMP}/"):
                entry.write(archive.piece(listing, name, body))
