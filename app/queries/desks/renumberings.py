"""Numbers of a dossier that were put right, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CustodyEvidence, DossierStep, Renumbering


@dataclass(frozen=True, slots=True)
class RenumberingRecord:
    """`why` is empty once the person is erased."""

    before: str
    after: str
    at: datetime
    why: str


def renumberings_of(session: Session, dossier_id: UUID) -> list[RenumberingRecord]:
    rows = session.execute(
        select(Renumbering, CustodyEvidence.payload)
        .outerjoin(CustodyEvidence, CustodyEvidence.commitment == Renumbering.commitment)
        .where(Renumbering.dossier_id == dossier_id)
        .order_by(Renumbering.at, Renumbering.id)
    )
    return [RenumberingRecord(row.before, row.after, row.at, str((kept or {}).get("why", ""))) for row, kept in rows]


def told_of_the_old_number(session: Session, dossier_id: UUID, records: Sequence[RenumberingRecord]) -> bool:
    """Whether the one-stop software has told a step under a number that was not this dossier's."""
    if not records:
        return False
    theirs = (DossierStep.dossier_id == dossier_id, DossierStep.told_by_them, DossierStep.recorded_at < records[-1].at)
    return session.scalars(select(DossierStep.id).where(*theirs).limit(1)).first() is not None
