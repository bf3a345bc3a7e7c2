"""Orders at the postal carrier: made, kept in step and closed with the errand or the transfer they are for.

Each errand has one executing system: `own` (our phone is the truth, the order is for accounting) or `carrier` (their events
are the truth). A transfer between desks is `own` always: it travels in the post's own bags and rounds. An order needs the
dossier's code; until it is known our own couriers drive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.domain.errand import OPEN, ErrandKind, ErrandState
from app.domain.order import ENDED, PURPOSES, UNANSWERED, OrderPurpose, OrderState, order_number, wants_order
from app.domain.tariff import ChargeKind, weight_of
from app.domain.transfer import OPEN as ON_THE_WAY
from app.domain.transfer import TransferState
from app.models import CarrierOrder, Charge, Dossier, Errand, ErrandDossier, Paper, Parcel, Transfer
from app.queries.desks.transfers import transfer_of_order
from app.services.outbox import links, queue
from app.services.outbox.queue import OutboxDraft
from app.unit_of_work import UnitOfWork

UNCOUNTED: Final = 10  # papers of an envelope that nobody has counted yet [assumption]


def follow(work: UnitOfWork, errand: Errand, now: datetime) -> None:
    """Keep the errand's orders in step with it; nothing while no carrier is joined."""
    link = links.carrier(work)
    if link is None or errand.kind not in PURPOSES:
        return
    for dossier in errand.dossiers:
        if dossier.code is not None:
            _follow(work, link, errand, dossier, now)


def follow_dossier(work: UnitOfWork, dossier: Dossier, now: datetime) -> None:
    """A dossier moved: its code may be known only now, and its errands and transfers may lack their orders."""
    if dossier.code is None or links.carrier(work) is None:
        return
    follow_transfers(work, dossier, now)
    theirs = select(ErrandDossier.errand_id).where(ErrandDossier.dossier_id == dossier.id)
    for errand in work.scalars(select(Errand).where(Errand.id.in_(theirs)).order_by(Errand.created_at, Errand.id)):
        follow(work, errand, now)


def _follow(work: UnitOfWork, link: str, errand: Errand, dossier: Dossier, now: datetime) -> None:
    order = _newest(work, errand, dossier)
    if wants_order(errand.kind, errand.state) or _packed_for_carrier(work, errand, dossier):
        if order is None or (order.state == OrderState.CANCELLED and errand.state in OPEN):
            order = _place(work, link, errand, dossier, now)
        _close(order, errand, now)
    elif order is not None and order.state not in ENDED | UNANSWERED:
        _call_off(work, order, now)


def _packed_for_carrier(session: Session, errand: Errand, dossier: Dossier) -> bool:
    """A result that the carrier brings needs no slot of ours: it is ordered when its envelope is sealed."""
    waits = errand.executed_by == "carrier" and errand.state is ErrandState.REQUESTED
    return waits and errand.kind is ErrandKind.DELIVER and _parcel(session, errand, dossier) is not None


def _newest(session: Session, errand: Errand, dossier: Dossier) -> CarrierOrder | None:
    mine = (CarrierOrder.errand_id == errand.id, CarrierOrder.dossier_id == dossier.id)
    return session.scalars(select(CarrierOrder).where(*mine).order_by(CarrierOrder.attempt.desc()).limit(1)).first()


def _place(work: UnitOfWork, link: str, errand: Errand, dossier: Dossier, now: datetime) -> CarrierOrder:
    return _make(
        work,
        link,
        dossier,
        PURPOSES[errand.kind],
        now,
        executed_by=errand.executed_by,
        errand=errand,
        errand_id=errand.id,
        parcel=_parcel(work, errand, dossier),
        weight_g=_weight(work, Parcel.errand_id == errand.id, Parcel.dossier_id == dossier.id),
        **_money(work, errand, dossier),
    )


def _make(
    work: UnitOfWork, link: str, dossier: Dossier, purpose: OrderPurpose, now: datetime, **given: Any
) -> CarrierOrder:
    assert dossier.code is not None  # asked by the callers
    attempt = _attempt(work, dossier, purpose)
    order = CarrierOrder(
        id=uuid4(),
        number=order_number(dossier.code, purpose, attempt),
        link=link,
        customer_code="",  # the links file's, put in when it is sent
        purpose=purpose.value,
        attempt=attempt,
        dossier=dossier,
        dossier_id=dossier.id,
        state=OrderState.WANTED,
        created_at=now,
        **given,
    )
    work.add(order)
    work.flush()
    draft = OutboxDraft(link, "place_order", str(dossier.id), f"place:{order.number}", {"order_id": str(order.id)})
    queue.promise(work, draft, now)
    return order


def _attempt(session: Session, dossier: Dossier, purpose: OrderPurpose) -> int:
    """Counted on behind those of whatever dossier bore this number by mistake: its orders keep their names."""
    named = CarrierOrder.number.startswith(f"{dossier.code}-", autoescape=True)
    mine = (or_(CarrierOrder.dossier_id == dossier.id, named), CarrierOrder.purpose == purpose.value)
    return (session.scalar(select(func.max(CarrierOrder.attempt)).where(*mine)) or 0) + 1


def _parcel(session: Session, errand: Errand, dossier: Dossier) -> Parcel | None:
    mine = (Parcel.errand_id == errand.id, Parcel.dossier_id == dossier.id)
    return session.scalars(select(Parcel).where(*mine).order_by(Parcel.created_at).limit(1)).first()


def _weight(session: Session, *which: ColumnElement[bool]) -> int:
    """Of the papers in the envelopes of a condition."""
    counted = session.scalar(select(func.sum(Paper.count)).join(Parcel, Parcel.id == Paper.parcel_id).where(*which))
    return weight_of(counted or UNCOUNTED)


def _money(session: Session, errand: Errand, dossier: Dossier) -> dict[str, int]:
    """What is still to be taken at the door, in its parts."""
    mine = (Charge.errand_id == errand.id, Charge.dossier_id == dossier.id, Charge.paid_at.is_(None))
    rows = session.execute(
        select(Charge.kind, func.coalesce(func.sum(Charge.amount), 0)).where(*mine).group_by(Charge.kind)
    )
    amounts = {kind: int(amount or 0) for kind, amount in rows}
    parts = {"state_fee": ChargeKind.STATE_FEE, "postage": ChargeKind.POSTAGE, "remittance": ChargeKind.REMITTANCE}
    return {name: amounts.get(kind, 0) for name, kind in parts.items()}


def _close(order: CarrierOrder, errand: Errand, now: datetime) -> None:
    if errand.state not in OPEN:
        _settle_own(order, now)


def _settle_own(order: CarrierOrder, now: datetime) -> None:
    """What it was for is over: for our own people the order has done its duty; theirs is closed by their last event."""
    if order.state == OrderState.PLACED and order.executed_by == "own":
        order.state, order.settled_at = OrderState.CLOSED, now


# -- between two desks


def follow_transfers(work: UnitOfWork, dossier: Dossier, now: datetime) -> None:
    """One order for each envelope that was packed for another desk, called off when it never left, closed when it came.

    Custody is ours alone: whatever the carrier tells of such an order moves no envelope. Nothing while no carrier is joined.
    """
    link = links.carrier(work)
    if link is None or dossier.code is None:
        return
    newest = _packed(work, dossier)
    orders = _between_desks(work, newest)
    for transfer in newest.values():
        theirs = (one for one in orders if one.parcel_id == transfer.parcel_id and one.created_at >= transfer.wanted_at)
        _follow_transfer(work, link, transfer, next(theirs, None), now)


def _packed(session: Session, dossier: Dossier) -> dict[UUID | None, Transfer]:
    """The dossier's transfers by their envelope; of a result that was sent back twice the second."""
    mine = select(Transfer).where(Transfer.dossier_id == dossier.id, Transfer.parcel_id.is_not(None))
    return {one.parcel_id: one for one in session.scalars(mine.order_by(Transfer.wanted_at, Transfer.id))}


def _between_desks(session: Session, parcel_ids: Iterable[UUID | None]) -> Sequence[CarrierOrder]:
    """Newest first; locked, so that an arrival and the carrier's answer never pass each other unseen."""
    mine = (CarrierOrder.parcel_id.in_(parcel_ids), CarrierOrder.purpose == OrderPurpose.TRANSFER)
    found = select(CarrierOrder).where(*mine).order_by(CarrierOrder.attempt.desc()).with_for_update(of=CarrierOrder)
    return session.scalars(found.execution_options(populate_existing=True)).all() if parcel_ids else []


def _follow_transfer(
    work: UnitOfWork, link: str, transfer: Transfer, order: CarrierOrder | None, now: datetime
) -> None:
    if _never_left(transfer):
        if order is not None and order.state not in ENDED | UNANSWERED:
            _call_off(work, order, now)
    elif order is None:
        _place_transfer(work, link, transfer, now)
    else:
        _close_transfer(order, transfer, now)


def _never_left(transfer: Transfer) -> bool:
    return transfer.state == TransferState.CANCELLED and transfer.left_at is None


def _place_transfer(work: UnitOfWork, link: str, transfer: Transfer, now: datetime) -> None:
    weight = _weight(work, Paper.parcel_id == transfer.parcel_id)
    of_post = {"executed_by": "own", "parcel": transfer.parcel, "weight_g": weight}
    _make(work, link, transfer.dossier, OrderPurpose.TRANSFER, now, **of_post)


def _close_transfer(order: CarrierOrder, transfer: Transfer, now: datetime) -> None:
    if transfer.state not in ON_THE_WAY and not _never_left(transfer):
        _settle_own(order, now)


def cancel(work: UnitOfWork, errand: Errand, now: datetime) -> str:
    """Call the errand's orders off. `none`: there is none; `cancelled`: nobody needs to answer; `waiting`: the carrier must."""
    mine = select(CarrierOrder).where(CarrierOrder.errand_id == errand.id).with_for_update()
    orders = work.scalars(mine.execution_options(populate_existing=True)).all()
    standing = [order for order in orders if order.state not in ENDED]
    for order in standing:
        if order.state not in UNANSWERED:
            _call_off(work, order, now)
    if any(order.state in UNANSWERED for order in standing):
        return "waiting"
    return "cancelled" if orders else "none"


def _call_off(work: UnitOfWork, order: CarrierOrder, now: datetime) -> None:
    """The cancellation follows the order on the same way, so that it never arrives first."""
    order.state = OrderState.CANCEL_WANTED
    draft = OutboxDraft(
        order.link, "cancel_order", str(order.dossier_id), f"cancel:{order.number}", {"order_id": str(order.id)}
    )
    queue.promise(work, draft, now)


# -- what the carrier answered


def placed(session: Session, order: CarrierOrder, item_code: str | None, carrier_id: str | None, now: datetime) -> None:
    order.item_code, order.carrier_id = item_code or order.item_code, carrier_id or order.carrier_id
    if order.state in {OrderState.WANTED, OrderState.REFUSED}:  # refused, and sent again by a person
        order.state = OrderState.PLACED
        order.settled_at = now
    transfer = transfer_of_order(session, order)
    if order.errand is not None:
        _close(order, order.errand, now)
    elif transfer is not None:
        _close_transfer(order, transfer, now)


def not_placed(order: CarrierOrder, now: datetime) -> None:
    order.state, order.settled_at = OrderState.REFUSED, now


def called_off(order: CarrierOrder, now: datetime, *, done: bool) -> None:
    """`done` False: an office of theirs must agree first."""
    order.state = OrderState.CANCELLED if done else OrderState.CANCEL_WAITING
    order.settled_at = now


def not_called_off(order: CarrierOrder, now: datetime) -> None:
    """They carry on: the order stands."""
    order.state, order.settled_at = OrderState.PLACED, now


def open_orders(session: Session, link: str, most: int) -> Sequence[CarrierOrder]:
    """Orders whose end is not known, those looked at longest ago first."""
    states = (OrderState.PLACED, OrderState.CANCEL_WAITING)
    mine = (CarrierOrder.link == link, CarrierOrder.state.in_(states), ~CarrierOrder.milestone_final)
    found = select(CarrierOrder).where(*mine).order_by(CarrierOrder.seen_at.nulls_first(), CarrierOrder.id).limit(most)
    return session.scalars(found).all()
