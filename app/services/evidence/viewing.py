"""Who may look at a photograph or a signature. Every look is written down before the first byte goes out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.domain.file import parse_sha256
from app.domain.identity import Role
from app.domain.operation import FileKind
from app.models import Courier, Device, Errand, FileUse, Operation, StoredFile
from app.services import audit
from app.services.evidence import vault
from app.services.evidence.files import WHOLE, context_of
from app.services.evidence.sealed import open_sealed

SEE_PROOF: Final = frozenset({Role.COUNTER, Role.OFFICE_MANAGER, Role.COORDINATOR, Role.ADMIN})
CITIZEN_SEES: Final = frozenset(
    {FileKind.ENVELOPE, FileKind.GATE, FileKind.PLACE, FileKind.SEAL, FileKind.SEAL_OTHER_SIDE, FileKind.RESULT_ERROR}
)
"""Neither signatures, which are other people's too, nor a faulty paper, which only the competent desk looks at."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks; `offices` None: all of them."""

    actor: str
    role: Role
    desk_id: int | None
    offices: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class ViewableFile:
    """A file that may be looked at. `box`: its sealed body, while it waits for the store; None: it lies there."""

    sha256: str
    media_type: str
    box: bytes | None


AnyUse = Row[FileKind, bool, int | None, int]


def look(session: Session, sha256: str, viewer: Viewer, now: datetime) -> ViewableFile:
    """Write the look down and say where the bytes are.

    Raises `not_found` for whom it is no business of (and for what is not there), `file_pending`, `file_deleted`.
    """
    allowed = [use for use in _uses(session, parse_sha256(sha256)) if may_look(use, viewer)]
    if not allowed:
        raise DomainError("not_found", kind="not_found")
    return _looked_at(session, sha256, viewer.actor, [use.kind for use in allowed], now)


def _looked_at(session: Session, sha256: str, actor: str, kinds: Collection[FileKind], now: datetime) -> ViewableFile:
    row = session.get(StoredFile, sha256)
    if row is None or row.state == "coming":
        raise DomainError("file_pending", kind="not_found")
    if row.state == "deleted":
        raise DomainError("file_deleted", kind="gone")
    audit.record(session, actor, "look", "file", sha256, now, kinds=sorted({kind.value for kind in kinds}))
    box = row.body if row.state == WHOLE else None
    return ViewableFile(sha256, row.media_type or "application/octet-stream", box)


def look_as_citizen(
    session: Session, sha256: str, errand_ids: Collection[UUID], actor: str, now: datetime
) -> ViewableFile:
    """A picture of one's own door or envelope, for who has proved the request's telephone. Raises as `look`."""
    own = select(FileUse.kind).where(
        FileUse.sha256 == parse_sha256(sha256), FileUse.errand_id.in_(errand_ids), FileUse.kind.in_(CITIZEN_SEES)
    )
    kinds = session.scalars(own).all()
    if not kinds:
        raise DomainError("not_found", kind="not_found")
    return _looked_at(session, sha256, actor, kinds, now)


def _uses(session: Session, sha256: str) -> Sequence[AnyUse]:
    """Each use with the office that answers for it: the errand's, else that of the courier who sent it."""
    return session.execute(
        select(
            FileUse.kind,
            FileUse.consent,
            FileUse.desk_id,
            func.coalesce(Errand.office_id, Courier.office_id).label("office_id"),
        )
        .outerjoin(Errand, Errand.id == FileUse.errand_id)
        .outerjoin(Operation, Operation.id == FileUse.operation_id)
        .outerjoin(Device, Device.id == Operation.device_id)
        .outerjoin(Courier, Courier.id == Device.courier_id)
        .where(FileUse.sha256 == sha256)
    ).all()


def may_look(use: AnyUse, viewer: Viewer) -> bool:
    """A photo of a faulty paper: the competent desk and nobody else, and without the citizen's consent nobody at all;
    proof: the office's staff and coordinators.
    """
    if use.kind is FileKind.FAULTY_PAPER or use.desk_id is not None:
        return (
            use.consent and viewer.role is Role.DESK_CLERK and use.desk_id is not None and use.desk_id == viewer.desk_id
        )
    return viewer.role in SEE_PROOF and (viewer.offices is None or use.office_id in viewer.offices)


def read(found: ViewableFile, stored: bytes | None, keys: Keys) -> bytes:
    """The file itself, from its sealed body or from what the store gave. Raises `file_forged`, `file_missing`."""
    if found.box is not None:
        plain = open_sealed(keys, context_of(found.sha256), found.box)
        vault.check_hash(found.sha256, plain)
        return plain
    if stored is None:
        raise DomainError("file_missing", sha256=found.sha256)
    return vault.open_closed(keys, found.sha256, stored)


def note_forged(session: Session, sha256: str, fault: str, now: datetime) -> None:
    """A file that is not what it was is named, for whoever reads the audit."""
    audit.record(session, "system", fault, "file", sha256, now)
