"""Where a plan under `free` begins: at the newest one under `home` of the same day and offices, so that it is never dearer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Plan, PlanOffice, Route, Stop, StopErrand
from app.services.planning.loading import LoadedProblem
from routing.problem import PlannedStep


def from_home(session: Session, loaded: LoadedProblem) -> LoadedProblem:
    """The same day with the routes at home as its start, as far as its doors and shifts are still there."""
    if loaded.problem.assignment != "free":
        return loaded
    plan_id = _newest_at_home(session, loaded)
    if plan_id is None:
        return loaded
    tours = _tours(session, plan_id, {errand: number for number, v in loaded.visits.items() for errand in v.errand_ids})
    vehicles = tuple(
        replace(vehicle, steps=tuple(PlannedStep("job", number) for number in tours[vehicle.id]))
        if vehicle.id in tours
        else vehicle
        for vehicle in loaded.problem.vehicles
    )
    return replace(loaded, problem=replace(loaded.problem, vehicles=vehicles))


def _newest_at_home(session: Session, loaded: LoadedProblem) -> int | None:
    plans = session.scalars(
        select(Plan.id).where(Plan.day == loaded.day, Plan.assignment == "home").order_by(Plan.id.desc())
    )
    wanted = set(loaded.office_ids)
    return next((number for number in plans if _offices(session, number) == wanted), None)


def _offices(session: Session, plan_id: int) -> set[int]:
    return set(session.scalars(select(PlanOffice.office_id).where(PlanOffice.plan_id == plan_id)))


def _tours(session: Session, plan_id: int, jobs: Mapping[UUID, int]) -> dict[int, list[int]]:
    """Job ids by shift, in the order of the stops, each once: two visits may have become one since."""
    rows = session.execute(
        select(Route.shift_id, StopErrand.errand_id)
        .join(Stop, Stop.route_id == Route.id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .where(Route.plan_id == plan_id)
        .order_by(Route.id, Stop.sequence, StopErrand.errand_id)
    )
    tours: dict[int, list[int]] = {}
    seen = set[int]()
    for shift, errand in rows:
        if errand in jobs and jobs[errand] not in seen:
            seen.add(jobs[errand])
            tours.setdefault(shift, []).append(jobs[errand])
    return tours
