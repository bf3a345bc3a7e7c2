"""Write what happened to a parcel: one chain a parcel, in the order of receipt, never re-sorted (docs/decisions/custody-chain.md)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.domain.custody import Act, Holder, Move, Party, check_act, commitment, fold, retells
from app.domain.errors import DomainError, refusals
from app.domain.parcel import ParcelPurpose, parse_s10
from app.models import CustodyEvent, CustodyEvidence, CustodyGap, Parcel
from app.unit_of_work import Chain, UnitOfWork


def append(work: UnitOfWork, parcel: Parcel, act: Act) -> CustodyEvent:
    """Lock the parcel and add one event; an operation that comes twice is answered by the event it wrote."""
    return add_event(work, lock(work, [parcel.id])[0], act)


def lock(work: UnitOfWork, parcel_ids: Iterable[UUID]) -> list[Chain]:
    """Lock parcels in ascending id, so that two bags never wait for each other, and read their chains: two queries."""
    return lock_where(work, Parcel.id.in_(set(parcel_ids)))


def lock_where(work: UnitOfWork, *which: ColumnElement[bool]) -> list[Chain]:
    """`lock` for the parcels of a condition."""
    locked = select(Parcel).where(*which).order_by(Parcel.id).with_for_update()
    known = _known(work)
    parcels = work.scalars(locked.execution_options(populate_existing=True)).all()
    chains = {parcel.id: known.get(parcel.id) or Chain(parcel, []) for parcel in parcels}
    unread = chains.keys() - known.keys()
    events = select(CustodyEvent).where(CustodyEvent.parcel_id.in_(unread)).order_by(CustodyEvent.event_no)
    for event in work.scalars(events) if unread else ():
        chains[event.parcel_id].events.append(event)
    if work.prefetched is not None:
        work.prefetched.chains.update(chains)
    return list(chains.values())


def _known(work: UnitOfWork) -> Mapping[UUID, Chain]:
    return work.prefetched.chains if work.prefetched is not None else {}


def begin(work: UnitOfWork, parcel: Parcel) -> Chain:
    """The chain of an envelope that was made just now."""
    chain = Chain(parcel, [])
    if work.prefetched is not None:
        work.prefetched.chains[parcel.id] = chain
    return chain


def of_codes(codes: Iterable[str]) -> ColumnElement[bool]:
    """The parcels that bear these S10 codes, as people write them. Raises `parcel_code_malformed`."""
    return Parcel.code.in_([parse_s10(code) for code in codes])


def lock_codes(work: UnitOfWork, codes: Iterable[str]) -> list[Chain]:
    """Lock the parcels that bear these S10 codes; raise `parcel_unknown` naming the first code nobody knows."""
    wanted = [parse_s10(code) for code in codes]
    ids = _ids(work, wanted)
    for code in wanted:
        if code not in ids:
            raise DomainError("parcel_unknown", kind="not_found", field="parcel_codes", parcel=code)
    return lock(work, ids.values())


def _ids(session: Session, codes: Collection[str]) -> dict[str, UUID]:
    parcels = session.execute(select(Parcel.code, Parcel.id).where(Parcel.code.in_(codes)))
    return {parcel.code: parcel.id for parcel in parcels}


def add_event(work: UnitOfWork, chain: Chain, act: Act) -> CustodyEvent:
    """Check the act, chain it to the head, fold the holder anew, and open or close a gap. The chain must be locked."""
    stored = chain.answered(act.operation_id)
    if stored is not None:
        return stored
    parcel = chain.parcel
    check_act(Party(parcel.holder, parcel.holder_id), act)
    event = _written(parcel, act)
    work.add_later(event)
    chain.events.append(event)
    parcel.event_no, parcel.head_hash = event.event_no, event.hash
    _refold(work, chain, event)
    return event


def record(work: UnitOfWork, chain: Chain, act: Act) -> list[DomainError]:
    """Add a physical fact whatever custody thinks of it; returns what an online screen would have been refused with."""
    parcel = chain.parcel
    told = told_before(chain, act)
    refused = [] if told else refusals(lambda: check_act(Party(parcel.holder, parcel.holder_id), act))
    for refusal in refused:
        refusal.params["parcel"] = parcel.code
    add_event(work, chain, replace(act, late=told or bool(refused)))
    return refused


def told_before(chain: Chain, act: Act) -> bool:
    """The other side has told of this very hand-over already: the second telling adds its word, and opens nothing."""
    move = Move(act.giver, act.taker, act.occurred_at, act.device, act.seq, event_no=0)
    return any(retells(move, event.move()) for event in chain.events)


def moves(chain: Chain) -> list[Move]:
    """What the fold needs of a chain."""
    return [event.move() for event in chain.events]


def lock_known(work: UnitOfWork, codes: Iterable[str]) -> tuple[list[Chain], list[str]]:
    """The parcels that bear these codes, locked, and the codes that nobody knows."""
    wanted = dict.fromkeys(re.sub(r"[\s-]", "", code).upper() for code in codes)
    known = {chain.parcel.code: chain for chain in _known(work).values()}
    if wanted.keys() <= known.keys():
        return sorted((known[code] for code in wanted), key=lambda chain: chain.parcel.id), []
    ids = _ids(work, wanted)
    return lock(work, ids.values()), [code for code in wanted if code not in ids]


def lock_batch(work: UnitOfWork, errand_ids: Collection[UUID], codes: Collection[str]) -> dict[UUID, Chain]:
    """All envelopes of a batch before the first is touched, in ascending id: a counter's bag never waits in a ring."""
    if not errand_ids and not codes:
        return {}
    locked = lock_where(work, or_(Parcel.errand_id.in_(errand_ids), Parcel.code.in_(codes)))
    return {chain.parcel.id: chain for chain in locked}


def prefetched_of(work: UnitOfWork, errand_id: UUID, purpose: ParcelPurpose) -> list[Chain]:
    """The chains of an errand's envelopes among those of the batch, in ascending id; none outside one."""
    chains = _known(work).values()
    theirs = [one for one in chains if one.parcel.errand_id == errand_id and one.parcel.purpose == purpose]
    return sorted(theirs, key=lambda chain: chain.parcel.id)


def astray_at(errand_id: UUID) -> Party:
    """Whoever lives behind the door of this visit, which is not the envelope's own (`Move.astray`)."""
    return Party(Holder.CITIZEN, str(errand_id))


def columns_of(act: Act) -> dict[str, Any]:
    """As an event's table and a kept scan's name them."""
    return {
        "kind": act.kind,
        "giver": act.giver.holder,
        "giver_id": act.giver.id,
        "taker": act.taker.holder,
        "taker_id": act.taker.id,
        "occurred_at": act.occurred_at,
        "received_at": act.now,
        "actor": act.by,
        "operation_id": act.operation_id,
        "device": act.device,
        "seq": act.seq,
    }


def _written(parcel: Parcel, act: Act) -> CustodyEvent:
    event = CustodyEvent(
        parcel_id=parcel.id,
        parcel=parcel,
        event_no=parcel.event_no + 1,
        **columns_of(act),
        commitments=list(act.evidence),
        previous=parcel.head_hash,
    )
    event.hash = event.body().hash()
    return event


def _refold(work: UnitOfWork, chain: Chain, event: CustodyEvent) -> None:
    custody = fold(known.move() for known in chain.events)
    assert custody is not None  # one event at least
    parcel = chain.parcel
    parcel.holder, parcel.holder_id = custody.holder.holder, custody.holder.id
    if custody.gap and not parcel.gap:
        work.add(CustodyGap(parcel_id=parcel.id, opened_by_event=event.event_no, opened_at=event.received_at))
    elif parcel.gap and not custody.gap:
        closed = {"closed_by_event": event.event_no, "closed_at": event.received_at}
        work.execute(update(CustodyGap).where(CustodyGap.parcel_id == parcel.id, _OPEN).values(closed))
    parcel.gap = custody.gap


_OPEN = CustodyGap.closed_at.is_(None)


def remember(work: UnitOfWork, kind: str, payload: Mapping[str, object], applicant_id: UUID | None) -> str:
    """Keep a personal fact apart from the chain and return its salted commitment, which is all the chain will hold.

    A batch's facts are written at its end.
    """
    salt = secrets.token_hex(16)
    mark = commitment(salt, payload)
    row = CustodyEvidence(commitment=mark, applicant_id=applicant_id, kind=kind, salt=salt, payload=dict(payload))
    if work.batch is not None:
        work.batch.evidence.append(row)
    else:
        work.add(row)
    return mark


def position(fix: tuple[float, float]) -> dict[str, object]:
    """A fix [lon, lat] in millionths of a degree: the chain refuses floats."""
    return {"lon_e6": round(fix[0] * 1_000_000), "lat_e6": round(fix[1] * 1_000_000)}
