"""Whatever was done to a draft by hand is taken back to the byte, and a proposal's price is the judge's on the whole plan."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.draft_acts import ActKind, DraftAct, UndoAct
from app.domain.errors import DomainError
from app.models import Plan, PlanAct, PlanUnserved, Route, Stop
from app.services.planning import LoadedProblem, Proposal, load_problem, propose, undo
from app.unit_of_work import UnitOfWork
from routing.evaluate import Evaluation, evaluate
from tests.app.services.planning.plan_dump import plan_dump
from tests.factories import make_staff
from tests.factories.planning import PlannableDay, act_on, make_day, make_plan, make_planning
from tests.factories.times import NOW

K = ActKind

ACTS = int(os.environ.get("RANDOM_ACTS", "40"))
"""500 take a minute: by hand, `RANDOM_ACTS=500`."""

DONE_BY_HAND = tuple(kind for kind in ActKind if kind not in {K.UNDO, K.REDO})
RIDDEN = (K.MOVE, K.SWAP, K.SPLIT, K.MERGE, K.TAKE_OUT, K.PUT_BACK)


def back(session: Session, plan: Plan, act_id: int, by: str = "staff:1") -> PlanAct:
    return undo(session, UndoAct(plan.id, act_id, by=by, now=NOW))


def random_acts(
    session: Session, plan: Plan, made: PlannableDay, seed: int, kinds: Sequence[ActKind] = DONE_BY_HAND
) -> Iterator[DraftAct]:
    """Acts of these kinds on whatever the draft is by then; some of them can't be done."""
    dice = random.Random(seed)
    shifts = [shift.id for shift in made.shifts]
    while True:
        stops = session.scalars(select(Stop.id).join(Route).where(Route.plan_id == plan.id).order_by(Stop.id)).all()
        out = session.scalars(select(PlanUnserved.errand_id).order_by(PlanUnserved.errand_id)).all()
        kind = dice.choice(kinds)
        yield DraftAct(
            kind,
            stop_id=dice.choice(stops) if stops and kind not in {K.MERGE, K.PUT_BACK} else None,
            other_id=dice.choice(stops) if kind is K.SWAP else None,
            shift_id=dice.choice(shifts),
            to_shift=dice.choice(shifts),
            errand_id=dice.choice(out) if out and kind is K.PUT_BACK else None,
            sequence=dice.choice([None, 1, 2]) if kind in {K.MOVE, K.PUT_BACK} else None,
            reason="citizen_agreed",
        )


def tried(session: Session, plan: Plan, act: DraftAct) -> Proposal | None:
    try:
        return propose(session, plan.id, act)
    except DomainError:
        return None


def fields(act: DraftAct) -> dict[str, Any]:
    return {name: getattr(act, name) for name in DraftAct.__slots__ if name != "kind"}


def test_random_acts_undone_in_reverse_leave_the_same_plan_byte_by_byte(session: UnitOfWork) -> None:
    made = make_day(session, offices=2, errands=4, couriers=2)
    plan = make_plan(session)
    states, done = [plan_dump(session, plan)], []
    for act in random_acts(session, plan, made, seed=7):
        if tried(session, plan, act) is not None:
            done.append(act_on(session, plan, act.kind, **fields(act)).id)
            if len(done) % 10 == 0:
                states.append(plan_dump(session, plan))
        if len(done) == ACTS:
            break
    assert len(set(session.scalars(select(PlanAct.kind)))) >= 9  # of eleven; a promise to accept is not always broken
    for number, act_id in enumerate(reversed(done)):
        if number % 10 == 0:
            assert plan_dump(session, plan) == states.pop()
        back(session, plan, act_id)
    assert plan_dump(session, plan) == states.pop()


def whole(loaded: LoadedProblem, session: Session, plan: Plan) -> tuple[Evaluation, Counter[tuple[str, int | None]]]:
    """The judge on the plan as the tables have it, its problem loaded anew."""
    job_of = {errand: visit.job_id for visit in loaded.visits.values() for errand in visit.errand_ids}
    routes = session.scalars(select(Route).where(Route.plan_id == plan.id))
    orders = {route.shift_id: [job_of[stop.errands[0].id] for stop in route.stops] for route in routes}
    served = {job for order in orders.values() for job in order}
    found = evaluate(loaded.without(set(loaded.visits) - served, []).problem, orders)
    return found, Counter((one.cause, one.amount) for one in found.violations)


@pytest.mark.parametrize("assignment", ["home", "free"])
def test_a_proposal_s_price_and_faults_are_the_judge_s_on_the_whole_plan(session: UnitOfWork, assignment: str) -> None:
    made = make_day(session, offices=2, errands=4, couriers=2)
    plan = make_plan(session, assignment=assignment)
    loaded = load_problem(session, make_planning(session, assignment=assignment))
    before, faults = whole(loaded, session, plan)
    priced = 0
    for act in random_acts(session, plan, made, seed=11, kinds=RIDDEN):
        found = tried(session, plan, act)
        if found is None:
            continue
        act_on(session, plan, act.kind, **fields(act))
        after, left = whole(loaded, session, plan)
        mine = found.figures
        assert (mine.metres, mine.seconds) == (after.distance - before.distance, after.duration - before.duration)
        assert mine.onward_m == after.onward_distance - before.onward_distance
        assert mine.dong == after.cost + after.onward_cost - before.cost - before.onward_cost
        assert Counter((one.cause, one.amount) for one in found.broken) - left == Counter()
        assert sum(left.values()) - sum(faults.values()) == len(found.broken) - len(found.broken_before)
        assert plan.distance_m == after.distance
        before, faults, priced = after, left, priced + 1
        if priced == 12:
            break


def test_an_act_is_taken_back_done_again_and_taken_back(session: UnitOfWork) -> None:
    make_day(session, errands=3)
    plan = make_plan(session)
    first = plan_dump(session, plan)
    act = act_on(session, plan, K.TAKE_OUT, stop_id=plan.routes[0].stops[0].id)
    second = plan_dump(session, plan)
    undone = back(session, plan, act.id)
    assert (undone.kind, act.undone_by_id, plan_dump(session, plan)) == ("undo", undone.id, first)
    again = back(session, plan, undone.id)
    assert (again.kind, plan_dump(session, plan)) == ("redo", second)
    with pytest.raises(DomainError) as refused:
        back(session, plan, undone.id)
    assert refused.value.code == "act_undone"
    back(session, plan, again.id)
    assert plan_dump(session, plan) == first


def test_an_act_that_another_one_stands_on_is_not_taken_back_and_names_it(session: UnitOfWork) -> None:
    make_day(session, offices=2, errands=3)
    plan = make_plan(session)
    lan = make_staff(session, name="Lan Mẫu")
    one, other = plan.routes
    act = act_on(session, plan, K.LOCK, stop_id=one.stops[0].id)
    act_on(session, plan, K.LOCK, stop_id=other.stops[0].id)
    later = act_on(session, plan, K.LOCK, by=f"staff:{lan.id}", stop_id=one.stops[1].id)
    with pytest.raises(DomainError) as refused:
        back(session, plan, act.id)
    assert refused.value.code == "act_built_on"
    assert refused.value.params == {"act": "lock", "at": NOW, "who": "Lan Mẫu"}
    back(session, plan, later.id)
    back(session, plan, act.id)
    assert [stop.locked for stop in one.stops] == [False] * 3
    assert other.stops[0].locked


def test_an_act_of_another_plan_is_not_found(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    one, other = make_plan(session), make_plan(session)
    act = act_on(session, one, K.LOCK, stop_id=one.routes[0].stops[0].id)
    with pytest.raises(DomainError) as refused:
        back(session, other, act.id)
    assert refused.value.code == "not_found"


def test_nothing_is_taken_back_once_the_plan_is_published(session: UnitOfWork) -> None:
    make_day(session, errands=2)
    plan = make_plan(session)
    act = act_on(session, plan, K.LOCK, stop_id=plan.routes[0].stops[0].id)
    plan.state = "published"
    session.flush()
    with pytest.raises(DomainError) as refused:
        back(session, plan, act.id)
    assert refused.value.code == "plan_not_draft"
