"""The due dates that wait for a person of the desk which owns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.domain.dossier import DECIDING, FINAL
from app.domain.transfer import DueHint
from app.models import AuditEvent, Dossier
from app.queries.desks.holdings import in_hand
from app.queries.desks.transfers import due_of_dossier
from app.queries.reference.calendar import calendar

MOVED: Final = "dossier.due_moved"
MOVED_AGAIN: Final = "dossier.due_moved_again"
CHECKED: Final = "dossier.due_checked"
"""The audit action that ends the task of a due date moved more often than the law allows."""


@dataclass(frozen=True, slots=True)
class ApologyOwed:
    """A dossier that will miss its date, or has: `hint` apology, today or overdue. `moved`: it had its one re-dating."""

    dossier: Dossier
    hint: DueHint
    moved: bool


def apologies_owed(session: Session, desk_id: int, today: date) -> list[ApologyOwed]:
    """Of the dates that this desk owns, those whose result is not there on the last working day before, or later.

    Law: a written apology and the new date at least one day before (Decree 61/2018). The earliest date first.
    """
    working = calendar(session)
    near = select(Dossier).where(
        in_hand(desk_id),
        Dossier.state.in_(DECIDING),
        Dossier.result_ready_at.is_(None),
        Dossier.due_on <= working.next_working(today),
    )
    dossiers = session.scalars(near.order_by(Dossier.due_on, Dossier.code).options(joinedload(Dossier.procedure))).all()
    moved = _redated(session, dossiers)
    return [
        ApologyOwed(dossier, due_of_dossier(dossier, today, working).hint, str(dossier.id) in moved)
        for dossier in dossiers
    ]


def _redated(session: Session, dossiers: Sequence[Dossier]) -> set[str]:
    """The ids of those that had an appointment given anew."""
    theirs = (AuditEvent.object_kind == "dossier", AuditEvent.object_id.in_([str(one.id) for one in dossiers]))
    redated = (AuditEvent.action.in_((MOVED, MOVED_AGAIN)), AuditEvent.detail["redated"].as_boolean())
    return set(session.scalars(select(AuditEvent.object_id).where(*theirs, *redated)))


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
