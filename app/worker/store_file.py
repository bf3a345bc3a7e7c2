"""Put a whole file into the store: claim → commit → put → settle. No transaction is open while the store is asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.config import Keys
from app.database import Database
from app.models import StoredFile
from app.services.evidence import files, vault
from app.services.evidence.sealed import open_sealed
from integrations.files import FileStore


def store_file(database: Database, store: FileStore, sha256: str, now: datetime, keys: Keys) -> str:
    """Returns the file's state: `stored`, or what it already was. Safe to repeat: the same name is written over.

    Raises `Unavailable` or `Rejected` with the sealed body still in its row.
    """
    box = _claim(database, sha256)
    if box is not None:
        plain = open_sealed(keys, files.context_of(sha256), box)
        vault.check_hash(sha256, plain)
        store.put(sha256, vault.close(keys, sha256, plain))
    return _settle(database, sha256, now)


def delete_file(store: FileStore, sha256: str) -> None:
    """Its time is over: the row says so already."""
    store.delete(sha256)


def _claim(database: Database, sha256: str) -> bytes | None:
    """The sealed body of a file that waits; None: it is stored, or gone."""
    waits = select(StoredFile.body).where(StoredFile.sha256 == sha256, StoredFile.state == files.WHOLE)
    with database.transaction() as session:
        return session.scalar(waits)


def _settle(database: Database, sha256: str, now: datetime) -> str:
    waiting = update(StoredFile).where(StoredFile.sha256 == sha256, StoredFile.state == files.WHOLE)
    with database.transaction() as session:
        session.execute(waiting.values(state="stored", body=None, stored_at=now))
        return session.scalars(select(StoredFile.state).where(StoredFile.sha256 == sha256)).one()
