"""What is still under way at a place of work: why it can't be closed yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.closing import StillOpen, Unfinished
from app.domain.custody import EventKind, Holder
from app.domain.dossier import FINAL, DossierState
from app.domain.errand import OPEN
from app.domain.order import ENDED, OrderPurpose
from app.domain.transfer import TransferKind, TransferState
from app.models import (
    Bag,
    CarrierOrder,
    Courier,
    CustodyEvent,
    Desk,
    Dossier,
    Errand,
    Office,
    Parcel,
    Partner,
    PlanOffice,
    Round,
    RoundCall,
    StaffAccount,
    Transfer,
)
from app.queries.desks.cash import fees_held, in_hand
from app.queries.desks.holdings import bound_for_desk

ON_THE_WAY = ("wanted", "packed", "under_way")
CARRIED: Final = (Holder.COURIER, Holder.OFFICE_SAFE, Holder.BAG, Holder.CARRIER)
SEALED: Final = (
    ~select(CustodyEvent.id).where(CustodyEvent.parcel_id == Parcel.id, CustodyEvent.kind == EventKind.OPENED).exists()
)


def under_way(session: Session, place: Office | Desk, day: date, heir: Desk | None = None) -> list[StillOpen]:
    """Everything that a closing on `day` would leave behind. `heir`: the desk that takes over the dossiers."""
    kinds = _of_office(session, place, day) if isinstance(place, Office) else _of_desk(session, place, heir)
    return [StillOpen(what, count) for what, count in kinds if count]


def open_dossiers(desk: Desk) -> ColumnElement[bool]:
    """Received or to be decided here, and not ended: somebody has to answer for them."""
    return and_(or_(Dossier.desk_id == desk.id, Dossier.competent_desk_id == desk.id), Dossier.state.not_in(FINAL))


def _of_office(session: Session, office: Office, day: date) -> Iterator[tuple[Unfinished, int]]:
    couriers = Courier.office_id == office.id
    without_account = (couriers, Courier.active, Courier.staff_account_id.is_(None))
    people = _number(session, _at_work(StaffAccount.office_id == office.id))
    yield Unfinished.PEOPLE, people + _number(session, select(func.count(Courier.id)).where(*without_account))
    yield Unfinished.PAPERS, _number(session, _lying(Holder.OFFICE_SAFE, office.id))
    yield from _of_both(session, Holder.OFFICE_SAFE, office.id)
    visits = select(func.count(Errand.id)).where(Errand.office_id == office.id, Errand.state.in_(OPEN))
    yield Unfinished.VISITS, _number(session, visits)
    planned = (PlanOffice.office_id == office.id, PlanOffice.published, PlanOffice.day >= day)
    yield Unfinished.PLANS, _number(session, select(func.count()).select_from(PlanOffice).where(*planned))
    ids = session.scalars(select(Courier.id).where(couriers)).all()
    carried = sum(one.cash.total for receipts in in_hand(session, ids).values() for one in receipts)
    yield Unfinished.CASH, max(0, fees_held(session, office.id)) + carried


def _of_desk(session: Session, desk: Desk, heir: Desk | None) -> Iterator[tuple[Unfinished, int]]:
    yield Unfinished.PEOPLE, _number(session, _at_work(StaffAccount.desk_id == desk.id))
    yield Unfinished.PAPERS, _number(session, _lying(Holder.DESK, desk.id).where(SEALED))
    yield Unfinished.ON_THE_ROAD, _number(session, _on_the_road(desk))
    yield Unfinished.ORDERS, _number(session, _carriers(desk))
    yield from _of_both(session, Holder.DESK, desk.id)
    yield Unfinished.TRANSFERS, _number(session, _between(desk))
    spoken_for = (Partner.desk_id == desk.id, Partner.revoked_at.is_(None))
    yield Unfinished.KEYS, _number(session, select(func.count(Partner.id)).where(*spoken_for))
    if heir is None:
        undecided = _number(session, select(func.count(Dossier.id)).where(open_dossiers(desk)))
        inherited = _number(session, select(func.count(Desk.id)).where(Desk.taken_over_by_id == desk.id))
        yield Unfinished.DOSSIERS, undecided + inherited


def _of_both(session: Session, holder: Holder, number: int) -> Iterator[tuple[Unfinished, int]]:
    here = str(number)
    ends = or_(and_(Bag.from_holder == holder, Bag.from_id == here), and_(Bag.to_holder == holder, Bag.to_id == here))
    yield Unfinished.BAGS, _number(session, select(func.count(Bag.id)).where(ends, Bag.opened_at.is_(None)))
    calls = (Round.active, RoundCall.holder == holder, RoundCall.holder_id == here)
    vans = select(func.count(Round.id.distinct())).join(RoundCall, RoundCall.round_id == Round.id).where(*calls)
    yield Unfinished.ROUNDS, _number(session, vans)


def _lying(holder: Holder, number: int) -> Select[int]:
    """An envelope that a desk has opened names that desk as its holder for ever: its papers go with the dossier."""
    return select(func.count(Parcel.id)).where(Parcel.holder == holder, Parcel.holder_id == str(number))


def _on_the_road(desk: Desk) -> Select[int]:
    """Also of dossiers that are over: originals that are due come after the result."""
    coming = select(func.count(Parcel.id)).join(Dossier, Dossier.id == Parcel.dossier_id)
    return coming.where(bound_for_desk(desk.id), Parcel.holder.in_(CARRIED), SEALED)


def _carriers(desk: Desk) -> Select[int]:
    """The carrier was told this desk's address, as where it brings the papers or where it brings back what nobody took.

    Of orders that our own people carry out, the envelopes tell.
    """
    theirs = and_(CarrierOrder.executed_by == "carrier", CarrierOrder.state.not_in(ENDED))
    packed = and_(CarrierOrder.purpose == OrderPurpose.RESULT, Dossier.competent_desk_id == desk.id)
    orders = select(func.count(CarrierOrder.id)).join(Dossier, Dossier.id == CarrierOrder.dossier_id)
    return orders.where(theirs, or_(Dossier.desk_id == desk.id, packed))


def _between(desk: Desk) -> Select[int]:
    """Not there yet, or opened here and found short: only this desk can say that it goes on all the same."""
    short = and_(
        Transfer.to_desk_id == desk.id,
        Transfer.state == TransferState.ARRIVED,
        Transfer.kind != TransferKind.RESULT_BACK,
        Dossier.state == DossierState.ACCEPTED,
    )
    going = and_(or_(Transfer.from_desk_id == desk.id, Transfer.to_desk_id == desk.id), Transfer.state.in_(ON_THE_WAY))
    counted = select(func.count(Transfer.id)).join(Dossier, Dossier.id == Transfer.dossier_id)
    return counted.where(or_(going, short))


def _at_work(here: ColumnElement[bool]) -> Select[int]:
    return select(func.count(StaffAccount.id)).where(here, StaffAccount.active)


def _number(session: Session, counted: Select[int]) -> int:
    return session.scalar(counted) or 0
