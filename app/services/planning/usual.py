"""Who usually comes to a hamlet: learned from visits that were done. Nothing is kept but the courier's number at a stop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal_column, select
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.domain.outcome import DONE
from app.models import Attempt, Courier, Errand, Place
from app.services.planning.households import DoorVisit
from routing.problem import Assignment, Job

LOOKS_BACK: Final = timedelta(days=60)
ENOUGH: Final = 3
"""Visits of one courier to a hamlet, from which on he is known there."""
CELL: Final = 0.004
"""Degrees, about 430 m: a hamlet is the doors of one unit in one cell."""

_Cell = tuple[str, int, int]


def usual_couriers(session: Session, place_ids: Collection[UUID], day: date) -> dict[UUID, int]:
    """By door the courier who came to its hamlet most often in the sixty days before; nobody where two came as often.

    A door of which only the commune is known is in no hamlet, and teaches nothing.
    """
    doors = session.execute(select(Place.id, *_cell()).where(Place.id.in_(place_ids), Place.pin_source != "unit")).all()
    known = _known_in(session, {door.unit_code for door in doors}, day)
    cells = {door.id: (door.unit_code, door.x, door.y) for door in doors}
    return {place: known[cell] for place, cell in cells.items() if cell in known}


def _cell() -> tuple[Any, ...]:
    # no parameter: what is grouped by has to be what is selected, to the letter
    size: ColumnElement[float] = literal_column(str(CELL))
    return Place.unit_code, func.floor(Place.lon / size).label("x"), func.floor(Place.lat / size).label("y")


def _known_in(session: Session, units: Collection[str], day: date) -> dict[_Cell, int]:
    """Two errands at one door on one day are one visit. (A working day is one day by UTC, too.)"""
    until = start_of_day(day)
    visit = func.concat(Errand.place_id, func.date(func.timezone("UTC", Attempt.occurred_at)))
    done = and_(Attempt.outcome == DONE, Attempt.occurred_at >= until - LOOKS_BACK, Attempt.occurred_at < until)
    rows = session.execute(
        select(*_cell(), Attempt.courier_id, func.count(visit.distinct()).label("visits"))
        .join(Errand, Errand.id == Attempt.errand_id)
        .join(Place, Place.id == Errand.place_id)
        .join(Courier, Courier.id == Attempt.courier_id)
        .where(done, Courier.active, Place.unit_code.in_(units), Place.pin_source != "unit")
        .group_by(*_cell(), Attempt.courier_id)
    )
    came: dict[_Cell, dict[int, int]] = defaultdict(dict)
    for row in rows:
        came[row.unit_code, row.x, row.y][row.courier_id] = row.visits
    return {cell: best for cell, visits in came.items() if (best := _most(visits)) is not None}


def _most(visits: Mapping[int, int]) -> int | None:
    most = max(visits.values())
    often = [courier for courier, times in visits.items() if times == most]
    return often[0] if most >= ENOUGH and len(often) == 1 else None


def priced(
    jobs: Sequence[Job],
    visits: Mapping[int, DoorVisit],
    couriers: Mapping[UUID, int],
    shifts: Mapping[int, tuple[int, int]],
    assignment: Assignment,
    price: int,
) -> tuple[Job, ...]:
    """The jobs with what another courier than the usual one costs, where that one is at work and may come.

    `couriers`: by door; `shifts`: (shift, office) by courier at work.
    """

    def one(job: Job) -> Job:
        shift, office = shifts.get(couriers.get(visits[job.id].place_id, 0), (None, None))
        may_come = office == job.office or (assignment == "free" and job.movable)
        if shift is None or not may_come or not price:
            return job
        return replace(job, usual=frozenset({shift}), stranger=price)

    return tuple(one(job) for job in jobs)
