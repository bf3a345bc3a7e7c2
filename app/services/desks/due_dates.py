"""Move a dossier's due date, at most once: the only place that moves one that stands.

The audit is the memory: each move is an event with the date before it, and a second one that could not be refused waits there
until somebody of the desk has looked at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.due_date import DueTold, is_redating
from app.domain.errors import DomainError
from app.models import AuditEvent, Dossier
from app.queries.desks.due_dates import CHECKED, MOVED, MOVED_AGAIN, moved_again
from app.services import audit

MOVES: Final = (MOVED, MOVED_AGAIN)


def tell(session: Session, dossier: Dossier, told: DueTold) -> bool:
    """Take the date over; was it news? The caller holds the dossier's row and has not moved its state yet.

    Raises `redated_once` at `due_on` for a second re-dating, unless the word is binding: then it is taken and becomes the
    desk's task. A binding word that names a date which was left behind is the teller's older knowledge, and is no news; unless
    it was the teller who left it behind: then it is where the date has returned to.
    """
    before = dossier.due_on
    if told.on is None or told.on == before:
        return False
    if before is None:
        dossier.due_on = told.on
        return True
    moves = _moves(session, dossier)
    if told.binding and _is_older_knowledge(moves, told):
        return False
    redates = is_redating(dossier.state, told.state)
    again = redates and any(move.detail["redated"] for move in moves)
    if again and not told.binding:
        raise DomainError("redated_once", field="due_on", given=dossier.code, due=before)
    dossier.due_on = told.on
    detail = {"before": before.isoformat(), "after": told.on.isoformat(), "redated": redates}
    audit.record(session, told.by, MOVED_AGAIN if again else MOVED, "dossier", dossier.id, told.now, **detail)
    return True


def _moves(session: Session, dossier: Dossier) -> Sequence[AuditEvent]:
    mine = (AuditEvent.object_kind == "dossier", AuditEvent.object_id == str(dossier.id))
    return session.scalars(select(AuditEvent).where(*mine, AuditEvent.action.in_(MOVES)).order_by(AuditEvent.id)).all()


def _is_older_knowledge(moves: Sequence[AuditEvent], told: DueTold) -> bool:
    assert told.on is not None  # asked by the caller
    left_behind = told.on.isoformat() in {move.detail["before"] for move in moves}
    return left_behind and moves[-1].actor != told.by


def checked(session: Session, dossier_id: UUID, desk_id: int, by: str, now: datetime) -> None:
    """Somebody of the desk has looked at the dates that were moved again. Raises `not_found` where nothing waits."""
    waiting = [line.dossier.id for line in moved_again(session, desk_id)]
    if dossier_id not in waiting:
        raise DomainError("not_found", kind="not_found")
    audit.record(session, by, CHECKED, "dossier", dossier_id, now)
