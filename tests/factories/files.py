"""Files as a phone brings them: a small picture, its sealed box, and the operation that names it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.domain.file import LARGEST_PART, FilePart
from app.domain.operation import FileKind, OperationKind, OperationResult
from app.models import Device, FileUse, Operation
from app.services.evidence import files
from app.services.evidence.files import UploadProgress
from app.services.evidence.sealed import public_point, seal
from app.unit_of_work import UnitOfWork
from tests.factories.counter import number
from tests.factories.times import KEYS, NOW


@dataclass(frozen=True)
class Picture:
    plain: bytes
    sha256: str
    box: bytes

    @property
    def parts(self) -> list[FilePart]:
        starts = range(0, len(self.box), LARGEST_PART)
        return [FilePart(start, len(self.box), self.box[start : start + LARGEST_PART]) for start in starts]


def make_picture(size: int = 1000, *, inside: bytes | None = None, keys: Keys = KEYS) -> Picture:
    """A JPEG by its first bytes. `inside`: what the box really holds, when it is a forged one."""
    plain = (b"\xff\xd8\xff" + f"ảnh thử {number()} ".encode() * (size // 10 + 1))[:size]
    sha256 = hashlib.sha256(plain).hexdigest()
    return Picture(plain, sha256, seal(public_point(keys), files.context_of(sha256), inside or plain))


def bring(session: UnitOfWork, picture: Picture, device: Device, **given: Any) -> UploadProgress:
    """All parts in their order."""
    taken: UploadProgress | DomainError | None = None
    for part in picture.parts:
        taken = files.take_part(
            session, picture.sha256, part, device.id, given.get("now", NOW), given.get("keys", KEYS)
        )
    assert isinstance(taken, UploadProgress)
    session.flush()
    return taken


def make_operation(session: Session, device: Device, **given: Any) -> Operation:
    n = number()
    defaults: dict[str, Any] = {
        "id": uuid4(),
        "device_id": device.id,
        "seq": n,
        "kind": OperationKind.COLLECTED,
        "occurred_at": NOW,
        "corrected_at": NOW,
        "received_at": NOW,
        "commitment": "0" * 64,
        "files": [],
        "previous": "0" * 64,
        "hash": f"{n:064d}",
        "result": OperationResult.APPLIED,
        "reviews": [],
        "answer": {"result": "applied"},
    }
    operation = Operation(**{**defaults, **given})
    session.add(operation)
    session.flush()
    return operation


def make_use(session: Session, sha256: str, operation: Operation, **given: Any) -> FileUse:
    defaults: dict[str, Any] = {
        "sha256": sha256,
        "operation_id": operation.id,
        "errand_id": operation.errand_id,
        "kind": FileKind.ENVELOPE,
    }
    use = FileUse(**{**defaults, **given})
    session.add(use)
    session.flush()
    return use
