"""Everybody takes their locks in one order (`app.services`), shown on real connections.

One holds the row that comes first, as those do who begin there. The other, who begins further on, must wait for it with empty
hands: the row that comes next is still free. The other way round the two would wait for each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.clock import local_day
from app.database import Database
from app.domain.dossier import DossierState
from app.domain.errors import DomainError
from app.domain.one_stop_file import ToldLine
from app.domain.operation import OperationKind
from app.models import (
    CarrierOrder,
    Desk,
    Dossier,
    Errand,
    InboxMessage,
    OneStopLine,
    OutboxMessage,
    Parcel,
    Transfer,
)  # fmt: skip
from app.schemas.operations import BatchSchema, WireReader
from app.services import sync
from app.services.desks import one_stop_day, transfers
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.one_stop_day import DeskDayTeller
from app.services.desks.results import result_ready
from app.services.inbox import carrier_events, dossier_states
from app.services.outbox import orders
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from app.worker.tell_carrier import CancelOrderHandler
from integrations.postal import Cancellation
from tests.app.services.sync.street import make_street
from tests.app.services.test_races import waits_for_a_lock
from tests.crash.servers import until
from tests.factories import KEYS, NOW
from tests.factories.custody import (
    Road,
    accepted,
    at_desk,
    counting,
    delivering,
    handing,
    make_road,
    next_dossier_code,
    packing,
)  # fmt: skip
from tests.factories.links import forget_links, make_inbox_message, make_order
from tests.factories.operations import handed_over
from tests.factories.transfers import COUNTED_AT, DeskRoad, bagging, make_desk_road, opening, packed, received

Row = tuple[type[Any], UUID | int]


@dataclass(frozen=True)
class Case:
    """`first` is held by somebody; `act` needs it, and `then` after it."""

    first: Row
    then: Row
    act: Callable[[UnitOfWork], object]


def result_at_desk(session: UnitOfWork) -> tuple[DeskRoad, Parcel]:
    way = make_desk_road(session)
    way.road.dossier.competent_desk, way.road.dossier.competent_desk_id = way.road.world.desk, way.road.world.desk.id
    accepted(session, way.road)
    return way, result_ready(session, packing(way.road))


def by_errand(way: DeskRoad, parcel: Parcel, act: Callable[[UnitOfWork], object]) -> Case:
    errand = way.road.collection if parcel.errand_id == way.road.collection.id else way.road.delivery
    return Case((Errand, errand.id), (Parcel, parcel.id), act)


def a_bag_is_opened(session: UnitOfWork) -> Case:
    way, result = result_at_desk(session)
    bag = close_bag(session, bagging(way, [result], way.here, way.road.safe))
    return by_errand(way, result, lambda session: open_bag(session, opening(way, bag, [result], way.road.safe)))


def a_bag_is_closed(session: UnitOfWork) -> Case:
    way, result = result_at_desk(session)
    return by_errand(way, result, lambda session: close_bag(session, bagging(way, [result], way.here, way.road.safe)))


def an_envelope_is_handed_over(session: UnitOfWork) -> Case:
    way, result = result_at_desk(session)
    typed = (f" {result.code.lower()}",)
    command = replace(handing(way.road, [result], way.here, way.road.safe), parcel_codes=typed)
    return by_errand(way, result, lambda session: hand_over(session, command))


def a_phone_tells_of_an_arrival(session: UnitOfWork) -> Case:
    street = make_street(session)
    road, phone, device = street.road, street.phone, street.device.id
    accepted(session, road)
    result = result_ready(session, packing(road))
    street.record(OperationKind.HANDED_OVER, handed_over([result.code], road.courier, road.safe))
    batch = BatchSchema().load(json.loads(phone.batch(phone.queue)))
    later = street.now + timedelta(days=2)
    return Case(
        (Errand, road.delivery.id),
        (Parcel, result.id),
        lambda session: sync.receive(session, device, batch, WireReader(), KEYS, later),
    )


def papers_are_counted(session: UnitOfWork) -> Case:
    way = make_desk_road(session)
    parcel = at_desk(session, way.road)
    command = counting(way.road, parcel)
    return by_errand(way, parcel, lambda session: count_papers(session, command))


def a_transfer_is_sent_on(session: UnitOfWork) -> Case:
    way = make_desk_road(session, "province")
    transfer, desk = received(session, way).id, way.road.world.desk.id
    dossier = (Dossier, way.road.dossier.id)
    return Case(dossier, (Transfer, transfer), lambda s: transfers.send_on(s, transfer, desk, "staff:1", COUNTED_AT))


def a_transfer_leaves(session: UnitOfWork) -> Case:
    way = make_desk_road(session)
    parcel = packed(session, way)
    transfer = session.scalars(select(Transfer.id).where(Transfer.parcel_id == parcel.id)).one()
    command = bagging(way, [parcel], way.here, way.other)
    return Case((Dossier, way.road.dossier.id), (Transfer, transfer), lambda session: close_bag(session, command))


def ordered(session: UnitOfWork, **given: Any) -> tuple[DeskRoad, CarrierOrder]:
    way = make_desk_road(session, code=next_dossier_code())
    errand = way.road.collection
    return way, make_order(session, way.road.dossier, errand=errand, errand_id=errand.id, state="placed", **given)


def a_carrier_tells(session: UnitOfWork) -> Case:
    way, order = ordered(session)
    told = make_inbox_message(
        session, subject=order.number, state="stored", occurred_at=NOW, fields={"milestone": "in_transit"}
    )
    errand = (Errand, way.road.delivery.id)
    return Case(
        errand,
        (CarrierOrder, order.id),
        lambda session: carrier_events.take(session, session.get_one(InboxMessage, told.id), NOW),
    )


def a_carrier_answers(session: UnitOfWork) -> Case:
    way, order = ordered(session)
    orders.cancel(session, way.road.collection, NOW)
    outbox_message = session.scalars(
        select(OutboxMessage).where(OutboxMessage.trigger == f"cancel:{order.number}")
    ).one()
    return Case(
        (Errand, way.road.delivery.id),
        (CarrierOrder, order.id),
        lambda session: CancelOrderHandler().settle(session, outbox_message, Cancellation.DONE, NOW),
    )


def the_exchange_tells(session: UnitOfWork) -> Case:
    way = make_desk_road(session, code=next_dossier_code())
    dossier = way.road.dossier.id
    heard = dossier_states.Heard(2, NOW)
    return Case(
        (Errand, way.road.delivery.id), (Dossier, dossier), lambda s: dossier_states.hear(s, dossier, heard, NOW)
    )


def told_by_the_file(session: UnitOfWork, *, of: int) -> tuple[list[Road], DeskDayTeller]:
    """Dossiers that this desk has accepted, and that its one-stop software decides already."""
    first = make_road(session)
    roads = [first, *(make_road(session, first.world) for _ in range(of - 1))]
    for road in roads:
        accepted(session, road)
    teller = DeskDayTeller(first.world.desk.id, local_day(NOW), "staff:1", NOW)
    said = [ToldLine(1, road.dossier.code or "", DossierState.IN_PROCESS, None, None) for road in roads]
    one_stop_day.hear(session, said, teller, whole=True)
    return roads, teller


def a_file_s_word_is_taken_over(session: UnitOfWork) -> Case:
    (one, other), teller = told_by_the_file(session, of=2)
    both = {one.dossier.id, other.dossier.id}
    return Case(
        (Errand, other.delivery.id), (Dossier, one.dossier.id), lambda s: one_stop_day.take_over(s, both, teller)
    )


def a_file_comes_twice_at_once(session: UnitOfWork) -> Case:
    (road,), teller = told_by_the_file(session, of=1)
    line = session.scalars(select(OneStopLine.id).where(OneStopLine.code == road.dossier.code)).one()
    again = [ToldLine(1, road.dossier.code or "", None, None, None)]
    hear = partial(one_stop_day.hear, lines=again, teller=teller, whole=True)
    return Case((Desk, teller.desk_id), (OneStopLine, line), hear)


CASES = (
    a_bag_is_opened, a_bag_is_closed, an_envelope_is_handed_over, a_phone_tells_of_an_arrival, papers_are_counted,
    a_transfer_is_sent_on, a_transfer_leaves, a_carrier_tells, a_carrier_answers, the_exchange_tells,
    a_file_s_word_is_taken_over, a_file_comes_twice_at_once,
)  # fmt: skip


@pytest.fixture
def database(committed: Database) -> Database:
    """With no connection of another test's."""
    with committed.transaction() as session:
        forget_links(session)
    return committed


@pytest.mark.parametrize("given", CASES)
def test_whoever_needs_two_rows_waits_for_the_first_with_empty_hands(
    database: Database, given: Callable[[UnitOfWork], Case]
) -> None:
    with database.transaction() as session:
        case = given(session)

    def act() -> None:
        with database.transaction() as session:
            case.act(session)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            lock(session, case.first)
            acting = pool.submit(act)
            until(lambda: waits_for_a_lock(database) or acting.done(), 20)
            assert not acting.done()
            lock(session, case.then, nowait=True)
        acting.result(timeout=20)


def lock(session: UnitOfWork, row: Row, *, nowait: bool = False) -> None:
    model, key = row
    session.execute(select(model.id).where(model.id == key).with_for_update(nowait=nowait)).one()


@pytest.mark.parametrize("turn", range(3))
def test_a_bag_opened_and_a_result_given_at_once_both_end(database: Database, turn: int) -> None:
    """At the counter: one takes the results of a household out of the bag while another gives them."""
    barrier = Barrier(2)
    with database.transaction() as session:
        way, result = result_at_desk(session)
        bag = close_bag(session, bagging(way, [result], way.here, way.road.safe))
    since = COUNTED_AT + timedelta(days=turn + 2)

    def at_once(act: Callable[[UnitOfWork], object]) -> str:
        with database.transaction() as session:
            barrier.wait(timeout=20)
            try:
                act(session)
            except DomainError as refused:
                return refused.code
            return "done"

    acts = (
        lambda session: open_bag(session, opening(way, bag, [result], way.road.safe, now=since)),
        lambda session: deliver(session, delivering(way.road, now=since), KEYS),
    )
    with ThreadPoolExecutor(2) as pool:
        opened, given = pool.map(at_once, acts)
    assert (opened, given) in {("done", "not_the_holder"), ("done", "errand_step_refused")}
