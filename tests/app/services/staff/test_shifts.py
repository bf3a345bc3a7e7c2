"""Who works: made once, editable, locked by publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import EditShift, PublishPlan
from app.domain.errors import DomainError
from app.models import Shift
from app.services.planning import publish
from app.services.staff.shifts import couriers_needed, edit_shift, ensure_shifts, staff_day
from app.unit_of_work import UnitOfWork
from tests.factories.office import make_courier, make_vehicle_kind
from tests.factories.planning import make_day, make_plan
from tests.factories.times import DAY, NOW


def edit(session: Session, courier_id: int, **given: Any) -> Shift:
    command = EditShift(courier_id=courier_id, day=DAY, works=True, by="staff:1", now=NOW)
    return edit_shift(session, replace(command, **given))


def test_every_active_courier_gets_the_default_shift_once(session: Session) -> None:
    courier = make_courier(session)
    make_courier(session, active=False)
    assert ensure_shifts(session, DAY) == 1
    assert ensure_shifts(session, DAY) == 0
    shift = session.scalars(select(Shift).where(Shift.courier_id == courier.id)).one()
    assert (shift.starts_at, shift.ends_at) == (at(DAY, time(7)), at(DAY, time(17)))
    assert (shift.break_from, shift.break_to, shift.break_s) == (at(DAY, time(11)), at(DAY, time(13)), 3600)


def test_a_day_off_stays_a_day_off(session: Session) -> None:
    courier = make_courier(session)
    edit(session, courier.id, works=False)
    assert ensure_shifts(session, DAY) == 0
    assert session.scalars(select(Shift.works)).one() is False


def test_a_short_shift_has_no_break_and_an_early_one_an_early_break(session: Session) -> None:
    courier = make_courier(session)
    assert edit(session, courier.id, starts="07:00", ends="11:30").break_s == 0
    early = edit(session, courier.id, starts="06:00", ends="13:00")
    assert (early.break_s, early.break_from, early.break_to) == (3600, at(DAY, time(11)), at(DAY, time(12)))
    assert session.scalar(select(func.count()).select_from(Shift)) == 1


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"starts": "seven"}, "time_malformed", "starts"),
        ({"ends": "25:00"}, "time_malformed", "ends"),
        ({"starts": "12:00", "ends": "11:00"}, "shift_order", "ends"),
    ],
)
def test_a_malformed_shift_names_its_field(session: Session, given: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        edit(session, make_courier(session).id, **given)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_after_publication_the_shifts_of_the_office_are_locked(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    publish(session, PublishPlan(make_plan(session, office_ids=(day.offices[0].id,)).id, by="staff:1", now=NOW))
    with pytest.raises(DomainError) as refused:
        edit(session, day.couriers[0].id, works=False)
    assert refused.value.code == "shift_locked"
    assert edit(session, day.couriers[1].id, works=False).works is False
    assert edit(session, day.couriers[0].id, day=DAY + timedelta(days=1), works=False).works is False


def test_the_staffing_says_how_many_couriers_the_errands_need(session: Session) -> None:
    day = make_day(session, errands=30)
    (office,) = [line for line in staff_day(session, DAY) if line.office.id == day.offices[0].id]
    assert (office.errands, office.needed, office.working, office.short) == (30, 2, 1, True)
    assert office.locked is False


@pytest.mark.parametrize(("errands", "needed"), [(0, 0), (1, 1), (28, 1), (29, 2)])
def test_one_courier_does_twenty_eight_errands(errands: int, needed: int) -> None:
    assert couriers_needed(errands) == needed


def test_a_day_begins_with_the_courier_s_own_vehicle_and_its_bag(session: Session) -> None:
    make_vehicle_kind(session)
    driver, rider = make_courier(session, vehicle="van"), make_courier(session)
    ensure_shifts(session, DAY)
    shifts = {shift.courier_id: (shift.vehicle, shift.capacity) for shift in session.scalars(select(Shift))}
    assert shifts == {driver.id: ("van", 300), rider.id: ("motorbike", 60)}
    later = edit(session, driver.id, day=DAY + timedelta(days=1))
    assert (later.vehicle, later.capacity) == ("van", 300)


def test_another_vehicle_changes_the_bag_and_an_unknown_one_is_refused(session: Session) -> None:
    kind = make_vehicle_kind(session)
    courier = make_courier(session)
    assert edit(session, courier.id, vehicle="van").capacity == 300
    kind.offered = False
    assert edit(session, courier.id, vehicle="van").vehicle == "van"  # ridden already
    other = make_courier(session)
    for unknown in ("van", "tank"):
        with pytest.raises(DomainError, match="vehicle_unknown"):
            edit(session, other.id, vehicle=unknown)


def test_trips_and_the_minutes_between_them_belong_to_a_day(session: Session) -> None:
    courier = make_courier(session)
    shift = edit(session, courier.id)
    assert (shift.trips, shift.reload_s) == (1, 900)
    assert (edit(session, courier.id, trips=2, reload_min=20).reload_s, shift.trips) == (1_200, 2)
    assert edit(session, courier.id).trips == 2  # nothing said of them: they stay
    for wrong in ({"trips": 0}, {"trips": 4}, {"reload_min": -1}, {"reload_min": 121}):
        with pytest.raises(DomainError, match="out_of_range"):
            edit(session, courier.id, **wrong)
