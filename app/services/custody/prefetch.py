"""What the database knows of the errands of a batch, read in three statements before the first of them is touched.

A label, a seal or a receipt that is used already is not asked for: it shows itself when the batch is written, as a broken
constraint. The batch is then taken again without this.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.parcel import ParcelPurpose
from app.models import Attempt, ErrandDossier, HandoverCode, Parcel
from app.unit_of_work import Chain, Prefetched


def read(
    session: Session, errand_ids: Collection[UUID], delivered: Collection[UUID], chains: dict[UUID, Chain]
) -> Prefetched:
    """Of locked errands, with the chains of their envelopes. `delivered`: those whose codes will be asked for."""
    return Prefetched(
        frozenset(errand_ids),
        _envelopes(session, errand_ids),
        _attempts(session, errand_ids),
        _codes(session, delivered),
        chains,
    )


def _envelopes(session: Session, errand_ids: Collection[UUID]) -> dict[tuple[UUID, ParcelPurpose], str]:
    if not errand_ids:
        return {}
    theirs = (
        select(Parcel.dossier_id, Parcel.purpose, Parcel.code)
        .join(ErrandDossier, ErrandDossier.dossier_id == Parcel.dossier_id)
        .where(ErrandDossier.errand_id.in_(errand_ids))
    )
    return {(row.dossier_id, row.purpose): row.code for row in session.execute(theirs)}


def _attempts(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, int]:
    if not errand_ids:
        return {}
    last = select(Attempt.errand_id, func.max(Attempt.number).label("number")).where(Attempt.errand_id.in_(errand_ids))
    return {row.errand_id: row.number for row in session.execute(last.group_by(Attempt.errand_id))}


def _codes(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, HandoverCode]:
    if not errand_ids:
        return {}
    theirs = select(HandoverCode).where(HandoverCode.errand_id.in_(errand_ids)).order_by(HandoverCode.errand_id)
    return {row.errand_id: row for row in session.scalars(theirs.with_for_update())}
