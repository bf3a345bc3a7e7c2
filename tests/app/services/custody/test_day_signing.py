"""A day is signed once: even by the counter, with anything open by the manager alone."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.day_book import CloseReason, ReopenReason
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.incident import IncidentKind
from app.models import Charge, DayClose, Route, StaffAccount
from app.queries.desks.day_book import day_book
from app.services.custody import chains, unknown_scans
from app.services.custody.day_signing import close, reopen
from app.services.custody.incidents import open_incident
from app.services.desks.confirmations import confirm
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.visits.runs import start_run
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, make_office, make_staff
from tests.factories.cash import make_receipt
from tests.factories.custody import AT_THE_DOOR, Road, at_desk, collected, counting, handing, make_road, next_operation
from tests.factories.files import make_operation
from tests.factories.phone import make_device, make_phone_day

CITIZEN = Party(Holder.CITIZEN)
EVENING = AT_THE_DOOR + timedelta(hours=9)


def manager(session: Session, road: Road) -> str:
    account: StaffAccount = make_staff(session, Role.OFFICE_MANAGER, office=road.world.office)
    return f"staff:{account.id}"


def stored_day(session: UnitOfWork) -> Road:
    """One envelope collected and handed in: everything comes out."""
    road = make_road(session)
    hand_over(session, handing(road, [collected(session, road)], road.courier, road.safe))
    session.flush()
    return road


def faults(session: Session, road: Road, party: Party) -> list[tuple[str, str]]:
    return [(fault.parcel_code, fault.why.value) for fault in day_book(session, party, DAY).faults]


def out(session: Session, party: Party) -> list[tuple[str, str]]:
    return [(fault.parcel_code, fault.why.value) for fault in day_book(session, party, DAY).out]


def reported(session: UnitOfWork, road: Road) -> tuple[str, int]:
    parcel = collected(session, road)
    act = Act(
        EventKind.HANDED_OVER,
        road.courier,
        road.safe,
        AT_THE_DOOR + timedelta(hours=1),
        EVENING,
        road.by_courier,
        next_operation(),
        late=True,
    )
    event = chains.append(session, parcel, act)
    session.flush()
    return parcel.code, event.id


def test_an_even_day_is_signed_by_the_counter(session: UnitOfWork) -> None:
    road = stored_day(session)

    row = close(session, road.safe, DAY, road.by_counter, EVENING)

    assert (row.even, row.incidents, row.signed_by) == (True, [], road.by_counter)
    assert (row.balance["received"], row.balance["closing"]) == (1, 1)
    assert close(session, road.courier, DAY, road.by_counter, EVENING).balance["handed_over"] == 1


def test_signing_twice_gives_the_same_row(session: UnitOfWork) -> None:
    road = stored_day(session)

    first = close(session, road.safe, DAY, road.by_counter, EVENING)
    second = close(session, road.safe, DAY, manager(session, road), EVENING + timedelta(hours=1))

    assert (second.id, second.signed_by) == (first.id, road.by_counter)
    assert session.scalar(select(func.count()).select_from(DayClose)) == 1


def test_with_an_open_incident_only_the_manager_signs_and_the_row_names_it(session: UnitOfWork) -> None:
    road = stored_day(session)
    code = collected(session, make_road(session, road.world)).code
    open_incident(
        session,
        kind=IncidentKind.DAMAGED,
        parcel_code=code,
        office_id=road.world.office.id,
        by=road.by_counter,
        now=EVENING,
    )

    with pytest.raises(DomainError, match="manager_signs"):
        close(session, road.safe, DAY, road.by_counter, EVENING)
    row = close(session, road.safe, DAY, manager(session, road), EVENING, CloseReason.LOOKED_INTO)

    assert [(one["kind"], one["parcel"]) for one in row.incidents] == [("damaged", code)]
    assert row.even


def test_an_unanswered_hand_over_is_named_in_both_books_until_it_is_answered(session: UnitOfWork) -> None:
    road = make_road(session)
    code, event_id = reported(session, road)

    assert faults(session, road, road.safe) == [(code, "unanswered")]
    assert faults(session, road, road.courier) == [(code, "unanswered")]
    with pytest.raises(DomainError, match="manager_signs"):
        close(session, road.safe, DAY, road.by_counter, EVENING)

    confirm(session, [event_id], road.by_counter, EVENING)
    assert close(session, road.safe, DAY, road.by_counter, EVENING).even


def test_an_uneven_day_signed_by_the_manager_says_which_envelope(session: UnitOfWork) -> None:
    road = make_road(session)
    code, _ = reported(session, road)

    row = close(session, road.safe, DAY, manager(session, road), EVENING, CloseReason.LOOKED_INTO)

    assert not row.even
    assert row.balance["faults"] == [{"parcel": code, "why": "unanswered"}]


def test_papers_counted_differently_are_named(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)
    session.refresh(parcel)
    count_papers(session, counting(road, parcel, counts={paper.line: 0 for paper in parcel.papers}))
    session.flush()

    assert faults(session, road, road.courier) == [(parcel.code, "papers")]
    assert faults(session, road, road.safe) == [(parcel.code, "papers")]


def test_an_unknown_envelope_is_named(session: UnitOfWork) -> None:
    road = make_road(session)
    act = Act(
        EventKind.HANDED_OVER, road.courier, road.safe, EVENING, EVENING, road.by_counter, next_operation(), late=True
    )
    unknown_scans.keep(session, "RT123456785VN", act, road.world.office.id)

    assert faults(session, road, road.safe) == [("RT123456785VN", "stray")]


def test_a_hole_and_a_wrong_register_are_named(session: UnitOfWork) -> None:
    road = stored_day(session)
    torn = collected(session, make_road(session, road.world))
    late = Act(EventKind.HANDED_OVER, road.desk, road.safe, EVENING, EVENING, "staff:1", next_operation(), late=True)
    chains.append(session, torn, late)
    moved = collected(session, make_road(session, road.world))
    moved.holder, moved.holder_id = road.safe.holder, road.safe.id
    session.flush()

    assert set(faults(session, road, road.safe)) == {(torn.code, "gap"), (moved.code, "register")}


def test_a_hole_is_named_in_the_books_of_all_hands_even_when_the_envelope_is_no_longer_here(
    session: UnitOfWork,
) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    for hours in (0, 13):  # given twice, and the second time nobody had it to give
        then = EVENING + timedelta(hours=hours)
        given = Act(
            EventKind.DELIVERED, road.courier, CITIZEN, then, EVENING, road.by_courier, next_operation(), late=True
        )
        chains.append(session, parcel, given)
    session.flush()

    assert (parcel.holder, parcel.gap) == (Holder.CITIZEN, True)
    assert faults(session, road, road.courier) == [(parcel.code, "gap")]
    assert faults(session, road, road.safe) == [(parcel.code, "gap")]


def test_closing_with_something_open_needs_a_reason_which_stands_for_ever(session: UnitOfWork) -> None:
    road = make_road(session)
    reported(session, road)
    by = manager(session, road)

    with pytest.raises(DomainError, match="close_reason_missing"):
        close(session, road.safe, DAY, by, EVENING)
    close(session, road.safe, DAY, by, EVENING, CloseReason.LOOKED_INTO)

    assert session.scalars(select(DayClose.reason)).one() is CloseReason.LOOKED_INTO


def test_an_even_day_has_no_reason(session: UnitOfWork) -> None:
    road = stored_day(session)

    assert close(session, road.safe, DAY, manager(session, road), EVENING, CloseReason.ROUND_LATE).reason is None


def test_an_envelope_in_a_bag_is_out_for_its_courier_and_for_the_office(session: UnitOfWork) -> None:
    road = make_road(session)
    code = collected(session, road).code

    for party in (road.courier, road.safe):
        assert out(session, party) == [(code, "bag")]
        with pytest.raises(DomainError, match="manager_signs"):
            close(session, party, DAY, road.by_counter, EVENING)


def test_a_round_is_out_until_it_has_ended(session: UnitOfWork) -> None:
    world = make_phone_day(session)
    route = session.scalars(select(Route).where(Route.courier_id == world.courier.id)).one()
    courier = Party(Holder.COURIER, str(world.courier.id))
    assert out(session, courier) == [(str(route.number), "round")]  # its doors are still to come

    run = start_run(session, route.id, world.courier.id, at(DAY, time(7)))
    assert out(session, courier) == [(str(route.number), "round")]

    run.ended_at = EVENING
    session.flush()
    assert out(session, courier) == []


def test_a_phone_that_still_holds_something_is_named(session: UnitOfWork) -> None:
    road = stored_day(session)
    make_device(session, road.world.courier, name="Máy thử", waiting=2)

    assert out(session, road.courier) == [("Máy thử", "phone")]
    assert out(session, road.safe) == [("Máy thử", "phone")]


def test_a_lost_phone_owes_for_its_own_days_and_not_for_ever(session: UnitOfWork) -> None:
    road = stored_day(session)
    make_device(session, road.world.courier, name="Máy thử", waiting=2, last_contact_at=EVENING, revoked_at=EVENING)

    assert out(session, road.courier) == [("Máy thử", "phone")]
    assert day_book(session, road.courier, DAY + timedelta(days=1)).out == ()


def test_a_number_that_never_came_keeps_the_day_open_on_which_the_next_one_was_told(session: UnitOfWork) -> None:
    road = stored_day(session)
    device = make_device(session, road.world.courier, name="Máy thử")
    make_operation(session, device, seq=3, corrected_at=EVENING)

    assert out(session, road.courier) == [("Máy thử", "phone")]
    tomorrow = day_book(session, road.courier, DAY + timedelta(days=1))
    assert tomorrow.out == ()


def test_a_signed_book_is_opened_again_by_an_event_and_signed_again(session: UnitOfWork) -> None:
    road = stored_day(session)
    by = manager(session, road)
    first = close(session, road.safe, DAY, road.by_counter, EVENING)

    reopen(session, road.safe, DAY, by, EVENING, ReopenReason.LATE_FACTS)
    book = day_book(session, road.safe, DAY)
    assert (book.signed, [step.reopen_reason for step in book.story]) == (None, [None, ReopenReason.LATE_FACTS])

    hand_over(
        session, handing(again := make_road(session, road.world), [collected(session, again)], road.courier, road.safe)
    )
    second = close(session, road.safe, DAY, by, EVENING + timedelta(hours=1))
    assert (second.signed_by, second.balance["received"]) == (by, 2)
    row = session.scalars(select(DayClose).where(DayClose.id == first.id)).one()
    assert (row.signed_by, row.balance["received"]) == (road.by_counter, 1)  # as it was given


def test_only_the_manager_opens_a_signed_book_and_only_with_a_reason(session: UnitOfWork) -> None:
    road = stored_day(session)
    by = manager(session, road)
    with pytest.raises(DomainError, match="day_not_signed"):
        reopen(session, road.safe, DAY, by, EVENING, ReopenReason.LATE_FACTS)
    close(session, road.safe, DAY, road.by_counter, EVENING)

    with pytest.raises(DomainError, match="manager_reopens"):
        reopen(session, road.safe, DAY, road.by_counter, EVENING, ReopenReason.LATE_FACTS)
    with pytest.raises(DomainError, match="close_reason_missing"):
        reopen(session, road.safe, DAY, by, EVENING, None)


def test_a_receipt_whose_money_is_not_handed_in_is_named_in_both_books(session: UnitOfWork) -> None:
    road = stored_day(session)
    make_receipt(session, make_device(session, road.world.courier), EVENING, number="TN00000777")

    for party in (road.courier, road.safe):
        book = day_book(session, party, DAY)
        assert [(fault.named, fault.why.value) for fault in book.money] == [("TN00000777", "no_cash")]
        with pytest.raises(DomainError, match="manager_signs"):
            close(session, party, DAY, road.by_counter, EVENING)


@pytest.mark.parametrize(
    ("amounts", "why"), [((26_000, 26_000), "taken_twice"), ((30_001,), "taken_over"), ((30_000,), "")]
)
def test_more_than_a_door_was_told_is_named(session: UnitOfWork, amounts: tuple[int, ...], why: str) -> None:
    world = make_phone_day(session)
    charge = session.scalars(select(Charge)).first()
    assert charge is not None
    device = make_device(session, world.courier)
    numbers = [make_receipt(session, device, EVENING, amount, errand_id=charge.errand_id).number for amount in amounts]

    found = day_book(session, Party(Holder.COURIER, str(world.courier.id)), DAY).money
    assert [one.named for one in found if one.why.value == why] == (numbers if why else [])


@pytest.mark.parametrize("who", ["clerk", "stranger", "courier", "nobody"])
def test_only_the_office_s_counter_signs(session: UnitOfWork, who: str) -> None:
    road = stored_day(session)
    stranger: StaffAccount = make_staff(session, Role.OFFICE_MANAGER, office=make_office(session))
    signers = {
        "clerk": road.by_clerk,
        "stranger": f"staff:{stranger.id}",
        "courier": f"staff:{road.world.courier.staff_account_id}",
        "nobody": "system",
    }

    with pytest.raises(DomainError, match="not_your_side"):
        close(session, road.safe, DAY, signers[who], EVENING)


def test_tomorrow_is_not_signed_today(session: UnitOfWork) -> None:
    road = stored_day(session)

    with pytest.raises(DomainError, match="day_ahead"):
        close(session, road.safe, DAY + timedelta(days=1), road.by_counter, EVENING)


def test_a_holder_nobody_knows_has_no_book(session: UnitOfWork) -> None:
    road = stored_day(session)

    with pytest.raises(DomainError, match="party_unknown"):
        close(session, Party(Holder.OFFICE_SAFE, "0"), DAY, road.by_counter, EVENING)
