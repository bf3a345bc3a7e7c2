"""What a phone reported alone waits for the other side's answer, and nobody answers his own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.from_phone import FromPhone
from app.domain.identity import Role
from app.models import CustodyConfirmation, CustodyEvent, Incident, Parcel, StaffAccount
from app.queries.custody.confirmations import unanswered
from app.services.custody import chains
from app.services.desks.confirmations import confirm, deny
from app.services.desks.handover import hand_over, record_one_side
from app.services.staff import resets
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, make_courier, make_office, make_staff
from tests.factories.custody import AT_THE_DOOR, Road, collected, handing, make_road, next_operation

NOW = AT_THE_DOOR + timedelta(hours=9)


def reported(session: UnitOfWork, road: Road, parcel: Parcel, taker: Party | None = None) -> CustodyEvent:
    """The courier's phone says that he handed the envelope in."""
    act = Act(
        EventKind.HANDED_OVER,
        road.courier,
        taker or road.safe,
        occurred_at=NOW - timedelta(hours=1),
        now=NOW,
        by=road.by_courier,
        operation_id=next_operation(),
        late=True,
    )
    event = chains.append(session, parcel, act)
    session.flush()
    return event


def waiting(session: Session, party: Party) -> list[str]:
    return [line.parcel.code for line in unanswered(session, party)]


def test_a_phone_s_word_waits_for_the_office(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    reported(session, road, parcel)

    (line,) = unanswered(session, road.safe)

    assert (line.parcel.code, line.courier, line.other) == (
        parcel.code,
        road.world.courier.name,
        road.world.office.name,
    )
    assert line.given_to_other
    assert waiting(session, road.courier) == [parcel.code]


def test_what_both_have_signed_waits_for_nobody(session: UnitOfWork) -> None:
    road = make_road(session)
    hand_over(session, handing(road, [collected(session, road)], road.courier, road.safe))
    session.flush()

    assert unanswered(session, road.safe) == []


def test_a_yes_ends_the_waiting_and_is_written_once(session: UnitOfWork) -> None:
    road = make_road(session)
    event = reported(session, road, collected(session, road))

    assert confirm(session, [event.id], road.by_counter, NOW) == 1
    assert confirm(session, [event.id], "staff:0", NOW) == 0

    answer = session.scalars(select(CustodyConfirmation)).one()
    assert (answer.agreed, answer.by) == (True, road.by_counter)
    assert waiting(session, road.safe) == []


def test_not_seen_opens_an_incident_that_names_the_envelope(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    event = reported(session, road, parcel)

    incident = deny(session, event.id, road.by_counter, "Tủ không có", NOW)

    assert incident is not None
    assert (incident.kind, incident.parcel_code, incident.office_id) == (
        "handover_denied",
        parcel.code,
        road.world.office.id,
    )
    assert deny(session, event.id, road.by_counter, "lần nữa", NOW) is None
    assert len(session.scalars(select(Incident)).all()) == 1


@pytest.mark.parametrize("as_staff", [True, False])
def test_the_courier_can_never_answer_his_own(session: UnitOfWork, as_staff: bool) -> None:
    road = make_road(session)
    event = reported(session, road, collected(session, road))
    by = f"staff:{road.world.courier.staff_account_id}" if as_staff else road.by_courier

    with pytest.raises(DomainError, match="confirmation_by_oneself"):
        confirm(session, [event.id], by, NOW)


def test_another_office_has_no_say(session: UnitOfWork) -> None:
    road = make_road(session)
    event = reported(session, road, collected(session, road))
    stranger: StaffAccount = make_staff(session, Role.COUNTER, office=make_office(session))

    for by in (f"staff:{stranger.id}", road.by_clerk, "system"):
        with pytest.raises(DomainError, match="not_your_side"):
            confirm(session, [event.id], by, NOW)


def test_between_two_couriers_the_second_answers(session: UnitOfWork) -> None:
    road = make_road(session)
    second = make_courier(session, office=road.world.office)
    event = reported(session, road, collected(session, road), Party(Holder.COURIER, str(second.id)))

    with pytest.raises(DomainError, match="not_your_side"):
        confirm(session, [event.id], road.by_counter, NOW)

    assert confirm(session, [event.id], f"courier:{second.id}", NOW) == 1


def test_one_unknown_hand_over_confirms_none(session: UnitOfWork) -> None:
    road = make_road(session)
    event = reported(session, road, collected(session, road))

    with pytest.raises(DomainError, match="event_not_asked"):
        confirm(session, [event.id, 0], road.by_counter, NOW)

    assert session.scalars(select(CustodyConfirmation)).all() == []


def on_screen(session: UnitOfWork, road: Road, parcel: Parcel) -> None:
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=NOW - timedelta(minutes=30)))
    session.flush()


def by_phone(session: UnitOfWork, road: Road, parcel: Parcel) -> list[str]:
    """The courier's phone tells of the same hand-over; returns what a person would have to look at."""
    told = handing(
        road,
        [parcel],
        road.courier,
        road.safe,
        now=NOW,
        occurred_at=NOW - timedelta(hours=1),
        by=road.by_courier,
        confirmed_by="",
        phone=FromPhone(device="phone-1", seq=7),
    )
    refused = record_one_side(session, told)
    session.flush()
    return [refusal.code for refusal in refused]


@pytest.mark.parametrize("first", ["phone", "screen"])
def test_a_hand_over_told_by_both_sides_is_one_hand_over(session: UnitOfWork, first: str) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    if first == "phone":
        assert by_phone(session, road, parcel) == []
        on_screen(session, road, parcel)
    else:
        on_screen(session, road, parcel)
        assert by_phone(session, road, parcel) == []

    assert (parcel.holder, parcel.gap, parcel.event_no) == (Holder.OFFICE_SAFE, False, 3)
    assert waiting(session, road.safe) == []


def test_the_same_way_again_without_the_way_back_is_a_hole(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    on_screen(session, road, parcel)
    next_evening = Act(
        EventKind.HANDED_OVER,
        road.courier,
        road.safe,
        occurred_at=NOW + timedelta(days=1),
        now=NOW + timedelta(days=1),
        by=road.by_courier,
        operation_id=next_operation(),
        device="phone-1",
        late=True,
    )

    chains.append(session, parcel, next_evening)

    assert parcel.gap


def test_who_gave_the_courier_a_new_password_cannot_say_yes_for_a_day(session: UnitOfWork) -> None:
    road = make_road(session)
    event = reported(session, road, collected(session, road))
    manager = make_staff(session, Role.OFFICE_MANAGER, office=road.world.office)
    courier = session.get_one(StaffAccount, road.world.courier.staff_account_id)
    resets.make(session, courier, manager, NOW, KEYS)
    session.flush()
    with pytest.raises(DomainError, match="reset_lately") as refused:
        confirm(session, [event.id], f"staff:{manager.id}", NOW)
    assert "gỡ bước hai" in explain(refused.value)
    assert confirm(session, [event.id], f"staff:{manager.id}", NOW + timedelta(hours=24)) == 1
