"""A courier's day: the published route, its doors in order, and the envelopes in the bag or still waiting in the safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.custody import Holder
from app.domain.errand import ErrandKind, ErrandState
from app.models import (
    Courier,
    Dossier,
    Errand,
    Parcel,
    Place,
    Plan,
    PlanOffice,
    Route,
    Run,
    ServiceRequest,
    Stop,
)  # fmt: skip

CLOSED_AT_THE_DOOR = frozenset(
    {ErrandState.DONE, ErrandState.FAILED, ErrandState.HELD, ErrandState.RETURNED, ErrandState.CANCELLED}
)


@dataclass(frozen=True, slots=True)
class CourierDay:
    courier: Courier
    route: Route | None
    run: Run | None
    stops: Sequence[Stop]
    in_bag: Sequence[Parcel]
    waiting: Sequence[Parcel]  # results of this route that still lie in the office's safe


def courier_day(session: Session, courier: Courier, day: date) -> CourierDay:
    """What the courier needs for `day`, in a handful of queries."""
    route = session.scalar(
        select(Route)
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id))
        .where(Route.courier_id == courier.id, Plan.day == day, PlanOffice.published)
        .options(joinedload(Route.office))
    )
    stops = _stops(session, route.id) if route else []
    run = session.scalar(select(Run).where(Run.route_id == route.id)) if route else None
    return CourierDay(courier, route, run, stops, in_bag(session, courier), _waiting(session, stops))


def _stops(session: Session, route_id: int) -> Sequence[Stop]:
    errands = selectinload(Stop.errands)
    return session.scalars(
        select(Stop)
        .where(Stop.route_id == route_id)
        .order_by(Stop.sequence)
        .options(
            joinedload(Stop.place).joinedload(Place.unit),
            errands.joinedload(Errand.request).joinedload(ServiceRequest.applicant),
            errands.joinedload(Errand.request).joinedload(ServiceRequest.receiver),
            errands.joinedload(Errand.slot),
            errands.selectinload(Errand.dossiers).joinedload(Dossier.procedure),
        )
    ).all()


def in_bag(session: Session, courier: Courier) -> Sequence[Parcel]:
    return session.scalars(
        select(Parcel)
        .where(Parcel.holder == Holder.COURIER, Parcel.holder_id == str(courier.id))
        .order_by(Parcel.code)
        .options(joinedload(Parcel.dossier).joinedload(Dossier.procedure))
    ).all()


def _waiting(session: Session, stops: Sequence[Stop]) -> Sequence[Parcel]:
    deliveries = [
        errand.id for stop in stops for errand in stop.errands
        if errand.kind is not ErrandKind.COLLECT and errand.state not in CLOSED_AT_THE_DOOR
    ]  # fmt: skip
    if not deliveries:
        return []
    return session.scalars(
        select(Parcel)
        .where(Parcel.errand_id.in_(deliveries), Parcel.holder == Holder.OFFICE_SAFE)
        .order_by(Parcel.code)
    ).all()


def parcels_of(session: Session, errand_ids: Sequence[UUID]) -> Sequence[Parcel]:
    return session.scalars(select(Parcel).where(Parcel.errand_id.in_(errand_ids)).order_by(Parcel.code)).all()
