"""A bag moves its parcels one by one: all in or none, what is missing stays in it and is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.domain.commands import CloseBag, OpenBag
from app.domain.custody import Holder, Party
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import Bag, Incident, Message, Parcel
from app.queries.custody.verification import verify
from app.queries.desks.bags import bound_from
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, make_office, make_world
from tests.factories.custody import (
    AT_THE_DOOR,
    Road,
    accepted,
    collected,
    handing,
    make_road,
    next_operation,
    next_seal,
    packing,
)

NOW = AT_THE_DOOR + timedelta(hours=8)


def in_the_safe(session: UnitOfWork, number: int) -> tuple[Road, list[Parcel]]:
    world = make_world(session)
    parcels = []
    for _ in range(number):
        road = make_road(session, world)
        parcel = collected(session, road)
        hand_over(session, handing(road, [parcel], road.courier, road.safe))
        parcels.append(parcel)
    session.flush()
    return road, parcels


def test_where_a_safes_envelopes_are_bound_is_asked_as_often_for_one_as_for_many(session: UnitOfWork) -> None:
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2]))
    counts = []
    for number in (1, 4):
        road, parcels = in_the_safe(session, number)
        for one in [make_road(session, road.world) for _ in range(number)]:  # their results lie where they are bound
            accepted(session, one)
            result = result_ready(session, packing(one))
            hand_over(session, handing(one, [result], one.desk, one.safe, now=NOW + timedelta(days=1)))
        session.flush()
        session.expunge_all()
        asked.clear()
        bound = bound_from(session, road.safe)
        counts.append((len(asked), [(one.party, one.count) for one in bound]))
        assert counts[-1][1] == [(road.desk, len(parcels))]
    assert counts[0][0] == counts[1][0]


def closing(road: Road, parcels: list[Parcel], **given: Any) -> CloseBag:
    defaults: dict[str, Any] = {
        "parcel_codes": tuple(parcel.code for parcel in parcels),
        "origin": road.safe,
        "destination": road.desk,
        "seal_number": next_seal(),
        "operation_id": next_operation(),
        "now": NOW,
        "by": road.by_counter,
        "confirmed_by": road.by_courier,
    }
    return CloseBag(**{**defaults, **given})


def opening(road: Road, bag: Bag, found: list[Parcel], **given: Any) -> OpenBag:
    defaults: dict[str, Any] = {
        "bag_code": bag.code,
        "here": road.desk,
        "found": tuple(parcel.code for parcel in found),
        "seal_whole": True,
        "operation_id": next_operation(),
        "now": NOW + timedelta(hours=2),
        "by": road.by_clerk,
        "confirmed_by": road.by_counter,
    }
    return OpenBag(**{**defaults, **given})


def holder(parcel: Parcel) -> Party:
    return Party(parcel.holder, parcel.holder_id)


def incidents(session: Session) -> list[tuple[str, str]]:
    return [(row.kind, row.parcel_code) for row in session.scalars(select(Incident).order_by(Incident.id))]


def test_parcels_go_into_the_bag_and_come_out_at_the_desk(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 3)

    bag = close_bag(session, closing(road, parcels))
    assert {holder(parcel) for parcel in parcels} == {Party(Holder.BAG, bag.code)}
    open_bag(session, opening(road, bag, parcels))

    assert {holder(parcel) for parcel in parcels} == {road.desk}
    assert [item.found for item in bag.items] == [True] * 3
    assert not any(parcel.gap for parcel in parcels)
    assert verify(session, KEYS).clean


def test_the_manifest_lists_every_parcel_once_in_the_order_of_codes(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 3)

    bag = close_bag(session, closing(road, [*reversed(parcels), parcels[0]]))

    assert [(item.position, item.parcel.code) for item in bag.items] == list(
        enumerate(sorted(parcel.code for parcel in parcels), start=1)
    )


def test_one_wrong_parcel_closes_no_bag(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 2)
    carried = make_road(session, road.world)
    other = collected(session, carried)

    with pytest.raises(DomainError) as refused, session.begin_nested():
        close_bag(session, closing(road, [*parcels, other]))

    session.expire_all()
    assert (refused.value.code, refused.value.params["parcel"]) == ("not_the_holder", other.code)
    assert {holder(parcel) for parcel in parcels} == {road.safe}
    assert session.scalar(select(func.count()).select_from(Bag)) == 0


def test_a_second_press_closes_no_second_bag(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 1)
    command = closing(road, parcels)

    assert close_bag(session, command).code == close_bag(session, command).code


def test_two_bags_of_a_day_have_two_codes(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 2)

    codes = [close_bag(session, closing(road, [parcel])).code for parcel in parcels]

    assert [code[-3:] for code in codes] == ["-01", "-02"]
    assert codes[0].startswith(f"TUI-{road.world.office.code}-")


@pytest.mark.parametrize("used", ["bag", "parcel"])
def test_a_seal_closes_one_thing_once(session: UnitOfWork, used: str) -> None:
    road, (first, second) = in_the_safe(session, 2)
    seal = first.seals[0].number if used == "parcel" else "TUI0001"
    if used == "bag":
        close_bag(session, closing(road, [first], seal_number=seal))

    with pytest.raises(DomainError, match="seal_used"):
        close_bag(session, closing(road, [second], seal_number=seal))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"confirmed_by": ""}, "confirmation_missing"),
        ({"by": "staff:1", "confirmed_by": "staff:1"}, "confirmation_by_oneself"),
        ({"destination": Party(Holder.DESK, "0")}, "bag_place_unknown"),
        ({"destination": Party(Holder.COURIER, "1")}, "bag_place_unknown"),
        ({"parcel_codes": ()}, "no_parcels"),
        ({"seal_number": "?"}, "seal_number_malformed"),
    ],
)
def test_what_a_bag_needs(session: UnitOfWork, given: dict[str, Any], code: str) -> None:
    road, parcels = in_the_safe(session, 1)

    with pytest.raises(DomainError, match=code):
        close_bag(session, closing(road, parcels, **given))


def test_a_bag_goes_somewhere_else(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 1)

    with pytest.raises(DomainError, match="bag_to_itself"):
        close_bag(session, closing(road, parcels, destination=road.safe))


def test_a_missing_parcel_stays_in_the_bag_and_is_named(session: UnitOfWork) -> None:
    road, (here, gone) = in_the_safe(session, 2)
    bag = close_bag(session, closing(road, [here, gone]))

    open_bag(session, opening(road, bag, [here]))

    assert (holder(here), holder(gone)) == (road.desk, Party(Holder.BAG, bag.code))
    assert incidents(session) == [("missing_from_bag", gone.code)]
    assert {item.parcel.code: item.found for item in bag.items} == {here.code: True, gone.code: False}


def test_a_torn_seal_names_the_bag(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 1)
    bag = close_bag(session, closing(road, parcels))

    open_bag(session, opening(road, bag, parcels, seal_whole=False, note="Dây đứt"))

    assert incidents(session) == [("seal_broken", bag.code)]
    assert bag.seal_whole is False


def test_a_parcel_that_is_not_on_the_manifest_is_named(session: UnitOfWork) -> None:
    road, (one, other) = in_the_safe(session, 2)
    bag = close_bag(session, closing(road, [one]))

    with pytest.raises(DomainError) as refused:
        open_bag(session, opening(road, bag, [one, other]))

    assert (refused.value.code, refused.value.params["parcel"]) == ("not_in_bag", other.code)


def test_a_bag_is_opened_where_it_was_bound_for(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 1)
    bag = close_bag(session, closing(road, parcels))
    stranger = Party(Holder.OFFICE_SAFE, str(make_office(session).id))

    with pytest.raises(DomainError, match="bag_for_others"):
        open_bag(session, opening(road, bag, parcels, here=stranger))


def test_a_bag_is_opened_once(session: UnitOfWork) -> None:
    road, (here, gone) = in_the_safe(session, 2)
    bag = close_bag(session, closing(road, [here, gone]))
    open_bag(session, opening(road, bag, [here]))

    open_bag(session, opening(road, bag, [here, gone]))

    assert holder(gone).holder is Holder.BAG
    assert len(incidents(session)) == 1


def test_a_bag_nobody_closed_is_unknown(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 1)
    bag = close_bag(session, closing(road, parcels))

    with pytest.raises(DomainError, match="bag_unknown"):
        open_bag(session, opening(road, bag, parcels, bag_code="TUI-X-1"))


def test_citizens_are_told_as_if_there_were_no_bag(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 1)
    bag = close_bag(session, closing(road, parcels))

    open_bag(session, opening(road, bag, parcels))

    assert "handed_to_desk" in session.scalars(select(Message.template)).all()


def test_a_result_that_comes_in_a_bag_gets_its_visit(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)
    result = result_ready(session, packing(road))
    later = AT_THE_DOOR + timedelta(days=1, hours=2)
    sides = {"origin": road.desk, "destination": road.safe, "by": road.by_clerk, "confirmed_by": road.by_counter}
    bag = close_bag(session, closing(road, [result], now=later, **sides))

    open_bag(
        session, opening(road, bag, [result], here=road.safe, by=road.by_counter, now=later, confirmed_by=road.by_clerk)
    )

    assert holder(result) == road.safe
    assert road.delivery.state is ErrandState.SCHEDULED
