from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import LOCAL, at
from app.domain.commands import EditShift
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.slot import AFTERNOON, MORNING, TWO_HOURS, SlotKind
from app.models import CalendarDay, Courier, Slot, SlotHold
from app.queries.reference.calendar import calendar
from app.services.booking import slots
from app.services.staff.shifts import edit_shift
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, NOW, TODAY, World, make_courier, make_errand, make_request, make_slot, make_world


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def refused(session: UnitOfWork, slot_id: int, **given: object) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        slots.take_slot(session, slot_id, given.pop("now", NOW), **given)  # type: ignore[arg-type]  # test shorthand
    assert explain(refusal.value)
    return refusal.value


def fill(session: Session, world: World, places: int, **given: object) -> None:
    for _ in range(places):
        make_errand(session, make_request(session, unit=world.unit), slot=world.slot, office=world.office, **given)


def test_half_days_are_open_from_tomorrow_to_five_working_days_ahead(session: UnitOfWork, world: World) -> None:
    found = slots.open_slots(session, world.unit.code, NOW)
    assert sorted({slot.day for slot in found}) == [date(2026, 12, n) for n in (1, 2, 3, 4, 7)]
    assert {slot.kind for slot in found} == {SlotKind.HALF_DAY}
    assert len(found) == 10


def test_wards_have_two_hour_slots_too(session: UnitOfWork) -> None:
    ward = make_world(session, kind="ward")
    first_day = [slot for slot in slots.open_slots(session, ward.unit.code, NOW) if slot.day == DAY]
    assert [slot.kind for slot in first_day].count(SlotKind.TWO_HOURS) == 4


def test_each_courier_brings_fourteen_places_a_half_day(session: UnitOfWork, world: World) -> None:
    make_courier(session, office=world.office)
    make_courier(session, office=world.office, active=False)
    free = {(slot.day, slot.starts_at): slot.free for slot in slots.open_slots(session, world.unit.code, NOW)}
    assert free[DAY, at(DAY, AFTERNOON.start)] == 28


def test_a_slot_is_named_by_its_day_and_part_of_it(session: UnitOfWork, world: World) -> None:
    labels = [slot.label for slot in slots.open_slots(session, world.unit.code, NOW)]
    assert labels[:2] == ["Thứ Ba 01/12, buổi sáng (07:00–11:30)", "Thứ Ba 01/12, buổi chiều (13:00–17:00)"]


def test_looking_twice_makes_no_second_row(session: UnitOfWork, world: World) -> None:
    once = slots.open_slots(session, world.unit.code, NOW)
    assert slots.open_slots(session, world.unit.code, NOW) == once


def test_tomorrow_closes_at_half_past_four(session: UnitOfWork, world: World) -> None:
    late = at(TODAY, time(16, 30))
    assert DAY not in {slot.day for slot in slots.open_slots(session, world.unit.code, late)}
    assert refused(session, world.slot.id, now=late).code == "booking_closed"


def test_a_commune_not_in_service_has_no_slots(session: UnitOfWork) -> None:
    assert slots.open_slots(session, make_world(session, in_service_from=None).unit.code, NOW) == []


def test_a_commune_that_opens_in_three_days_has_slots_from_then_on(session: UnitOfWork) -> None:
    opening = make_world(session, in_service_from=DAY + timedelta(days=2))
    assert slots.open_slots(session, opening.unit.code, NOW)[0].day == DAY + timedelta(days=2)


def test_a_holiday_has_no_slots(session: UnitOfWork, world: World) -> None:
    session.add(CalendarDay(day=DAY, kind="holiday", name="Ngày lễ thử"))
    session.flush()
    assert DAY not in {slot.day for slot in slots.open_slots(session, world.unit.code, NOW)}
    assert refused(session, world.slot.id).code == "day_closed"


def test_a_full_slot_is_refused_and_no_longer_offered(session: UnitOfWork, world: World) -> None:
    fill(session, world, 14)
    error = refused(session, world.slot.id)
    assert (error.code, error.field) == ("slot_full", "slot_id")
    assert world.slot.id not in {slot.id for slot in slots.open_slots(session, world.unit.code, NOW)}


def test_a_full_slot_is_named_in_the_refusal(session: UnitOfWork, world: World) -> None:
    fill(session, world, 14)
    assert "buổi sáng" in explain(refused(session, world.slot.id))


def test_cancelled_errands_give_their_place_back(session: UnitOfWork, world: World) -> None:
    fill(session, world, 14, state=ErrandState.CANCELLED)
    assert slots.take_slot(session, world.slot.id, NOW) is world.slot


def test_an_unknown_slot_is_refused(session: UnitOfWork) -> None:
    assert refused(session, -1).code == "slot_unknown"


def test_a_day_beyond_five_working_days_is_refused(session: UnitOfWork, world: World) -> None:
    assert refused(session, make_slot(session, world.unit, date(2026, 12, 8)).id).code == "day_too_far"


def test_a_hold_keeps_the_last_place_for_ten_minutes(session: UnitOfWork, world: World) -> None:
    fill(session, world, 13)
    slots.hold_slot(session, world.slot.id, "form one", NOW)
    assert refused(session, world.slot.id).code == "slot_full"
    assert slots.take_slot(session, world.slot.id, NOW + timedelta(minutes=10)) is world.slot


def test_the_form_that_holds_the_last_place_takes_it(session: UnitOfWork, world: World) -> None:
    fill(session, world, 13)
    slots.hold_slot(session, world.slot.id, "form one", NOW)
    assert slots.take_slot(session, world.slot.id, NOW, hold="form one") is world.slot
    assert session.scalars(select(SlotHold)).all() == []


def test_the_form_that_holds_the_last_place_still_sees_it(session: UnitOfWork, world: World) -> None:
    fill(session, world, 13)
    slots.hold_slot(session, world.slot.id, "form one", NOW)
    seen = [slot.id for slot in slots.open_slots(session, world.unit.code, NOW, holder="form one")]
    assert world.slot.id in seen


def test_a_form_holds_one_slot_at_a_time(session: UnitOfWork, world: World) -> None:
    other = make_slot(session, world.unit, times=AFTERNOON)
    slots.hold_slot(session, world.slot.id, "form one", NOW)
    slots.hold_slot(session, other.id, "form one", NOW)
    assert [hold.slot_id for hold in session.scalars(select(SlotHold))] == [other.id]


def test_a_full_slot_can_not_be_held(session: UnitOfWork, world: World) -> None:
    fill(session, world, 14)
    with pytest.raises(DomainError, match="slot_full"):
        slots.hold_slot(session, world.slot.id, "form one", NOW)


def test_a_two_hour_slot_and_its_half_day_share_one_courier(session: UnitOfWork, world: World) -> None:
    early, late = (make_slot(session, world.unit, times=times, capacity=7) for times in TWO_HOURS[:2])
    fill(session, world, 13)
    make_errand(session, make_request(session, unit=world.unit), slot=early, office=world.office)
    assert {refused(session, slot.id).code for slot in (world.slot, early, late)} == {"slot_full"}


def test_a_full_two_hour_slot_leaves_the_rest_of_the_half_day_open(session: UnitOfWork, world: World) -> None:
    early = make_slot(session, world.unit, times=TWO_HOURS[0], capacity=1)
    make_errand(session, make_request(session, unit=world.unit), slot=early, office=world.office)
    assert refused(session, early.id).code == "slot_full"
    assert slots.take_slot(session, world.slot.id, NOW) is world.slot


def test_the_afternoon_is_not_the_mornings_business(session: UnitOfWork, world: World) -> None:
    fill(session, world, 14)
    afternoon = make_slot(session, world.unit, times=AFTERNOON)
    assert slots.take_slot(session, afternoon.id, NOW) is afternoon


def test_a_closed_day_takes_no_booking_and_names_who_must_move(session: UnitOfWork, world: World) -> None:
    errand = make_errand(session, make_request(session, unit=world.unit), slot=world.slot, office=world.office)
    assert slots.close_day(session, world.unit.code, DAY, "Lũ", "staff:1", NOW) == [errand]
    assert (world.unit.code, DAY) in calendar(session).closed
    assert refused(session, world.slot.id).code == "day_closed"


def test_a_day_closed_for_one_commune_stays_open_for_the_next(session: UnitOfWork, world: World) -> None:
    neighbour = make_world(session)
    slots.close_day(session, world.unit.code, DAY, "Lũ", "staff:1", NOW)
    assert slots.take_slot(session, neighbour.slot.id, NOW) is neighbour.slot


def test_english_readers_get_the_same_slots(session: UnitOfWork, world: World) -> None:
    vietnamese = slots.open_slots(session, world.unit.code, NOW)
    english = slots.open_slots(session, world.unit.code, NOW, "en")
    assert [slot.id for slot in english] == [slot.id for slot in vietnamese]


def test_morning_is_the_first_slot_of_a_day(session: UnitOfWork, world: World) -> None:
    assert slots.open_slots(session, world.unit.code, NOW)[0].starts_at == at(DAY, MORNING.start)


def rooms(session: UnitOfWork, world: World) -> dict[tuple[date, time], int]:
    slots.open_slots(session, world.unit.code, NOW)
    made = session.scalars(
        select(Slot).where(Slot.unit_code == world.unit.code), execution_options={"populate_existing": True}
    )
    return {(slot.day, slot.starts_at.astimezone(LOCAL).time()): slot.capacity for slot in made}


def test_a_courier_hired_later_brings_places_to_the_days_that_are_open(session: UnitOfWork, world: World) -> None:
    before = rooms(session, world)
    make_courier(session, office=world.office)
    slots.recount(session, world.office, NOW)
    assert rooms(session, world) == {when: places + 14 for when, places in before.items()}


def test_a_courier_who_left_takes_no_promised_place_away(session: UnitOfWork, world: World) -> None:
    fill(session, world, 3)
    for courier in session.scalars(select(Courier).where(Courier.office_id == world.office.id)):
        courier.active = False
    slots.recount(session, world.office, NOW)
    left = rooms(session, world)
    assert left.pop((world.slot.day, world.slot.starts_at.astimezone(LOCAL).time())) == 3
    assert set(left.values()) == {0}
    assert refused(session, world.slot.id).code == "slot_full"


def test_a_morning_off_takes_places_from_that_morning_only(session: UnitOfWork, world: World) -> None:
    courier = session.scalars(select(Courier).where(Courier.office_id == world.office.id)).one()
    before = rooms(session, world)
    edit_shift(session, EditShift(courier.id, DAY, works=True, by="staff:1", now=NOW, starts="12:30"))
    after = rooms(session, world)
    assert {when for when in before if before[when] != after[when]} == {(DAY, MORNING.start)}
    assert after[DAY, MORNING.start] == 0
    assert after[DAY, AFTERNOON.start] == 14


def test_a_day_off_decided_before_anybody_looked_counts_too(session: UnitOfWork, world: World) -> None:
    courier = session.scalars(select(Courier).where(Courier.office_id == world.office.id)).one()
    later = date(2026, 12, 3)
    edit_shift(session, EditShift(courier.id, later, works=False, by="staff:1", now=NOW))
    made = rooms(session, world)
    assert (made[later, MORNING.start], made[later, AFTERNOON.start]) == (0, 0)
    assert made[date(2026, 12, 4), MORNING.start] == 14
