"""Move a dossier from one national state to the next: the only place that does, so that everybody is told of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier import FINAL, DossierState
from app.domain.transfer import SubState, implied_sub_state
from app.models import Dossier, DossierStep
from app.services.desks import transfer_need
from app.services.outbox import changes
from app.unit_of_work import UnitOfWork


def move(  # noqa: PLR0913 (one flat fact: everybody who moves a dossier writes it so)
    work: UnitOfWork,
    dossier: Dossier,
    state: DossierState,
    *,
    by: str,
    at: datetime,
    now: datetime,
    sub_state: SubState | None = None,
) -> DossierStep:
    """Write the step and promise its telling: to the one-stop exchange and to whoever subscribed.

    `at`: when it happened; `now`: when we learned of it. `sub_state` None: what the state means between two desks.
    """
    dossier.state = int(state)
    dossier.sub_state = _sub_state(dossier, state, sub_state)
    return _write(work, dossier, by, at, now, told_by_them=False)


def learn(work: UnitOfWork, dossier: Dossier, state: int, *, by: str, at: datetime, now: datetime) -> DossierStep:
    """Write a step that the one-stop side told us of: they need no telling.

    The same step told again is the one that stands. What is older than the last step, or comes after a final one, is kept as
    history and moves nothing: whoever was told of the last word would otherwise hear an older one after it.
    """
    last = last_step(work, dossier)
    sub_state = _sub_state(dossier, state, dossier.sub_state)
    if last is not None and (last.state, last.sub_state, last.at) == (state, sub_state, at):
        return last
    if not moves(work, dossier, at):
        return _history(work, dossier, state, by, at, now)
    dossier.state, dossier.sub_state = state, sub_state
    return _write(work, dossier, by, at, now, told_by_them=True)


def moves(session: Session, dossier: Dossier, at: datetime) -> bool:
    """Would a step that happened `at` be the dossier's last word?"""
    last = last_step(session, dossier)
    return dossier.state not in FINAL and (last is None or at >= last.at)


def last_step(session: Session, dossier: Dossier) -> DossierStep | None:
    """The newest by the time at which it happened; None for a dossier that has only been registered."""
    mine = select(DossierStep).where(DossierStep.dossier_id == dossier.id)
    return session.scalars(mine.order_by(DossierStep.at.desc(), DossierStep.id.desc()).limit(1)).first()


def _sub_state(dossier: Dossier, state: int, given: int | None) -> int | None:
    implied = implied_sub_state(state, between_desks=dossier.desk_id != dossier.competent_desk_id)
    told = implied if given is None else given
    return None if told is None else int(told)


def _history(session: Session, dossier: Dossier, state: int, by: str, at: datetime, now: datetime) -> DossierStep:
    told = select(DossierStep).where(
        DossierStep.dossier_id == dossier.id, DossierStep.state == state, DossierStep.at == at
    )
    standing = session.scalars(told.limit(1)).first()
    if standing is not None:
        return standing
    step = DossierStep(
        dossier_id=dossier.id, state=state, sub_state=None, at=at, recorded_at=now, by=by, told_by_them=True
    )
    session.add(step)
    return step


def _write(
    work: UnitOfWork, dossier: Dossier, by: str, at: datetime, now: datetime, *, told_by_them: bool
) -> DossierStep:
    step = DossierStep(
        dossier_id=dossier.id,
        state=dossier.state,
        sub_state=dossier.sub_state,
        at=at,
        recorded_at=now,
        by=by,
        told_by_them=told_by_them,
    )
    work.add(step)
    transfer_need.follow(work, dossier, at, now)
    changes.dossier_moved(work, dossier, step, now)
    return step
