"""What happens between two transactions about a day's plans, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time

from sqlalchemy import delete, select

from app.clock import at
from app.database import Database
from app.domain.commands import PublishPlan
from app.domain.errors import DomainError
from app.models import PlanOffice, Run
from app.services.planning import publish
from app.services.planning.timetable import stand_in
from app.services.visits.runs import start_run
from app.unit_of_work import UnitOfWork
from tests.app.services.test_races import waits_for_a_lock
from tests.crash.servers import until
from tests.factories.planning import PlannableDay, make_day, make_plan
from tests.factories.times import DAY, NOW

TWENTY_PAST = at(DAY, time(5, 20))
ON_THE_DAY = at(DAY, time(7, 30))


def while_open(database: Database, first: Callable[[UnitOfWork], object], second: Callable[[UnitOfWork], str]) -> str:
    """Do the first, and the second before the first has been committed; what the second says, or its refusal."""

    def other() -> str:
        try:
            with database.transaction() as session:
                return second(session)
        except DomainError as refusal:
            return refusal.code

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            first(session)
            session.flush()
            other_end = pool.submit(other)
            until(lambda: waits_for_a_lock(database), 20)
        return other_end.result(timeout=20)


def in_force(database: Database, day: PlannableDay) -> set[int]:
    with database.transaction() as session:
        mine = PlanOffice.office_id.in_([office.id for office in day.offices])
        return set(session.scalars(select(PlanOffice.plan_id).where(mine, PlanOffice.published)))


def test_a_final_plan_that_is_being_published_is_not_pushed_out_by_the_evenings_draft(committed: Database) -> None:
    with committed.transaction() as session:
        day = make_day(session, offices=2, errands=2)
        make_plan(session, by=f"timer:draft:{DAY}", office_ids=())
        final = make_plan(session, by=f"timer:final:{DAY}").id

    def draft_stands_in(session: UnitOfWork) -> str:
        return "nothing" if stand_in(session, TWENTY_PAST) is None else "published"

    def final_comes(session: UnitOfWork) -> None:
        publish(session, PublishPlan(final, by="timer:final", now=TWENTY_PAST), around_runs=True)

    assert while_open(committed, final_comes, draft_stands_in) == "nothing"
    assert in_force(committed, day) == {final}


def test_of_riding_out_and_a_new_plan_at_once_the_first_wins(committed: Database) -> None:
    with committed.transaction() as session:
        day = make_day(session, errands=2)
        mine = (day.offices[0].id,)
        old = publish(session, PublishPlan(make_plan(session, office_ids=mine).id, by="staff:1", now=NOW))
        before, ((route, courier),) = old.id, [(one.id, one.courier_id) for one in old.routes]
        draft = make_plan(session, office_ids=mine).id

    def ride_out(session: UnitOfWork) -> str:
        start_run(session, route, courier, ON_THE_DAY)
        return "rides"

    def another_plan(session: UnitOfWork) -> str:
        return publish(session, PublishPlan(draft, by="staff:1", now=ON_THE_DAY)).state

    assert while_open(committed, ride_out, another_plan) == "run_begun"
    assert in_force(committed, day) == {before}
    with committed.transaction() as session:
        session.execute(delete(Run).where(Run.route_id == route))
    assert while_open(committed, another_plan, ride_out) == "route_not_published"
    with committed.transaction() as session:
        assert session.scalars(select(Run).where(Run.route_id == route)).all() == []
