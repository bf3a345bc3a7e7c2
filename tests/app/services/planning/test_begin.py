"""A plan under `free` begins at the newest one at home."""

from __future__ import annotations

from app.domain.errand import ErrandState
from app.services.planning import from_home, load_problem, start
from app.services.planning.begin import _tours
from app.services.planning.loading import LoadedProblem
from app.unit_of_work import UnitOfWork
from tests.factories.planning import make_day, make_plan, make_planning


def loaded(session: UnitOfWork, assignment: str) -> LoadedProblem:
    planning = start(session, make_planning(session, assignment=assignment).id)
    assert planning is not None
    return from_home(session, load_problem(session, planning))


def test_free_begins_with_the_routes_at_home_as_far_as_their_doors_are_still_there(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=3)
    make_plan(session)
    newest = make_plan(session)
    day.errands[1].state = ErrandState.DONE
    session.flush()
    free = loaded(session, "free")
    begun = {v.id: [step.id for step in v.steps or ()] for v in free.problem.vehicles}
    errands = {
        route.shift_id: [errand.id for stop in route.stops for errand in stop.errands] for route in newest.routes
    }
    visits = {errand: number for number, visit in free.visits.items() for errand in visit.errand_ids}
    assert begun == {shift: [visits[e] for e in held if e in visits] for shift, held in errands.items()}
    assert sum(map(len, begun.values())) == 5


def test_home_begins_with_nothing_and_so_does_free_where_home_was_planned_for_other_offices(
    session: UnitOfWork,
) -> None:
    first, _ = make_day(session, offices=2, errands=2).offices
    make_plan(session, office_ids=(first.id,))
    assert [vehicle.steps for vehicle in loaded(session, "free").problem.vehicles] == [None, None]
    make_plan(session)
    assert [vehicle.steps for vehicle in loaded(session, "home").problem.vehicles] == [None, None]


def test_a_visit_that_is_left_out_stands_in_no_start_either(session: UnitOfWork) -> None:
    """As a door that no road reaches: a plan would end at a step of a visit that there is not."""
    make_day(session, offices=1, errands=3)
    make_plan(session)
    free = loaded(session, "free")
    (begun,) = [[step.id or 0 for step in vehicle.steps or ()] for vehicle in free.problem.vehicles]
    left = free.without({begun[1]}, [])
    assert [[step.id for step in vehicle.steps or ()] for vehicle in left.problem.vehicles] == [[begun[0], begun[2]]]


def test_two_visits_that_have_become_one_are_begun_with_once(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    plan = make_plan(session)
    tours = _tours(session, plan.id, {errand.id: 7 for errand in day.errands})
    assert list(tours.values()) == [[7]]
