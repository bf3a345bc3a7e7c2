"""Is every chain whole, who holds what, and what a person must look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.custody import Party
from app.models import Attempt, Courier, CustodyDigest, CustodyEvent, CustodyEvidence, CustodyGap, Errand, Parcel


def held_by(session: Session, party: Party) -> Sequence[Parcel]:
    """The envelopes that lie with one courier, office or desk now, oldest first."""
    here = select(Parcel).where(Parcel.holder == party.holder, Parcel.holder_id == party.id)
    return session.scalars(here.options(joinedload(Parcel.dossier)).order_by(Parcel.created_at, Parcel.code)).all()


def parcel_by_code(session: Session, code: str) -> Parcel | None:
    return session.scalars(select(Parcel).where(Parcel.code == code)).one_or_none()


def chain_of(session: Session, parcel_id: UUID) -> Sequence[CustodyEvent]:
    """The events of a parcel in the order of receipt."""
    return session.scalars(
        select(CustodyEvent).where(CustodyEvent.parcel_id == parcel_id).order_by(CustodyEvent.event_no)
    ).all()


def checklist_of(session: Session, parcel_id: UUID) -> dict[str, Any] | None:
    """What the courier ticked at the door: `{cases, papers: {line: [tick, form, count]}, seal}`; None once erased."""
    first = select(CustodyEvent.commitments).where(CustodyEvent.parcel_id == parcel_id, CustodyEvent.event_no == 1)
    marks = session.scalars(first).one_or_none() or []
    kept = select(CustodyEvidence.payload).where(
        CustodyEvidence.commitment.in_(marks), CustodyEvidence.kind == "checklist"
    )
    return session.scalars(kept).one_or_none()


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A hole in a parcel's story that a person must look into."""

    parcel_code: str
    office_id: int | None
    event_no: int
    opened_at: datetime


def open_gaps(session: Session, office_ids: Sequence[int] | None = None) -> list[OpenGap]:
    """Oldest first; `office_ids` None: everywhere."""
    gaps = (
        select(Parcel.code, Errand.office_id, CustodyGap.opened_by_event, CustodyGap.opened_at)
        .join(Parcel, Parcel.id == CustodyGap.parcel_id)
        .outerjoin(Errand, Errand.id == Parcel.errand_id)
        .where(CustodyGap.closed_at.is_(None))
        .order_by(CustodyGap.opened_at, CustodyGap.id)
    )
    if office_ids is not None:
        gaps = gaps.where(Errand.office_id.in_(office_ids))
    return [OpenGap(*row) for row in session.execute(gaps)]


PROOF = Attempt.evidence["proof"].astext
NOT_CONFIRMED = "code_not_confirmed"


def unconfirmed(session: Session, office_ids: Sequence[int] | None = None) -> Sequence[Attempt]:
    """Deliveries whose code did not match: tasks for the coordinator, newest first."""
    flagged: Select[Attempt] = select(Attempt).join(Errand).where(PROOF == NOT_CONFIRMED)
    if office_ids is not None:
        flagged = flagged.where(Errand.office_id.in_(office_ids))
    return session.scalars(flagged.options(joinedload(Attempt.errand)).order_by(Attempt.occurred_at.desc())).all()


@dataclass(frozen=True, slots=True)
class CodeRate:
    """How often a courier's deliveries carried a code that did not match."""

    courier_id: int
    name: str
    delivered: int
    not_confirmed: int

    @property
    def share(self) -> float:
        return self.not_confirmed / self.delivered if self.delivered else 0.0


def code_rates(session: Session, office_ids: Sequence[int] | None = None) -> list[CodeRate]:
    """The highest share first."""
    wrong = func.sum(case((PROOF == NOT_CONFIRMED, 1), else_=0)).cast(Integer)
    rates = (
        select(Courier.id, Courier.name, func.count(), wrong)
        .join(Attempt, Attempt.courier_id == Courier.id)
        .where(PROOF.is_not(None))
        .group_by(Courier.id)
    )
    if office_ids is not None:
        rates = rates.where(Courier.office_id.in_(office_ids))
    found = [CodeRate(*row) for row in session.execute(rates)]
    return sorted(found, key=lambda rate: (-rate.share, rate.courier_id))


def export_digests(session: Session, office_id: int) -> list[dict[str, Any]]:
    """An office's digests as plain values, for keeping outside: whoever has them and the public key can check us."""
    signed = select(CustodyDigest).where(CustodyDigest.office_id == office_id).order_by(CustodyDigest.day)
    return [
        {
            "office": digest.office_id,
            "day": digest.day.isoformat(),
            "heads": digest.heads,
            "previous": digest.previous,
            "hash": digest.hash,
            "key_id": digest.key_id,
            "signature": digest.signature,
        }
        for digest in session.scalars(signed)
    ]
