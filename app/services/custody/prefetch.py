"""What the database knows of the errands of a batch, read in three statements before the first of them is touched.

Whoever finds an answer here asks the database nothing, so that what `add` was given waits for the batch's end and goes in a
statement a table; it goes before whatever is asked of the database meanwhile. A label, a seal or a receipt that is used already
shows itself there, as a broken constraint: the batch is then taken again without this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import event, func, select
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session

from app.domain.parcel import ParcelPurpose
from app.models import Attempt, ErrandDossier, HandoverCode, Parcel
from app.rows import insert_all

_AHEAD: Final = "read ahead"


@dataclass(frozen=True, slots=True)
class Prefetched:
    """Of locked errands, and kept in step by whoever writes."""

    errands: frozenset[UUID]
    envelopes: dict[tuple[UUID, ParcelPurpose], str]  # dossier and purpose → label
    attempts: dict[UUID, int]  # errand → the last number
    codes: dict[UUID, HandoverCode]  # errand → its code, locked
    rows: list[DeclarativeBase] = field(default_factory=list)  # that wait to be written

    def next_attempt(self, errand_id: UUID) -> int:
        self.attempts[errand_id] = self.attempts.get(errand_id, 0) + 1
        return self.attempts[errand_id]


@contextmanager
def reading(session: Session, errand_ids: Collection[UUID], delivered: Collection[UUID]) -> Iterator[None]:
    """Within, `of` an errand among these answers. They must be locked; `delivered`: those whose codes will be asked for."""
    session.info[_AHEAD] = Prefetched(
        frozenset(errand_ids),
        _envelopes(session, errand_ids),
        _attempts(session, errand_ids),
        _codes(session, delivered),
    )
    event.listen(session, "do_orm_execute", _write_before)
    try:
        yield
        write(session)
    finally:
        event.remove(session, "do_orm_execute", _write_before)
        del session.info[_AHEAD]


def of(session: Session, errand_id: UUID) -> Prefetched | None:
    """What was read ahead, when this errand is of it."""
    known: Prefetched | None = session.info.get(_AHEAD)
    return known if known is not None and errand_id in known.errands else None


def is_read(session: Session) -> bool:
    """Is what is used twice found out at the end of the batch?"""
    return _AHEAD in session.info


def add(session: Session, row: DeclarativeBase) -> None:
    """`session.add` for a row that nobody changes any more; what others look up by its columns sets them itself."""
    known: Prefetched | None = session.info.get(_AHEAD)
    if known is None:
        session.add(row)
    else:
        known.rows.append(row)


def write(session: Session) -> None:
    """Write what waits."""
    known: Prefetched | None = session.info.get(_AHEAD)
    if known is not None and known.rows:
        rows, known.rows[:] = known.rows[:], []
        insert_all(session, rows)


def _write_before(asked: ORMExecuteState) -> None:
    if asked.session.autoflush:
        write(asked.session)


def note(session: Session, parcel: Parcel) -> None:
    """An envelope was made meanwhile."""
    known: Prefetched | None = session.info.get(_AHEAD)
    if known is not None:
        known.envelopes[parcel.dossier_id, parcel.purpose] = parcel.code


def _envelopes(session: Session, errand_ids: Collection[UUID]) -> dict[tuple[UUID, ParcelPurpose], str]:
    if not errand_ids:
        return {}
    theirs = (
        select(Parcel.dossier_id, Parcel.purpose, Parcel.code)
        .join(ErrandDossier, ErrandDossier.dossier_id == Parcel.dossier_id)
        .where(ErrandDossier.errand_id.in_(errand_ids))
    )
    return {(row.dossier_id, row.purpose): row.code for row in session.execute(theirs)}


def _attempts(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, int]:
    if not errand_ids:
        return {}
    last = select(Attempt.errand_id, func.max(Attempt.number).label("number")).where(Attempt.errand_id.in_(errand_ids))
    return {row.errand_id: row.number for row in session.execute(last.group_by(Attempt.errand_id))}


def _codes(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, HandoverCode]:
    if not errand_ids:
        return {}
    theirs = select(HandoverCode).where(HandoverCode.errand_id.in_(errand_ids)).order_by(HandoverCode.errand_id)
    return {row.errand_id: row for row in session.scalars(theirs.with_for_update())}
