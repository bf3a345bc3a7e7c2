"""Move, lock or take out one stop of a draft, judged at once by the same judge that judges the engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session, selectinload

from app.clock import start_of_day
from app.domain.commands import MoveStop
from app.domain.errors import DomainError
from app.models import Plan, PlanOffice, PlanUnserved, Route, Stop
from app.services import audit
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.calibrating import known_travel_times
from app.services.planning.due_errands import errands_by_id
from app.services.planning.hard_ways import hard_ways
from app.services.planning.households import DueErrand, make_job
from app.services.planning.loading import make_onward, make_vehicle
from app.services.planning.publishing import lock_draft
from app.services.planning.recounting import recount
from app.services.planning.saving import marginal_metres, route_times, stop_times, trips_of
from app.services.planning.vehicles import fleet_of
from routing.evaluate import Evaluation, evaluate
from routing.matrix import Geodesic
from routing.problem import Job, Problem

REMOVED = "removed"
"""The reason of an errand that a coordinator took out of a draft."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a route breaks: `cause` is one of routing's (`delay`, `load`, …), `amount` in s, m or envelopes."""

    cause: str
    route_id: int
    stop_id: int | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class MoveEvaluation:
    """What the move did: the broken promises of the routes it touched, and the differences in m, s and đồng."""

    plan_id: int
    revision: int
    violations: tuple[Broken, ...]
    distance_delta_m: int
    duration_delta_s: int
    cost_delta: int


@dataclass(frozen=True, slots=True)
class _Judged:
    """Routes judged as they stand. Stops are the jobs, shifts the vehicles of the problem."""

    problem: Problem
    found: Evaluation
    routes: Mapping[int, Route]

    def broken(self) -> tuple[Broken, ...]:
        return tuple(
            Broken(fault.cause, self.routes[fault.vehicle].id, fault.job, fault.amount)
            for fault in self.found.violations
            if fault.vehicle is not None and fault.vehicle in self.routes
        )


def move_stop(session: Session, command: MoveStop) -> MoveEvaluation:
    """Put the stop elsewhere and time its routes anew; a move that breaks promises is kept, and says which.

    No sequence: where it costs least; the same route and no sequence changes the lock alone. A draft with broken promises
    can't be published. Priced in straight lines, also beside a plan made along roads: its rows are locked, and a locked
    row waits for no server.
    Raises `plan_not_draft`, `plan_changed` (somebody else was faster), `stop_locked` or `not_found`.
    """
    travel_times = known_travel_times(session)
    plan = lock_draft(session, command.plan_id, command.revision)
    stop = _stop(session, plan, command.stop_id)
    source = stop.route
    target = None if command.route_id is None else _route(session, plan, command.route_id)
    moves = target is None or target.id != source.id or command.sequence is not None
    if stop.locked and moves:
        raise DomainError("stop_locked", sequence=stop.sequence)
    touched = list({route.id: route for route in (source, target) if route is not None}.values())
    before = _judge(session, plan, touched, travel_times)
    stop.locked = command.lock and target is not None
    if moves:
        position = (command.sequence or 1) - 1
        if target is not None and command.sequence is None:
            position = _cheapest(session, plan, stop, target, travel_times)
        _place(session, plan, stop, target, max(0, position))
    after = _judge(session, plan, touched, travel_times)
    _write(session, plan, after)
    recount(session, plan)
    result = _account(plan, before, after)
    audit.record(
        session,
        command.by,
        "plan.stop_moved",
        "plan",
        plan.id,
        command.now,
        stop=command.stop_id,
        route=command.route_id,
    )
    session.flush()
    return result


def violations_of(session: Session, plan: Plan) -> tuple[Broken, ...]:
    """The broken promises of a whole plan; nothing is computed for a plan without any."""
    if not plan.violations:
        return ()
    routes = session.scalars(_with_stops().where(Route.plan_id == plan.id)).all()
    return _judge(session, plan, routes, known_travel_times(session)).broken()


def _with_stops() -> Select[Route]:
    return select(Route).options(
        selectinload(Route.stops).selectinload(Stop.errands),
        selectinload(Route.stops).selectinload(Stop.place),
        selectinload(Route.shift),
        selectinload(Route.office),
    )


def _stop(session: Session, plan: Plan, stop_id: int) -> Stop:
    found = session.scalar(
        select(Stop).join(Route, Route.id == Stop.route_id).where(Stop.id == stop_id, Route.plan_id == plan.id)
    )
    if found is None:
        raise DomainError("not_found", kind="not_found", field="stop_id")
    _route(session, plan, found.route_id)
    return found


def _route(session: Session, plan: Plan, route_id: int) -> Route:
    found = session.scalar(_with_stops().where(Route.id == route_id, Route.plan_id == plan.id))
    if found is None:
        raise DomainError("not_found", kind="not_found", field="route_id")
    return found


def _judge(session: Session, plan: Plan, routes: Sequence[Route], travel_times: Geodesic) -> _Judged:
    stops = [stop for route in routes for stop in route.stops]
    offices = session.scalars(select(PlanOffice.office_id).where(PlanOffice.plan_id == plan.id)).all()
    errands = errands_by_id(session, plan.day, [errand.id for stop in stops for errand in stop.errands], offices)
    jobs, fleet = tuple(_job(stop, errands, plan.day) for stop in stops), fleet_of(session)
    problem = Problem(
        vehicles=tuple(make_vehicle(route.shift, route.office, plan.day, fleet) for route in routes),
        jobs=jobs,
        travel_times=hard_ways(session, plan.day).over(travel_times),
        assignment="free" if plan.assignment == "free" else "home",
        onward=make_onward(session, {route.office_id: route.office for route in routes}, jobs, travel_times),
    )
    found = evaluate(problem, {route.shift_id: [stop.id for stop in route.stops] for route in routes})
    return _Judged(problem, found, {route.shift_id: route for route in routes})


def _job(stop: Stop, errands: Mapping[UUID, DueErrand], day: date) -> Job:
    """The stop as it is; one whose errands were all taken back since is a door without a slot, dropped at publication."""
    known = [errands[errand.id] for errand in stop.errands if errand.id in errands]
    if known:
        return make_job(stop.id, known, day)
    return Job(stop.id, (stop.place.lon, stop.place.lat), service=ASSUMPTIONS.service_s(1))


def _place(session: Session, plan: Plan, stop: Stop, target: Route | None, position: int) -> None:
    """Take the stop out of its route and put it before `position` (from 0) of the target; none: it is left out."""
    source = stop.route
    source.stops.remove(stop)
    if target is None:
        rows = [{"plan_id": plan.id, "errand_id": errand.id, "reason": REMOVED} for errand in stop.errands]
        plan.served -= len(rows)
        session.delete(stop)
        session.flush()
        if rows:
            session.execute(insert(PlanUnserved), rows)
    else:
        target.stops.insert(position, stop)
    for route in (source,) if target is None else (source, target):
        for number, each in enumerate(route.stops, start=1):
            each.sequence = number


def _cheapest(session: Session, plan: Plan, stop: Stop, target: Route, travel_times: Geodesic) -> int:
    """The place in the target route that breaks the fewest promises, then costs least."""
    ids = [other.id for other in target.stops if other.id != stop.id]
    judged = _judge(session, plan, [target, stop.route] if target.id != stop.route_id else [target], travel_times)
    tries = [evaluate(judged.problem, {target.shift_id: [*ids[:at], stop.id, *ids[at:]]}) for at in range(len(ids) + 1)]
    return min(range(len(tries)), key=lambda at: (len(tries[at].violations), tries[at].cost))


def _write(session: Session, plan: Plan, judged: _Judged) -> None:
    midnight = start_of_day(plan.day)
    driven = {route.vehicle: route for route in judged.found.routes}
    for shift_id, row in judged.routes.items():
        if shift_id not in driven:
            session.delete(row)
            continue
        route = driven[shift_id]
        _set(row, route_times(route, midnight))
        saved = marginal_metres(judged.problem, route)
        for stop, (trip, step), metres in zip(row.stops, trips_of(route), saved, strict=True):
            _set(stop, stop_times(step, midnight, trip) | {"marginal_m": metres})


def _set(row: Route | Stop, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _account(plan: Plan, before: _Judged, after: _Judged) -> MoveEvaluation:
    old, new = before.found, after.found
    distance, duration = new.distance - old.distance, new.duration - old.duration
    cost = new.cost + new.onward_cost - old.cost - old.onward_cost
    plan.onward_m += new.onward_distance - old.onward_distance
    plan.violations += len(new.violations) - len(old.violations)
    plan.revision += 1
    return MoveEvaluation(plan.id, plan.revision, after.broken(), distance, duration, cost)
