"""Room for rides that take longer than they should: a visit's window ends earlier in the search than was promised.

How much earlier is what one ride in five is late at that time of day in that commune (`routing.spread`), at most ten minutes and a
quarter of the window; nothing where no days have been driven. Only the search sees it: what the citizen was told, and whoever
judges a plan by it, keeps the promised window. A day must not lose a visit to its own caution: where one is left out for want of
time, that office is searched again by its promises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from app.models import Calibration
from app.services.planning.calibrating import newest
from routing.calibrate import from_json, seat_of
from routing.plan import Plan
from routing.problem import Job, PlannedStep, Problem
from routing.spread import TravelSpread
from routing.spread import from_json as spread_from_json

MOST_S: Final = 600
SHARE_OF_WINDOW: Final = 4
SHORT_OF_TIME: Final = frozenset({"window", "shift", "locked"})
"""Reasons that a window which ended later might have spared."""

Margins = Mapping[int, int]
"""Seconds by job id; a job that is missing has none."""


def spread_of(row: Calibration | None) -> TravelSpread:
    return TravelSpread() if row is None else spread_from_json(row.fitted.get("spread"))


def most_margin_s(row: Calibration | None) -> int:
    """The widest margin that any visit may get from what was learned."""
    spread = spread_of(row)
    known = [late for parts in (spread.province, *spread.units.values()) for late in parts if late is not None]
    return min(MOST_S, max(0, round(max(known, default=0))))


def margins_of(session: Session, jobs: Sequence[Job]) -> Margins:
    """What days driven taught, for each visit."""
    row = newest(session)
    if row is None or not jobs:
        return {}
    spread = spread_of(row)
    units = seat_of(from_json(row.fitted), [job.location for job in jobs if job.location is not None])
    found = {job.id: _margin(job, spread, unit) for job, unit in zip(jobs, units, strict=True)}
    return {number: seconds for number, seconds in found.items() if seconds}


def _margin(job: Job, spread: TravelSpread, unit: str | None) -> int:
    starts, ends = job.windows[-1]
    return min(spread.late(unit, ends), MOST_S, max(0, (ends - starts) // SHARE_OF_WINDOW))


def with_margins(problem: Problem, margins: Margins, solve: Callable[[Problem], Plan]) -> Plan:
    """Search with windows that end earlier; a second time, from what was found, where that leaves a visit out."""
    if not margins:
        return solve(problem)
    found = solve(tightened(problem, margins))
    offices = _short(problem, margins, found)
    if not offices:
        return found
    kept = {job.id: margins[job.id] for job in problem.jobs if job.id in margins and job.office not in offices}
    return solve(_from(tightened(problem, kept), found))


def tightened(problem: Problem, margins: Margins) -> Problem:
    return replace(problem, jobs=tuple(_ended_earlier(job, margins.get(job.id, 0)) for job in problem.jobs))


def _ended_earlier(job: Job, seconds: int) -> Job:
    starts, ends = job.windows[-1]
    return replace(job, windows=(*job.windows[:-1], (starts, ends - seconds))) if seconds else job


def _short(problem: Problem, margins: Margins, found: Plan) -> set[int | None]:
    """The offices where a visit is left out that had, or whose neighbours had, a window made shorter."""
    short = {left.id for left in found.unassigned if left.reason in SHORT_OF_TIME}
    offices = {job.office for job in problem.jobs if job.id in short}
    return offices & {job.office for job in problem.jobs if job.id in margins}


def _from(problem: Problem, found: Plan) -> Problem:
    tours = {
        route.vehicle: tuple(PlannedStep("job", step.id) for step in route.steps if step.type == "job")
        for route in found.routes
    }
    return replace(problem, vehicles=tuple(replace(one, steps=tours.get(one.id, ())) for one in problem.vehicles))
