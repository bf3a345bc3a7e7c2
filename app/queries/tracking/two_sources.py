"""What the one-stop system and what the post say of one dossier: each its own state, with who told it and when.

They are shown side by side and never made one: either may be behind, and neither speaks for the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import EventKind, Holder
from app.models import CarrierOrder, CustodyEvent, OneStopLine
from app.queries.tracking.dossier_history import Road


class ToldBy(StrEnum):
    EXCHANGE = "exchange"  # the one-stop system, asked or telling
    FILE = "file"  # its own list of a day, that the desk put in
    CLERK = "clerk"  # the desk, here: the one-stop system itself has said nothing
    COURIER = "courier"
    COUNTER = "counter"
    DESK = "desk"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class OneStopWord:
    """`state` None with a time: they were asked and hold no such dossier."""

    state: int | None
    at: datetime
    by: ToldBy


@dataclass(frozen=True, slots=True)
class PostWord:
    """`key`: of what happened, in `texts`; `milestone`: of the carrier's own events."""

    key: str
    at: datetime
    by: ToldBy
    parcel: str
    milestone: bool = False


@dataclass(frozen=True, slots=True)
class TwoSources:
    """None: that side has said nothing yet, so nothing is said for it."""

    one_stop: OneStopWord | None
    post: PostWord | None


def two_sources(session: Session, roads: Sequence[Road]) -> Mapping[UUID, TwoSources]:
    """By dossier; two statements for any number of them."""
    lines = _lines(session, {road.dossier.code for road in roads if road.dossier.code})
    orders = _orders(session, [road.dossier.id for road in roads])
    return {road.dossier.id: TwoSources(_one_stop(road, lines), _post(road, orders)) for road in roads}


def _lines(session: Session, codes: Collection[str]) -> dict[str, OneStopLine]:
    """The newest of each code."""
    told = select(OneStopLine).where(OneStopLine.code.in_(codes), OneStopLine.state.is_not(None))
    return {line.code: line for line in session.scalars(told.order_by(OneStopLine.told_at, OneStopLine.id))}


def _orders(session: Session, dossier_ids: Collection[UUID]) -> list[CarrierOrder]:
    """Of those that the carrier itself carries out: of ours its events only repeat what our phones told."""
    theirs = CarrierOrder.executed_by == "carrier", CarrierOrder.milestone.is_not(None)
    mine = select(CarrierOrder).where(CarrierOrder.dossier_id.in_(dossier_ids), *theirs)
    return list(session.scalars(mine.order_by(CarrierOrder.milestone_at)))


def _one_stop(road: Road, lines: Mapping[str, OneStopLine]) -> OneStopWord | None:
    """The newest that they said themselves; else what the desk wrote here. Of a dossier whose owner nobody confirmed: nothing."""
    if road.unconfirmed:
        return None
    said = max(_said_by_them(road, lines), key=lambda word: word.at, default=None)
    if said is not None or road.dossier.code is None:
        return said
    ours = [step for step in road.steps if not step.told_by_them]
    return OneStopWord(ours[-1].state, ours[-1].at, ToldBy.CLERK) if ours else None


def _said_by_them(road: Road, lines: Mapping[str, OneStopLine]) -> Iterator[OneStopWord]:
    dossier = road.dossier
    if dossier.seen_at is not None:
        yield OneStopWord(dossier.seen_state, dossier.seen_at, ToldBy.EXCHANGE)
    line = lines.get(dossier.code or "")
    if line is not None:
        yield OneStopWord(line.state, line.told_at, ToldBy.FILE)
    for step in road.steps:
        if step.told_by_them:
            yield OneStopWord(step.state, step.recorded_at, ToldBy.EXCHANGE)


def _post(road: Road, orders: Sequence[CarrierOrder]) -> PostWord | None:
    return max((*_events(road), *_milestones(road, orders)), key=lambda word: word.at, default=None)


def _events(road: Road) -> Iterator[PostWord]:
    for parcel in road.parcels:
        for event in road.events.get(parcel.id, ()):
            yield PostWord(_key(event), event.occurred_at, _by(event), parcel.code)


def _key(event: CustodyEvent) -> str:
    return event.taker.value if event.kind is EventKind.HANDED_OVER else event.kind.value


def _by(event: CustodyEvent) -> ToldBy:
    if event.actor.startswith("courier:"):
        return ToldBy.COURIER
    if event.actor.startswith("carrier:"):
        return ToldBy.CARRIER
    return ToldBy.DESK if event.kind is EventKind.OPENED or event.taker is Holder.DESK else ToldBy.COUNTER


def _milestones(road: Road, orders: Sequence[CarrierOrder]) -> Iterator[PostWord]:
    for order in orders:
        if order.dossier_id == road.dossier.id and order.milestone is not None and order.milestone_at is not None:
            yield PostWord(order.milestone, order.milestone_at, ToldBy.CARRIER, order.item_code or "", milestone=True)
