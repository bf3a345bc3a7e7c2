"""What a holder answers for right now, and what is on its way there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.custody import Holder, Party
from app.domain.dossier import DECIDING, FINAL, DossierState
from app.domain.errand import OPEN, ErrandKind, ErrandState
from app.domain.parcel import PaperState, ParcelPurpose
from app.models import (
    Courier,
    CustodyEvent,
    Desk,
    Dossier,
    Errand,
    ErrandDossier,
    Paper,
    Parcel,
    Plan,
    PlanOffice,
    Procedure,
    Route,
    Stop,
    StopErrand,
)  # fmt: skip
from app.queries.desks.papers import due_of

FOR_THE_DESK = (ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.SUPPLEMENT)
TO_SOME_DESK = (*FOR_THE_DESK, ParcelPurpose.TRANSFER)


def bound_for(parcel: Parcel) -> Desk:
    """The desk that opens this envelope: of papers packed again, the one that decides."""
    again = parcel.purpose is ParcelPurpose.TRANSFER
    return parcel.dossier.competent_desk if again else parcel.dossier.desk


def desk_id_for(parcel: Parcel) -> int:
    """`bound_for` without the desk's row."""
    again = parcel.purpose is ParcelPurpose.TRANSFER
    return parcel.dossier.competent_desk_id if again else parcel.dossier.desk_id


def bound_for_desk(desk_id: int) -> ColumnElement[bool]:
    """`bound_for` as a condition."""
    again = (Parcel.purpose == ParcelPurpose.TRANSFER) & (Dossier.competent_desk_id == desk_id)
    return again | (Parcel.purpose.in_(FOR_THE_DESK) & (Dossier.desk_id == desk_id))


def in_hand(desk_id: int) -> ColumnElement[bool]:
    """The dossiers whose due date this desk owns (`domain.transfer.due_owner`)."""
    received = (Dossier.desk_id == desk_id) & Dossier.sent_on_at.is_(None)
    decides = (Dossier.competent_desk_id == desk_id) & Dossier.sent_on_at.is_not(None)
    one_desk = (Dossier.desk_id == desk_id) & (Dossier.competent_desk_id == desk_id)
    return one_desk | received | decides


@dataclass(frozen=True, slots=True)
class DeskDay:
    """A desk's work: envelopes coming, to be counted, dossiers in process, results waiting for the post, originals due."""

    coming: Sequence[Parcel]
    uncounted: Sequence[Parcel]
    in_process: Sequence[Dossier]
    packed: Sequence[Parcel]
    due: Sequence[Errand]


@dataclass(frozen=True, slots=True)
class CourierBag:
    """A courier: what is in the bag, and what still lies in the safe for today's route."""

    courier: Courier
    held: Sequence[Parcel]
    waiting: Sequence[Parcel]


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """An office's safe, its couriers' bags, and the deliveries it keeps for people who were not there."""

    safe: Sequence[Parcel]
    bags: Sequence[CourierBag]
    kept: Sequence[Errand]

    @property
    def for_desk(self) -> list[Parcel]:
        return [parcel for parcel in self.safe if parcel.purpose in TO_SOME_DESK]

    @property
    def for_doors(self) -> list[Parcel]:
        return [parcel for parcel in self.safe if parcel.purpose not in TO_SOME_DESK]

    @property
    def by_desk(self) -> list[tuple[Desk, list[Parcel]]]:
        """The dossiers in the safe, under the desk that each is bound for."""
        desks: dict[int, tuple[Desk, list[Parcel]]] = {}
        for parcel in self.for_desk:
            desk = bound_for(parcel)
            desks.setdefault(desk.id, (desk, []))[1].append(parcel)
        return list(desks.values())


def holding(session: Session, code: str) -> Parcel | None:
    """The envelope with this code, with what tells where it is and where it is bound for."""
    return session.scalars(select(Parcel).where(Parcel.code == code).options(joinedload(Parcel.dossier))).one_or_none()


def held_by(session: Session, party: Party) -> Sequence[Parcel]:
    return session.scalars(
        select(Parcel)
        .where(Parcel.holder == party.holder, Parcel.holder_id == party.id)
        .order_by(Parcel.code)
        .options(
            joinedload(Parcel.dossier).joinedload(Dossier.procedure),
            joinedload(Parcel.dossier).joinedload(Dossier.desk),
        )
    ).all()


def desk_day(session: Session, desk: Desk) -> DeskDay:
    """Everything a clerk has to do, in a handful of queries."""
    held = held_by(session, Party(Holder.DESK, str(desk.id)))
    opened = _opened(session, held)
    coming = session.scalars(
        select(Parcel)
        .join(Dossier, Dossier.id == Parcel.dossier_id)
        .where(bound_for_desk(desk.id), Parcel.holder == Holder.OFFICE_SAFE)
        .order_by(Parcel.code)
        .options(joinedload(Parcel.dossier).joinedload(Dossier.procedure))
    ).all()
    in_process = session.scalars(
        select(Dossier)
        .where(in_hand(desk.id), Dossier.state.in_(DECIDING))
        .order_by(Dossier.due_on.nulls_last(), Dossier.code)
        .options(joinedload(Dossier.procedure))
    ).all()
    return DeskDay(
        coming=coming,
        uncounted=[parcel for parcel in held if parcel.id not in opened and _to_open(parcel, desk.id)],
        in_process=in_process,
        packed=[parcel for parcel in held if parcel.purpose is ParcelPurpose.RESULT],
        due=papers_due_at(session, desk.id),
    )


def _to_open(parcel: Parcel, desk_id: int) -> bool:
    """An envelope for this desk; papers packed here for another desk are opened here only when they need not go any more."""
    if parcel.purpose is ParcelPurpose.TRANSFER:
        return parcel.dossier.competent_desk_id == desk_id or parcel.dossier.state in FINAL
    return parcel.purpose in FOR_THE_DESK


def _opened(session: Session, parcels: Sequence[Parcel]) -> set[UUID]:
    """Parcels whose papers have been counted: none is inside any more."""
    inside = select(Paper.parcel_id).where(
        Paper.parcel_id.in_([parcel.id for parcel in parcels]), Paper.state == PaperState.IN_PARCEL
    )
    closed = set(session.scalars(inside))
    return {parcel.id for parcel in parcels if parcel.id not in closed}


def papers_due_at(session: Session, desk_id: int) -> list[Errand]:
    """Open deliveries that must bring originals back to this desk and to no other: those it may waive."""
    asked = (
        select(Errand)
        .join(ErrandDossier, ErrandDossier.errand_id == Errand.id)
        .join(Dossier, Dossier.id == ErrandDossier.dossier_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(
            Dossier.desk_id == desk_id,
            Dossier.state >= DossierState.ACCEPTED,
            Procedure.originals_due,
            Errand.kind == ErrandKind.DELIVER,
            Errand.state.in_(OPEN),
            Errand.papers_due_waived.is_(False),
        )
        .order_by(Errand.created_at, Errand.id)
        .distinct()
        .options(selectinload(Errand.dossiers).joinedload(Dossier.procedure).selectinload(Procedure.papers))
    )
    return [errand for errand in session.scalars(asked) if _owes_only(session, errand, desk_id)]


def _owes_only(session: Session, errand: Errand, desk_id: int) -> bool:
    due = due_of(session, errand)
    return bool(due) and all(dossier.desk_id == desk_id for dossier in errand.dossiers if dossier.id in due)


def office_day(session: Session, office_id: int, day: date) -> OfficeDay:
    couriers = session.scalars(
        select(Courier).where(Courier.office_id == office_id, Courier.active).order_by(Courier.name, Courier.id)
    ).all()
    held = session.scalars(
        select(Parcel)
        .where(Parcel.holder == Holder.COURIER, Parcel.holder_id.in_([str(courier.id) for courier in couriers]))
        .order_by(Parcel.code)
    ).all()
    waiting = _waiting(session, office_id, day)
    bags = [
        CourierBag(
            courier,
            [parcel for parcel in held if parcel.holder_id == str(courier.id)],
            [parcel for courier_id, parcel in waiting if courier_id == courier.id],
        )
        for courier in couriers
    ]
    return OfficeDay(held_by(session, Party(Holder.OFFICE_SAFE, str(office_id))), bags, _kept(session, office_id))


def _waiting(session: Session, office_id: int, day: date) -> list[tuple[int, Parcel]]:
    """Results in the safe that ride out today, with the courier whose published route has their door."""
    rows = session.execute(
        select(Route.courier_id, Parcel)
        .join(PlanOffice, (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id))
        .join(Plan, Plan.id == Route.plan_id)
        .join(Stop, Stop.route_id == Route.id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(Errand, Errand.id == StopErrand.errand_id)
        .join(Parcel, Parcel.errand_id == Errand.id)
        .where(
            Route.office_id == office_id,
            Plan.day == day,
            PlanOffice.published,
            Errand.kind != ErrandKind.COLLECT,
            Errand.state.in_((ErrandState.PLANNED, ErrandState.UNDER_WAY)),
            Parcel.holder == Holder.OFFICE_SAFE,
            Parcel.holder_id == str(office_id),
        )
        .order_by(Parcel.code)
    )
    return [(courier_id, parcel) for courier_id, parcel in rows]


def _kept(session: Session, office_id: int) -> Sequence[Errand]:
    return session.scalars(
        select(Errand)
        .where(Errand.office_id == office_id, Errand.state == ErrandState.HELD)
        .order_by(Errand.held_until, Errand.id)
        .options(joinedload(Errand.request), selectinload(Errand.dossiers).joinedload(Dossier.procedure))
    ).all()


def known_to(session: Session, party: Party, code: str) -> Parcel | None:
    """The parcel, if this holder gave or took it at any step of its chain; others' envelopes are nobody's business."""
    gave = (CustodyEvent.giver == party.holder) & (CustodyEvent.giver_id == party.id)
    took = (CustodyEvent.taker == party.holder) & (CustodyEvent.taker_id == party.id)
    handled = select(CustodyEvent.id).where(CustodyEvent.parcel_id == Parcel.id, or_(gave, took)).exists()
    return session.scalars(select(Parcel).where(Parcel.code == code, handled)).one_or_none()
