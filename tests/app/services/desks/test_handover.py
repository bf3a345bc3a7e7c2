"""Hand-overs: both sides, all or none, and what the citizen hears."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.commands import HandOver
from app.domain.custody import Holder, Party
from app.domain.errand import ErrandState
from app.domain.errors import DomainError, DomainErrors
from app.models import Message
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.factories import make_courier, make_dossier, make_office, make_world
from tests.factories.custody import (
    AT_THE_DOOR,
    accepted,
    at_desk,
    collected,
    handing,
    make_road,
    packing,
)


def refused(session: UnitOfWork, command: HandOver) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        hand_over(session, command)
    assert not isinstance(refusal.value, DomainErrors)
    return refusal.value


def test_many_parcels_move_together(session: UnitOfWork) -> None:
    world = make_world(session)
    roads = [make_road(session, world) for _ in range(3)]
    parcels = [collected(session, road) for road in roads]

    events = hand_over(session, handing(roads[0], parcels, roads[0].courier, roads[0].safe))

    assert len(events) == 3
    assert {(parcel.holder, parcel.holder_id) for parcel in parcels} == {(Holder.OFFICE_SAFE, str(world.office.id))}


def test_one_bad_parcel_stops_the_whole_bag(session: UnitOfWork) -> None:
    world = make_world(session)
    road, other = make_road(session, world), make_road(session, world)
    mine, gone = collected(session, road), at_desk(session, other)
    session.flush()

    with pytest.raises(DomainError) as refusal, session.begin_nested():
        hand_over(session, handing(road, [mine, gone], road.courier, road.safe))

    session.refresh(mine)
    assert (refusal.value.code, refusal.value.params["parcel"]) == ("not_the_holder", gone.code)
    assert (mine.holder, mine.event_no) == (Holder.COURIER, 1)


def test_both_sides_confirm(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    alone = handing(road, [parcel], road.courier, road.safe, confirmed_by="")
    twice = handing(road, [parcel], road.courier, road.safe, confirmed_by=road.by_counter)

    assert refused(session, alone).code == "confirmation_missing"
    assert refused(session, twice).code == "confirmation_by_oneself"


def test_both_signatures_are_in_the_event(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    (event,) = hand_over(session, handing(road, [parcel], road.courier, road.safe))

    assert event.actor == f"{road.by_counter}+{road.by_courier}"


def test_a_courier_does_not_hand_straight_to_the_desk(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    assert refused(session, handing(road, [parcel], road.courier, road.desk)).code == "handover_refused"


def test_a_courier_may_pass_a_parcel_to_another(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    other = make_courier(session, office=road.world.office)

    hand_over(session, handing(road, [parcel], road.courier, Party(Holder.COURIER, str(other.id))))

    assert parcel.holder_id == str(other.id)


@pytest.mark.parametrize(
    "taker",
    [
        Party(Holder.DESK, "999999"),
        Party(Holder.DESK, "9" * 20),
        Party(Holder.DESK, None),
        Party(Holder.CITIZEN),
        Party(Holder.DESK, "x"),
        Party(Holder.DESK, "²"),
    ],
)
def test_only_staffed_places_that_exist_take_parcels(session: UnitOfWork, taker: Party) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    assert refused(session, handing(road, [parcel], road.courier, taker)).code == "party_unknown"


def test_a_code_nobody_knows_is_named(session: UnitOfWork) -> None:
    road = make_road(session)

    command = handing(road, [], road.courier, road.safe)
    error = refused(session, _with_codes(command, "RT473124829VN"))

    assert (error.code, error.params["parcel"]) == ("parcel_unknown", "RT473124829VN")
    assert refused(session, command).code == "no_parcels"


def _with_codes(command: HandOver, *codes: str) -> HandOver:
    return HandOver(
        codes,
        command.giver,
        command.taker,
        command.operation_id,
        command.occurred_at,
        command.now,
        command.by,
        command.confirmed_by,
    )


def test_the_citizen_hears_that_the_dossier_is_at_the_desk(session: UnitOfWork) -> None:
    road = make_road(session)
    at_desk(session, road)

    message = session.scalars(select(Message).where(Message.template == "handed_to_desk")).one()

    assert road.world.desk.name in message.body


def test_a_result_at_another_office_does_not_schedule_the_visit(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)
    result = result_ready(session, packing(road))
    elsewhere = Party(Holder.OFFICE_SAFE, str(make_office(session).id))

    hand_over(session, handing(road, [result], road.desk, elsewhere, now=AT_THE_DOOR + timedelta(days=1)))

    assert road.delivery.state is ErrandState.REQUESTED


def test_a_visit_waits_until_the_last_result_of_the_household_is_there(session: UnitOfWork) -> None:
    road = make_road(session)
    second = make_dossier(
        session, road.request, procedure=road.world.procedure, desk=road.world.desk, code="H21.65-261201-9999"
    )
    road.delivery.dossiers.append(second)
    accepted(session, road)
    day_after = AT_THE_DOOR + timedelta(days=1)
    first_result = result_ready(session, packing(road))
    hand_over(session, handing(road, [first_result], road.desk, road.safe, now=day_after))
    waiting = road.delivery.state

    last_result = result_ready(session, packing(road, dossier="H21.65-261201-9999"))
    hand_over(session, handing(road, [last_result], road.desk, road.safe, now=day_after))

    assert (waiting, road.delivery.state) == (ErrandState.REQUESTED, ErrandState.SCHEDULED)
