"""Dossiers that lack papers, as a desk, a counter or a coordinator may have them fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.dossier import FINAL, DossierState
from app.domain.errors import DomainError
from app.models import Dossier, Errand, ErrandDossier, ServiceRequest
from app.queries.desks.entitlements import CONFIRMED
from app.queries.visible import Offices, within

MOST: Final = 50  # lines of a list: more are found by their code


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose dossiers: of one desk, or of the offices that an account may see."""

    desk_id: int | None
    offices: Offices


def lacking(session: Session, scope: Scope, code: str) -> Sequence[Dossier]:
    """Those that wait for papers, the newest first; by a part of a code, every open one that it names."""
    named = or_(Dossier.code.contains(code, autoescape=True), ServiceRequest.reference.contains(code, autoescape=True))
    wanted = (
        select(Dossier)
        .join(ServiceRequest, ServiceRequest.id == Dossier.request_id)
        .where(*_here(scope), CONFIRMED, *((named, Dossier.state.not_in(FINAL)) if code else (_WAITS,)))
        .order_by(ServiceRequest.created_at.desc(), Dossier.id)
        .options(joinedload(Dossier.procedure), joinedload(Dossier.request))
        .limit(MOST)
    )
    return session.scalars(wanted).all()


def lacking_here(session: Session, scope: Scope, dossier_id: UUID) -> Dossier:
    """Raises `not_found`."""
    dossier = session.scalars(select(Dossier).where(Dossier.id == dossier_id, *_here(scope))).one_or_none()
    if dossier is None:
        raise DomainError("not_found", kind="not_found")
    return dossier


_WAITS: Final = Dossier.state == DossierState.PAPERS_WANTED


def _here(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.desk_id is not None:
        return [or_(Dossier.desk_id == scope.desk_id, Dossier.competent_desk_id == scope.desk_id)]
    served = within(Errand.office_id, scope.offices)
    visits = select(ErrandDossier.dossier_id).join(Errand, Errand.id == ErrandDossier.errand_id)
    return [Dossier.id.in_(visits.where(*served))] if served else []
