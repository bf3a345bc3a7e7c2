"""Results that somebody asked for by a code: those that wait for this desk's word, and those that are to be packed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.dossier import FINAL
from app.domain.entitlement import EntitlementState
from app.domain.errand import OPEN, ErrandKind
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import Desk, Dossier, Entitlement, Errand, ErrandDossier, Parcel, ServiceRequest, WaitingResult

CONFIRMED: Final = (
    ~select(Entitlement.dossier_id)
    .where(Entitlement.dossier_id == Dossier.id, Entitlement.state != EntitlementState.PROVED)
    .exists()
)
"""Of a dossier: somebody has said whose it is."""

WANTED: Final = (
    select(ErrandDossier.errand_id)
    .join(Errand, Errand.id == ErrandDossier.errand_id)
    .where(ErrandDossier.dossier_id == Entitlement.dossier_id, Errand.state.in_(OPEN))
    .correlate(Entitlement)
    .exists()
)
"""Of an entitlement: a visit stands. One that was called off waits for nobody's word."""


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """One that asked. `rivals`: how many others ask for the same code; `here`: the desk has entered that result."""

    entitlement: Entitlement
    rivals: int
    here: bool

    @property
    def dossier(self) -> Dossier:
        return self.entitlement.dossier


def to_confirm(session: Session, desk_id: int) -> Sequence[ToConfirm]:
    """Of this desk, by code, so that those for one code stand beside each other; the longest waiting first."""
    whole = joinedload(Entitlement.dossier).options(
        joinedload(Dossier.procedure), joinedload(Dossier.request).joinedload(ServiceRequest.applicant)
    )
    rows = session.scalars(
        select(Entitlement)
        .join(Dossier, Dossier.id == Entitlement.dossier_id)
        .where(Dossier.desk_id == desk_id, Entitlement.state == EntitlementState.TO_CONFIRM, WANTED)
        .options(whole)
        .order_by(func.min(Entitlement.asked_at).over(partition_by=Entitlement.asked_code), Entitlement.asked_at)
    ).all()
    asked = Counter(row.asked_code for row in rows)
    entered = set(session.scalars(select(WaitingResult.code).where(WaitingResult.desk_id == desk_id)))
    return [ToConfirm(row, asked[row.asked_code] - 1, row.asked_code in entered) for row in rows]


def to_confirm_here(session: Session, desk_id: int, dossier_id: UUID) -> ToConfirm:
    """One of `to_confirm`. Raises `not_found`."""
    found = next((one for one in to_confirm(session, desk_id) if one.dossier.id == dossier_id), None)
    if found is None:
        raise DomainError("not_found", kind="not_found")
    return found


def to_pack(session: Session, desk_id: int) -> Sequence[Dossier]:
    """Entered here before anybody might have it brought; now somebody may: to be sealed."""
    packed = select(Parcel.id).where(Parcel.dossier_id == Dossier.id, Parcel.purpose == ParcelPurpose.RESULT)
    asked = (
        select(ErrandDossier.errand_id)
        .join(Errand, Errand.id == ErrandDossier.errand_id)
        .where(ErrandDossier.dossier_id == Dossier.id, Errand.kind == ErrandKind.DELIVER, Errand.state.in_(OPEN))
    )
    wanted = (
        select(Dossier)
        .join(WaitingResult, WaitingResult.code == Dossier.code)
        .where(WaitingResult.desk_id == desk_id, Dossier.state.not_in(FINAL), asked.exists(), ~packed.exists())
        .order_by(WaitingResult.noted_at, Dossier.code)
        .options(joinedload(Dossier.procedure))
    )
    return session.scalars(wanted).all()


def other_desks(session: Session, desk_id: int) -> Sequence[Desk]:
    """Where else a dossier may lie, by name."""
    return session.scalars(
        select(Desk).where(Desk.id != desk_id, Desk.closed_at.is_(None)).order_by(Desk.name, Desk.id)
    ).all()
