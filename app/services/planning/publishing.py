"""Publish a draft: from now on couriers ride it. On a published day the new plan takes the place of the old one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app import jobs
from app.domain.commands import PublishPlan
from app.domain.errand import PLANNABLE, ErrandState
from app.domain.errors import DomainError
from app.models import Errand, Office, Plan, PlanOffice, Route, Run, Slot, Stop, StopErrand
from app.services import audit
from app.services.planning.recounting import recount
from app.unit_of_work import UnitOfWork

PUBLISHING = 20_260_501  # the class of advisory locks held while a day's plans change places


def publish(
    work: UnitOfWork, command: PublishPlan, *, office_ids: Collection[int] = (), around_runs: bool = False
) -> Plan:
    """Make the draft the plan of its offices, supersede the one before, and promise the citizens' messages.

    `office_ids`: of these alone (empty: of all the plan's). `around_runs`: an office with a courier on the way keeps the
    plan that it has, instead of refusing the whole.

    Errands that were cancelled or moved to another day since drop out; those that only the old plan held go back to
    `scheduled`. Raises `not_found`, `plan_not_draft`, `plan_changed`, `plan_breaks_promises` or `run_begun`.
    """
    plan = lock_draft(work, command.plan_id, command.revision)
    if plan.violations:
        raise DomainError("plan_breaks_promises", violations=plan.violations)
    hold_day(work, plan.day)
    _hold_errands(work, plan)
    offices = _offices(work, plan, office_ids, around_runs=around_runs)
    _drop_lost_errands(work, plan, offices)
    _supersede(work, plan, offices)
    _take_errands(work, plan, offices)
    work.execute(
        update(PlanOffice)
        .where(PlanOffice.plan_id == plan.id, PlanOffice.office_id.in_(offices))
        .values(published=True)
    )
    plan.state, plan.published_at, plan.published_by = "published", command.now, command.by
    plan.revision += 1
    audit.record(
        work, command.by, "plan.published", "plan", str(plan.id), command.now, day=str(plan.day), served=plan.served
    )
    jobs.defer(work, "announce_plan", {"plan_id": plan.id})
    work.flush()
    return plan


def hold_day(session: Session, day: date) -> None:
    """Until the transaction ends nobody else changes which plans are in force that day. Behind `lock_draft`, never before it."""
    session.execute(select(func.pg_advisory_xact_lock(PUBLISHING, day.toordinal())))


def lock_draft(session: Session, plan_id: int, revision: int | None) -> Plan:
    """Lock a plan for a change. A revision that is not the newest means that somebody else changed it meanwhile."""
    plan = session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None:
        raise DomainError("not_found", kind="not_found")
    if plan.state != "draft":
        raise DomainError("plan_not_draft", plan=plan.id)
    if revision is not None and revision != plan.revision:
        raise DomainError("plan_changed", plan=plan.id)
    return plan


def _hold_errands(session: Session, plan: Plan) -> None:
    """Lock what the draft visits, and what the plans in force visit for its offices: a courier who rides out holds that, too."""
    mine = select(PlanOffice.office_id).where(PlanOffice.plan_id == plan.id)
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    visited = (
        select(StopErrand.errand_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .join(PlanOffice, in_force)
        .where(
            PlanOffice.day == plan.day, Route.office_id.in_(mine), or_(PlanOffice.published, Route.plan_id == plan.id)
        )
    )
    session.execute(select(Errand.id).where(Errand.id.in_(visited)).order_by(Errand.id).with_for_update())


def _offices(session: Session, plan: Plan, chosen: Collection[int], *, around_runs: bool) -> Sequence[int]:
    """Whose plan it becomes. Raises `run_begun` where a courier is on the way and nobody said to publish around that."""
    offices = set(session.scalars(select(PlanOffice.office_id).where(PlanOffice.plan_id == plan.id)))
    offices &= set(chosen) or offices
    begun = session.execute(
        select(Office.id, Office.name)
        .distinct()
        .join(Route, Route.office_id == Office.id)
        .join(Run, Run.route_id == Route.id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(Plan.day == plan.day, Route.office_id.in_(offices), Run.ended_at.is_(None))
        .order_by(Office.name)
    ).all()
    rest = offices - {office.id for office in begun}
    if begun and not (around_runs and rest):
        raise DomainError("run_begun", offices=", ".join(office.name for office in begun))
    return sorted(rest)


def _in_plan(plan_id: int, offices: Sequence[int]) -> Select[UUID]:
    return (
        select(StopErrand.errand_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.plan_id == plan_id, Route.office_id.in_(offices))
    )


def _drop_lost_errands(session: Session, plan: Plan, offices: Sequence[int]) -> None:
    """Take out what is no longer to be done that day. The routes keep their times: a stop less makes nobody late."""
    locked = session.execute(
        select(Errand.id, Errand.state, Slot.day)
        .outerjoin(Slot, Slot.id == Errand.slot_id)
        .where(Errand.id.in_(_in_plan(plan.id, offices)))
        .order_by(Errand.id)
        .with_for_update(of=Errand)
    ).all()
    lost = [row.id for row in locked if row.state not in PLANNABLE or row.day != plan.day]
    if not lost:
        return
    ours = select(Stop.id).join(Route, Route.id == Stop.route_id).where(Route.plan_id == plan.id)
    session.execute(delete(StopErrand).where(StopErrand.errand_id.in_(lost), StopErrand.stop_id.in_(ours)))
    session.execute(delete(Stop).where(Stop.id.in_(ours), ~Stop.id.in_(select(StopErrand.stop_id))))
    session.execute(delete(Route).where(Route.plan_id == plan.id, ~Route.id.in_(select(Stop.route_id))))
    plan.errands -= len(lost)
    plan.served -= len(lost)
    recount(session, plan)


def _supersede(session: Session, plan: Plan, offices: Sequence[int]) -> None:
    """Give back the old plan's errands of these offices, and its offices; without any left it is superseded."""
    theirs = (
        PlanOffice.day == plan.day,
        PlanOffice.office_id.in_(offices),
        PlanOffice.published,
        PlanOffice.plan_id != plan.id,
    )
    old = list(session.scalars(select(PlanOffice.plan_id).distinct().where(*theirs)))
    if not old:
        return
    freed = (
        select(StopErrand.errand_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.plan_id.in_(old), Route.office_id.in_(offices))
    )
    session.execute(
        update(Errand)
        .where(Errand.id.in_(freed), Errand.state == ErrandState.PLANNED, ~Errand.id.in_(_in_plan(plan.id, offices)))
        .values(state=ErrandState.SCHEDULED, revision=Errand.revision + 1)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(update(PlanOffice).where(*theirs).values(published=False))
    still = select(PlanOffice.plan_id).where(PlanOffice.published)
    session.execute(update(Plan).where(Plan.id.in_(old), ~Plan.id.in_(still)).values(state="superseded"))


def _take_errands(session: Session, plan: Plan, offices: Sequence[int]) -> None:
    """Errands of the plan are `planned` now, served by the office of their route (another one, when `free` moved them)."""
    routed = (
        select(StopErrand.errand_id, Route.office_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.plan_id == plan.id, Route.office_id.in_(offices))
        .subquery()
    )
    session.execute(
        update(Errand)
        .where(
            Errand.id == routed.c.errand_id,
            or_(Errand.state != ErrandState.PLANNED, Errand.office_id != routed.c.office_id),
        )
        .values(state=ErrandState.PLANNED, office_id=routed.c.office_id, revision=Errand.revision + 1)
        .execution_options(synchronize_session="fetch")
    )
