"""The chain of a parcel in the database: linked, append-only, never re-sorted, open to late facts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import ProgrammingError

from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errors import DomainError
from app.models import CustodyEvent, CustodyEvidence, CustodyGap, Parcel
from app.queries.custody.state import chain_of
from app.services.custody import chains
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.factories.custody import AT_THE_DOOR, Road, at_desk, collected, handing, make_road, next_operation


def late(road: Road, giver: Party, taker: Party, occurred_at: datetime, **given: Any) -> Act:
    arrives = AT_THE_DOOR + timedelta(hours=9)
    return Act(
        EventKind.HANDED_OVER,
        giver,
        taker,
        occurred_at=occurred_at,
        now=arrives,
        by=road.by_courier,
        operation_id=next_operation(),
        late=True,
        **given,
    )


def test_each_event_is_chained_to_the_one_before(session: UnitOfWork) -> None:
    parcel = at_desk(session, make_road(session))

    events = chain_of(session, parcel.id)

    assert [event.event_no for event in events] == [1, 2, 3]
    assert [event.previous for event in events] == ["0" * 64, events[0].hash, events[1].hash]
    assert parcel.head_hash == events[2].hash == events[2].body().hash()


def test_two_parcels_have_two_chains(session: UnitOfWork) -> None:
    first, second = collected(session, make_road(session)), collected(session, make_road(session))

    assert (first.event_no, second.event_no) == (1, 1)
    assert chain_of(session, second.id)[0].previous == "0" * 64


def test_an_operation_that_comes_twice_writes_one_event(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    command = handing(road, [parcel], road.courier, road.safe)

    first, again = hand_over(session, command), hand_over(session, command)

    assert first == again
    assert parcel.event_no == 2


def test_the_chain_holds_no_personal_fact(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road, fix=(107.95, 13.98))

    (event,) = chain_of(session, parcel.id)

    kinds = session.scalars(select(CustodyEvidence.kind).where(CustodyEvidence.commitment.in_(event.commitments))).all()
    assert sorted(kinds) == ["checklist", "position"]
    assert all(len(mark) == 64 for mark in event.commitments)


@pytest.mark.parametrize("table", ["custody_event", "custody_digest", "audit_event"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {}"])
def test_evidence_may_not_be_changed_by_the_application(session: UnitOfWork, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement.format(table)))


@pytest.mark.parametrize(
    "statement", ["update custody_event set actor = 'x'", "delete from custody_event", "truncate custody_event cascade"]
)
def test_not_even_the_owner_may_change_it_while_the_triggers_stand(owner_engine: Engine, statement: str) -> None:
    with owner_engine.connect() as connection, UnitOfWork(connection) as session:
        collected(session, make_road(session))
        session.flush()
        with pytest.raises(ProgrammingError, match="append-only"):
            session.execute(text(statement))


def test_a_late_fact_that_fits_no_story_opens_a_gap(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    chains.append(session, parcel, late(road, road.safe, road.desk, AT_THE_DOOR + timedelta(hours=5)))

    assert (parcel.holder, parcel.gap) == (Holder.DESK, True)
    assert gaps(session, parcel) == [(2, None)]


def test_a_later_report_of_the_missing_step_closes_the_gap(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    chains.append(session, parcel, late(road, road.safe, road.desk, AT_THE_DOOR + timedelta(hours=5)))

    chains.append(session, parcel, late(road, road.courier, road.safe, AT_THE_DOOR + timedelta(hours=3)))

    assert (parcel.holder, parcel.gap) == (Holder.DESK, False)
    assert gaps(session, parcel) == [(2, 3)]


def test_the_chain_keeps_the_order_of_receipt(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    chains.append(session, parcel, late(road, road.safe, road.desk, AT_THE_DOOR + timedelta(hours=5)))
    chains.append(session, parcel, late(road, road.courier, road.safe, AT_THE_DOOR + timedelta(hours=3)))

    takers = [event.taker for event in chain_of(session, parcel.id)]

    assert takers == [Holder.COURIER, Holder.DESK, Holder.OFFICE_SAFE]


def test_an_online_hand_over_by_somebody_else_is_refused_and_leaves_no_trace(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    before = (parcel.event_no, parcel.head_hash, parcel.holder, parcel.holder_id)

    with pytest.raises(DomainError) as refused:
        hand_over(session, handing(road, [parcel], road.safe, road.desk))

    session.flush()
    assert refused.value.code == "not_the_holder"
    assert before == (parcel.event_no, parcel.head_hash, parcel.holder, parcel.holder_id)
    assert session.scalars(select(CustodyEvent).where(CustodyEvent.parcel_id == parcel.id)).one().event_no == 1


def gaps(session: UnitOfWork, parcel: Parcel) -> list[tuple[int, int | None]]:
    session.flush()
    rows = session.execute(
        select(CustodyGap.opened_by_event, CustodyGap.closed_by_event).where(CustodyGap.parcel_id == parcel.id)
    )
    return [(row.opened_by_event, row.closed_by_event) for row in rows]
