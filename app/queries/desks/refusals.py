"""What a desk may still refuse or want papers for, and what it has said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.dossier import REFUSABLE, RefusalState
from app.domain.errors import DomainError
from app.models import Dossier, Refusal, ServiceRequest
from app.queries.desks.entitlements import CONFIRMED

MOST: Final = 50  # lines of a list: more are found by their code


def dossier_here(session: Session, dossier_id: UUID, desk_id: int) -> Dossier:
    """A dossier that this desk received or decides. Raises `not_found`."""
    dossier = session.get(Dossier, dossier_id)
    if dossier is None or desk_id not in {dossier.desk_id, dossier.competent_desk_id}:
        raise DomainError("not_found", kind="not_found")
    return dossier


def open_dossiers(session: Session, desk_id: int, code: str) -> Sequence[Dossier]:
    """Those that may be refused, by a part of their code or of their request's; the newest first, at most `MOST`."""
    said = [or_(Dossier.code.contains(code, autoescape=True), ServiceRequest.reference.contains(code, autoescape=True))]
    wanted = (
        select(Dossier)
        .join(ServiceRequest, ServiceRequest.id == Dossier.request_id)
        .where(_here(desk_id), CONFIRMED, Dossier.state.in_(REFUSABLE), *(said if code else []))
        .order_by(ServiceRequest.created_at.desc(), Dossier.id)
        .options(joinedload(Dossier.procedure), joinedload(Dossier.request))
        .limit(MOST)
    )
    return session.scalars(wanted).all()


def waiting_here(session: Session, desk_id: int) -> Sequence[Refusal]:
    """Refusals that a carrier still has to answer, the oldest first."""
    wanted = select(Refusal).join(Refusal.dossier).where(_here(desk_id), Refusal.state == RefusalState.REQUESTED)
    whole = joinedload(Refusal.dossier).joinedload(Dossier.procedure)
    return session.scalars(wanted.order_by(Refusal.requested_at, Refusal.id).options(whole)).all()


def said_of(session: Session, dossier_ids: Sequence[UUID]) -> Sequence[Refusal]:
    """Everything said of these dossiers, in the order of time."""
    mine = select(Refusal).where(Refusal.dossier_id.in_(dossier_ids))
    return session.scalars(mine.order_by(Refusal.requested_at, Refusal.id)).all()


def _here(desk_id: int) -> ColumnElement[bool]:
    return or_(Dossier.desk_id == desk_id, Dossier.competent_desk_id == desk_id)
