"""Find what a citizen asked for: by the secret of the link, by telephone, by the short reference or another code of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.errors import DomainError
from app.domain.identity import Channel
from app.models import Applicant, Dossier, Entitlement, Errand, Parcel, ServiceRequest


def by_token(session: Session, token: str, now: datetime) -> ServiceRequest:
    """Behind `/theo-doi/<token>`. Raises `not_found`, or `link_expired` 30 days after the last errand closed."""
    request = session.scalars(_whole().where(ServiceRequest.tracking_token == token)).unique().one_or_none()
    if request is None:
        raise _not_found()
    if request.tracking_until is not None and request.tracking_until <= now:
        raise DomainError("link_expired", kind="gone")
    return request


def by_id(session: Session, request_id: UUID) -> ServiceRequest:
    """Raises `not_found`."""
    return _one(session, _whole().where(ServiceRequest.id == request_id))


def by_reference(session: Session, reference: str) -> ServiceRequest:
    """For staff on the telephone; the reference is no secret. Raises `not_found`."""
    return _one(session, _whole().where(ServiceRequest.reference == reference.strip().upper()))


def by_external_ref(session: Session, partner_id: int, external_ref: str) -> ServiceRequest:
    """A partner's own name for it; another partner's request is `not_found`."""
    mine = _whole().where(ServiceRequest.partner_id == partner_id, ServiceRequest.external_ref == external_ref)
    return _one(session, mine)


def by_phone(session: Session, phone: str) -> Sequence[ServiceRequest]:
    """Everything asked from one telephone, or for others by who has it; newest first."""
    return session.scalars(_of_phone(phone)).unique().all()


def by_phone_and_code(session: Session, phone: str, typed: str) -> ServiceRequest:
    """The newest of this telephone's that bears the code: our reference, the dossier's code, or an envelope's (S10).

    Raises `not_found` for a code that nobody knows and for one of somebody else's, by the same one statement: codes can
    be counted up, and a stranger learns nothing.
    """
    code = "".join(typed.split()).upper()
    dossier = Dossier.request_id == ServiceRequest.id
    bears_it = or_(
        ServiceRequest.reference == code,
        exists().where(dossier, Dossier.code == code),
        exists().where(dossier, Entitlement.dossier_id == Dossier.id, Entitlement.asked_code == code),
        exists().where(dossier, Parcel.dossier_id == Dossier.id, Parcel.code == code),
    )
    return _one(session, _of_phone(phone).where(bears_it).limit(1))


@dataclass(frozen=True, slots=True)
class BearsCode:
    """A request of which a dossier bears a code. `confirmed`: it is the dossier's own, and not only asked for."""

    request: ServiceRequest
    confirmed: bool


def bearing(session: Session, typed: str) -> Sequence[BearsCode]:
    """For staff: every request that bears or asks for this dossier's code, the newest first."""
    code = "".join(typed.split()).upper()
    asked = exists().where(Entitlement.dossier_id == Dossier.id, Entitlement.asked_code == code)
    rows = session.execute(
        select(ServiceRequest, func.bool_or(func.coalesce(Dossier.code == code, false())))
        .join(Dossier, Dossier.request_id == ServiceRequest.id)
        .where(or_(Dossier.code == code, asked))
        .group_by(ServiceRequest.id)
        .order_by(ServiceRequest.created_at.desc(), ServiceRequest.id)
    )
    return [BearsCode(request, confirmed) for request, confirmed in rows]


def _of_phone(phone: str) -> Select[ServiceRequest]:
    """The telephone that the request is reached by: nobody tried one that was typed beside a helper's."""
    own = (Applicant.phone == phone) & (ServiceRequest.channel != Channel.HELPER)
    mine = or_(own, ServiceRequest.helper_phone == phone)
    of_theirs = _whole().join(Applicant, Applicant.id == ServiceRequest.applicant_id).where(mine)
    return of_theirs.order_by(ServiceRequest.created_at.desc(), ServiceRequest.id)


def errands_of(session: Session, request: ServiceRequest) -> Sequence[Errand]:
    """In the order in which they happen: the collection first."""
    mine = (
        select(Errand)
        .where(Errand.request_id == request.id)
        .options(joinedload(Errand.slot), selectinload(Errand.attempts))
        .order_by(Errand.created_at, Errand.kind, Errand.id)
    )
    return session.scalars(mine).unique().all()


def parcels_of(session: Session, request: ServiceRequest) -> Sequence[Parcel]:
    """The envelopes of its dossiers, oldest first."""
    mine = select(Parcel).join(Dossier).where(Dossier.request_id == request.id)
    return session.scalars(mine.options(selectinload(Parcel.papers)).order_by(Parcel.created_at, Parcel.code)).all()


def _whole() -> Select[ServiceRequest]:
    return select(ServiceRequest).options(
        joinedload(ServiceRequest.applicant),
        joinedload(ServiceRequest.place),
        selectinload(ServiceRequest.dossiers).joinedload(Dossier.procedure),
    )


def _one(session: Session, statement: Select[ServiceRequest]) -> ServiceRequest:
    request = session.scalars(statement).unique().one_or_none()
    if request is None:
        raise _not_found()
    return request


def _not_found() -> DomainError:
    return DomainError("not_found", kind="not_found")
