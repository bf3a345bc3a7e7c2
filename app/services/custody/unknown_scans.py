"""A scan of an envelope that nobody knows yet: kept, a task for a person, and taken into the chain once it is known."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.custody import Act, Party
from app.models import StrayScan
from app.services.custody import chains
from app.unit_of_work import Chain, UnitOfWork


def scanned(session: Session, codes: Collection[str]) -> set[str]:
    """Those of the codes that were scanned, and belong to no known envelope yet."""
    waiting = select(StrayScan.code).where(StrayScan.code.in_(codes), StrayScan.settled_at.is_(None))
    return set(session.scalars(waiting)) if codes else set()


def keep(work: UnitOfWork, code: str, act: Act, office_id: int | None) -> None:
    """Once an operation and code, however often it is told."""
    row = insert(StrayScan).values(code=code, office_id=office_id, **chains.columns_of(act))
    work.execute(row.on_conflict_do_nothing(index_elements=["operation_id", "code"]))
    if work.batch is not None:
        work.batch.scanned.add(code)


def adopt(work: UnitOfWork, chain: Chain) -> None:
    """The parcel is known from now on: what was scanned of it before joins its chain, in the order of receipt."""
    code, batch = chain.parcel.code, work.batch
    if batch is not None and code in batch.labels and code not in batch.scanned:
        return
    waiting = (
        select(StrayScan)
        .where(StrayScan.code == code, StrayScan.settled_at.is_(None))
        .order_by(StrayScan.received_at, StrayScan.id)
        .with_for_update()
    )
    now = chain.events[-1].received_at
    for scan in work.scalars(waiting).all():
        act = Act(
            scan.kind,
            Party(scan.giver, scan.giver_id),
            Party(scan.taker, scan.taker_id),
            occurred_at=scan.occurred_at,
            now=now,
            by=scan.actor,
            operation_id=scan.operation_id,
            device=scan.device,
            seq=scan.seq,
            late=True,
        )
        chains.add_event(work, chain, act)
        scan.settled_at, scan.settled_by = now, "chain"
