"""Carry out an order to plan: load → solve and measure with no session open → save. The same code for the job and for
`tannha plan`.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from app.clock import Clock
from app.database import Database
from app.domain.commands import PublishPlan
from app.domain.errors import DomainError
from app.gateways.roads import RoadsAway
from app.models import Plan, Planning
from app.models.plan import TIMER
from app.services import planning as services
from app.services.planning import LoadedProblem, Roads
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.staff.shifts import ensure_shifts
from routing import plan as planned
from routing import solve

log = logging.getLogger(__name__)

PROGRESS_EVERY_S = 0.5
EXPLAINED_WITHIN_S = 10.0  # for the ways out of what is left out: a coordinator waits for them, no deadline does
FAILED = "planning_failed"


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What came of an order: the stored plan, with the problem and the solution it came from."""

    plan: Plan
    loaded: LoadedProblem
    solution: planned.Plan


def carry_out(
    database: Database,
    planning_id: int,
    clock: Clock,
    roads: Roads | None = None,
    stranger: int = ASSUMPTIONS.stranger,
) -> CarriedOut | None:
    """Make the plan of an order, once. None when it exists already, or when another worker stored it first.

    Must run in the main thread of a process that may be killed: the solver's children die with it. An error is noted
    in the order before it goes on. `roads`: the operator's, else straight lines as days driven taught. `stranger`: đồng of
    a visit by another courier than the usual one.
    """
    began = time.perf_counter()
    try:
        with database.transaction() as session:
            order = services.start(session, planning_id)
            if order is None:
                return None
            ensure_shifts(session, order.day)
            loaded = services.from_home(
                session, services.without_broken(services.load_problem(session, order, stranger))
            )
        try:
            if roads is None:
                return _made(database, order, loaded, began, clock)
            return _made(database, order, services.by_road(loaded, roads), began, clock)
        except RoadsAway:
            log.warning("roads: the server is away, the whole plan is made on straight lines")
            return _made(database, order, replace(loaded, no_roads="roads_away"), began, clock)
    except Exception as error:
        with database.transaction() as session:
            services.fail(session, planning_id, error.code if isinstance(error, DomainError) else FAILED, clock.now())
        raise


def _made(database: Database, order: Planning, loaded: LoadedProblem, began: float, clock: Clock) -> CarriedOut | None:
    loaded = loaded.on_hard_ways()
    search = partial(
        solve,
        seconds=order.seconds,
        seed=order.seed,
        engine=order.engine,
        on_progress=_PlanningProgress(database, order.id).report,
        explain_seconds=EXPLAINED_WITHIN_S,
        balance=order.balance_s,
    )
    solution = services.with_margins(loaded.problem, loaded.margins, search)
    return _save(database, order.id, loaded, solution, time.perf_counter() - began, clock.now())


def _save(
    database: Database,
    planning_id: int,
    loaded: LoadedProblem,
    solution: planned.Plan,
    wall_s: float,
    now: datetime,
) -> CarriedOut | None:
    reasons = {errand: reason for errand, reason, _ in services.unserved_of(loaded, solution)}
    with database.transaction() as session:
        days = services.other_days(session, loaded.day, reasons, now)
    measured = services.measure(loaded, solution, days)
    with database.transaction() as session:
        plan = services.save_plan(session, planning_id, loaded, measured, wall_s=wall_s, now=now)
        if plan is None:
            return None
        order = session.get_one(Planning, planning_id)
        if order.publish:
            command = PublishPlan(plan.id, by=order.asked_by, now=now)
            services.publish(session, command, around_runs=order.asked_by.startswith(TIMER))
    searched = solution.searched
    cpu_s, state = (searched.cpu_s, _state(searched)) if searched is not None else (0.0, "by iterations")
    told = (planning_id, plan.id, plan.day, plan.served, plan.errands, wall_s, cpu_s, state)
    log.info("planning %s: plan %s of %s, %s of %s errands served, %.1fs, %.1f CPU s searched, %s", *told)
    return CarriedOut(plan, loaded, solution)


def _state(searched: planned.Searched) -> str:
    state = {True: "settled", False: "still improving", None: "first routes alone"}[searched.settled]
    return f"{searched.iterations} iterations, {state}"


class _PlanningProgress:
    """Writes progress in short transactions of its own, at most twice a second."""

    def __init__(self, database: Database, planning_id: int) -> None:
        self.database, self.planning_id, self.last = database, planning_id, 0.0

    def report(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.last < PROGRESS_EVERY_S and done < total:
            return
        self.last = now
        with self.database.transaction() as session:
            services.report_progress(session, self.planning_id, done, total)
