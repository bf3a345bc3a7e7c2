"""Move a dossier from one national state to the next: the only place that does, so that everybody is told of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.dossier import DossierState
from app.models import Dossier, DossierStep
from app.services import notices


def move(
    session: Session, dossier: Dossier, state: DossierState, *, by: str, at: datetime, now: datetime
) -> DossierStep:
    """Write the step and promise its telling: to the one-stop exchange and to whoever subscribed.

    `at`: when it happened; `now`: when we learned of it.
    """
    dossier.state = int(state)
    return _write(session, dossier, by, at, now, told_by_them=False)


def learn(session: Session, dossier: Dossier, state: int, *, by: str, at: datetime, now: datetime) -> DossierStep:
    """Write a step that the one-stop side told us of: they need no telling."""
    dossier.state = state
    return _write(session, dossier, by, at, now, told_by_them=True)


def _write(
    session: Session, dossier: Dossier, by: str, at: datetime, now: datetime, *, told_by_them: bool
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
    session.add(step)
    notices.dossier_moved(session, dossier, step, now)
    return step
