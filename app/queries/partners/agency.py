"""What an agency's software may look at: the dossiers that its desk received or decides."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.domain.agency import Caller
from app.domain.dossier import RefusalState, parse_dossier_code
from app.domain.errors import DomainError, refusals
from app.models import Dossier, Errand, ErrandDossier, Refusal, ServiceRequest


def dossier_of_desk(
    session: Session, code: str, desk_id: int, *, field: str | None = None, lock: bool = False
) -> Dossier:
    """By its code. Raises `not_found`, or `dossier_unknown` at `field`, for what this desk has no part in."""
    wanted = select(Dossier).where(
        Dossier.code == code.strip().upper(), or_(Dossier.desk_id == desk_id, Dossier.competent_desk_id == desk_id)
    )
    whole = joinedload(Dossier.request, innerjoin=True).joinedload(ServiceRequest.applicant, innerjoin=True)
    found = None
    if not refusals(lambda: parse_dossier_code(code)):
        found = session.scalars(wanted.options(whole)).one_or_none()
    if found is None:
        if field is None:
            raise DomainError("not_found", kind="not_found")
        raise DomainError("dossier_unknown", kind="not_found", field=field, given=code[:40])
    if lock:
        session.refresh(found, with_for_update={"of": Dossier})
    return found


def errands_of_dossier(session: Session, dossier_id: UUID) -> Sequence[Errand]:
    """In the order in which they happen: the collection first."""
    theirs = select(ErrandDossier.errand_id).where(ErrandDossier.dossier_id == dossier_id)
    wanted = select(Errand).where(Errand.id.in_(theirs)).options(joinedload(Errand.slot))
    return session.scalars(wanted.order_by(Errand.created_at, Errand.kind, Errand.id)).all()


def refusal_of_partner(session: Session, refusal_id: UUID, caller: Caller) -> Refusal:
    """Its own, or one that a clerk of its desk asked for on the screen. Raises `not_found` for others."""
    desks = or_(Dossier.desk_id == caller.desk_id, Dossier.competent_desk_id == caller.desk_id)
    known = or_(Refusal.partner_id == caller.partner_id, and_(Refusal.partner_id.is_(None), desks))
    wanted = (
        select(Refusal)
        .join(Refusal.dossier)
        .where(Refusal.id == refusal_id, Refusal.state != RefusalState.PAPERS_ASKED, known)
    )
    found = session.scalars(wanted.options(contains_eager(Refusal.dossier))).one_or_none()
    if found is None:
        raise DomainError("not_found", kind="not_found")
    return found
