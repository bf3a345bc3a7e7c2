from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import CancelErrand, RescheduleErrand
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.slot import AFTERNOON, CHANGES_CLOSE
from app.models import AuditEvent, Charge, Errand, Message, ServiceRequest
from app.queries.tracking.requests import errands_of
from app.services.booking import errands, slots
from app.services.booking.book import book
from app.services.messaging import messages
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, World, make_errand, make_slot, make_world, wish

TOO_LATE = at(DAY, CHANGES_CLOSE)
MIDNIGHT = at(DAY + timedelta(days=1), time(0))


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def request_row(session: UnitOfWork, world: World) -> ServiceRequest:
    return book(session, wish(world), KEYS)


@pytest.fixture
def collection(session: Session, request_row: ServiceRequest) -> Errand:
    return next(one for one in errands_of(session, request_row) if one.kind is ErrandKind.COLLECT)


@pytest.fixture
def delivery(session: Session, request_row: ServiceRequest) -> Errand:
    return next(one for one in errands_of(session, request_row) if one.kind is ErrandKind.DELIVER)


def told(session: Session, request: ServiceRequest) -> list[str]:
    return list(
        session.scalars(select(Message.template).where(Message.request_id == request.id).order_by(Message.template))
    )


def ready(delivery: Errand) -> Errand:
    for dossier in delivery.dossiers:
        dossier.result_ready_at = NOW
    return delivery


def refused(session: Session, command: CancelErrand | RescheduleErrand) -> str:
    verb = errands.cancel if isinstance(command, CancelErrand) else errands.reschedule
    with pytest.raises(DomainError) as refusal:
        verb(session, command)  # type: ignore[arg-type]  # one of two verbs, each with its command
    assert explain(refusal.value)
    return refusal.value.code


def test_a_visit_can_be_cancelled_and_its_place_is_free_again(
    session: UnitOfWork, world: World, collection: Errand
) -> None:
    errands.cancel(session, CancelErrand(collection.id, "citizen:x", NOW))
    assert (collection.state, collection.closed_at) == (ErrandState.CANCELLED, NOW)
    free = {slot.id: slot.free for slot in slots.open_slots(session, world.unit.code, NOW)}
    assert free[world.slot.id] == 14


@pytest.mark.parametrize(("state", "day"), [(ErrandState.DONE, DAY), (ErrandState.CANCELLED, DAY + timedelta(days=1))])
def test_a_visit_whose_time_has_come_stays_in_the_calendar(
    session: UnitOfWork, collection: Errand, state: ErrandState, day: date
) -> None:
    collection.request.applicant.email = "ba.thu@vidu.example"
    collection.state = ErrandState.UNDER_WAY if state is ErrandState.DONE else collection.state
    errands.close(session, collection, state, at(day, time(8)))
    assert "visit_off" not in told(session, collection.request)


def test_a_visit_that_is_over_before_its_day_leaves_the_calendar(session: UnitOfWork, collection: Errand) -> None:
    collection.request.applicant.email = "ba.thu@vidu.example"
    collection.state = ErrandState.UNDER_WAY
    errands.close(session, collection, ErrandState.DONE, NOW)
    assert told(session, collection.request).count("visit_off") == 1  # a letter, and no telephone rings for it


def test_a_visit_that_was_cancelled_is_taken_back_once(session: UnitOfWork, collection: Errand) -> None:
    collection.request.applicant.email = "ba.thu@vidu.example"
    errands.cancel(session, CancelErrand(collection.id, "citizen:x", NOW))
    assert told(session, collection.request) == ["booked", "cancelled", "cancelled"]


def test_the_result_that_would_have_come_back_is_cancelled_too(
    session: UnitOfWork, collection: Errand, delivery: Errand
) -> None:
    errands.cancel(session, CancelErrand(collection.id, "citizen:x", NOW))
    assert delivery.state is ErrandState.CANCELLED


def test_nothing_is_owed_for_a_cancelled_visit(session: UnitOfWork, collection: Errand) -> None:
    errands.cancel(session, CancelErrand(collection.id, "citizen:x", NOW))
    assert session.scalars(select(Charge)).all() == []


def test_cancelling_is_told_and_written_down_once(
    session: UnitOfWork, request_row: ServiceRequest, collection: Errand
) -> None:
    for _ in range(2):
        errands.cancel(session, CancelErrand(collection.id, "citizen:x", NOW))
    assert told(session, request_row) == ["booked", "cancelled"]
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "cancel")).one().actor == "citizen:x"


def test_the_tracking_link_runs_out_thirty_days_after_the_last_errand(
    session: UnitOfWork, request_row: ServiceRequest, collection: Errand
) -> None:
    errands.cancel(session, CancelErrand(collection.id, "citizen:x", NOW))
    assert request_row.tracking_until == NOW + timedelta(days=30)


def test_the_tracking_link_lives_while_one_errand_is_open(
    session: UnitOfWork, request_row: ServiceRequest, collection: Errand
) -> None:
    errands.advance(collection, ErrandState.PLANNED)
    errands.advance(collection, ErrandState.UNDER_WAY)
    errands.close(session, collection, ErrandState.DONE, NOW)
    assert request_row.tracking_until is None


def test_a_visit_is_not_cancelled_after_four_fifty_nine(session: Session, collection: Errand) -> None:
    assert refused(session, CancelErrand(collection.id, "citizen:x", TOO_LATE)) == "changes_closed"


def test_a_visit_that_failed_at_the_door_is_not_cancelled_by_the_link(session: Session, collection: Errand) -> None:
    for state in (ErrandState.PLANNED, ErrandState.UNDER_WAY, ErrandState.FAILED):
        errands.advance(collection, state)
    assert refused(session, CancelErrand(collection.id, "citizen:x", NOW)) == "errand_step_refused"


def test_a_collected_dossier_can_not_be_cancelled(session: Session, collection: Errand) -> None:
    for state in (ErrandState.PLANNED, ErrandState.UNDER_WAY):
        errands.advance(collection, state)
    assert refused(session, CancelErrand(collection.id, "citizen:x", NOW)) == "errand_step_refused"


def test_a_stale_page_does_not_cancel(session: Session, collection: Errand) -> None:
    errands.advance(collection, ErrandState.PLANNED)
    assert refused(session, CancelErrand(collection.id, "citizen:x", NOW, revision=1)) == "errand_changed"


def test_another_slot_can_be_chosen(session: UnitOfWork, world: World, collection: Errand) -> None:
    afternoon = make_slot(session, world.unit, times=AFTERNOON)
    errands.reschedule(session, RescheduleErrand(collection.id, afternoon.id, "citizen:x", NOW))
    assert (collection.state, collection.slot, collection.revision) == (ErrandState.SCHEDULED, afternoon, 2)


def test_the_new_slot_is_told(
    session: UnitOfWork, world: World, request_row: ServiceRequest, collection: Errand
) -> None:
    afternoon = make_slot(session, world.unit, times=AFTERNOON)
    errands.reschedule(session, RescheduleErrand(collection.id, afternoon.id, "citizen:x", NOW))
    message = session.scalars(select(Message).where(Message.template == "scheduled")).one()
    assert "chiều Thứ Ba 01/12 (13:00–17:00)" in message.body


def test_choosing_the_same_slot_again_changes_nothing(
    session: UnitOfWork, world: World, request_row: ServiceRequest, collection: Errand
) -> None:
    errands.reschedule(session, RescheduleErrand(collection.id, world.slot.id, "citizen:x", NOW))
    assert collection.revision == 1
    assert told(session, request_row) == ["booked"]


def test_a_visit_is_not_moved_after_four_fifty_nine(session: Session, world: World, collection: Errand) -> None:
    later = make_slot(session, world.unit, DAY + timedelta(days=1))
    assert refused(session, RescheduleErrand(collection.id, later.id, "citizen:x", TOO_LATE)) == "changes_closed"


def test_a_slot_of_another_commune_is_refused(session: Session, collection: Errand) -> None:
    elsewhere = make_world(session).slot
    assert refused(session, RescheduleErrand(collection.id, elsewhere.id, "x", NOW)) == "slot_of_other_unit"


def test_a_failed_visit_keeps_its_identity_and_gets_a_new_slot(
    session: UnitOfWork, world: World, collection: Errand
) -> None:
    for state in (ErrandState.PLANNED, ErrandState.UNDER_WAY, ErrandState.FAILED):
        errands.advance(collection, state)
    later = make_slot(session, world.unit, DAY + timedelta(days=1))
    moved = errands.reschedule(session, RescheduleErrand(collection.id, later.id, "citizen:x", TOO_LATE))
    assert moved is collection
    assert (moved.state, moved.slot) == (ErrandState.SCHEDULED, later)


def test_a_result_not_ready_gets_no_slot(session: Session, world: World, delivery: Errand) -> None:
    assert refused(session, RescheduleErrand(delivery.id, world.slot.id, "x", NOW)) == "result_not_ready"


def test_a_ready_result_takes_the_first_open_slot_and_the_citizen_is_told(
    session: UnitOfWork, world: World, request_row: ServiceRequest, delivery: Errand
) -> None:
    assert errands.schedule_next(session, ready(delivery), NOW) is world.slot
    assert delivery.state is ErrandState.SCHEDULED
    assert told(session, request_row) == ["booked", "scheduled"]


def test_a_full_calendar_leaves_a_ready_result_waiting_for_a_person(
    session: UnitOfWork, world: World, delivery: Errand
) -> None:
    world.courier.active = False
    world.slot.capacity = 0
    assert errands.schedule_next(session, ready(delivery), NOW) is None
    assert (delivery.state, delivery.slot) == (ErrandState.REQUESTED, None)


def test_a_visit_nobody_came_for_gets_the_next_open_slot_and_is_told(
    session: UnitOfWork, request_row: ServiceRequest, collection: Errand
) -> None:
    assert errands.carry_over(session, MIDNIGHT) == []
    assert collection.slot is not None
    assert collection.slot.day == DAY + timedelta(days=2)
    assert told(session, request_row) == ["booked", "carried_over"]
    said = session.scalars(select(Message.body).where(Message.template == "carried_over")).one()
    assert said is not None
    assert ("xin lỗi" in said, messages.label(collection) in said) == (True, True)


def test_who_gets_no_other_time_yet_is_told_sorry_once(
    session: UnitOfWork, world: World, request_row: ServiceRequest, collection: Errand
) -> None:
    world.courier.active = False
    session.flush()
    for night in range(3):
        assert errands.carry_over(session, MIDNIGHT + timedelta(days=night)) == [collection]
    assert told(session, request_row) == ["booked", "carried_nowhere"]


def test_a_day_that_is_not_over_is_not_carried_over(session: UnitOfWork, world: World, collection: Errand) -> None:
    errands.carry_over(session, at(DAY, time(23, 59)))
    assert collection.slot is world.slot


def test_what_was_done_is_not_carried_over(session: UnitOfWork, world: World, collection: Errand) -> None:
    for state in (ErrandState.PLANNED, ErrandState.UNDER_WAY):
        errands.advance(collection, state)
    errands.carry_over(session, MIDNIGHT)
    assert collection.slot is world.slot


def test_when_nobody_came_another_slot_can_be_chosen_the_day_after(
    session: UnitOfWork, world: World, collection: Errand
) -> None:
    next_day, later = DAY + timedelta(days=1), make_slot(session, world.unit, DAY + timedelta(days=2))
    errands.reschedule(session, RescheduleErrand(collection.id, later.id, "x", at(next_day, time(8))))
    assert collection.slot is later


def test_a_reason_is_kept_in_one_tidy_line(session: UnitOfWork, collection: Errand) -> None:
    errands.cancel(session, CancelErrand(collection.id, "x", NOW, reason=" bận\x00 việc\n"))
    assert collection.close_reason == "bận việc"


def test_a_flooded_day_moves_its_visits_to_the_next_open_slot(
    session: UnitOfWork, world: World, collection: Errand
) -> None:
    assert errands.clear_day(session, world.unit.code, DAY, "Lũ", "staff:1", NOW) == []
    assert collection.slot is not None
    assert collection.slot.day == DAY + timedelta(days=1)


def test_a_planned_visit_of_a_flooded_day_moves_too(session: UnitOfWork, world: World, collection: Errand) -> None:
    errands.advance(collection, ErrandState.PLANNED)
    errands.clear_day(session, world.unit.code, DAY, "Lũ", "staff:1", NOW)
    assert collection.state is ErrandState.SCHEDULED


def close_every_day(session: UnitOfWork, world: World) -> list[date]:
    """The days that could be booked, the visit's own last: no other time is left for it."""
    days = sorted({one.day for one in slots.open_slots(session, world.unit.code, NOW)} - {DAY})
    for day in days:
        slots.close_day(session, world.unit.code, day, "Lũ", "staff:1", NOW)
    return [*days, DAY]


def entries(session: Session, request: ServiceRequest) -> list[tuple[str, str | None, int]]:
    """What letters say of the visit, in the order of a calendar's count: the message, whether it takes it out, the count."""
    letters = session.scalars(
        select(Message).where(Message.request_id == request.id, Message.recipient == request.applicant.email)
    )
    said = [(one.template, one.params or {}) for one in letters]
    found = [(name, params.get("entry"), int(params["revision"])) for name, params in said if "visit" in params]
    return sorted(found, key=lambda entry: entry[2])


def test_a_visit_for_which_a_flood_leaves_no_time_leaves_the_calendar_once(
    session: UnitOfWork, world: World, collection: Errand
) -> None:
    collection.request.applicant.email = "ba.thu@vidu.example"
    messages.tell(
        session, collection.request, collection, "scheduled", NOW, "scheduled", slot=messages.label(collection)
    )
    *_others, day = close_every_day(session, world)
    for _ in range(2):  # whoever closes a day again tells nobody again
        assert errands.clear_day(session, world.unit.code, day, "Lũ", "staff:1", NOW) == [collection]
    put, taken_back = entries(session, collection.request)
    assert (put[:2], taken_back[:2]) == (("scheduled", None), ("visit_off", "withdrawn"))
    assert taken_back[2] > put[2]
    errands.close(session, collection, ErrandState.CANCELLED, NOW)
    assert entries(session, collection.request) == [put, taken_back]


def test_a_visit_that_a_flood_moves_is_not_taken_out_of_the_calendar(
    session: UnitOfWork, world: World, collection: Errand
) -> None:
    collection.request.applicant.email = "ba.thu@vidu.example"
    errands.clear_day(session, world.unit.code, DAY, "Lũ", "staff:1", NOW)
    assert [entry[:2] for entry in entries(session, collection.request)] == [("scheduled", None)]


def test_a_visit_of_this_morning_stays_in_the_calendar_when_the_day_is_closed_at_night(
    session: UnitOfWork, world: World, collection: Errand
) -> None:
    collection.request.applicant.email = "ba.thu@vidu.example"
    late = at(DAY, time(20))
    for day in {one.day for one in slots.open_slots(session, world.unit.code, late)} - {DAY}:
        slots.close_day(session, world.unit.code, day, "Lũ", "staff:1", late)
    assert errands.clear_day(session, world.unit.code, DAY, "Lũ", "staff:1", late) == [collection]
    assert entries(session, collection.request) == []


def test_an_errand_knows_no_shortcut(session: Session) -> None:
    errand = make_errand(session)
    with pytest.raises(DomainError, match="errand_step_refused"):
        errands.advance(errand, ErrandState.DONE)
    assert errand.revision == 1


def test_an_unknown_errand_is_not_found(session: Session, world: World) -> None:
    assert refused(session, CancelErrand(UUID(int=0), "x", NOW)) == "not_found"
