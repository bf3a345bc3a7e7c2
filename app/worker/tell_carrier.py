"""Order an item from the postal carrier, and call an order off. 101 "exists already" is success: a retry of ours arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind
from app.domain.order import ENDED, UNANSWERED, OrderState
from app.gateways import CarrierLink, carrier, carrier_settings
from app.models import CarrierOrder, Desk, Errand, OutboxMessage, ServiceRequest, WaybillUse
from app.queries.desks.transfers import transfer_of_order
from app.services.booking import pickups
from app.services.desks import refusals
from app.services.outbox import orders
from app.texts.carrier import CONTENTS
from app.unit_of_work import UnitOfWork
from app.worker.context import WorkerContext
from app.worker.outbox import NotYet
from integrations.errors import IntegrationError, Rejected, Unavailable
from integrations.postal import (
    Cancellation,
    Carrier,
    Cod,
    Order,
    OrderNumber,
    OrderParty,
    PlaceCodes,
    Placed,
    PoolSpent,
    as_pool,
)

POOL_SPENT_WAIT_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class OrderToPlace:
    link: str
    order: Order


@dataclass(frozen=True, slots=True)
class OrderToCancel:
    link: str
    placed: Placed


class PlaceOrderHandler:
    """The handler of kind `place_order`."""

    def prepare(self, context: WorkerContext, session: Session, outbox_message: OutboxMessage) -> OrderToPlace | None:
        """None: it was called off before it was ever sent, or whose it is was erased.

        Sent once and perhaps arrived, it is ordered to the end and then called off: both are safe to say twice.
        """
        order = _order(session, outbox_message)
        link = _joined(context, order.link)
        never_sent = order.state in UNANSWERED and not order.customer_code
        if never_sent or order.state in ENDED - {OrderState.REFUSED}:
            return None
        parties = _parties(session, order, link)
        if parties is None:
            return None
        order.customer_code = link.customer_code
        order.item_code = order.item_code or _waybill(session, link)
        sender, receiver = parties
        return OrderToPlace(
            order.link,
            Order(
                number=OrderNumber.parse(order.number),
                customer_code=link.customer_code,
                sender=sender,
                receiver=receiver,
                contents=CONTENTS[order.purpose],
                weight_g=order.weight_g,
                cod=Cod(state_fee=order.state_fee, postage=order.postage, remittance=order.remittance),
                item_code=order.item_code,
            ),
        )

    def send(self, context: WorkerContext, message: OrderToPlace) -> Placed:
        return _client(context, message.link).create(message.order)

    def settle(self, session: Session, outbox_message: OutboxMessage, answer: Placed, now: datetime) -> None:
        orders.placed(session, _order(session, outbox_message), answer.item_code, answer.carrier_id, now)

    def fail(self, session: Session, outbox_message: OutboxMessage, error: IntegrationError, now: datetime) -> None:
        if isinstance(error, Rejected):  # what nobody could read may have been a yes
            orders.not_placed(_order(session, outbox_message), now)


class CancelOrderHandler:
    """The handler of kind `cancel_order`; the answer decides a refusal that waits for it."""

    def prepare(
        self, context: WorkerContext, session: UnitOfWork, outbox_message: OutboxMessage
    ) -> OrderToCancel | None:
        order = _held(session, outbox_message)
        _joined(context, order.link)
        if order.state != OrderState.CANCEL_WANTED:
            return None
        if not order.customer_code:  # it was never sent: there is nothing to call off
            orders.called_off(order, context.clock.now(), done=True)
            session.flush()
            refusals.answered(session, order, context.clock.now())
            return None
        return OrderToCancel(
            order.link,
            Placed(order.number, order.customer_code, item_code=order.item_code, carrier_id=order.carrier_id),
        )

    def send(self, context: WorkerContext, message: OrderToCancel) -> Cancellation:
        return _client(context, message.link).cancel(message.placed)

    def settle(self, session: UnitOfWork, outbox_message: OutboxMessage, answer: Cancellation, now: datetime) -> None:
        order = _held(session, outbox_message)
        orders.called_off(order, now, done=answer is Cancellation.DONE)
        session.flush()
        refusals.answered(session, order, now)

    def fail(self, session: UnitOfWork, outbox_message: OutboxMessage, error: IntegrationError, now: datetime) -> None:
        if not isinstance(error, Rejected):
            return  # nobody knows what they said: a person asks again
        order = _held(session, outbox_message)
        orders.not_called_off(order, now)
        session.flush()
        refusals.answered(session, order, now)


def _held(session: Session, outbox_message: OutboxMessage) -> CarrierOrder:
    """With its dossier's errands: a refusal may be decided by the answer."""
    pickups.hold(session, UUID(outbox_message.subject))
    return _order(session, outbox_message)


def _order(session: Session, outbox_message: OutboxMessage) -> CarrierOrder:
    return session.get_one(CarrierOrder, UUID(outbox_message.body["order_id"]), with_for_update={"of": CarrierOrder})


def _joined(context: WorkerContext, name: str) -> CarrierLink:
    link = carrier_settings(context.settings, name)
    if link is None:
        raise NotYet(POOL_SPENT_WAIT_S)
    return link


def _client(context: WorkerContext, name: str) -> Carrier:
    client = carrier(context.settings, name)
    if client is None:
        raise Unavailable(name, "is not joined: TANNHA_LINKS does not name it")
    return client


def _waybill(session: Session, link: CarrierLink) -> str | None:
    """The pool's next number, each once; a spent pool waits for a new range, and nothing is lost."""
    if not link.waybills:
        return None
    if session.get(WaybillUse, link.name) is None:
        session.add(WaybillUse(link=link.name, next_index=0))
        session.flush()
    mine = update(WaybillUse).where(WaybillUse.link == link.name).values(next_index=WaybillUse.next_index + 1)
    index = session.scalars(mine.returning(WaybillUse.next_index)).one() - 1
    try:
        return as_pool(link.waybills).at(index)
    except PoolSpent:
        raise NotYet(POOL_SPENT_WAIT_S) from None


def _parties(session: Session, order: CarrierOrder, link: CarrierLink) -> tuple[OrderParty, OrderParty] | None:
    """(sender, receiver): home → desk for a collection, desk → home for a result, desk → desk for a transfer."""
    transfer = transfer_of_order(session, order)
    if transfer is not None:
        return _counter(transfer.from_desk, link), _counter(transfer.to_desk, link)
    return None if order.errand is None else _with_home(session, order, order.errand, link)


def _with_home(
    session: Session, order: CarrierOrder, errand: Errand, link: CarrierLink
) -> tuple[OrderParty, OrderParty] | None:
    home = _home(errand.request, errand, link)
    if home is None:
        return None
    if errand.kind is ErrandKind.COLLECT:
        return home, _counter(order.dossier.desk, link)
    return _counter(_packing_desk(session, order) or order.dossier.desk, link), home


def _counter(desk: Desk, link: CarrierLink) -> OrderParty:
    return OrderParty(
        name=desk.name, phone=link.contact_phone, address=desk.address or desk.name, place=_place(desk.unit_code, link)
    )


def _packing_desk(session: Session, order: CarrierOrder) -> Desk | None:
    parcel = order.parcel
    if parcel is None or parcel.holder.value != "desk" or parcel.holder_id is None:
        return None
    return session.get(Desk, int(parcel.holder_id))


def _home(request: ServiceRequest, errand: Errand, link: CarrierLink) -> OrderParty | None:
    applicant, place = request.applicant, errand.place
    if not applicant.name or not place.address:
        return None  # erased meanwhile
    phone = applicant.phone or request.helper_phone or link.contact_phone
    address = ", ".join(part for part in (place.address, place.landmark, place.unit.name) if part)
    return OrderParty(name=applicant.name, phone=phone, address=address, place=_place(place.unit_code, link))


def _place(unit_code: str, link: CarrierLink) -> PlaceCodes:
    if unit_code in link.places:
        return PlaceCodes(*link.places[unit_code])
    return PlaceCodes(link.province_code, "", unit_code)
