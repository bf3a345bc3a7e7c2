"""Hand-overs, incidents, the route and the pin: one side tells, the plan decides what may change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.cash import Cash
from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.models import CashCount, Incident, Parcel, Route, StrayScan
from app.queries.desks.cash_faults import MoneyWhy
from app.queries.desks.day_book import day_book
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, label, looked, make_parcel_in_bag, with_block
from tests.factories import make_courier, make_dossier, make_shape, make_unit
from tests.factories import operations as say
from tests.factories.custody import (
    collected,
    make_road,
)
from tests.factories.route import make_route
from tests.factories.times import DAY

PICTURE = b"anh"


# -- hands, routes, pins


def test_one_side_s_word_moves_the_envelope(street: Street) -> None:
    parcel = collected(street.session, street.road)
    street.record(K.HANDED_OVER, say.handed_over([parcel.code], street.road.courier, street.road.safe))
    assert street.one()["result"] == "applied"
    assert (parcel.holder, parcel.gap) == (Holder.OFFICE_SAFE, False)


def test_of_what_another_holds_a_hand_over_is_looked_at_envelope_by_envelope(street: Street) -> None:
    mine = collected(street.session, street.road)
    stranger = label()
    other = collected(street.session, make_road(street.session, street.road.world))
    other.holder_id = "999"
    street.session.flush()
    said = say.handed_over([mine.code, other.code, stranger], street.road.courier, street.road.safe)
    street.record(K.HANDED_OVER, said)
    assert looked(street) == ["parcel_unknown", "not_the_holder"]
    assert mine.holder is Holder.OFFICE_SAFE
    assert street.session.scalars(select(StrayScan.code)).all() == [stranger]


def test_an_incident_is_opened_and_a_lost_envelope_leaves_its_holder(street: Street) -> None:
    parcel = collected(street.session, street.road)
    street.record(K.INCIDENT, say.incident(parcel.code, "lost"))
    assert street.one()["result"] == "applied"
    assert (parcel.holder, street.session.scalars(select(Incident.kind)).one()) == (Holder.LOST, "lost")


def route_of(street: Street) -> Route:
    return street.session.scalars(select(Route)).one()


def test_a_run_begins_and_ends_by_the_phone_s_time(street: Street) -> None:
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    collected_op = street.collect()
    street.record(K.RUN_ENDED, say.run_ended(route.id, [collected_op.payload["label"]]))
    street.later(days=1)
    assert [answer["result"] for answer in street.send()] == ["applied"] * 3


def test_the_purse_is_counted_against_the_receipts(street: Street) -> None:
    with_block(street)
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    op = street.collect(receipt=say.receipt("TN00000001", 26_000, 8_000))
    street.record(K.RUN_ENDED, say.run_ended(route.id, [op.payload["label"]], cash=34_000))
    assert [answer["result"] for answer in street.send()] == ["applied"] * 3


def test_purses_that_were_mixed_are_looked_at_though_the_sum_is_right(street: Street) -> None:
    with_block(street)
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    op = street.collect(receipt=say.receipt("TN00000001", 26_000, 8_000))
    mixed = say.run_ended(route.id, [op.payload["label"]], cash=34_000) | {
        "purses": {"postage": 34_000, "state_fee": 0}
    }
    street.record(K.RUN_ENDED, mixed)
    assert codes(street.send()[2]) == ["purses_differ"]


@pytest.mark.parametrize(
    ("purses", "kept"), [(None, None), ({"postage": 26_000, "state_fee": 8_000}, Cash(26_000, 8_000))]
)
def test_what_the_courier_has_counted_is_kept_as_his_side(
    street: Street, session: UnitOfWork, purses: dict[str, int] | None, kept: Cash | None
) -> None:
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    street.collect()
    street.record(K.RUN_ENDED, say.run_ended(route.id, [], cash=34_000) | ({"purses": purses} if purses else {}))
    street.send()
    row = session.scalars(select(CashCount)).one()
    assert (row.total, row.cash, row.by) == (34_000, kept, street.road.by_courier)


def test_money_of_a_visit_that_was_told_twice_is_in_the_book_twice_and_named(
    street: Street, session: UnitOfWork
) -> None:
    with_block(street)
    for number in ("TN00000001", "TN00000002"):
        street.collect(receipt=say.receipt(number, 26_000))
    assert codes(street.send()[1]) == ["already_collected"]
    book = day_book(session, street.road.courier, DAY)
    assert (book.receipts, book.cash) == (2, {"postage": 52_000})
    twice = [one.named for one in book.money if one.why is MoneyWhy.TAKEN_TWICE]
    assert twice == ["TN00000001", "TN00000002"]


def test_a_run_with_open_doors_stays_open(street: Street) -> None:
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    street.record(K.RUN_ENDED, say.run_ended(route.id))
    assert codes(street.send()[1]) == ["run_unfinished"]


def test_a_bag_and_a_purse_that_differ_are_named(street: Street) -> None:
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    op = street.collect()
    street.record(K.RUN_ENDED, say.run_ended(route.id, [], cash=5_000))
    answer = street.send()[2]
    assert codes(answer) == ["bag_differs", "cash_differs"]
    assert op.payload["label"] in answer["reviews"][0]["detail"]


def test_another_s_route_is_not_begun(street: Street, session: UnitOfWork) -> None:
    other = make_courier(session, office=street.road.world.office)
    route = make_route(session, other, DAY + timedelta(days=1), [])
    street.record(K.RUN_STARTED, say.run_started(route.id))
    assert looked(street) == ["plan_changed"]


def test_stops_are_reordered_and_unknown_ones_are_looked_at(street: Street, session: UnitOfWork) -> None:
    roads = [make_road(session, street.road.world) for _ in range(3)]
    route = make_route(
        session, street.road.world.courier, DAY + timedelta(days=1), [[road.collection] for road in roads]
    )
    street.later(days=1)
    first, second, third = [stop.id for stop in route.stops]
    street.record(K.REORDERED, say.reordered(route.id, [third, first, second]))
    assert street.one()["result"] == "applied"
    session.expire_all()
    assert [stop.id for stop in route.stops] == [third, first, second]
    street.record(K.REORDERED, say.reordered(route.id, [second, 999_999]))
    assert looked(street) == ["plan_changed"]
    session.expire_all()
    assert [stop.id for stop in route.stops] == [second, third, first]


def test_a_scanned_envelope_puts_its_door_at_the_end(street: Street, session: UnitOfWork) -> None:
    code = scanned_in(street, session)
    street.record(K.STOP_ADDED, say.stop_added(code))
    street.record(K.STOP_ADDED, say.stop_added(code))
    assert [answer["result"] for answer in street.send()] == ["applied", "applied"]
    session.expire_all()
    parcel = session.scalars(select(Parcel).where(Parcel.code == code)).one()
    assert [[errand.id for errand in stop.errands] for stop in route_of(street).stops] == [
        [street.road.collection.id],
        [parcel.errand_id],
    ]


def scanned_in(street: Street, session: UnitOfWork) -> str:
    """An envelope in the bag whose door is on no route yet."""
    road = make_road(session, street.road.world)
    parcel = make_parcel_in_bag(replace(street, road=road), label())
    road.delivery.state, road.delivery.slot, road.delivery.slot_id = (
        ErrandState.SCHEDULED,
        road.world.slot,
        road.world.slot.id,
    )
    session.flush()
    return parcel.code


def two_doors_tomorrow(street: Street, session: UnitOfWork) -> Route:
    roads = [make_road(session, street.road.world) for _ in range(2)]
    route = make_route(
        session, street.road.world.courier, DAY + timedelta(days=1), [[road.collection] for road in roads]
    )
    street.later(days=1)
    return route


@pytest.mark.parametrize("contacts", [1, 2], ids=["in one batch", "in two"])
def test_a_door_added_and_an_order_chosen_without_a_network_are_no_conflict(
    street: Street, session: UnitOfWork, contacts: int
) -> None:
    route = two_doors_tomorrow(street, session)
    first, second = [stop.id for stop in route.stops]
    street.record(K.STOP_ADDED, say.stop_added(scanned_in(street, session)))
    answers = street.send() if contacts == 2 else []
    street.record(K.REORDERED, say.reordered(route.id, [second, first]))
    answers += street.send()
    assert [answer["result"] for answer in answers] == ["applied", "applied"]
    session.expire_all()
    assert [stop.id for stop in route.stops][:2] == [second, first]


def test_a_door_that_the_office_added_meanwhile_is_one(street: Street, session: UnitOfWork) -> None:
    route = two_doors_tomorrow(street, session)
    first, _ = [stop.id for stop in route.stops]
    street.record(K.REORDERED, say.reordered(route.id, [first]))
    assert looked(street) == ["plan_changed"]


def test_a_scanned_envelope_out_of_reach_or_not_to_be_visited_changes_nothing(
    street: Street, session: UnitOfWork
) -> None:
    road = make_road(session, street.road.world)
    parcel = make_parcel_in_bag(replace(street, road=road), label())
    street.record(K.STOP_ADDED, say.stop_added(parcel.code))
    assert looked(street) == ["errand_moved"]
    road.delivery.state, parcel.holder_id = ErrandState.SCHEDULED, "999"
    session.flush()
    street.record(K.STOP_ADDED, say.stop_added(parcel.code))
    assert looked(street) == ["not_the_holder"]
    street.record(K.STOP_ADDED, say.stop_added(label()))
    assert looked(street) == ["parcel_unknown"]


@pytest.mark.parametrize(("degrees", "expected"), [(0.001, []), (5.0, ["pin_too_far"])])
def test_a_pin_is_put_right_within_its_commune(street: Street, degrees: float, expected: list[str]) -> None:
    place = street.road.request.place
    said = say.pin_corrected(str(place.id), round((place.lon + degrees) * 1e6), round(place.lat * 1e6))
    street.record(K.PIN_CORRECTED, said, street.road.collection)
    assert codes(street.one()) == expected
    street.session.refresh(place)
    assert place.pin_source == ("citizen" if expected else "courier")


@pytest.mark.parametrize(("degrees", "expected"), [(0.01, []), (0.03, ["pin_outside"]), (0.06, ["pin_in_other_unit"])])
def test_a_pin_outside_its_commune_stands_and_somebody_looks(
    street: Street, session: UnitOfWork, degrees: float, expected: list[str]
) -> None:
    place = street.road.request.place
    lon = place.unit.lon + degrees
    make_shape(session, place.unit)
    make_shape(session, make_unit(session, lon=place.unit.lon + 0.06, lat=place.unit.lat))
    said = say.pin_corrected(str(place.id), round(lon * 1e6), round(place.unit.lat * 1e6))
    street.record(K.PIN_CORRECTED, said, street.road.collection)
    assert codes(street.one()) == expected
    street.session.refresh(place)
    assert place.lon == pytest.approx(lon)


def test_a_pin_of_another_office_s_door_stays(street: Street, session: UnitOfWork) -> None:
    other = make_dossier(session).request.place
    street.record(K.PIN_CORRECTED, say.pin_corrected(str(other.id), 108_000_000, 14_000_000))
    assert looked(street) == ["not_your_errand"]
