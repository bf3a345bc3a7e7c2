"""Many hands at one parcel, on real connections: one wins a step, and the chain stays whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.database import APP_ROLE, Database, make_engine
from app.domain.commands import CollectDossier, HandOver
from app.domain.custody import GENESIS
from app.domain.errors import DomainError
from app.models import Parcel
from app.queries.custody.state import chain_of
from app.services.desks.handover import hand_over
from app.services.visits.collection import collect
from tests.factories.custody import Road, collected, collecting, handing, make_road

HANDS = 50


@pytest.fixture
def crowd(committed: Database) -> Iterator[Database]:
    """A connection for every pair of hands."""
    engine = make_engine(committed.engine.url, role=APP_ROLE, pool_size=HANDS)
    yield Database(engine)
    engine.dispose()


def road_with_parcel(database: Database) -> tuple[Road, Parcel]:
    with database.transaction() as session:
        road = make_road(session)
        return road, collected(session, road)


def all_at_once(calls: list[Callable[[], str]]) -> Counter[str]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], str]) -> str:
        barrier.wait(timeout=30)
        try:
            return call()
        except DomainError as refused:
            return refused.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def handing_over(database: Database, command: HandOver) -> Callable[[], str]:
    def call() -> str:
        with database.transaction() as session:
            hand_over(session, command)
        return "done"

    return call


def chain_is_whole(database: Database, parcel_code: str) -> int:
    """The number of events, after checking every link and the head."""
    with database.transaction() as session:
        parcel = session.scalars(select(Parcel).where(Parcel.code == parcel_code)).one()
        previous = GENESIS
        events = chain_of(session, parcel.id)
        for number, event in enumerate(events, start=1):
            assert (event.event_no, event.previous, event.body().hash()) == (number, previous, event.hash)
            previous = event.hash
        assert (parcel.event_no, parcel.head_hash) == (len(events), previous)
        return len(events)


def test_of_fifty_hand_overs_of_one_parcel_one_wins_and_the_others_are_told(crowd: Database) -> None:
    road, parcel = road_with_parcel(crowd)
    commands = [handing(road, [parcel], road.courier, road.safe) for _ in range(HANDS)]

    answers = all_at_once([handing_over(crowd, command) for command in commands])

    assert answers == {"done": 1, "not_the_holder": HANDS - 1}
    assert chain_is_whole(crowd, parcel.code) == 2


def test_fifty_repeats_of_one_operation_are_one_event(crowd: Database) -> None:
    road, parcel = road_with_parcel(crowd)
    command = handing(road, [parcel], road.courier, road.safe)

    answers = all_at_once([handing_over(crowd, command)] * HANDS)

    assert answers == {"done": HANDS}
    assert chain_is_whole(crowd, parcel.code) == 2


def test_bags_with_the_same_parcels_in_other_orders_never_wait_for_each_other(crowd: Database) -> None:
    with crowd.transaction() as session:
        roads = [make_road(session)]
        roads += [make_road(session, roads[0].world) for _ in range(3)]
        parcels = [collected(session, road) for road in roads]
    road = roads[0]
    bags = [handing(road, parcels[turn:] + parcels[:turn], road.courier, road.safe) for turn in range(4)] * 3

    answers = all_at_once([handing_over(crowd, bag) for bag in bags])

    assert answers.keys() == {"done", "not_the_holder"}
    assert {chain_is_whole(crowd, parcel.code) for parcel in parcels} == {2}


def collecting_with(database: Database, command: CollectDossier) -> Callable[[], str]:
    def call() -> str:
        with database.transaction() as session:
            return collect(session, command).code

    return call


def test_labels_from_the_roll_are_never_equal(crowd: Database) -> None:
    with crowd.transaction() as session:
        first = make_road(session)
        roads = [first, *(make_road(session, first.world) for _ in range(19))]

    codes = all_at_once([collecting_with(crowd, collecting(road)) for road in roads])

    assert len(codes) == len(roads)


def test_one_seal_number_closes_one_envelope(crowd: Database) -> None:
    with crowd.transaction() as session:
        first = make_road(session)
        roads = [first, *(make_road(session, first.world) for _ in range(9))]
    commands = [collecting(road, seal_number="ONESEAL001") for road in roads]

    answers = all_at_once([collecting_with(crowd, command) for command in commands])

    assert answers["seal_used"] == len(roads) - 1
