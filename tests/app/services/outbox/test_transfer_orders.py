"""Orders at the carrier for envelopes between two desks: for accounting, while custody stays ours alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState
from app.domain.order import OrderState
from app.domain.transfer import TransferState
from app.models import CarrierOrder, InboxMessage, OutboxMessage, Parcel, Transfer
from app.services.desks import dossier_steps, transfers
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.inbox import carrier_events
from app.services.outbox import links, orders
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS
from tests.factories.custody import delivering, handing, next_dossier_code
from tests.factories.links import make_inbox_message, make_link
from tests.factories.transfers import (
    COUNTED_AT,
    DeskRoad,
    bagging,
    carried,
    counting_there,
    decided,
    make_desk_road,
    opening,
    packed,
    packing_transfer,
    received,
    transfer_of,
)

LATER = COUNTED_AT + timedelta(days=2)


@pytest.fixture
def way(session: UnitOfWork) -> DeskRoad:
    """A dossier for another desk, where a carrier is joined."""
    join(session)
    return make_desk_road(session)


def join(session: UnitOfWork) -> None:
    make_link(session)
    links.forget(session)


def ordered(session: Session) -> list[CarrierOrder]:
    """The orders between desks, in the order of their numbers."""
    session.flush()
    found = select(CarrierOrder).where(CarrierOrder.purpose == "LC").order_by(CarrierOrder.number)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def promised(session: Session, kind: str) -> list[str]:
    """The numbers that the carrier is to be told of."""
    mine = select(OutboxMessage.trigger).where(OutboxMessage.kind == kind, OutboxMessage.trigger.contains("-LC"))
    return [trigger.partition(":")[2] for trigger in session.scalars(mine.order_by(OutboxMessage.number))]


def answer(session: Session, order: CarrierOrder) -> None:
    session.flush()
    orders.placed(session, order, None, None, COUNTED_AT)
    session.flush()


def states(session: Session) -> list[str]:
    return [order.state for order in ordered(session)]


def way_back(session: UnitOfWork, way: DeskRoad) -> tuple[Parcel, Transfer]:
    """The result, sealed over there for the desk that received the dossier."""
    parcel = packed(session, way)
    carried(session, way, parcel)
    count_papers(session, counting_there(way, parcel))
    result = decided(session, way)
    return result, transfers.send_result_back(session, result.code, way.there.id, way.by_other, LATER)


def test_a_packed_envelope_is_ordered_for_accounting_with_the_weight_of_its_papers(
    session: UnitOfWork, way: DeskRoad
) -> None:
    parcel = packed(session, way)

    (order,) = ordered(session)

    assert order.number == f"{way.road.dossier.code}-LC01"
    assert (order.parcel, order.errand_id, order.executed_by) == (parcel, None, "own")
    assert order.weight_g == 3 * 5 + 30  # three sheets
    assert (order.state_fee, order.postage, order.remittance) == (0, 0, 0)
    assert promised(session, "place_order") == [order.number]


def test_a_transfer_that_waits_to_be_packed_is_not_ordered(session: UnitOfWork, way: DeskRoad) -> None:
    received(session, way)

    assert ordered(session) == []


def test_followed_again_it_stays_one_order(session: UnitOfWork, way: DeskRoad) -> None:
    packed(session, way)

    for _ in range(2):
        orders.follow_dossier(session, way.road.dossier, LATER)

    assert len(ordered(session)) == 1
    assert len(promised(session, "place_order")) == 1


def test_where_no_carrier_is_joined_nothing_is_ordered(session: UnitOfWork) -> None:
    way = make_desk_road(session)

    packed(session, way)

    assert ordered(session) == []


def test_a_code_that_becomes_known_later_orders_the_envelope_then(session: UnitOfWork, way: DeskRoad) -> None:
    code = way.road.dossier.code = next_dossier_code()
    transfer = received(session, way, dossier_code=None)
    way.road.dossier.code = None
    transfers.pack(session, packing_transfer(way, transfer))
    assert ordered(session) == []

    way.road.dossier.code = code
    orders.follow_dossier(session, way.road.dossier, LATER)

    assert [order.number for order in ordered(session)] == [f"{code}-LC01"]


def test_an_arrival_closes_the_order(session: UnitOfWork, way: DeskRoad) -> None:
    parcel = packed(session, way)
    answer(session, ordered(session)[0])
    bag = close_bag(session, bagging(way, [parcel], way.here, way.other))
    assert states(session) == [OrderState.PLACED]

    open_bag(session, opening(way, bag, [parcel], way.other))

    assert states(session) == [OrderState.CLOSED]


def test_a_carrier_that_answers_after_the_arrival_finds_the_order_over(session: UnitOfWork, way: DeskRoad) -> None:
    carried(session, way, packed(session, way))
    assert states(session) == [OrderState.WANTED]

    answer(session, ordered(session)[0])

    assert states(session) == [OrderState.CLOSED]


def test_an_envelope_that_came_back_unopened_keeps_its_order(session: UnitOfWork, way: DeskRoad) -> None:
    parcel = packed(session, way)
    answer(session, ordered(session)[0])
    safe, on_way = way.road.safe, COUNTED_AT + timedelta(hours=2)

    hand_over(session, handing(way.road, [parcel], way.here, safe, now=on_way))
    hand_over(session, handing(way.road, [parcel], safe, way.here, now=on_way + timedelta(hours=1)))

    assert transfer_of(session, way).state == TransferState.PACKED
    assert states(session) == [OrderState.PLACED]


@pytest.mark.parametrize("state", [DossierState.REFUSED, DossierState.WITHDRAWN, DossierState.STOPPED])
def test_a_dossier_that_ends_before_its_envelope_left_calls_the_order_off(
    session: UnitOfWork, way: DeskRoad, state: DossierState
) -> None:
    packed(session, way)
    answer(session, ordered(session)[0])

    dossier_steps.move(session, way.road.dossier, state, by="staff:1", at=LATER, now=LATER)

    assert states(session) == [OrderState.CANCEL_WANTED]
    assert promised(session, "cancel_order") == [f"{way.road.dossier.code}-LC01"]


def test_an_envelope_on_the_road_keeps_its_order_though_the_dossier_ended(session: UnitOfWork, way: DeskRoad) -> None:
    parcel = packed(session, way)
    answer(session, ordered(session)[0])
    bag = close_bag(session, bagging(way, [parcel], way.here, way.other))

    dossier_steps.move(session, way.road.dossier, DossierState.WITHDRAWN, by="staff:1", at=LATER, now=LATER)

    assert states(session) == [OrderState.PLACED]
    open_bag(session, opening(way, bag, [parcel], way.other))
    assert states(session) == [OrderState.CLOSED]


def test_an_envelope_opened_where_it_was_packed_is_packed_anew_under_a_new_number(
    session: UnitOfWork, way: DeskRoad
) -> None:
    parcel = packed(session, way)
    first = transfer_of(session, way)
    answer(session, ordered(session)[0])
    at_home = {"desk_id": way.road.world.desk.id, "by": way.road.by_clerk, "now": COUNTED_AT + timedelta(hours=2)}

    count_papers(session, counting_there(way, parcel, **at_home))

    again = transfer_of(session, way)
    assert (first.state, again.state) == (TransferState.CANCELLED, TransferState.WANTED)
    assert states(session) == [OrderState.CANCEL_WANTED]
    transfers.pack(session, packing_transfer(way, again, now=COUNTED_AT + timedelta(hours=3)))
    code = way.road.dossier.code
    assert [order.number for order in ordered(session)] == [f"{code}-LC01", f"{code}-LC02"]
    assert states(session) == [OrderState.CANCEL_WANTED, OrderState.WANTED]


def test_a_result_that_goes_back_is_ordered_beside_its_delivery(session: UnitOfWork, way: DeskRoad) -> None:
    result, _back = way_back(session, way)

    there, back = ordered(session)

    assert (there.number, back.number) == (f"{way.road.dossier.code}-LC01", f"{way.road.dossier.code}-LC02")
    assert (back.parcel, back.errand_id, back.executed_by) == (result, None, "own")


def test_a_result_given_at_the_door_goes_back_to_no_desk(session: UnitOfWork, way: DeskRoad) -> None:
    result, back = way_back(session, way)
    answer(session, ordered(session)[1])
    hub, since = Party(Holder.OFFICE_SAFE, str(way.hub.id)), LATER + timedelta(hours=1)
    hand_over(session, handing(way.road, [result], way.other, hub, now=since, confirmed_by=way.by_other))
    bag = close_bag(session, bagging(way, [result], hub, way.road.safe, now=since))
    open_bag(session, opening(way, bag, [result], way.road.safe, now=since + timedelta(hours=17)))
    hand_over(session, handing(way.road, [result], way.road.safe, way.road.courier, now=since + timedelta(hours=18)))
    way.road.delivery.state = ErrandState.PLANNED
    assert back.state == TransferState.UNDER_WAY

    deliver(session, delivering(way.road, now=since + timedelta(hours=19)), KEYS)

    assert back.state == TransferState.CANCELLED
    assert ordered(session)[1].state == OrderState.CLOSED


def test_a_result_that_its_desk_gave_itself_calls_the_order_back_off(session: UnitOfWork, way: DeskRoad) -> None:
    _result, back = way_back(session, way)
    answer(session, ordered(session)[1])

    dossier_steps.learn(session, way.road.dossier, DossierState.RESULT_RETURNED, by="partner:1", at=LATER, now=LATER)

    assert back.state == TransferState.CANCELLED
    assert ordered(session)[1].state == OrderState.CANCEL_WANTED


def heard(session: UnitOfWork, order: CarrierOrder, milestone: str, *, final: bool) -> InboxMessage:
    incoming = make_inbox_message(
        session, subject=order.number, state="stored", reason=None, occurred_at=LATER,
        fields={"milestone": milestone, "final": final},
    )  # fmt: skip
    carrier_events.take_or_park(session, incoming, LATER)
    return incoming


@pytest.mark.parametrize(("milestone", "ends"), [("delivered", "closed"), ("cancelled", "cancelled")])
def test_what_the_carrier_tells_is_shown_and_moves_no_envelope(
    session: UnitOfWork, way: DeskRoad, milestone: str, ends: str
) -> None:
    parcel = packed(session, way)
    (order,) = ordered(session)
    answer(session, order)
    before = (parcel.event_no, parcel.holder, parcel.holder_id)

    arrival = heard(session, order, milestone, final=True)

    assert (arrival.state, order.milestone, order.state) == ("taken", milestone, ends)
    assert (parcel.event_no, parcel.holder, parcel.holder_id) == before
    assert transfer_of(session, way).state == TransferState.PACKED
    orders.follow_dossier(session, way.road.dossier, LATER)
    assert len(ordered(session)) == 1


def test_their_last_word_on_an_order_that_was_called_off_ends_it(session: UnitOfWork, way: DeskRoad) -> None:
    packed(session, way)
    (order,) = ordered(session)
    answer(session, order)
    dossier_steps.move(session, way.road.dossier, DossierState.STOPPED, by="staff:1", at=LATER, now=LATER)

    arrival = heard(session, order, "cancelled", final=True)

    assert (arrival.state, order.state) == ("taken", OrderState.CANCELLED)
