"""All a courier's phone needs for a day without a network, read in a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.cash import Cash, total_of
from app.models import (
    Charge,
    Courier,
    Desk,
    Errand,
    HandoverCode,
    Interpreter,
    Office,
    OutcomeCode,
    Parcel,
    PhoneCall,
    Procedure,
    RequiredPaper,
)
from app.queries.desks.cash import CashDay, cash_day, day_of, in_hand
from app.queries.desks.papers import due_of_all
from app.queries.reference.areas import neighbourhood
from app.queries.reference.interpreters import interpreters_for
from app.queries.reference.outcomes import at_any_door
from app.queries.visits import doors
from app.queries.visits.courier_day import CourierDay, courier_day
from app.queries.visits.doors import LastVisit, TriedToday


@dataclass(frozen=True, slots=True)
class Doors:
    """What is known of the errands of the day, by errand; `visits` by place."""

    parcels: Mapping[UUID, Sequence[Parcel]]
    unpaid: Mapping[UUID, Sequence[Charge]]
    codes: Mapping[UUID, HandoverCode]
    attempts: Mapping[UUID, int]
    tried: Mapping[UUID, TriedToday]
    calls: Mapping[UUID, Sequence[PhoneCall]]  # of the day, by this courier
    due: Mapping[UUID, Mapping[UUID, Sequence[RequiredPaper]]]
    visits: Mapping[UUID, LastVisit]


@dataclass(frozen=True, slots=True)
class CourierCash:
    """By the receipts that are here; the phone adds those that it has not sent."""

    today: CashDay
    earlier: Cash


@dataclass(frozen=True, slots=True)
class Bundle:
    """The rows of it; `app.schemas.bundle` says which of their fields leave the house."""

    day: CourierDay
    doors: Doors
    procedures: Sequence[Procedure]
    others: Sequence[Courier]
    desks: Sequence[Desk]
    outcomes: Sequence[OutcomeCode]
    areas: list[dict[str, Any]]
    cash: CourierCash
    interpreters: Sequence[Interpreter]


def bundle(session: Session, courier_id: int, day: date, now: datetime) -> Bundle:
    """The day of one courier: only doors of the published route, only envelopes in this bag or waiting for it."""
    courier = session.scalars(select(Courier).where(Courier.id == courier_id).options(joinedload(Courier.office))).one()
    theirs = courier_day(session, courier, day)
    errands = [errand for stop in theirs.stops for errand in stop.errands]
    # the lists first: `due_of_all` reads them
    procedures = doors.procedures_of(
        session, {dossier.procedure_id for errand in errands for dossier in errand.dossiers}
    )
    return Bundle(
        day=theirs,
        doors=_doors(session, courier.id, errands, day, now),
        procedures=procedures,
        others=_others(session, courier),
        desks=_desks(session, courier.office),
        outcomes=at_any_door(session),
        areas=neighbourhood(session, courier.office),
        cash=CourierCash(cash_day(session, courier, day), _earlier(session, courier.id, day)),
        interpreters=interpreters_for(session, {errand.request.tongue for errand in errands}),
    )


def _earlier(session: Session, courier_id: int, day: date) -> Cash:
    """Of days before, still not handed in."""
    kept = in_hand(session, [courier_id]).get(courier_id, [])
    return total_of(receipt.cash for receipt in kept if day_of(receipt) < day)


def _doors(session: Session, courier_id: int, errands: Sequence[Errand], day: date, now: datetime) -> Doors:
    ids = [errand.id for errand in errands]
    return Doors(
        parcels=doors.parcels_of(session, ids),
        unpaid=doors.unpaid_of(session, ids),
        codes=doors.codes_of(session, ids, now),
        attempts=doors.attempts_of(session, ids),
        tried=doors.tried_on(session, ids, day),
        calls=doors.calls_on(session, courier_id, ids, day),
        due=due_of_all(session, errands),
        visits=doors.last_visits(session, {errand.place_id for errand in errands}),
    )


def _others(session: Session, courier: Courier) -> Sequence[Courier]:
    """Colleagues to whom an envelope may be handed on the road."""
    return session.scalars(
        select(Courier)
        .where(Courier.office_id == courier.office_id, Courier.active, Courier.id != courier.id)
        .order_by(Courier.name, Courier.id)
    ).all()


def _desks(session: Session, office: Office) -> Sequence[Desk]:
    near = or_(Desk.unit_code == office.unit_code, Desk.office_id == office.id, Desk.level == "province")
    return session.scalars(select(Desk).where(near).order_by(Desk.level, Desk.id)).all()
