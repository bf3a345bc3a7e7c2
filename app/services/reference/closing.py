"""Close a place of work and open it again. Nothing of its history changes; nothing on its way is left behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.models import Desk, Dossier, ErrandDossier, FileUse, Office, WaitingResult
from app.queries.desks.under_way import open_dossiers, under_way
from app.services import audit

Stand = Office | Desk


def close_place(session: Session, place: Stand, heir: Desk | None, by: str, now: datetime) -> None:
    """`place` is locked. `heir`: the desk that takes over what a desk has not decided, and what its codes name.

    Raises `heir_refused`, `place_busy` with all that is in the way.
    """
    if heir is not None and (isinstance(place, Office) or heir.id == place.id or heir.closed_at is not None):
        raise DomainError("heir_refused", kind="invalid", field="taken_over_by")
    left = under_way(session, place, local_day(now), heir)
    if left:
        raise DomainError("place_busy", field="state", place=place.name, left=left)
    moved = 0
    if isinstance(place, Desk) and heir is not None:
        moved = _inherit(session, place, heir)
        place.taken_over_by = heir
    place.closed_at = now
    session.flush()
    _note(session, place, by, "place.closed", now, taken_over_by=heir.code if heir is not None else None, moved=moved)


def reopen_place(session: Session, place: Stand, by: str, now: datetime) -> None:
    """What was taken over stays where it is by now. The caller has seen that no other place stands there."""
    place.closed_at = None
    if isinstance(place, Desk):
        place.taken_over_by = None
    session.flush()
    _note(session, place, by, "place.reopened", now)


def _inherit(session: Session, desk: Desk, heir: Desk) -> int:
    """What is decided stays with the desk that decided it."""
    dossiers = session.scalars(select(Dossier.id).where(open_dossiers(desk))).all()
    for column in (Dossier.desk_id, Dossier.competent_desk_id):
        session.execute(
            update(Dossier).where(Dossier.id.in_(dossiers), column == desk.id).values({column: heir.id}),
            execution_options={"synchronize_session": "fetch"},
        )
    session.execute(update(WaitingResult).where(WaitingResult.desk_id == desk.id).values(desk_id=heir.id))
    session.execute(update(Desk).where(Desk.taken_over_by_id == desk.id).values(taken_over_by_id=heir.id))
    _show_files(session, dossiers, desk, heir)
    return len(dossiers)


def _show_files(session: Session, dossiers: Sequence[UUID], desk: Desk, heir: Desk) -> None:
    """Scans that this desk alone might look at, of what it hands on."""
    visits = select(ErrandDossier.errand_id).where(ErrandDossier.dossier_id.in_(dossiers))
    theirs = (FileUse.desk_id == desk.id, FileUse.errand_id.in_(visits))
    session.execute(update(FileUse).where(*theirs).values(desk_id=heir.id))


def _note(session: Session, place: Stand, by: str, action: str, now: datetime, **detail: object) -> None:
    place.told_at = now
    kind = "office" if isinstance(place, Office) else "desk"
    audit.record(session, by, action, kind, place.id, now, **detail)
