"""The coordinator's board of a day: its errands by kind and state, its plans, who works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errand import ErrandKind, ErrandState
from app.domain.slot import booking_closes_at
from app.domain.working_days import Calendar
from app.models import (
    Courier,
    Errand,
    Office,
    Plan,
    PlanOffice,
    PlanUnserved,
    Route,
    Shift,
    Slot,
    Stop,
    StopErrand,
    Unit,
)
from app.queries.visible import Offices, within


def day_in_hand(now: datetime, calendar: Calendar) -> date:
    """Today until booking for the next working day closes; from then on that day is the one being planned."""
    today = local_day(now)
    coming = calendar.next_working(today)
    return coming if now >= booking_closes_at(coming) or not calendar.is_working(today) else today


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Errands of a day by kind and state (cancelled ones apart), and couriers at work."""

    table: dict[ErrandKind, dict[ErrandState, int]]
    couriers: int

    @property
    def errands(self) -> int:
        return sum(sum(row.values()) for row in self.table.values())

    @property
    def states(self) -> list[ErrandState]:
        """The states that occur, in the order an errand passes through them."""
        return [state for state in ErrandState if any(row.get(state) for row in self.table.values())]

    def kind(self, kind: ErrandKind) -> int:
        return sum(self.table.get(kind, {}).values())

    def state(self, *states: ErrandState) -> int:
        return sum(row.get(state, 0) for row in self.table.values() for state in states)


def day_counts(session: Session, day: date, office_ids: Offices = None) -> DayCounts:
    rows = session.execute(
        select(Errand.kind, Errand.state, func.count())
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Slot.day == day, Errand.state != ErrandState.CANCELLED, *within(Errand.office_id, office_ids))
        .group_by(Errand.kind, Errand.state)
    )
    table: dict[ErrandKind, dict[ErrandState, int]] = {}
    for kind, state, count in rows:
        table.setdefault(kind, {})[state] = count
    working = (
        select(func.count())
        .select_from(Shift)
        .join(Courier, Courier.id == Shift.courier_id)
        .where(Shift.day == day, Shift.works, Courier.active, *within(Courier.office_id, office_ids))
    )
    return DayCounts(dict(sorted(table.items())), session.scalar(working) or 0)


def visited_by_carrier(session: Session, day: date, office_ids: Offices = None) -> int:
    """Errands of a day that the postal carrier's people visit: they are in no route of ours."""
    theirs = (
        select(func.count())
        .select_from(Errand)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(
            Slot.day == day,
            Errand.state != ErrandState.CANCELLED,
            Errand.executed_by == "carrier",
            *within(Errand.office_id, office_ids),
        )
    )
    return session.scalar(theirs) or 0


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan's figures for the offices that the reader may see. `onward_m` is known for whole plans only."""

    id: int
    day: date
    state: str
    assignment: str
    engine: str
    created_at: datetime
    published_at: datetime | None
    revision: int
    violations: int
    offices: int
    errands: int
    served: int
    couriers: int
    distance_m: int
    duration_s: int
    onward_m: int | None

    @property
    def left_out(self) -> int:
        return self.errands - self.served


def plan_lines(session: Session, day: date, office_ids: Offices = None) -> list[PlanLine]:
    """The plans of a day that speak for these offices, newest first; of one in force for some of them, what is in force."""
    plans = session.scalars(
        select(Plan).where(Plan.day == day, Plan.id.in_(_spoken_for(office_ids))).order_by(Plan.id.desc())
    )
    return [_line(session, plan, _in_force(session, plan, office_ids)) for plan in plans]


def _in_force(session: Session, plan: Plan, office_ids: Offices) -> Offices:
    mine = (PlanOffice.plan_id == plan.id, *within(PlanOffice.office_id, office_ids))
    published = {row.office_id: row.published for row in session.scalars(select(PlanOffice).where(*mine))}
    some = any(published.values()) and not all(published.values())
    return frozenset(office for office in published if published[office]) if some else office_ids


def plan_line(session: Session, plan: Plan, office_ids: Offices = None) -> PlanLine | None:
    """One plan's figures; None when it does not speak for any of these offices."""
    known = session.scalar(select(Plan.id).where(Plan.id == plan.id, Plan.id.in_(_spoken_for(office_ids))))
    return None if known is None else _line(session, plan, office_ids)


def offices_of_plan(session: Session, plan_id: int) -> frozenset[int]:
    return frozenset(session.scalars(select(PlanOffice.office_id).where(PlanOffice.plan_id == plan_id)))


def _spoken_for(office_ids: Offices) -> Select[int]:
    return select(PlanOffice.plan_id).where(*within(PlanOffice.office_id, office_ids))


def _line(session: Session, plan: Plan, office_ids: Offices) -> PlanLine:
    whole = office_ids is None
    part = None if whole else _part(session, plan.id, office_ids)
    mine = (
        PlanOffice.plan_id == plan.id,
        Office.id == PlanOffice.office_id,
        Office.kind == "commune",
        *within(PlanOffice.office_id, office_ids),
    )
    offices = session.execute(select(func.count(), func.count().filter(PlanOffice.published)).where(*mine)).one()
    state = "superseded" if plan.state == "published" and not offices[1] else plan.state
    return PlanLine(
        id=plan.id,
        day=plan.day,
        state=state,
        assignment=plan.assignment,
        engine=plan.engine,
        created_at=plan.created_at,
        published_at=plan.published_at,
        revision=plan.revision,
        violations=plan.violations,
        offices=offices[0],
        errands=plan.errands if part is None else part.served + part.left_out,
        served=plan.served if part is None else part.served,
        couriers=plan.couriers if part is None else part.couriers,
        distance_m=plan.distance_m if part is None else part.distance_m,
        duration_s=plan.duration_s if part is None else part.duration_s,
        onward_m=plan.onward_m if whole else None,
    )


def _part(session: Session, plan_id: int, office_ids: Offices) -> Row[int, int, int, int, int]:
    """What some offices have of a plan."""
    mine = (Route.plan_id == plan_id, *within(Route.office_id, office_ids))
    served = (
        select(func.count(StopErrand.errand_id))
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .where(*mine)
    )
    left_out = (
        select(func.count())
        .select_from(PlanUnserved)
        .join(Errand, Errand.id == PlanUnserved.errand_id)
        .where(PlanUnserved.plan_id == plan_id, *within(Errand.office_id, office_ids))
    )
    return session.execute(
        select(
            func.count(Route.id).label("couriers"),
            func.coalesce(func.sum(Route.distance_m), 0).label("distance_m"),
            func.coalesce(func.sum(Route.duration_s), 0).label("duration_s"),
            served.scalar_subquery().label("served"),
            left_out.scalar_subquery().label("left_out"),
        ).where(*mine)
    ).one()


def commune_offices(session: Session, office_ids: Offices = None) -> Sequence[Office]:
    """The offices that can be planned, by name."""
    return session.scalars(
        select(Office)
        .where(Office.kind == "commune", Office.closed_at.is_(None), *within(Office.id, office_ids))
        .order_by(Office.name)
    ).all()


def units_served(session: Session, office_ids: Offices = None) -> Sequence[Unit]:
    """The communes and wards of these offices, by name."""
    opened = (Office.kind == "commune", Office.closed_at.is_(None))
    served = select(Office.unit_code).where(*opened, *within(Office.id, office_ids))
    return session.scalars(select(Unit).where(Unit.code.in_(served)).order_by(Unit.short_name)).all()
