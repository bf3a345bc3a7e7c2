"""A scan of an envelope that nobody knows yet: kept, a task for a person, and taken into the chain once it is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.custody import Act, Party
from app.models import StrayScan
from app.services.custody import chains

_AWAITED: Final = "strays awaited"


@contextmanager
def awaited(session: Session, codes: Collection[str]) -> Iterator[None]:
    """Within, envelopes with these codes and others may be made; one query says which of them were scanned before."""
    waiting = select(StrayScan.code).where(StrayScan.code.in_(codes), StrayScan.settled_at.is_(None))
    session.info[_AWAITED] = (set(codes), set(session.scalars(waiting)) if codes else set())
    try:
        yield
    finally:
        del session.info[_AWAITED]


def keep(session: Session, code: str, act: Act, office_id: int | None) -> None:
    """Once an operation and code, however often it is told."""
    row = insert(StrayScan).values(code=code, office_id=office_id, **chains.columns_of(act))
    session.execute(row.on_conflict_do_nothing(index_elements=["operation_id", "code"]))
    if _AWAITED in session.info:
        session.info[_AWAITED][1].add(code)


def adopt(session: Session, chain: chains.Chain) -> None:
    """The parcel is known from now on: what was scanned of it before joins its chain, in the order of receipt."""
    asked, scanned = session.info.get(_AWAITED, ((), ()))
    if chain.parcel.code in asked and chain.parcel.code not in scanned:
        return
    waiting = (
        select(StrayScan)
        .where(StrayScan.code == chain.parcel.code, StrayScan.settled_at.is_(None))
        .order_by(StrayScan.received_at, StrayScan.id)
        .with_for_update()
    )
    now = chain.events[-1].received_at
    for scan in session.scalars(waiting).all():
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
        chains.add_event(session, chain, act)
        scan.settled_at, scan.settled_by = now, "chain"
