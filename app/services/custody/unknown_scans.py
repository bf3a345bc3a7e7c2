"""A scan of an envelope that nobody knows yet: kept, a task for a person, and taken into the chain once it is known.

Numbers of a roll follow each other: whoever guesses one that is not used yet must not write into its chain beforehand.
So a scan joins the chain only where its teller has standing for the envelope, now that it is known; else it becomes a claim.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.custody import Act, Party
from app.domain.standing import said_way, standing
from app.models import Claim, Device, Operation, OperationPayload, StrayScan
from app.services.custody import chains
from app.services.custody.standing import ActOfPhone, StandingFacts, TouchedThing
from app.unit_of_work import Chain, UnitOfWork


def scanned(session: Session, codes: Collection[str]) -> set[str]:
    """Those of the codes that were scanned, and belong to no known envelope yet."""
    waiting = select(StrayScan.code).where(StrayScan.code.in_(codes), StrayScan.settled_at.is_(None))
    return set(session.scalars(waiting)) if codes else set()


def keep(work: UnitOfWork, code: str, act: Act, office_id: int | None, *, ended: bool = False) -> None:
    """Once an operation and code, however often it is told."""
    row = insert(StrayScan).values(code=code, office_id=office_id, ended=ended, **chains.columns_of(act))
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
        told = _told_by_phone(work, scan)
        if told is not None and standing(told, TouchedThing(told, chain)) is None:
            _claim(work, chain, scan, told, now)
            continue
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


def _told_by_phone(session: Session, scan: StrayScan) -> ActOfPhone | None:
    """A phone's scan is judged like any act of it; a carrier's word, or a counter's, has come by its own door."""
    device = _device(session, scan.device)
    if device is None:
        return None
    facts = StandingFacts(session, device, days=(local_day(scan.occurred_at),))
    return ActOfPhone(facts, scan.seq, scan.occurred_at, ended=scan.ended)


def _claim(work: UnitOfWork, chain: Chain, scan: StrayScan, told: ActOfPhone, now: datetime) -> None:
    """A guessed number, or the word of a phone that was signed out: the chain goes on without it, its office looks.

    Where the operation's contents are gone, somebody has looked at it already: the scan goes on waiting for an explanation.
    """
    operation = work.get(Operation, UUID(scan.operation_id))
    if operation is None or work.get(OperationPayload, operation.id) is None:
        return
    facts, parcel = told.facts, chain.parcel
    office_id = facts.answers_for(parcel)
    row = insert(Claim).values(
        operation_id=operation.id,
        device_id=operation.device_id,
        courier_id=facts.device.courier_id,
        office_id=office_id,
        day=local_day(now),
        kind=operation.kind,
        parcel_id=parcel.id,
        code=parcel.code,
        word=said_way(Party(scan.giver, scan.giver_id), Party(scan.taker, scan.taker_id)),
        elsewhere=facts.home != office_id,
        occurred_at=scan.occurred_at,
        received_at=now,
    )
    work.execute(row.on_conflict_do_nothing(index_elements=["operation_id", "code"]))
    scan.settled_at, scan.settled_by = now, "claim"


def _device(session: Session, device: str) -> Device | None:
    try:
        return session.get(Device, UUID(device)) if device else None
    except ValueError:
        return None
