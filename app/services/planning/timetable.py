"""What happens by itself (docs/decisions/clock-and-day.md): a draft at 17:00 of the evening before, the final plan at 05:00,
and the draft in its place where at 05:20 there is none.

Each at most once a day, however many workers look at the clock: the order carries the timer's name, and looking it up and
writing it happen under one lock. One that failed, or that nobody carries out any more, is ordered anew while its hours last.
A coordinator may do either by hand before; what is in force and still right stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app import jobs
from app.clock import LOCAL, local_day
from app.domain.commands import AskForPlan, PublishPlan
from app.domain.errand import PLANNABLE, ErrandState
from app.models import Errand, Office, Plan, Planning, PlanOffice, PlanUnserved, Route, Run, Slot, Stop, StopErrand
from app.models.plan import STOOD_IN, TIMER
from app.queries.reference.calendar import calendar
from app.services.planning.asking import ask_for_plan, fail
from app.services.planning.publishing import hold_day, publish
from app.unit_of_work import UnitOfWork

DRAFT_AT: Final = time(17, 0)
FINAL_FROM, FINAL_TO = time(5, 0), time(7, 0)  # later the couriers are on their way: then a coordinator decides
STAND_IN_FROM: Final = time(5, 20)
AGAIN_AFTER: Final = tuple(timedelta(minutes=n) for n in (2, 5, 10, 20))  # a failed order; then always the last
KEEPING_TIME: Final = 20_260_502  # the advisory lock of whoever looks at the clock


def my_turn(session: Session) -> bool:
    """Is this the one worker that looks at the clock now? Until the transaction ends."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(KEEPING_TIME))))


def is_evening(now: datetime) -> bool:
    return now.astimezone(LOCAL).time() >= DRAFT_AT


def tomorrow(now: datetime) -> date:
    return local_day(now) + timedelta(days=1)


def order_draft(work: UnitOfWork, now: datetime) -> Planning | None:
    """From 17:00 on: a draft of tomorrow for the open offices that nobody has published yet."""
    if not is_evening(now):
        return None
    day = tomorrow(now)
    offices = _with_work(work, day) - set(work.scalars(_published(day)))
    return _order_once(work, _name("draft", day), day, offices, now, publish=False)


def order_final(work: UnitOfWork, now: datetime) -> Planning | None:
    """Between 05:00 and 07:00: plan and publish today where nothing is in force, or where it is not right any more."""
    if not FINAL_FROM <= now.astimezone(LOCAL).time() < FINAL_TO:
        return None
    day = local_day(now)
    unpublished = _with_work(work, day) - set(work.scalars(_published(day)))
    offices = (unpublished | _changed(work, day)) - _begun(work, day)
    return _order_once(work, _name("final", day), day, offices, now, publish=True)


def stand_in(work: UnitOfWork, now: datetime) -> Plan | None:
    """From 05:20 to 07:00: the draft of the evening is published for the offices that still have no plan.

    When the final plan comes after all, it takes its place. None where there is no such draft, or it breaks a promise.
    """
    if not STAND_IN_FROM <= now.astimezone(LOCAL).time() < FINAL_TO:
        return None
    day = local_day(now)
    if not _without_plan(work, day):
        return None
    draft = _evening_draft(work, day)
    if draft is None or draft.violations:
        return None
    hold_day(work, day)  # the final plan may just be coming: what it has by now stays its own
    without = _without_plan(work, day) & set(_offices_of(work, draft))
    if not without:
        return None
    command = PublishPlan(draft.id, by=f"{STOOD_IN}:{day}", now=now)
    return publish(work, command, office_ids=without, around_runs=True)


def _without_plan(session: Session, day: date) -> set[int]:
    return _with_work(session, day) - set(session.scalars(_published(day))) - _begun(session, day)


def _evening_draft(session: Session, day: date) -> Plan | None:
    """The newest, locked."""
    ordered = Planning.asked_by == _name("draft", day)
    drafts = select(Plan).join(Planning, Planning.id == Plan.planning_id).where(ordered, Plan.state == "draft")
    newest = drafts.order_by(Plan.id.desc()).limit(1)
    return session.scalars(newest.with_for_update(of=Plan).execution_options(populate_existing=True)).first()


def _offices_of(session: Session, plan: Plan) -> Sequence[int]:
    return session.scalars(select(PlanOffice.office_id).where(PlanOffice.plan_id == plan.id)).all()


def _name(timer: str, day: date) -> str:
    return f"{TIMER}{timer}:{day}"


def _order_once(
    work: UnitOfWork, trigger: str, day: date, office_ids: Collection[int], now: datetime, *, publish: bool
) -> Planning | None:
    orders = select(Planning).where(Planning.day == day, Planning.asked_by == trigger).order_by(Planning.id)
    before = work.scalars(orders).all()
    if before:
        _note_if_lost(work, before[-1], now)
    if not office_ids or not _may_order(before, now):
        return None
    offices = tuple(sorted(office_ids))
    return ask_for_plan(work, AskForPlan(day, by=trigger, now=now, office_ids=offices, publish=publish))


def _may_order(before: Sequence[Planning], now: datetime) -> bool:
    """Nobody has ordered it yet, or what was ordered failed: then again after a pause, longer each time."""
    if not before:
        return True
    last = before[-1]
    pause = AGAIN_AFTER[min(len(before), len(AGAIN_AFTER)) - 1]
    return last.state == "failed" and now - (last.finished_at or last.asked_at) >= pause


def _note_if_lost(work: UnitOfWork, order: Planning, now: datetime) -> None:
    """An order without its job waits for nobody: the job was lost, or ended without being able to say so."""
    unfinished = order.state in {"queued", "running"}
    if unfinished and not jobs.is_awaited(work, "plan_day", "planning_id", str(order.id)):
        fail(work, order.id, "planning_failed", now)
        work.refresh(order)


def _with_work(session: Session, day: date) -> set[int]:
    """Offices that are open that day and are awaited somewhere."""
    working = calendar(session)
    rows = session.execute(
        select(Office.id, Office.unit_code)
        .distinct()
        .join(Errand, Errand.office_id == Office.id)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Slot.day == day, ~Slot.closed, Errand.state.in_(PLANNABLE), Office.closed_at.is_(None))
    )
    return {row.id for row in rows if working.is_open(row.unit_code, day)}


def _published(day: date) -> Select[int]:
    return select(PlanOffice.office_id).where(PlanOffice.day == day, PlanOffice.published)


def _changed(session: Session, day: date) -> set[int]:
    """Offices whose plan in force visits somebody who called off, or knows nothing of somebody who waits."""
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    called_off = (
        select(Route.office_id)
        .join(PlanOffice, in_force)
        .join(Stop, Stop.route_id == Route.id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(Errand, Errand.id == StopErrand.errand_id)
        .outerjoin(Slot, Slot.id == Errand.slot_id)
        .where(PlanOffice.day == day, PlanOffice.published)
        .where(or_(Errand.state == ErrandState.CANCELLED, Slot.day.is_distinct_from(day), Slot.closed))
    )
    left_out = (PlanUnserved.plan_id == PlanOffice.plan_id) & (PlanUnserved.errand_id == Errand.id)
    waiting = (
        select(Errand.office_id)
        .join(Slot, Slot.id == Errand.slot_id)
        .join(PlanOffice, PlanOffice.office_id == Errand.office_id)
        .outerjoin(PlanUnserved, left_out)
        .where(PlanOffice.day == day, PlanOffice.published, PlanUnserved.plan_id.is_(None))
        .where(Slot.day == day, ~Slot.closed, Errand.state == ErrandState.SCHEDULED)
    )
    return set(session.scalars(called_off)) | set(session.scalars(waiting))


def _begun(session: Session, day: date) -> set[int]:
    """Offices with a courier on the way: their plan is not changed under them."""
    routes = (
        select(Route.office_id)
        .join(Run, Run.route_id == Route.id)
        .join(PlanOffice, PlanOffice.plan_id == Route.plan_id)
    )
    return set(session.scalars(routes.where(PlanOffice.day == day)))
