"""Files come in parts, still sealed; the last part unseals them, proves the hash and promises the store, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.domain.file import LARGEST_FILE, FilePart, media_type
from app.jobs import defer, defer_all
from app.models import StoredFile
from app.services.evidence import vault
from app.services.evidence.sealed import open_sealed
from app.unit_of_work import UnitOfWork

WHOLE: Final = "whole"


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How much of a box is here. `state` is `coming` or `whole`: where it lies afterwards is no phone's business."""

    received: int
    total: int
    state: str


def context_of(sha256: str) -> str:
    """What a file's box was sealed for."""
    return f"file:{sha256}"


def progress(session: Session, sha256: str) -> UploadProgress:
    """Of a file that nobody has begun to send, nothing is here."""
    row = session.execute(_head(sha256)).one_or_none()
    return _progress(row) if row is not None else UploadProgress(0, 0, "coming")


def take_part(
    work: UnitOfWork, sha256: str, part: FilePart, device_id: UUID, now: datetime, keys: Keys
) -> UploadProgress | DomainError:
    """Add a part behind what is here; a file that is whole stays as it is, whatever is sent again.

    The refusals are returned, for what they leave behind must be committed: `part_out_of_place` (go on from `received`),
    `file_forged` and `file_too_big` (begin again: nothing of it is kept).
    """
    _announce(work, sha256, part.total, device_id, now)
    row = work.execute(_head(sha256).with_for_update()).one()
    if row.state != "coming":
        return _progress(row)
    if row.sealed_size != part.total:  # sealed anew, or by another phone: two boxes can't be mixed
        _begin_again(work, sha256, part.total, device_id, now)
        return _out_of_place(0)
    if part.first != row.received:
        return _out_of_place(row.received)
    received = _append(work, sha256, part)
    return (
        _finish(work, sha256, now, keys) if received == part.total else UploadProgress(received, part.total, "coming")
    )


def _head(sha256: str) -> Select[str, int, int]:
    return select(StoredFile.state, StoredFile.received, StoredFile.sealed_size).where(StoredFile.sha256 == sha256)


def _progress(row: Row[str, int, int]) -> UploadProgress:
    if row.state == "coming":
        return UploadProgress(row.received, row.sealed_size, "coming")
    return UploadProgress(row.sealed_size, row.sealed_size, WHOLE)


def _announce(session: Session, sha256: str, total: int, device_id: UUID, now: datetime) -> None:
    row = insert(StoredFile).values(
        sha256=sha256, state="coming", sealed_size=total, received=0, device_id=device_id, started_at=now
    )
    session.execute(row.on_conflict_do_nothing())


def _begin_again(
    session: Session,
    sha256: str,
    total: int | None = None,
    device_id: UUID | None = None,
    now: datetime | None = None,
) -> None:
    fresh: dict[str, object] = {"received": 0, "body": None}
    if total is not None:
        fresh |= {"sealed_size": total, "device_id": device_id, "started_at": now}
    session.execute(update(StoredFile).where(StoredFile.sha256 == sha256).values(fresh))


def _out_of_place(received: int) -> DomainError:
    return DomainError("part_out_of_place", field="Content-Range", received=received)


def _append(session: Session, sha256: str, part: FilePart) -> int:
    """In the database, so that a growing body does not travel to and fro."""
    longer = func.coalesce(StoredFile.body, b"").op("||")(part.body)
    added = (
        update(StoredFile)
        .where(StoredFile.sha256 == sha256)
        .values(body=longer, received=StoredFile.received + len(part.body))
        .returning(StoredFile.received)
    )
    return session.execute(added).scalar_one()


def _finish(work: UnitOfWork, sha256: str, now: datetime, keys: Keys) -> UploadProgress | DomainError:
    box = work.execute(select(StoredFile.body).where(StoredFile.sha256 == sha256)).scalar_one() or b""
    plain = _unsealed(sha256, box, keys)
    if isinstance(plain, DomainError):
        _begin_again(work, sha256)
        return plain
    proved = {"state": WHOLE, "size": len(plain), "media_type": media_type(plain), "whole_at": now}
    work.execute(update(StoredFile).where(StoredFile.sha256 == sha256).values(proved))
    defer(work, "store_file", {"sha256": sha256})
    return UploadProgress(len(box), len(box), WHOLE)


def _unsealed(sha256: str, box: bytes, keys: Keys) -> bytes | DomainError:
    """The file itself, proved by its name; a box that does not open is as forged as one with another file inside."""
    try:
        plain = open_sealed(keys, context_of(sha256), box)
        vault.check_hash(sha256, plain)
    except DomainError:
        return vault.forged(sha256)
    if len(plain) > LARGEST_FILE:
        return DomainError("file_too_big", kind="invalid", field="file", most=LARGEST_FILE // 1024 // 1024)
    return plain


def delete(work: UnitOfWork, which: ColumnElement[bool], now: datetime) -> Sequence[str]:
    """Nothing of these files stays: not here, and not in the store, once the promised jobs are done. Returns their names."""
    deleted = work.scalars(
        update(StoredFile)
        .where(StoredFile.state != "deleted", which)
        .values(state="deleted", body=None, deleted_at=now)
        .returning(StoredFile.sha256)
        .execution_options(synchronize_session=False)
    ).all()
    defer_all(work, "delete_file", [{"sha256": sha256} for sha256 in deleted])
    return deleted
