"""The day's balance of an office, a desk or a courier: what lay there, what came, what went, what lies there now.

Counted twice: from the chains, event by event, and from where each envelope is said to be; a difference names the envelope.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.clock import end_of_day, start_of_day
from app.domain.custody import EventKind, Party
from app.models import CustodyEvent, Parcel


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An envelope that the chains and the register place differently, or whose story has a hole."""

    parcel_code: str
    by_chain: bool  # the chains say it lies here
    by_register: bool
    gap: bool


@dataclass(frozen=True, slots=True)
class DayBalance:
    """Envelopes. `opening + received == handed_over + delivered + returned + lost + closing` always holds."""

    day: date
    opening: int
    received: int
    handed_over: int
    delivered: int
    returned: int
    lost: int
    closing: int
    mismatches: tuple[Mismatch, ...]

    @property
    def even(self) -> bool:
        return not self.mismatches


OUT = {
    EventKind.DELIVERED: "delivered",
    EventKind.RETURNED: "returned",
    EventKind.REPORTED_LOST: "lost",
}


def balance(session: Session, party: Party, day: date) -> DayBalance:
    """One party's day, by the time our side received each fact. Mismatches compare with where envelopes lie at this moment."""
    start, end = start_of_day(day), end_of_day(day)
    lying: set[UUID] = set()  # after all events known today
    closing: set[UUID] = set()  # at the end of `day`
    opening = 0
    counted = dict.fromkeys(("received", "handed_over", *OUT.values()), 0)
    for event in _events(session, party):
        kind = _change(event, party, lying)
        if kind is None:
            continue
        _keep(lying, event, kind)
        if event.received_at < start:
            opening += 1 if kind == "received" else -1
        elif event.received_at < end:
            counted[kind] += 1
        if event.received_at < end:
            _keep(closing, event, kind)
    return DayBalance(
        day=day, opening=opening, closing=len(closing), mismatches=_mismatches(session, party, lying), **counted
    )


def _change(event: CustodyEvent, party: Party, lying: set[UUID]) -> str | None:
    """What the event does to the party's pile; None for one that leaves the envelope where it lies (opened, sealed again)."""
    came = (event.taker, event.taker_id) == (party.holder, party.id)
    if came and event.parcel_id not in lying:
        return "received"
    if not came and event.parcel_id in lying:
        return OUT.get(event.kind, "handed_over")
    return None


def _keep(pile: set[UUID], event: CustodyEvent, kind: str) -> None:
    if kind == "received":
        pile.add(event.parcel_id)
    else:
        pile.discard(event.parcel_id)


def _events(session: Session, party: Party) -> Iterable[CustodyEvent]:
    ours = or_(
        and_(CustodyEvent.taker == party.holder, CustodyEvent.taker_id == party.id),
        and_(CustodyEvent.giver == party.holder, CustodyEvent.giver_id == party.id),
    )
    return session.scalars(select(CustodyEvent).where(ours).order_by(CustodyEvent.parcel_id, CustodyEvent.event_no))


def _mismatches(session: Session, party: Party, here: set[UUID]) -> tuple[Mismatch, ...]:
    said = select(Parcel).where(
        or_(Parcel.id.in_(here), and_(Parcel.holder == party.holder, Parcel.holder_id == party.id))
    )
    found = []
    for parcel in session.scalars(said.order_by(Parcel.code)):
        register = (parcel.holder, parcel.holder_id) == (party.holder, party.id)
        if register != (parcel.id in here) or parcel.gap:
            found.append(Mismatch(parcel.code, parcel.id in here, register, parcel.gap))
    return tuple(found)
