"""From rows to a routing problem. Times are seconds from local midnight of the day; one dimension of load: envelopes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.models import Courier, Desk, Office, Planning, Shift
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.calibrating import known_travel_times
from app.services.planning.due_errands import due_errands, locked_shifts
from app.services.planning.hard_ways import HardWays, hard_ways
from app.services.planning.households import DoorVisit, DueErrand, households, make_job, visit_of
from app.services.planning.margins import Margins, margins_of
from app.services.planning.usual import priced, usual_couriers
from app.services.planning.vehicles import Fleet, fleet_of
from routing.matrix import Geodesic
from routing.problem import UNREACHABLE, Assignment, Break, Job, Onward, Point, Problem, TravelTimes, Vehicle

Unserved = tuple[UUID, str]
"""An errand and the code of its reason (sentences: `app.texts.planning`, `unserved_…`)."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """A courier's shift: the vehicle of the problem with the same id."""

    shift_id: int
    courier_id: int
    office_id: int


@dataclass(frozen=True, slots=True)
class OnwardEnds:
    """Where the onward legs of the day's papers begin and end: offices at work, competent desks."""

    offices: Mapping[int, Point]
    desks: Mapping[int, Point]


NoRoads = Literal["roads_away", "roads_elsewhere"]
"""Why: their server does not answer, or they are of another province."""

OffRoad = tuple[int, int]
"""An office and a desk between which no road leads: their onward leg is reckoned in a straight line."""


@dataclass(frozen=True, slots=True)
class LoadedProblem:
    """A problem and what its numbers stand for. `left_out`: errands that no plan can serve, with the reason."""

    planning_id: int
    day: date
    office_ids: tuple[int, ...]
    problem: Problem
    visits: Mapping[int, DoorVisit]
    at_work: Mapping[int, AtWork]
    left_out: tuple[Unserved, ...]
    onward_ends: OnwardEnds
    locked_jobs: frozenset[int] = frozenset()
    usual: Mapping[UUID, int] = field(default_factory=dict)  # by door, the courier who mostly came there
    no_roads: NoRoads | None = None  # asked for roads, planned on straight lines
    off_road: tuple[OffRoad, ...] = ()
    hard: HardWays = field(default_factory=HardWays)
    margins: Margins = field(default_factory=dict)  # how much earlier the search lets a visit's window end
    offices_off_road: tuple[int, ...] = ()  # whose couriers' ways from and to it are straight lines

    @property
    def errands(self) -> int:
        return sum(len(visit.errand_ids) for visit in self.visits.values()) + len(self.left_out)

    @property
    def slow(self) -> dict[str, int]:
        """The communes visited that day whose season it is, and by how many per cent rides there take longer."""
        return self.hard.named(job.location for job in self.problem.jobs if job.location is not None)

    def on_hard_ways(self) -> LoadedProblem:
        """The same day, whatever measures its ways, where they are as hard as the season makes them."""
        return replace(self, problem=replace(self.problem, travel_times=self.hard.over(self.problem.travel_times)))

    def without(self, jobs: Collection[int], unserved: Sequence[Unserved]) -> LoadedProblem:
        """The same day without these visits, in no start either, their errands left out with a reason."""
        vehicles = tuple(
            replace(one, steps=tuple(step for step in one.steps if step.type != "job" or step.id not in jobs))
            if one.steps is not None
            else one
            for one in self.problem.vehicles
        )
        left = tuple(job for job in self.problem.jobs if job.id not in jobs)
        return replace(
            self,
            problem=replace(self.problem, jobs=left, vehicles=vehicles),
            visits={number: visit for number, visit in self.visits.items() if number not in jobs},
            left_out=(*self.left_out, *unserved),
            locked_jobs=self.locked_jobs - set(jobs),
        )


def seconds_of(moment: datetime, day: date) -> int:
    return round((moment - start_of_day(day)).total_seconds())


def load_problem(session: Session, planning: Planning, stranger: int = ASSUMPTIONS.stranger) -> LoadedProblem:
    """Read the day's errands and shifts of the planning's offices; reads only, a few statements whatever the size.

    The ways are straight lines, which ask nobody: for roads see `by_road`. `stranger`: đồng that it costs when a hamlet is
    visited by another courier than its usual one, who is at work.
    """
    day, travel_times = planning.day, known_travel_times(session)
    office_ids = offices_of(session, planning)
    shifts = _shifts(session, day, office_ids)
    fleet = fleet_of(session)
    vehicles = tuple(make_vehicle(shift, office, day, fleet) for shift, _, office in shifts)
    at_work = {shift.id: AtWork(shift.id, courier.id, office.id) for shift, courier, office in shifts}
    carriers = {entry.courier_id: entry.shift_id for entry in at_work.values()}
    errands, elsewhere = due_errands(session, day, office_ids, carriers)
    locks = locked_shifts(session, day, office_ids, at_work)
    errands = [replace(errand, shift_id=errand.shift_id or locks.get(errand.id)) for errand in errands]
    jobs, visits, nobody = _jobs(errands, {entry.office_id for entry in at_work.values()}, planning)
    usual = usual_couriers(session, {visit.place_id for visit in visits.values()}, day)
    crew = {entry.courier_id: (entry.shift_id, entry.office_id) for entry in at_work.values()}
    jobs = priced(jobs, visits, usual, crew, _assignment(planning), stranger)
    ends = onward_ends(session, {office.id: office for _, _, office in shifts}, jobs)
    problem = Problem(
        vehicles=vehicles,
        jobs=jobs,
        travel_times=travel_times,
        assignment=_assignment(planning),
        onward=measure_onward(ends, travel_times)[0],
    )
    return LoadedProblem(
        planning.id,
        day,
        office_ids,
        problem,
        visits,
        at_work,
        (*elsewhere, *nobody),
        ends,
        frozenset(n for n, visit in visits.items() if any(errand in locks for errand in visit.errand_ids)),
        margins=margins_of(session, jobs),
        usual=usual,
        hard=hard_ways(session, day),
    )


def _assignment(planning: Planning) -> Assignment:
    return "free" if planning.assignment == "free" else "home"


def offices_of(session: Session, planning: Planning) -> tuple[int, ...]:
    """The offices that the planning names, or every one; of those that are open by now."""
    named = [] if planning.office_ids is None else [Office.id.in_([int(entry["id"]) for entry in planning.office_ids])]
    return tuple(session.scalars(select(Office.id).where(Office.closed_at.is_(None), *named).order_by(Office.id)))


def _shifts(session: Session, day: date, office_ids: Collection[int]) -> list[tuple[Shift, Courier, Office]]:
    rows = session.execute(
        select(Shift, Courier, Office)
        .join(Courier, Courier.id == Shift.courier_id)
        .join(Office, Office.id == Courier.office_id)
        .where(Shift.day == day, Shift.works, Courier.active, Office.closed_at.is_(None), Office.id.in_(office_ids))
        .order_by(Office.id, Courier.id)
    )
    return [(shift, courier, office) for shift, courier, office in rows]


def make_vehicle(shift: Shift, office: Office, day: date, fleet: Fleet) -> Vehicle:
    """The shift as routing sees it: starts and ends at the office, one break, one trip or more."""
    here, figures = (office.lon, office.lat), fleet.of(shift)
    rests = (seconds_of(shift.break_from, day), seconds_of(shift.break_to, day))
    return Vehicle(
        id=shift.id,
        start=here,
        end=here,
        office=office.id,
        capacity=(shift.capacity,),
        window=(seconds_of(shift.starts_at, day), seconds_of(shift.ends_at, day)),
        breaks=(Break(1, (rests,), shift.break_s),) if shift.break_s else (),
        fixed=figures.fixed,
        per_hour=figures.per_hour,
        per_km=figures.per_km,
        speed_factor=figures.speed,
        max_trips=shift.trips,
        reload=shift.reload_s if shift.trips > 1 else 0,
        profile=ASSUMPTIONS.profile,
    )


def _jobs(
    errands: Sequence[DueErrand], staffed: Collection[int], planning: Planning
) -> tuple[tuple[Job, ...], dict[int, DoorVisit], list[Unserved]]:
    jobs: list[Job] = []
    visits: dict[int, DoorVisit] = {}
    nobody: list[Unserved] = []
    for number, group in enumerate(households(errands), start=1):
        job = make_job(number, group, planning.day)
        may_move = planning.assignment == "free" and job.movable and bool(staffed)
        if job.office not in staffed and not may_move:
            nobody += [(errand.id, "no_courier") for errand in group]
            continue
        jobs.append(job)
        visits[number] = visit_of(job, group)
    return tuple(jobs), visits, nobody


def make_onward(session: Session, offices: Mapping[int, Office], jobs: Sequence[Job], travel_times: Geodesic) -> Onward:
    """Metres between the offices at work and the desks that the day's papers are bound for, in straight lines."""
    return measure_onward(onward_ends(session, offices, jobs), travel_times)[0]


def onward_ends(session: Session, offices: Mapping[int, Office], jobs: Sequence[Job]) -> OnwardEnds:
    wanted = {job.desk for job in jobs if job.desk is not None}
    desks = session.execute(select(Desk.id, Desk.lon, Desk.lat).where(Desk.id.in_(wanted)).order_by(Desk.id)).all()
    return OnwardEnds(
        {number: (office.lon, office.lat) for number, office in offices.items() if is_place((office.lon, office.lat))},
        {desk.id: (desk.lon, desk.lat) for desk in desks if is_place((desk.lon, desk.lat))},
    )


def is_place(point: Point) -> bool:
    """A row may hold what is no position: no way leads there, and that costs nobody the plan."""
    lon, lat = point
    return abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004  (NaN is not)


def measure_onward(
    ends: OnwardEnds, travel_times: TravelTimes, otherwise: Onward | None = None
) -> tuple[Onward, tuple[OffRoad, ...]]:
    """Metres by these, and which legs they do not know: those are `otherwise`'s, or left out."""
    sources, targets = list(ends.offices.values()), list(ends.desks.values())
    metres = travel_times.block(ASSUMPTIONS.onward_profile, sources, targets)[1].tolist()
    legs = {
        (office, desk): metres[row][column]
        for row, office in enumerate(ends.offices)
        for column, desk in enumerate(ends.desks)
    }
    off_road = tuple(leg for leg, length in legs.items() if length >= UNREACHABLE)
    straight = otherwise.distances if otherwise is not None else {}
    legs = {leg: straight.get(leg, UNREACHABLE) if leg in off_road else length for leg, length in legs.items()}
    known = {leg: length for leg, length in legs.items() if length < UNREACHABLE}
    return Onward(known, per_km=ASSUMPTIONS.onward_per_km), off_road
