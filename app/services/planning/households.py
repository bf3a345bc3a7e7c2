"""From errands to visits: one household is one stop, when its slots allow it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.domain.errand import ErrandKind
from app.domain.urgency import days_left, priority
from app.domain.working_days import Calendar
from app.services.planning.assumptions import ASSUMPTIONS
from routing.problem import Job, Point


@dataclass(frozen=True, slots=True)
class DueErrand:
    """What planning needs of an errand. Seconds count from local midnight of the day."""

    id: UUID
    kind: ErrandKind
    household: str  # one telephone at one point is one household, however many requests it made
    place_id: UUID
    office_id: int
    location: Point
    starts: int
    ends: int
    carried: int  # envelopes from the office to the door
    collected: int  # envelopes from the door to the office
    boundary_free: bool
    desk_ids: frozenset[int]  # competent desks of what is collected
    due_on: date | None = None
    failed_attempts: int = 0
    calendar: Calendar = field(default_factory=Calendar, compare=False, repr=False)  # counts the days until `due_on`
    shift_id: int | None = None  # the only courier who may come: carries it already, or was locked by a coordinator

    def priority(self, day: date) -> int:
        return priority(days_left(day, self.due_on, self.calendar), self.failed_attempts)


@dataclass(frozen=True, slots=True)
class DoorVisit:
    """One stop of the problem: a door and the errands done there."""

    job_id: int
    place_id: UUID
    office_id: int
    errand_ids: tuple[UUID, ...]


def households(errands: Iterable[DueErrand]) -> list[list[DueErrand]]:
    """Group errands that one visit can serve: same office and door, and slots that overlap long enough.

    The order is a function of offices, slots and places alone, so that the same day gives the same problem.
    """
    doors: dict[object, list[DueErrand]] = defaultdict(list)
    first_place: dict[object, UUID] = {}
    for errand in sorted(errands, key=_order):
        place = first_place.setdefault((errand.household, errand.location), errand.place_id)
        doors[errand.office_id, place, errand.shift_id].append(errand)
    return [group for door in doors.values() for group in _by_window(door)]


def _order(errand: DueErrand) -> tuple[int, int, int, Point, str]:
    return errand.office_id, errand.starts, errand.ends, errand.location, errand.kind.value


def _by_window(door: Sequence[DueErrand]) -> list[list[DueErrand]]:
    groups: list[list[DueErrand]] = []
    for errand in door:
        if groups and _overlap([*groups[-1], errand]) >= ASSUMPTIONS.shared_window_s:
            groups[-1].append(errand)
        else:
            groups.append([errand])
    return groups


def _overlap(errands: Sequence[DueErrand]) -> int:
    return min(errand.ends for errand in errands) - max(errand.starts for errand in errands)


def make_job(job_id: int, errands: Sequence[DueErrand], day: date) -> Job:
    """The stop as routing sees it.

    Under `free` a visit may move to another office only when it just collects and every procedure is boundary-free.
    A visit whose papers belong to several desks stays at home: its onward legs are then the same in every plan.
    """
    desks = frozenset[int]().union(*(errand.desk_ids for errand in errands))
    carried = sum(errand.carried for errand in errands)
    office = errands[0].office_id
    collecting = all(errand.kind is ErrandKind.COLLECT for errand in errands)
    return Job(
        id=job_id,
        location=errands[0].location,
        service=ASSUMPTIONS.service_s(len(errands)),
        delivery=(carried,),
        pickup=(sum(errand.collected for errand in errands),),
        windows=((max(errand.starts for errand in errands), min(errand.ends for errand in errands)),),
        priority=max(errand.priority(day) for errand in errands),
        office=office,
        origin=office if carried else None,
        desk=next(iter(desks)) if len(desks) == 1 else None,
        movable=collecting and len(desks) == 1 and all(errand.boundary_free for errand in errands),
        vehicle=errands[0].shift_id,
    )


def visit_of(job: Job, errands: Sequence[DueErrand]) -> DoorVisit:
    return DoorVisit(job.id, errands[0].place_id, errands[0].office_id, tuple(errand.id for errand in errands))
