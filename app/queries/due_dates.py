"""The due dates that wait for a person of the desk which owns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.domain.dossier import FINAL
from app.models import AuditEvent, Dossier
from app.queries.holdings import in_hand

MOVED: Final = "dossier.due_moved"
MOVED_AGAIN: Final = "dossier.due_moved_again"
CHECKED: Final = "dossier.due_checked"
"""The audit action that ends the task of a due date moved more often than the law allows."""


@dataclass(frozen=True, slots=True)
class MovedAgain:
    """A dossier whose due date the exchange moved a second time, and the date that stood before."""

    dossier: Dossier
    before: date


def moved_again(session: Session, desk_id: int) -> Sequence[MovedAgain]:
    """The newest such move of each open dossier, until somebody has looked at it."""
    seen, newest = aliased(AuditEvent), func.max(AuditEvent.id)
    looked_at = select(seen.id).where(
        seen.action == CHECKED,
        seen.object_kind == "dossier",
        seen.object_id == AuditEvent.object_id,
        seen.id > AuditEvent.id,
    )
    waiting = (
        select(AuditEvent.object_id, newest.label("event_id"))
        .where(AuditEvent.action == MOVED_AGAIN, AuditEvent.object_kind == "dossier", ~looked_at.exists())
        .group_by(AuditEvent.object_id)
        .subquery()
    )
    rows = session.execute(
        select(Dossier, AuditEvent)
        .join(waiting, waiting.c.object_id == cast(Dossier.id, String))
        .join(AuditEvent, AuditEvent.id == waiting.c.event_id)
        .where(in_hand(desk_id), Dossier.state.not_in(FINAL))
        .order_by(Dossier.due_on, Dossier.code)
        .options(joinedload(Dossier.procedure))
    )
    return [MovedAgain(dossier, date.fromisoformat(event.detail["before"])) for dossier, event in rows]
