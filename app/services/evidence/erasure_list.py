"""The list of what was erased, beside the backups: ids and times, nobody's name. `restore` does it again from here.

A backup of last night knows nothing of today's erasure: without this list it would bring the person back.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.models import Erasure
from app.services import audit
from app.services.evidence import erasure, free_texts
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ErasedSubject:
    """One line of the list, one row of `erasure`."""

    kind: str
    subject_id: str
    at: str
    by: str
    legal_basis: str

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.subject_id


class ErasureListBroken(Exception):
    """A line that nobody can read: whoever restores must look, for it may be a person."""

    def __init__(self, path: Path, number: int) -> None:
        super().__init__(f"line {number} of {path} can't be read")


def lines_of(work: UnitOfWork) -> list[ErasedSubject]:
    rows = work.scalars(select(Erasure).order_by(Erasure.id))
    return [ErasedSubject(one.kind, one.subject_id, one.at.isoformat(), one.by, one.legal_basis) for one in rows]


def append(path: Path, lines: Iterable[ErasedSubject]) -> int:
    """Add what is missing, and nothing twice; durable when it returns. How many."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        whole = text[: text.rfind("\n") + 1]  # a line cut off by a crash is written anew, from the database
        os.ftruncate(file.fileno(), len(whole.encode()))
        known = {one.key for one in _parse(path, whole)}
        fresh = [one for one in lines if one.key not in known]
        file.write("".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in fresh))
        file.flush()
        os.fsync(file.fileno())
    return len(fresh)


def read(*paths: Path) -> list[ErasedSubject]:
    """All that these lists hold, each subject once; a list that is not there holds nothing. Raises ErasureListBroken."""
    lines = {one.key: one for path in paths if path.exists() for one in _parse(path, path.read_text("utf-8"))}
    return list(lines.values())


def _parse(path: Path, text: str) -> list[ErasedSubject]:
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            lines.append(ErasedSubject(**json.loads(line)))
        except (ValueError, TypeError):
            raise ErasureListBroken(path, number) from None
    return lines


def replay(work: UnitOfWork, lines: Sequence[ErasedSubject], now: datetime) -> int:
    """Erase again what this database does not know to be erased; how many subjects.

    Nothing is refused here: what was open in the backup has been closed since.
    """
    known = {(one.kind, one.subject_id) for one in work.scalars(select(Erasure))}
    fresh = [one for one in lines if one.key not in known]
    of_kind = {kind: [one.subject_id for one in fresh if one.kind == kind] for kind in ("applicant", "helper", "text")}
    erasure.empty_applicants(work, [UUID(one) for one in of_kind["applicant"]], now)
    erasure.empty_helpers(work, [UUID(one) for one in of_kind["helper"]])
    free_texts.delete_texts(work, of_kind["text"])
    for one in fresh:
        work.execute(insert(Erasure).values(**asdict(one)).on_conflict_do_nothing())
    if fresh:
        audit.record(work, "system", "erased_again", "erasure", "restore", now, subjects=len(fresh))
    return len(fresh)
