"""What may be told of results that were asked for by a code: of one that nobody confirmed, what the code itself says."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.dossier import parse_dossier_code
from app.domain.entitlement import EntitlementState
from app.domain.errand import RequestKind
from app.models import Desk, Dossier, Entitlement, ServiceRequest
from app.queries.reference.prefixes import named_by
from app.queries.reference.units import desks_of


def entitlements_of(session: Session, request: ServiceRequest) -> dict[UUID, Entitlement]:
    """By dossier; of results alone."""
    if request.kind is not RequestKind.RECEIVE:
        return {}
    mine = select(Entitlement).join(Dossier).where(Dossier.request_id == request.id)
    return {row.dossier_id: row for row in session.scalars(mine.options(joinedload(Entitlement.dossier)))}


def desk_told(session: Session, one: Entitlement) -> Desk:
    """The desk that whoever asked may read.

    Until it is confirmed, the one that the code names by its prefix, else the one of the door's commune: never where it
    was found, or whoever only typed the code would learn that it stands for something.
    """
    dossier = one.dossier
    if one.state == EntitlementState.PROVED:
        return dossier.desk
    named = named_by(session, parse_dossier_code(one.asked_code)).desk
    home = desks_of(session, dossier.request.place.unit_code)
    return named or home.receiving(dossier.procedure)


def desks_told(session: Session, request: ServiceRequest) -> dict[UUID, str]:
    """The name of each dossier's desk, as far as its citizen or partner may read it."""
    asked = entitlements_of(session, request)
    return {
        dossier.id: (desk_told(session, asked[dossier.id]) if dossier.id in asked else dossier.desk).name
        for dossier in request.dossiers
    }
