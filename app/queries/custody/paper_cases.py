"""Cases of lost and damaged papers: who held the paper last, what was done, what is overdue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.custody import Holder, Party
from app.domain.paper_case import CaseStep, overdue
from app.models import CustodyEvent, Incident, Office, PaperCase, Parcel
from app.queries.visible import Offices, within


@dataclass(frozen=True, slots=True)
class CaseLine:
    case: PaperCase
    office: str
    late: Sequence[CaseStep]


def case_of(session: Session, incident_id: int) -> PaperCase | None:
    return session.scalar(
        select(PaperCase).where(PaperCase.incident_id == incident_id).options(selectinload(PaperCase.steps))
    )


def last_holder(session: Session, parcel_code: str) -> Party | None:
    """By the chain: who had it before it was lost; None for an envelope without a chain."""
    parcel = Parcel.code == parcel_code
    newest = (
        select(CustodyEvent.taker, CustodyEvent.taker_id)
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .where(parcel, CustodyEvent.taker.is_not(None), CustodyEvent.taker != Holder.LOST)
        .order_by(CustodyEvent.occurred_at.desc(), CustodyEvent.event_no.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return Party(row.taker, row.taker_id) if row is not None else None


def cases_overdue(session: Session, now: datetime, office_ids: Offices = None) -> list[CaseLine]:
    """Open cases with a step whose time is over, oldest first."""
    rows = session.execute(
        select(PaperCase, Office.name)
        .join(Incident, Incident.id == PaperCase.incident_id)
        .join(Office, Office.id == Incident.office_id)
        .where(PaperCase.closed_at.is_(None), *within(Incident.office_id, office_ids))
        .options(selectinload(PaperCase.steps), joinedload(PaperCase.incident))
        .order_by(PaperCase.opened_at, PaperCase.id)
    ).all()
    lines = [
        CaseLine(case, office, overdue(case.opened_at, {one.step for one in case.steps}, now)) for case, office in rows
    ]
    return [line for line in lines if line.late]


def cases_of_envelopes(session: Session, codes: Collection[str]) -> Mapping[str, Sequence[PaperCase]]:
    """Each envelope's cases with their steps, for the citizen's timeline."""
    found = session.scalars(
        select(PaperCase)
        .join(PaperCase.incident)
        .where(Incident.parcel_code.in_(codes))
        .options(selectinload(PaperCase.steps), joinedload(PaperCase.incident))
        .order_by(PaperCase.id)
    ).all()
    return {code: [case for case in found if case.incident.parcel_code == code] for code in codes}
