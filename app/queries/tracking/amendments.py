"""What was put right of the acts at a door, oldest first; the acts themselves stand as they were written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.amendment import AmendableField
from app.models import Amendment, CustodyEvidence, OutcomeCode


@dataclass(frozen=True, slots=True)
class AmendmentRecord:
    """`why` and `changes` are empty once the person is erased; of an outcome the label, as the courier's list names it."""

    occurred_at: datetime
    by: str
    late: bool
    why: str
    changes: Mapping[AmendableField, str]

    @property
    def by_courier(self) -> bool:
        return self.by.startswith("courier:")


def amendments_of(session: Session, errand_ids: Collection[UUID]) -> dict[str, list[AmendmentRecord]]:
    """By the operation that each of them amends."""
    mine = (
        select(Amendment, CustodyEvidence.payload)
        .outerjoin(CustodyEvidence, CustodyEvidence.commitment == Amendment.commitment)
        .where(Amendment.errand_id.in_(errand_ids))
        .order_by(Amendment.occurred_at, Amendment.id)
    )
    rows = session.execute(mine).all()
    labels = _labels(session) if any("outcome" in (kept or {}) for _, kept in rows) else {}
    found: dict[str, list[AmendmentRecord]] = {}
    for amendment, kept in rows:
        found.setdefault(amendment.amends, []).append(_record(amendment, kept or {}, labels))
    return found


def _record(amendment: Amendment, kept: Mapping[str, Any], labels: Mapping[str, str]) -> AmendmentRecord:
    changes = {AmendableField(name): str(kept[name]) for name in amendment.fields if name in kept}
    outcome = changes.get(AmendableField.OUTCOME)
    if outcome is not None:
        changes[AmendableField.OUTCOME] = labels.get(outcome, outcome)
    why = str(kept.get("why", ""))
    return AmendmentRecord(amendment.occurred_at, amendment.by, amendment.late, why, changes)


def _labels(session: Session) -> dict[str, str]:
    rows = session.execute(select(OutcomeCode.code, OutcomeCode.label).where(OutcomeCode.current))
    return {row.code: row.label for row in rows}
