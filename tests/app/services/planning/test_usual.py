"""Who usually comes to a hamlet is learned from visits, and a stranger costs something."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.draft_acts import ActKind
from app.domain.errand import ErrandState
from app.models import Attempt, Courier, Place, Stop
from app.queries.planning.plans import usual_doors
from app.services.planning import load_problem
from app.services.planning.usual import usual_couriers
from app.unit_of_work import UnitOfWork
from tests.factories.office import make_courier
from tests.factories.planning import PlannableDay, act_on, make_day, make_plan, make_planning
from tests.factories.request import make_attempt, make_errand, make_place, make_request
from tests.factories.times import DAY, NOW


def came(
    session: Session, courier: Courier, door: Place, times: int, days_ago: int = 10, outcome: str = "DONE"
) -> None:
    """Visits to another door of the same hamlet, a day apart."""
    beside = make_place(session, unit=door.unit, lon=door.lon + 0.0001, lat=door.lat, pin_source="citizen")
    for n in range(times):
        errand = make_errand(
            session, make_request(session, place=beside), office=courier.office, state=ErrandState.DONE
        )
        when = NOW - timedelta(days=days_ago + n)
        make_attempt(session, errand, courier=courier, outcome=outcome, occurred_at=when, received_at=when)


def day_of_two(session: Session) -> PlannableDay:
    day = make_day(session, errands=2, couriers=2)
    for errand in day.errands:
        errand.place.pin_source = "citizen"
        errand.place.lon, errand.place.lat = 108.0011, 13.9011
    day.errands[1].place.lat += 0.05
    session.flush()
    return day


def usual(session: Session, *doors: Place) -> dict[Place, int]:
    found = usual_couriers(session, [door.id for door in doors], DAY)
    return {door: found[door.id] for door in doors if door.id in found}


def test_three_visits_to_the_doors_around_make_a_usual_courier(session: Session) -> None:
    day = day_of_two(session)
    here, far = (errand.place for errand in day.errands)
    came(session, day.couriers[1], here, 2)
    assert usual(session, here, far) == {}
    came(session, day.couriers[1], here, 1, days_ago=30)
    assert usual(session, here, far) == {here: day.couriers[1].id}


def test_only_visits_that_were_done_lately_by_who_still_works_count(session: Session) -> None:
    day = day_of_two(session)
    here, (first, second) = day.errands[0].place, day.couriers
    came(session, first, here, 3, days_ago=61)
    came(session, first, here, 3, outcome="ABSENT")
    assert usual(session, here) == {}
    came(session, first, here, 3)
    came(session, second, here, 4)
    assert usual(session, here) == {here: second.id}
    came(session, first, here, 1, days_ago=20)
    assert usual(session, here) == {}  # as often the one as the other
    second.active = False
    session.flush()
    assert usual(session, here) == {here: first.id}


def test_two_errands_at_a_door_on_one_day_are_one_visit(session: Session) -> None:
    day = day_of_two(session)
    here = day.errands[0].place
    came(session, day.couriers[0], here, 1)
    (attempt,) = session.scalars(select(Attempt)).all()
    for _ in range(2):
        again = make_errand(session, make_request(session, place=attempt.errand.place))
        make_attempt(session, again, courier=day.couriers[0], occurred_at=attempt.occurred_at)
    assert usual(session, here) == {}


def test_a_door_of_which_only_the_commune_is_known_teaches_nothing(session: Session) -> None:
    day = day_of_two(session)
    here = day.errands[0].place
    came(session, day.couriers[0], here, 3)
    here.pin_source = "unit"
    session.flush()
    assert usual(session, here) == {}


def test_the_problem_names_the_usual_courier_who_is_at_work(session: UnitOfWork) -> None:
    day = day_of_two(session)
    came(session, day.couriers[1], day.errands[0].place, 3)
    loaded = load_problem(session, make_planning(session), 7_000)
    known, other = loaded.problem.jobs
    assert (known.usual, known.stranger) == (frozenset({day.shifts[1].id}), 7_000)
    assert (other.usual, other.stranger) == (frozenset(), 0)
    assert load_problem(session, make_planning(session), 0).problem.jobs[0].usual == frozenset()
    day.shifts[1].works = False
    session.flush()
    assert load_problem(session, make_planning(session), 7_000).problem.jobs[0].usual == frozenset()


def test_a_courier_of_another_office_is_no_stranger_s_measure_at_home(session: UnitOfWork) -> None:
    day = day_of_two(session)
    away = make_day(session).couriers[0]
    came(session, away, day.errands[0].place, 3)
    assert not any(job.usual for job in load_problem(session, make_planning(session), 7_000).problem.jobs)


def test_a_stop_remembers_its_usual_courier_whoever_rides_there(session: UnitOfWork) -> None:
    day = day_of_two(session)
    here = day.errands[0].place
    came(session, day.couriers[1], here, 3)
    plan = make_plan(session)
    stops = {stop.place_id: stop for stop in session.scalars(select(Stop))}
    assert {stop.route.courier_id for stop in stops.values()} == {
        day.couriers[1].id
    }  # the price decides between equals
    assert (stops[here.id].by_usual, stops[day.errands[1].place_id].by_usual) == (True, False)
    found = usual_doors(session, plan.id)
    assert (found.doors, found.kept) == (1, 1)
    stops[here.id].usual_courier_id = make_courier(session, office=day.offices[0]).id
    act_on(session, plan, ActKind.MOVE, stop_id=stops[here.id].id, to_shift=plan.routes[0].shift_id, sequence=1)
    found = usual_doors(session, plan.id, {day.offices[0].id})
    assert (found.doors, found.kept) == (1, 0)
    assert usual_doors(session, plan.id, set()).doors == 0
