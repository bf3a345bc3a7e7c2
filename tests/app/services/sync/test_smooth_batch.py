"""A batch without a hitch is written in a statement a table; what is used twice in it is still found out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select

from app.domain.errand import ErrandState
from app.models import Attempt, CustodyEvent, Parcel, Receipt, Seal
from app.services.sync import taking
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, label, make_street, seal
from tests.bench.couriers import OPERATIONS, make_days
from tests.factories import KEYS, make_courier, make_office, make_world
from tests.factories import operations as say
from tests.factories.custody import AT_THE_DOOR, Road, make_road
from tests.factories.request import make_dossier


def collected_at(street: Street, road: Road, **given: Any) -> None:
    said = say.collected(road.dossier, given.pop("label", label()), given.pop("seal", seal()), **given)
    street.record(K.COLLECTED, said, road.collection, files=say.proof_of_collection(street.phone.random))


def street_of(session: UnitOfWork, doors: int) -> tuple[Street, list[Road]]:
    """An office of its own with one courier and so many doors on today's route."""
    world = make_world(session)
    office = make_office(session, unit=world.unit)
    mine = replace(world, office=office, courier=make_courier(session, office=office))
    roads = [make_road(session, mine) for _ in range(doors)]
    return make_street(session, roads[0], roads[1:]), roads


def statements(session: UnitOfWork, street: Street) -> tuple[int, list[dict[str, Any]]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    connection = session.connection()
    session.flush()
    event.listen(connection, "before_cursor_execute", note)
    try:
        answers = street.send()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return len(seen), answers


def test_more_collections_ask_the_database_no_more(session: UnitOfWork) -> None:
    asked = []
    for doors in (1, 3, 12):  # the first fills what a session keeps
        street, roads = street_of(session, doors)
        for road in roads:
            collected_at(street, road)
        count, answers = statements(session, street)
        assert {answer["result"] for answer in answers} == {"applied"}
        asked.append(count)
    assert asked[1] == asked[2]


def test_a_whole_day_takes_few_statements_and_is_taken_once(
    session: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful: list[bool] = []
    taken = taking.BatchContext.__post_init__

    def note(batch: taking.BatchContext) -> None:
        careful.append(batch.careful)
        taken(batch)

    monkeypatch.setattr(taking.BatchContext, "__post_init__", note)
    (day,) = make_days(session, 1, KEYS)
    street = Street(session, None, day.device, day.phone, AT_THE_DOOR)  # type: ignore[arg-type]  # many roads, none its own
    count, answers = statements(session, street)
    assert [answer["result"] for answer in answers] == ["applied"] * OPERATIONS
    assert careful == [False]
    assert count < 3 * OPERATIONS


@pytest.mark.parametrize("used", ["label", "seal", "receipt"])
def test_what_is_used_twice_in_one_batch_is_looked_at(session: UnitOfWork, used: str) -> None:
    street, roads = street_of(session, 2)
    same = {"label": label(), "seal": seal(), "receipt": say.receipt("TN00000777", 26_000)}[used]
    for road in roads:
        collected_at(street, road, **{used: same})
    first, second = street.send()
    assert f"{used}_used" not in codes(first)
    assert f"{used}_used" in codes(second)
    assert len(session.scalars(select(Parcel)).all()) == 2
    assert len(session.scalars(select(CustodyEvent)).all()) == 2
    assert len(session.scalars(select(Seal)).all()) == (1 if used == "seal" else 2)
    assert len(session.scalars(select(Receipt)).all()) == (2 if used == "receipt" else 0)


def test_a_dossier_told_twice_in_one_batch_is_looked_at(street: Street, session: UnitOfWork) -> None:
    street.collect()
    street.collect()
    first, second = street.send()
    assert (first["result"], codes(second)) == ("applied", ["already_collected"])
    assert len(session.scalars(select(Parcel)).all()) == 2


def test_a_household_s_two_dossiers_in_one_batch_end_its_errand(session: UnitOfWork) -> None:
    street, (road,) = street_of(session, 1)
    second = make_dossier(session, road.request, procedure=road.world.procedure, desk=road.world.desk)
    road.collection.dossiers.append(second)
    session.flush()
    for one in (road, replace(road, dossier=second)):
        collected_at(street, one)
    answers = street.send()
    assert [answer["result"] for answer in answers] == ["applied", "applied"]
    assert road.collection.state is ErrandState.DONE
    (attempt,) = session.scalars(select(Attempt)).all()
    assert attempt.evidence["parcels"] == sorted(answer["parcel"] for answer in answers)


def test_two_tries_of_one_batch_have_their_own_numbers(street: Street, session: UnitOfWork) -> None:
    for _ in range(2):
        street.record(K.NOT_DONE, say.not_done(), street.road.collection)
    street.send()
    assert sorted(session.scalars(select(Attempt.number))) == [1, 2]
