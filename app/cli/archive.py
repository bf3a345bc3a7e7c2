"""What a backup holds: one tar, encrypted on its way, with the database in pieces, the private files, and at its end a
list of everything with sizes and hashes, signed by the installation. A restore believes nothing that the list does not say.

All of it is one moment: figures and dump read the same exported snapshot. Files are copied after it; they are only ever
added, and before the row that names them is committed, so every file that the dump names is there. (One whose time was
over in these minutes is missing; its row says so after the next day's sweep.) A store elsewhere is carried along, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, column, func, inspect, select, table, text

from app.config import SECRETS
from app.models import Base

FORMAT: Final = 2
DUMP, FILES, STORE, LIST, SIGNATURE = "database.dump", "private", "files", "list.json", "list.sig"
PIECE: Final = 4 << 20  # of the dump: what is in memory at a time, and hashed before it is believed
STORE_PATIENCE_S = 30.0
NOT_KEPT = frozenset({"python_PostgresServer"})  # the embedded server's locks
KEY_FILES: Final = frozenset(place.file for place in SECRETS)
PURPOSE: Final = b"tannha backup 2\0"  # what the key of the digests signs here can never pass for a digest


def figures(connection: Connection, tables: Iterable[str] | None = None) -> dict[str, object]:
    """Rows by table, and one hash over every custody head. `tables`: those that a list names, of whatever version."""
    there = set(inspect(connection).get_table_names())
    counted = sorted(Base.metadata.tables if tables is None else there.intersection(tables))
    heads = hashlib.sha256()
    if "parcel" in there:
        parcels = table("parcel", column("id"), column("event_no"), column("head_hash"))
        for row in connection.execute(select(parcels).order_by(parcels.c.id)):
            heads.update(f"{row.id} {row.event_no} {row.head_hash}\n".encode())
    return {
        "schema": connection.scalar(text("select version_num from alembic_version")),
        "rows": {name: connection.scalar(select(func.count()).select_from(table(name))) for name in counted},
        "custody_heads": heads.hexdigest(),
    }


def private_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not NOT_KEPT & set(path.relative_to(folder).parts):
            yield path


def is_key(path: Path, folder: Path) -> bool:
    return path.parent == folder and path.name in KEY_FILES


def public_of(seed: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def sign_list(seed: bytes, listing: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(PURPOSE + listing).hex()


def list_holds(public: str, signature: str, listing: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), PURPOSE + listing)
    except (InvalidSignature, ValueError):
        return False
    return True
