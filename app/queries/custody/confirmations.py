"""Hand-overs that a courier's phone reported and the other side has not answered yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.domain.custody import TOLD_TWICE, EventKind, Holder, Party
from app.models import CustodyConfirmation, CustodyEvent, Dossier, OnePerson, Parcel
from app.queries.custody.one_person import between_own_hands
from app.queries.custody.parties import names_of

STAFFED = (Holder.COURIER, Holder.OFFICE_SAFE, Holder.DESK)
ANSWERABLE = (EventKind.HANDED_OVER, EventKind.RETURNED)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One envelope that a courier says he gave or took; `event_id` is what the other side answers to."""

    event_id: int
    parcel: Parcel
    courier: str
    giver: Party
    taker: Party
    occurred_at: datetime
    received_at: datetime
    asked: tuple[Party, ...]  # who may answer
    other: str  # the name of the first of them

    @property
    def given_to_other(self) -> bool:
        """The courier gave: is the envelope here? Otherwise he took: is it really gone?"""
        return self.giver.holder is Holder.COURIER


def of_party(party: Party) -> ColumnElement[bool]:
    """Events in which this holder gave or took."""
    return or_(
        and_(CustodyEvent.taker == party.holder, CustodyEvent.taker_id == party.id),
        and_(CustodyEvent.giver == party.holder, CustodyEvent.giver_id == party.id),
    )


def one_sided() -> list[ColumnElement[bool]]:
    """Told by a courier's phone alone, answered by nobody, and not told by the other side as well (on the screen, where
    both sign as `one+other`, or on another courier's phone)."""
    alone = select(OnePerson.id).where(between_own_hands())
    answered = select(CustodyConfirmation.event_id).where(CustodyConfirmation.event_id == CustodyEvent.id)
    other = aliased(CustodyEvent)
    told_by_both = select(other.id).where(
        other.parcel_id == CustodyEvent.parcel_id,
        other.giver == CustodyEvent.giver,
        other.giver_id == CustodyEvent.giver_id,
        other.taker == CustodyEvent.taker,
        other.taker_id == CustodyEvent.taker_id,
        other.actor != CustodyEvent.actor,
        other.occurred_at.between(CustodyEvent.occurred_at - TOLD_TWICE, CustodyEvent.occurred_at + TOLD_TWICE),
    )
    return [
        or_(CustodyEvent.actor.startswith("courier:"), CustodyEvent.device != ""),  # device: fed in from its package
        ~CustodyEvent.actor.contains("+"),
        CustodyEvent.kind.in_(ANSWERABLE),
        CustodyEvent.giver.in_(STAFFED),
        CustodyEvent.taker.in_(STAFFED),
        ~alone.exists(),  # nobody else is there: the next independent hand covers it (`queries.custody.one_person`)
        ~answered.exists(),
        ~told_by_both.exists(),
    ]


def unanswered(session: Session, *parties: Party) -> list[Unanswered]:
    """What these holders have to answer for or wait for, oldest act first."""
    asked: Select[CustodyEvent, Parcel] = (
        select(CustodyEvent, Parcel)
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .where(or_(*map(of_party, parties)), *one_sided())
        .order_by(CustodyEvent.occurred_at, CustodyEvent.id)
        .options(joinedload(Parcel.dossier).joinedload(Dossier.procedure))
    )
    rows = session.execute(asked).all()
    names = names_of(session, [party for event, _ in rows for party in sides(event)])
    return [_line(event, parcel, names) for event, parcel in rows]


def sides(event: CustodyEvent) -> tuple[Party, Party]:
    return Party(event.giver, event.giver_id), Party(event.taker, event.taker_id)


def recorder(event: CustodyEvent) -> Party:
    """Who says so: `courier:3` on his phone; where somebody else fed the phone's package in, the courier it speaks for."""
    if event.actor.startswith("courier:"):
        return Party(Holder.COURIER, event.actor.removeprefix("courier:"))
    giver, taker = sides(event)
    return taker if giver.holder is not Holder.COURIER else giver


def asked_of(event: CustodyEvent) -> tuple[Party, ...]:
    """The sides that did not record it themselves: any of them may answer."""
    return tuple(party for party in sides(event) if party != recorder(event))


def _line(event: CustodyEvent, parcel: Parcel, names: dict[Party, str]) -> Unanswered:
    giver, taker = sides(event)
    others = asked_of(event)
    return Unanswered(
        event_id=event.id,
        parcel=parcel,
        courier=names.get(recorder(event), ""),
        giver=giver,
        taker=taker,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        asked=others,
        other=names.get(others[0], "") if others else "",
    )
