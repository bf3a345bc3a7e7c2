"""What of the day reaches the solver, and what does not."""

from __future__ import annotations

from datetime import time, timedelta

from app.clock import at
from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.slot import AFTERNOON
from app.models import Attempt
from app.services.planning import load_problem
from app.unit_of_work import UnitOfWork
from tests.factories.office import make_desk
from tests.factories.planning import make_day, make_delivery, make_parcel, make_plan, make_planning
from tests.factories.procedure import make_procedure
from tests.factories.request import (
    make_applicant,
    make_dossier,
    make_errand,
    make_place,
    make_request,
    make_slot,
)
from tests.factories.times import DAY, NOW


def test_only_errands_of_the_day_that_wait_for_a_courier_are_loaded(session: UnitOfWork) -> None:
    day = make_day(session, errands=4)
    day.errands[0].state = ErrandState.CANCELLED
    day.errands[1].state = ErrandState.PLANNED
    day.errands[2].slot = make_slot(session, day.errands[2].place.unit, DAY + timedelta(days=1))
    loaded = load_problem(session, make_planning(session))
    assert {errand for visit in loaded.visits.values() for errand in visit.errand_ids} == {
        day.errands[1].id,
        day.errands[3].id,
    }


def test_times_are_seconds_from_midnight_and_a_shift_has_its_break(session: UnitOfWork) -> None:
    make_day(session, errands=1)
    problem = load_problem(session, make_planning(session)).problem
    assert problem.jobs[0].windows == ((7 * 3600, 11 * 3600 + 1800),)
    vehicle = problem.vehicles[0]
    assert vehicle.window == (7 * 3600, 17 * 3600)
    assert (vehicle.breaks[0].windows, vehicle.breaks[0].service) == (((11 * 3600, 13 * 3600),), 3600)


def test_an_errand_near_its_due_date_presses_by_working_days_and_a_failed_visit_adds_to_it(session: UnitOfWork) -> None:
    """Over the week-end only Monday counts: what is due then is due tomorrow."""
    friday = DAY + timedelta(days=4 - DAY.weekday())
    day = make_day(session, errands=3, day=friday)
    day.errands[0].dossiers[0].due_on = friday + timedelta(days=3)
    tried = Attempt(errand_id=day.errands[1].id, number=1, outcome="ABSENT", evidence={}, operation_id="thử-1")
    tried.occurred_at = tried.received_at = NOW
    session.add(tried)
    session.flush()
    loaded = load_problem(session, make_planning(session, friday))
    found = {loaded.visits[job.id].errand_ids[0]: job.priority for job in loaded.problem.jobs}
    assert [found[errand.id] for errand in day.errands] == [5, 2, 0]


def test_two_errands_at_one_door_are_one_visit(session: UnitOfWork) -> None:
    day = make_day(session, errands=1)
    first = day.errands[0]
    second = make_errand(session, first.request, dossiers=[make_dossier(session, first.request)], office=first.office)
    make_delivery(session, second)
    loaded = load_problem(session, make_planning(session))
    (job,) = loaded.problem.jobs
    assert set(loaded.visits[job.id].errand_ids) == {first.id, second.id}
    assert (job.service, job.delivery, job.pickup) == (480, (1,), (1,))
    assert job.origin == first.office_id


def test_two_requests_of_one_telephone_at_one_point_are_one_visit(session: UnitOfWork) -> None:
    first = make_day(session, errands=1).errands[0]
    again = make_request(
        session,
        applicant=make_applicant(session, phone=first.request.applicant.phone),
        place=make_place(session, unit=first.place.unit, lon=first.place.lon, lat=first.place.lat),
    )
    second = make_errand(session, again, dossiers=[make_dossier(session, again)], office=first.office, slot=first.slot)
    (job,) = (loaded := load_problem(session, make_planning(session))).problem.jobs
    assert set(loaded.visits[job.id].errand_ids) == {first.id, second.id}


def test_two_telephones_at_one_point_are_two_visits(session: UnitOfWork) -> None:
    first = make_day(session, errands=1).errands[0]
    other = make_request(
        session, place=make_place(session, unit=first.place.unit, lon=first.place.lon, lat=first.place.lat)
    )
    make_errand(session, other, dossiers=[make_dossier(session, other)], office=first.office, slot=first.slot)
    assert len(load_problem(session, make_planning(session)).problem.jobs) == 2


def test_slots_that_do_not_meet_keep_a_household_apart(session: UnitOfWork) -> None:
    first = make_day(session, errands=1).errands[0]
    afternoon = make_slot(session, first.place.unit, times=AFTERNOON)
    make_errand(
        session, first.request, dossiers=[make_dossier(session, first.request)], office=first.office, slot=afternoon
    )
    assert len(load_problem(session, make_planning(session)).problem.jobs) == 2


def test_a_result_that_is_not_at_the_office_is_left_out_with_its_reason(session: UnitOfWork) -> None:
    day = make_day(session, errands=2)
    make_delivery(session, day.errands[0])
    make_delivery(session, day.errands[1])
    make_parcel(session, day.errands[1], holder=Holder.DESK, holder_id="1", created_at=NOW + timedelta(minutes=1))
    loaded = load_problem(session, make_planning(session))
    assert loaded.left_out == ((day.errands[1].id, "parcel_elsewhere"),)
    assert [visit.errand_ids for visit in loaded.visits.values()] == [(day.errands[0].id,)]


def test_a_carried_parcel_never_changes_courier(session: UnitOfWork) -> None:
    day = make_day(session, errands=1, couriers=2)
    make_delivery(session, day.errands[0])
    courier = day.couriers[1]
    make_parcel(
        session, day.errands[0], holder=Holder.COURIER, holder_id=str(courier.id), created_at=NOW + timedelta(minutes=1)
    )
    assert load_problem(session, make_planning(session)).problem.jobs[0].vehicle == day.shifts[1].id


def test_an_office_without_couriers_leaves_its_errands_out_with_that_reason(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    day.shifts[0].works = False
    loaded = load_problem(session, make_planning(session))
    assert loaded.left_out == ((day.errands[0].id, "no_courier"),)
    assert [job.office for job in loaded.problem.jobs] == [day.offices[1].id]


def test_only_boundary_free_collections_may_move_and_they_pay_the_way_to_their_desk(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=3)
    free, bound, delivered = (errand for errand in day.errands if errand.office_id == day.offices[0].id)
    desk = make_desk(session, unit=day.offices[0].unit)
    for errand in (free, delivered):
        errand.dossiers[0].procedure = make_procedure(session, boundary_free=True)
        errand.dossiers[0].competent_desk = desk
    make_delivery(session, delivered)
    loaded = load_problem(session, make_planning(session, assignment="free"))
    movable = {errand: job.movable for job in loaded.problem.jobs for errand in loaded.visits[job.id].errand_ids}
    assert (movable[free.id], movable[bound.id], movable[delivered.id]) == (True, False, False)
    assert loaded.problem.onward is not None
    there = loaded.problem.onward.metres(day.offices[1].id, desk.id)
    assert there is not None
    assert 10_000 < there < 20_000  # a tenth of a degree of longitude, by road
    assert loaded.problem.onward.metres(day.offices[0].id, desk.id) == 0


def test_what_is_due_soonest_comes_first_when_not_everything_can_be_served(session: UnitOfWork) -> None:
    day = make_day(session, errands=2)
    make_delivery(session, day.errands[0])
    day.errands[0].dossiers[0].due_on = DAY
    loaded = load_problem(session, make_planning(session))
    priority = {loaded.visits[job.id].errand_ids[0]: job.priority for job in loaded.problem.jobs}
    assert priority[day.errands[0].id] > priority[day.errands[1].id] == 0


def test_a_locked_stop_keeps_its_courier_in_the_next_plan(session: UnitOfWork) -> None:
    day = make_day(session, errands=2, couriers=2)
    plan = make_plan(session)
    stop = plan.routes[0].stops[0]
    stop.locked = True
    session.flush()
    loaded = load_problem(session, make_planning(session))
    locked = {errand: job.vehicle for job in loaded.problem.jobs for errand in loaded.visits[job.id].errand_ids}
    assert locked[stop.errands[0].id] == plan.routes[0].shift_id
    assert sum(vehicle is not None for vehicle in locked.values()) == 1
    assert len(day.errands) == 2


def test_a_planning_of_some_offices_leaves_the_others_alone(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=2)
    loaded = load_problem(session, make_planning(session, office_ids=(day.offices[1].id,)))
    assert {job.office for job in loaded.problem.jobs} == {day.offices[1].id}
    assert {vehicle.office for vehicle in loaded.problem.vehicles} == {day.offices[1].id}


def test_the_same_day_gives_the_same_problem(session: UnitOfWork) -> None:
    day = make_day(session, errands=5)
    first = load_problem(session, make_planning(session)).problem
    make_request(session)
    day.errands[0].created_at = at(DAY, time(12))
    assert load_problem(session, make_planning(session)).problem == first
