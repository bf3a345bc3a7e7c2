"""The routes in force of one office as they run now: what is done, where each courier is, and what is left to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import local_day
from app.domain.errors import DomainError
from app.models import Attempt, Courier, Office, Plan, PlanOffice, Route, Run, Shift, Stop
from app.queries.planning.route_progress import on_day
from app.queries.visits.courier_day import CLOSED_AT_THE_DOOR
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.due_errands import aboard, errands_by_id
from app.services.planning.hard_ways import hard_ways
from app.services.planning.households import DueErrand, make_job
from app.services.planning.loading import make_onward, make_vehicle, seconds_of
from app.services.planning.vehicles import fleet_of
from routing.matrix import Geodesic
from routing.problem import Job, Point, Problem, Vehicle
from routing.replan import CourierPosition, from_the_office, rest_of_day


@dataclass(frozen=True, slots=True)
class Ride:
    """A courier's route now. `past`: the doors that stand (visited, and the one being ridden to), `ahead`: the others."""

    shift: Shift
    route: Route | None
    begun: bool
    past: Sequence[Stop]
    ahead: Sequence[Stop]

    @property
    def ridden_m(self) -> int:
        """Metres from the office to where the rest of the day begins, along the route."""
        return self.past[-1].distance_m if self.begun and self.past else 0


@dataclass(frozen=True, slots=True)
class InForce:
    """An office's day as it runs: the problem of what is left (stops are jobs, shifts vehicles) and its standing routes."""

    plan: Plan
    office: Office
    rides: Mapping[int, Ride]
    problem: Problem
    standing: Mapping[int, Sequence[int]]

    def with_late(self, jobs: Sequence[Job], without: int | None = None) -> InForce:
        """The same day with more to do, and without the courier of a shift."""
        here = {shift: list(stops) for shift, stops in self.standing.items() if shift != without}
        standing = {job for stops in here.values() for job in stops}
        kept = tuple(job for job in self.problem.jobs if job.id in standing)
        vehicles = tuple(vehicle for vehicle in self.problem.vehicles if vehicle.id != without)
        problem = replace(self.problem, jobs=(*kept, *map(from_the_office, jobs)), vehicles=vehicles)
        return InForce(self.plan, self.office, self.rides, problem, here)


def in_force(
    session: Session, office_id: int, now: datetime, travel_times: Geodesic, stopped: int | None = None
) -> InForce:
    """Lock the office's plan in force today and read its day. `stopped`: a shift whose courier rides nowhere any more.

    Raises `no_plan_in_force`.
    """
    day = local_day(now)
    plan = session.scalar(
        select(Plan)
        .join(PlanOffice, PlanOffice.plan_id == Plan.id)
        .where(PlanOffice.office_id == office_id, PlanOffice.day == day, PlanOffice.published)
        .with_for_update(of=Plan)
        .execution_options(populate_existing=True)
    )
    if plan is None:
        raise DomainError("no_plan_in_force")
    office = session.get_one(Office, office_id)
    rides = _rides(session, plan, office_id, now, stopped)
    stops = [stop for ride in rides.values() for stop in ride.ahead]
    known = errands_by_id(session, day, [errand.id for stop in stops for errand in stop.errands], [office_id])
    carried = aboard(session, known)
    shift_of = {ride.shift.courier_id: shift for shift, ride in rides.items()}
    jobs = tuple(
        _job(stop, known, day, _holder(stop, ride, carried, shift_of)) for ride in rides.values() for stop in ride.ahead
    )
    fleet = fleet_of(session)
    problem = Problem(
        vehicles=tuple(
            _vehicle(make_vehicle(ride.shift, office, day, fleet), ride, day, now) for ride in rides.values()
        ),
        jobs=jobs,
        travel_times=hard_ways(session, day).over(travel_times),
        assignment="home",
        onward=make_onward(session, {office.id: office}, jobs, travel_times),
    )
    loaded = [job.id for job in jobs if job.vehicle is not None]
    rest = rest_of_day(
        problem, {s: _position(ride, office, day, now) for s, ride in rides.items() if ride.begun}, loaded
    )
    standing = {shift: [stop.id for stop in ride.ahead] for shift, ride in rides.items() if ride.ahead}
    return InForce(plan, office, rides, rest, standing)


def _rides(session: Session, plan: Plan, office_id: int, now: datetime, stopped: int | None) -> dict[int, Ride]:
    """By shift: the routes that are not over, and the couriers at work who have none."""
    routes = session.scalars(
        select(Route)
        .where(Route.plan_id == plan.id, Route.office_id == office_id)
        .order_by(Route.number)
        .options(
            selectinload(Route.stops).selectinload(Stop.errands),
            selectinload(Route.stops).joinedload(Stop.place),
            joinedload(Route.shift),
        )
        .execution_options(populate_existing=True)
    ).all()
    runs = {run.route_id: run for run in session.scalars(select(Run).where(Run.route_id.in_([r.id for r in routes])))}
    tried = _tried(session, routes, plan.day)
    rides = {}
    for route in routes:
        run = runs.get(route.id)
        if run is None or run.ended_at is None:
            rides[route.shift_id] = _ride(route, run, tried, riding=route.shift_id != stopped)
    shifts = session.scalars(
        select(Shift)
        .join(Courier, Courier.id == Shift.courier_id)
        .where(Shift.day == plan.day, Shift.works, Shift.ends_at > now, Courier.active, Courier.office_id == office_id)
        .where(Shift.id.not_in([route.shift_id for route in routes]))
        .order_by(Shift.id)
    )
    return rides | {shift.id: Ride(shift, None, begun=False, past=(), ahead=()) for shift in shifts}


def _tried(session: Session, routes: Sequence[Route], day: date) -> set[UUID]:
    ids = [errand.id for route in routes for stop in route.stops for errand in stop.errands]
    return set(
        session.scalars(select(Attempt.errand_id).where(Attempt.errand_id.in_(ids), *on_day(Attempt.occurred_at, day)))
    )


def _ride(route: Route, run: Run | None, tried: Collection[UUID], *, riding: bool) -> Ride:
    done = [all(e.state in CLOSED_AT_THE_DOOR or e.id in tried for e in stop.errands) for stop in route.stops]
    past = [stop for stop, over in zip(route.stops, done, strict=True) if over]
    ahead = [stop for stop, over in zip(route.stops, done, strict=True) if not over]
    if run is not None and ahead and riding:  # the courier is riding to that door
        past, ahead = [*past, ahead[0]], ahead[1:]
    return Ride(route.shift, route, run is not None or bool(past), past, ahead)


def _vehicle(vehicle: Vehicle, ride: Ride, day: date, now: datetime) -> Vehicle:
    """What is left of a shift."""
    moment = seconds_of(now, day)
    rests = tuple(rest for rest in vehicle.breaks if moment <= rest.windows[-1][1] and not _rested(ride, now))
    if ride.begun and vehicle.max_trips > 1:  # what it holds is judged as if all its bags were one
        bags = tuple(bag * vehicle.max_trips for bag in vehicle.capacity)
        vehicle = replace(vehicle, max_trips=1, reload=0, capacity=bags)
    return replace(vehicle, breaks=rests, window=(max(vehicle.window[0], moment), max(vehicle.window[1], moment)))


def _rested(ride: Ride, now: datetime) -> bool:
    return ride.begun and ride.route is not None and ride.route.break_at is not None and ride.route.break_at <= now


def _position(ride: Ride, office: Office, day: date, now: datetime) -> CourierPosition:
    if not ride.past:
        return CourierPosition((office.lon, office.lat), seconds_of(now, day))
    last = ride.past[-1]
    at: Point = (last.place.lon, last.place.lat)
    open_still = any(errand.state not in CLOSED_AT_THE_DOOR for errand in last.errands)
    free = max(now, last.leaves_at) if open_still else now
    gathered = sum(len(e.dossiers) for stop in ride.past for e in stop.errands if e.kind.value == "collect")
    return CourierPosition(at, seconds_of(free, day), (gathered,))


def _holder(stop: Stop, ride: Ride, carried: Mapping[UUID, int], shift_of: Mapping[int, int]) -> int | None:
    """The shift whose courier has this stop's parcels: the bag was packed when the courier left."""
    for errand in stop.errands:
        if errand.id in carried:
            return shift_of.get(carried[errand.id], ride.shift.id)
    leaves_with = ride.begun and any(errand.kind.value != "collect" for errand in stop.errands)
    return ride.shift.id if leaves_with or stop.locked else None


def _job(stop: Stop, known: Mapping[UUID, DueErrand], day: date, holder: int | None) -> Job:
    errands = [known[errand.id] for errand in stop.errands if errand.id in known]
    if not errands:
        return Job(stop.id, (stop.place.lon, stop.place.lat), service=ASSUMPTIONS.service_s(1))
    return replace(make_job(stop.id, errands, day), vehicle=holder)
