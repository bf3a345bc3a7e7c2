"""What the office knows of a phone: what it owes, what waits on it, whether its clock can be trusted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.operation import OperationKind
from app.models import Device
from app.queries.visits.phones import Phone, phones
from app.services.staff.devices import revoke
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import make_street
from tests.factories import NOW, make_courier, make_world
from tests.factories.phone import make_device


def line(session: Session, device: Device) -> Phone | None:
    return next((phone for phone in phones(session, NOW) if phone.id == device.id), None)


def a_phone(session: Session, **given: object) -> Device:
    world = make_world(session)
    return make_device(session, make_courier(session, office=world.office), **given)


def test_numbers_that_never_came_are_owed(session: UnitOfWork) -> None:
    street = make_street(session)
    for _ in range(5):
        street.record(OperationKind.RUN_STARTED, {"route_id": 1})
    street.send([street.phone.queue[place] for place in (0, 2, 4)])
    found = next(phone for phone in phones(session, street.now) if phone.id == street.device.id)
    assert list(found.owes) == [(2, 2), (4, 4)]
    assert found.overdue(street.now)


def test_a_phone_in_the_field_with_a_full_queue_is_not_overdue_until_its_shift_is_long_over(session: Session) -> None:
    device = a_phone(session, waiting=4)
    found = line(session, device)
    assert found is not None
    assert not found.overdue(NOW)
    assert found.overdue(NOW + timedelta(hours=21))


def test_a_lost_phone_stays_listed_while_it_holds_something_back(session: Session) -> None:
    holding, empty = a_phone(session, waiting=4), a_phone(session)
    for device in (holding, empty):
        revoke(session, device.id, "staff:1", "mất máy", NOW)
    kept = line(session, holding)
    assert kept is not None
    assert kept.overdue(NOW)
    assert kept.revoke_reason == "mất máy"
    assert line(session, empty) is None


def test_a_phone_back_after_three_weeks_is_still_listed_and_one_forgotten_for_two_months_is_not(
    session: Session,
) -> None:
    assert line(session, a_phone(session, last_contact_at=NOW - timedelta(days=21))) is not None
    assert line(session, a_phone(session, last_contact_at=NOW - timedelta(days=60))) is None
    assert line(session, a_phone(session, last_contact_at=NOW - timedelta(days=60), waiting_files=1)) is not None


def test_a_clock_is_worth_a_word_from_two_minutes_on(session: Session) -> None:
    offsets = {110_000: 0, 181_000: 3, -300_000: -5}
    for offset, minutes in offsets.items():
        found = line(session, a_phone(session, offset_ms=offset))
        assert found is not None
        assert found.offset_minutes == minutes


def test_a_manager_sees_the_phones_of_the_own_office(session: Session) -> None:
    device = a_phone(session)
    assert phones(session, NOW, {device.courier.office_id + 1}) == []


def test_a_phone_that_another_took_the_place_of_is_owed_at_once_what_it_last_held(session: Session) -> None:
    old = a_phone(session, waiting=3, last_contact_at=NOW - timedelta(minutes=20))
    new = make_device(session, old.courier, enrolled_at=NOW + timedelta(minutes=1), last_contact_at=NOW)
    found, newer = line(session, old), line(session, new)
    assert found is not None
    assert newer is not None
    assert (found.replaced, found.overdue(NOW)) == (True, True)
    assert (newer.replaced, newer.overdue(NOW)) == (False, False)


def test_what_a_wiped_phone_last_held_is_told_by_its_numbers(session: Session) -> None:
    found = line(session, a_phone(session, waiting=3, last_seq=36))
    assert found is not None
    assert found.unsent == (37, 39)


def test_numbers_that_are_owed_below_are_not_told_a_second_time_above(session: UnitOfWork) -> None:
    street = make_street(session)
    for _ in range(5):
        street.record(OperationKind.RUN_STARTED, {"route_id": 1})
    street.send([street.phone.queue[0], street.phone.queue[2]])
    for waiting, unsent in ((3, (4, 5)), (1, None)):
        street.device.waiting = waiting
        session.flush()
        found = next(phone for phone in phones(session, street.now) if phone.id == street.device.id)
        assert (list(found.owes), found.unsent) == ([(2, 2)], unsent)


def test_a_phone_that_was_signed_out_was_empty_and_is_not_asked_about(session: Session) -> None:
    old = a_phone(session, access_hash=None, last_contact_at=NOW - timedelta(minutes=20))
    make_device(session, old.courier, enrolled_at=NOW + timedelta(minutes=1), last_contact_at=NOW)
    found = line(session, old)
    assert found is not None
    assert not found.replaced


def test_two_phones_of_one_model_have_two_numbers(session: Session) -> None:
    one, other = line(session, a_phone(session, name="SM-A125F")), line(session, a_phone(session, name="SM-A125F"))
    assert one is not None
    assert other is not None
    assert one.short_id != other.short_id
