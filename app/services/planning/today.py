"""Change the plan in force of a day that has begun: a late errand goes in at once, a courier who falls out hands on the
doors that are left. What was visited stands, what a courier carries stays with that courier; the answer is the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from app import jobs
from app.clock import start_of_day
from app.domain.commands import HandOnRoute, InsertToday
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import Errand, PlanUnserved, Route, Stop
from app.services import audit
from app.services.booking import errands
from app.services.messaging import messages
from app.services.planning.calibrating import known_travel_times
from app.services.planning.due_errands import due_errands
from app.services.planning.households import DueErrand, households, make_job
from app.services.planning.in_force import InForce, Ride, in_force
from app.services.planning.recounting import recount
from app.services.planning.saving import route_times, stop_times, trips_of
from app.unit_of_work import UnitOfWork
from routing import plan as planned
from routing.engines.interface import Limit
from routing.evaluate import evaluate
from routing.replan import Delta, Replanned, replan

POLISH_S = 1.0
ALL_AWAY = "all_away"
"""The reason of an errand whose parcel lies at the office while every courier is on the way."""
IN_THE_BAG = "in_the_bag"
"""The reason of a door that nobody else can take over: the courier has its parcel."""


@dataclass(frozen=True, slots=True)
class StillOut:
    """An errand that found no route, with its reason and what would let it in (as `plan_unserved` keeps them)."""

    errand_id: UUID
    reason: str
    relaxation: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DayChange:
    """The difference, by stop: inserted, moved (another courier or order), unchanged; in m, s and đồng of the office."""

    plan_id: int
    inserted: tuple[int, ...]
    moved: tuple[int, ...]
    unchanged: int
    still_out: tuple[StillOut, ...]
    distance_delta_m: int
    duration_delta_s: int
    cost_delta: int


def waiting(session: Session, office_id: int, day: date) -> list[DueErrand]:
    """The errands of the day that no plan in force holds and whose parcel, if any, lies at the office."""
    found, _elsewhere = due_errands(session, day, [office_id], {})
    ids = [errand.id for errand in found]
    free = set(session.scalars(select(Errand.id).where(Errand.id.in_(ids), Errand.state == ErrandState.SCHEDULED)))
    return [errand for errand in found if errand.id in free]


def insert_today(work: UnitOfWork, command: InsertToday) -> DayChange:
    """Put errands that wait into the routes of their office at the cheapest places, within a moment.

    Without `polish` no other door moves. Raises `no_plan_in_force`, or `nothing_waits` when none of them waits any more.
    """
    force = in_force(work, command.office_id, command.now, known_travel_times(work))
    late = [one for one in waiting(work, command.office_id, force.plan.day) if one.id in set(command.errand_ids)]
    if not late:
        raise DomainError("nothing_waits")
    groups = {-number: group for number, group in enumerate(households(late), start=1)}
    force = force.with_late([make_job(number, group, force.plan.day) for number, group in groups.items()])
    limit = Limit.of(POLISH_S, None) if command.polish else None
    found = replan(force.problem, force.standing, list(groups), limit=limit)
    made = {number: _new_stop(work, groups[number]) for number in found.diff.inserted}
    _write(work, force, found, made)
    _take(work, force, list(made.values()))
    out = [_still_out(left, errand.id) for left in found.left_out for errand in groups[left.id]]
    numbers = {number: stop.id for number, stop in made.items()}
    by = _By(command.by, command.now, "plan.inserted", _changed(force, found))
    return _account(work, force, _change(force, found, numbers, out), by)


def _change(force: InForce, found: Replanned, numbers: Mapping[int, int], out: Sequence[StillOut]) -> DayChange:
    return DayChange(
        plan_id=force.plan.id,
        inserted=tuple(numbers.get(job, job) for job in found.diff.inserted),
        moved=found.diff.moved,
        unchanged=len(found.diff.unchanged),
        still_out=tuple(out),
        distance_delta_m=found.distance_delta,
        duration_delta_s=found.duration_delta,
        cost_delta=found.cost_delta,
    )


def hand_on(work: UnitOfWork, command: HandOnRoute) -> DayChange:
    """Give the doors left on a route to the other couriers of its office; what can't be given stays on the route.

    A door whose parcel is in this courier's bag can't: the envelope must change hands first. Raises `not_found`,
    `no_plan_in_force` or `nothing_left`.
    """
    route = work.get(Route, command.route_id)
    if route is None:
        raise DomainError("not_found", kind="not_found", field="route_id")
    force = in_force(work, route.office_id, command.now, known_travel_times(work), stopped=route.shift_id)
    ride = force.rides.get(route.shift_id)
    if ride is None or ride.route is None or ride.route.id != route.id or not ride.ahead:
        raise DomainError("nothing_left")
    known = {job.id: job for job in force.problem.jobs}
    free = [stop for stop in ride.ahead if stop.locked or known[stop.id].vehicle is None]
    rest = force.with_late([replace(known[stop.id], vehicle=None) for stop in free], without=ride.shift.id)
    found = replan(rest.problem, rest.standing, [stop.id for stop in free])
    given = set(found.diff.inserted)
    _write(work, rest, found, {stop.id: stop for stop in free if stop.id in given})
    off = _shorten(work, force, ride, [stop for stop in ride.ahead if stop.id not in given])
    reasons = {left.id: left for left in found.left_out}
    out = [
        _still_out(reasons[stop.id], errand.id) if stop.id in reasons else StillOut(errand.id, IN_THE_BAG)
        for stop in ride.ahead
        if stop.id not in given
        for errand in stop.errands
    ]
    change = _change(rest, found, {}, out)
    change = replace(
        change,
        distance_delta_m=change.distance_delta_m + off.distance,
        duration_delta_s=change.duration_delta_s + off.duration,
        cost_delta=change.cost_delta + off.cost,
    )
    changed = _changed(rest, found) | {ride.shift.courier_id}
    return _account(work, rest, change, _By(command.by, command.now, "plan.handed_on", changed))


@dataclass(frozen=True, slots=True)
class _By:
    """Who did it, when, and what the audit calls it."""

    actor: str
    now: datetime
    action: str
    couriers: frozenset[int]  # whose routes are not what they were


def _still_out(left: planned.Unassigned, errand_id: UUID) -> StillOut:
    reason = ALL_AWAY if left.reason == "skill" else left.reason
    return StillOut(errand_id, reason, None if left.relaxation is None else asdict(left.relaxation))


def _new_stop(session: Session, group: Sequence[DueErrand]) -> Stop:
    rows = session.scalars(select(Errand).where(Errand.id.in_([errand.id for errand in group])).order_by(Errand.id))
    return Stop(place_id=group[0].place_id, marginal_m=0, locked=False, errands=list(rows))


def _write(session: Session, force: InForce, found: Replanned, new: Mapping[int, Stop]) -> None:
    """Put every stop where it is now, and time what lies ahead anew."""
    stop_of = {stop.id: stop for ride in force.rides.values() for stop in ride.ahead} | dict(new)
    driven = {route.vehicle: route for route in found.routes.routes}
    for shift in sorted(found.by_vehicle):  # the others ride as they did
        ride = force.rides[shift]
        if shift in driven:
            row = ride.route or _new_route(session, force, ride, driven[shift])
            _place(session, row, ride, driven[shift], stop_of)
            _time(row, ride, driven[shift], found.by_vehicle[shift])
        elif ride.route is not None:
            _leave_empty(session, ride, ride.route, found.by_vehicle[shift])
    session.flush()


def _new_route(session: Session, force: InForce, ride: Ride, driven: planned.Route) -> Route:
    """A courier at work who had nothing to do until now."""
    highest = select(func.max(Route.number)).where(Route.plan_id == force.plan.id, Route.office_id == force.office.id)
    row = Route(
        plan_id=force.plan.id,
        office_id=force.office.id,
        courier_id=ride.shift.courier_id,
        shift_id=ride.shift.id,
        number=(session.scalar(highest) or 0) + 1,
        locked=False,
        **route_times(driven, start_of_day(force.plan.day)),
    )
    session.add(row)
    session.flush()
    return row


def _place(session: Session, row: Route, ride: Ride, driven: planned.Route, stop_of: Mapping[int, Stop]) -> None:
    midnight = start_of_day(row.plan.day)
    for number, stop in enumerate(ride.past, start=1):
        stop.sequence = number
    reached = ride.past[-1].trip if ride.past else 1
    for number, (trip, step) in enumerate(trips_of(driven), start=len(ride.past) + 1):
        stop = stop_of[step.id or 0]
        stop.sequence = number
        reached = (
            max(reached, stop.trip or 1) if ride.begun else trip
        )  # on the road: back at the office as it was planned
        for name, value in stop_times(step, midnight, reached).items():
            setattr(stop, name, value + ride.ridden_m if name == "distance_m" else value)
        stop.route = row
        session.add(stop)


def _time(row: Route, ride: Ride, driven: planned.Route, delta: Delta) -> None:
    times = route_times(driven, start_of_day(row.plan.day))
    if not ride.begun:
        for name, value in times.items():
            setattr(row, name, value)
        return
    row.ends_at = times["ends_at"]
    if times["break_at"] is not None:
        row.break_at, row.break_s = times["break_at"], times["break_s"]
    row.distance_m += delta.distance
    row.duration_s += delta.duration
    row.cost += delta.cost


def _leave_empty(session: Session, ride: Ride, row: Route, delta: Delta) -> None:
    """A route whose doors all went to others: nobody rides it, unless the courier is out already."""
    if ride.begun:
        row.distance_m += delta.distance
        row.duration_s += delta.duration
        row.cost += delta.cost
        return
    session.flush()  # its stops are others' now
    session.expire(row, ["stops"])
    session.delete(row)


def _shorten(session: Session, force: InForce, ride: Ride, kept: Sequence[Stop]) -> Delta:
    """Leave on a stopped courier's route what nobody could take over; it keeps its times until somebody does."""
    row = ride.route
    if row is None:
        raise DomainError("nothing_left")
    before = evaluate(force.problem, {ride.shift.id: [stop.id for stop in ride.ahead]})
    after = evaluate(force.problem, {ride.shift.id: [stop.id for stop in kept]})
    delta = Delta(
        after.distance - before.distance,
        after.duration - before.duration,
        after.cost + after.onward_cost - before.cost - before.onward_cost,
    )
    for number, stop in enumerate([*ride.past, *kept], start=1):
        stop.sequence = number
    session.flush()
    if kept:
        row.distance_m += delta.distance
        row.duration_s += delta.duration
        row.cost += delta.cost
    else:
        _leave_empty(session, ride, row, delta)
    return delta


def _take(work: UnitOfWork, force: InForce, stops: Sequence[Stop]) -> None:
    """The errands are planned now, and under way where their courier is."""
    begun = {ride.route.id for ride in force.rides.values() if ride.route is not None and ride.begun}
    taken = [errand.id for stop in stops for errand in stop.errands]
    for stop in stops:
        for errand_id in sorted(errand.id for errand in stop.errands):
            errand = errands.lock(work, errand_id)
            errands.advance(errand, ErrandState.PLANNED)
            if stop.route_id in begun:
                errands.advance(errand, ErrandState.UNDER_WAY)
    known = work.execute(
        delete(PlanUnserved)
        .where(PlanUnserved.plan_id == force.plan.id, PlanUnserved.errand_id.in_(taken))
        .returning(PlanUnserved.errand_id)
    ).all()
    force.plan.served += len(taken)
    force.plan.errands += len(taken) - len(known)


def _changed(force: InForce, found: Replanned) -> frozenset[int]:
    """The couriers who ride otherwise than they did."""
    return frozenset(force.rides[shift].shift.courier_id for shift in found.by_vehicle)


def _account(work: UnitOfWork, force: InForce, change: DayChange, by: _By) -> DayChange:
    plan = force.plan
    recount(work, plan)
    plan.revision += 1
    counts = {"inserted": len(change.inserted), "moved": len(change.moved), "out": len(change.still_out)}
    audit.record(work, by.actor, by.action, "plan", plan.id, by.now, office=force.office.id, **counts)
    jobs.defer(work, "announce_plan", {"plan_id": plan.id})
    messages.tell_couriers(work, by.couriers, by.now, f"day_changed:{plan.id}:{plan.revision}")
    work.flush()
    for ride in force.rides.values():
        if ride.route is not None and not inspect(ride.route).deleted and not inspect(ride.route).was_deleted:
            work.expire(ride.route, ["stops"])
    return change
