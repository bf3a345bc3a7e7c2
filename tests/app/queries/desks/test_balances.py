"""The day's balance: received = handed over + delivered + returned + what lies there; a difference names the envelope."""

from __future__ import annotations

from datetime import timedelta

from app.domain.custody import Act, EventKind, Holder, Party
from app.queries.custody.state import held_by, open_gaps
from app.queries.desks.balances import DayBalance, balance
from app.services.custody import chains
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, make_world
from tests.factories.custody import AT_THE_DOOR, Road, at_desk, collected, delivered, handing, make_road, next_operation


def sums_up(row: DayBalance) -> bool:
    return row.opening + row.received == row.handed_over + row.delivered + row.returned + row.lost + row.closing


def busy_day(session: UnitOfWork) -> tuple[Road, Road, Road]:
    """One parcel through the office to the desk, one in the safe, one with the courier."""
    world = make_world(session)
    through, stays, carried = (make_road(session, world) for _ in range(3))
    at_desk(session, through)
    hand_over(session, handing(stays, [collected(session, stays)], stays.courier, stays.safe))
    collected(session, carried)
    session.flush()
    return through, stays, carried


def test_an_office_s_day_comes_out_even(session: UnitOfWork) -> None:
    road, _, _ = busy_day(session)

    row = balance(session, road.safe, DAY)

    assert (row.opening, row.received, row.handed_over, row.closing) == (0, 2, 1, 1)
    assert row.even
    assert sums_up(row)


def test_yesterday_s_closing_is_today_s_opening(session: UnitOfWork) -> None:
    road, _, _ = busy_day(session)

    tomorrow = balance(session, road.safe, DAY + timedelta(days=1))

    assert (tomorrow.opening, tomorrow.received, tomorrow.closing) == (1, 0, 1)
    assert sums_up(tomorrow)


def test_a_courier_s_and_a_desk_s_day_come_out_even_too(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    session.flush()

    courier = balance(session, road.courier, DAY + timedelta(days=2))
    desk = balance(session, road.desk, DAY + timedelta(days=1))

    assert (courier.received, courier.delivered, courier.closing) == (1, 1, 0)
    assert (desk.opening, desk.received, desk.handed_over, desk.closing) == (1, 1, 1, 1)
    assert sums_up(courier)
    assert sums_up(desk)


def test_an_envelope_that_is_not_where_the_chain_says_is_named(session: UnitOfWork) -> None:
    road, stays, _ = busy_day(session)
    (lying,) = held_by(session, road.safe)
    lying.holder_id = "0"
    session.flush()

    (found,) = balance(session, stays.safe, DAY).mismatches

    assert (found.parcel_code, found.by_chain, found.by_register) == (lying.code, True, False)


def test_a_hole_in_a_story_is_named_and_is_a_task(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    elsewhere = Party(Holder.OFFICE_SAFE, str(road.world.office.id))
    late = Act(
        EventKind.HANDED_OVER,
        elsewhere,
        road.desk,
        AT_THE_DOOR,
        AT_THE_DOOR,
        road.by_courier,
        next_operation(),
        seq=9,
        late=True,
    )
    chains.append(session, parcel, late)
    session.flush()

    (found,) = balance(session, road.desk, DAY).mismatches
    (gap,) = open_gaps(session, [road.world.office.id])

    assert (found.parcel_code, found.gap) == (parcel.code, True)
    assert (gap.parcel_code, gap.event_no) == (parcel.code, 2)


def test_who_holds_what(session: UnitOfWork) -> None:
    road, stays, carried = busy_day(session)

    in_bag, in_safe = held_by(session, carried.courier), held_by(session, stays.safe)

    assert [parcel.dossier_id for parcel in in_bag] == [carried.dossier.id]
    assert [parcel.dossier_id for parcel in in_safe] == [stays.dossier.id]
    assert [parcel.dossier_id for parcel in held_by(session, road.desk)] == [road.dossier.id]
