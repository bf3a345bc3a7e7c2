"""Are the stored files what their names say? Each one is fetched, decrypted and hashed again; a forged one is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.models import StoredFile
from app.services.evidence.files import WHOLE
from app.services.evidence.viewing import ViewableFile, read

AT_ONCE: Final = 20  # bodies of two megabytes each


@dataclass(frozen=True, slots=True)
class FileFault:
    """`what`: file_forged | file_missing | file_store_away | box_unreadable."""

    sha256: str
    what: str


@dataclass(slots=True)
class FileReport:
    checked: int = 0
    broken: list[FileFault] = field(default_factory=list)


def next_files(session: Session, after: str) -> Sequence[Row[str, bytes | None]]:
    """Names in their order, those behind `after`; with the sealed body of what still waits for the store."""
    wanted = select(StoredFile.sha256, StoredFile.body).where(
        StoredFile.state.in_((WHOLE, "stored")), StoredFile.sha256 > after
    )
    return session.execute(wanted.order_by(StoredFile.sha256).limit(AT_ONCE)).all()


def check(
    rows: Sequence[Row[str, bytes | None]], fetch: Callable[[str], bytes | None], keys: Keys, report: FileReport
) -> None:
    """Add what is wrong with these files to the report; no transaction need be open."""
    for row in rows:
        report.checked += 1
        try:
            read(ViewableFile(row.sha256, "", row.body), fetch(row.sha256) if row.body is None else None, keys)
        except DomainError as fault:
            report.broken.append(FileFault(row.sha256, fault.code))
