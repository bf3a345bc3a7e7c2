"""How far the routes of a day have come, as far as the phones have told: doors done and left, the last outcome, the last contact."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.clock import at
from app.domain.errand import ErrandState
from app.domain.outcome import DONE
from app.models import (
    Attempt,
    Courier,
    Device,
    Errand,
    Office,
    OutcomeCode,
    Plan,
    PlanOffice,
    Route,
    Run,
    Slot,
    Stop,
    StopErrand,
)  # fmt: skip
from app.queries.visible import Offices, within
from app.queries.visits.courier_day import CLOSED_AT_THE_DOOR


@dataclass(frozen=True, slots=True)
class LastOutcome:
    """`label` as the courier's list says it; None: done."""

    label: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RouteProgress:
    """One published route of a day. `contact_at`: the newest of the courier's phones; None: none ever signed in."""

    route_id: int
    number: int
    office_id: int
    office: str
    courier_id: int
    courier: str
    stops: int
    done: int
    leaves_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    contact_at: datetime | None
    last: LastOutcome | None = None

    @property
    def left(self) -> int:
        return self.stops - self.done


def progress_of(session: Session, day: date, office_ids: Offices = None) -> list[RouteProgress]:
    """The published routes of a day, by office and number."""
    contact = (
        select(func.max(Device.last_contact_at))
        .where(Device.courier_id == Route.courier_id, Device.revoked_at.is_(None))
        .correlate(Route)
        .scalar_subquery()
    )
    rows: Sequence[Any] = session.execute(
        select(
            Route.id,
            Route.number,
            Office.id,
            Office.name,
            Courier.id,
            Courier.name,
            func.count(Stop.id),
            func.count(Stop.id).filter(~open_door(day)),
            Route.starts_at,
            Run.started_at,
            Run.ended_at,
            contact,
        )
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, and_(PlanOffice.plan_id == Route.plan_id, PlanOffice.office_id == Route.office_id))
        .join(Office, Office.id == Route.office_id)
        .join(Courier, Courier.id == Route.courier_id)
        .join(Stop, Stop.route_id == Route.id)
        .outerjoin(Run, Run.route_id == Route.id)
        .where(Plan.day == day, PlanOffice.published, *within(Route.office_id, office_ids))
        .group_by(Route.id, Office.id, Courier.id, Run.id)
        .order_by(Office.name, Office.id, Route.number)
    ).all()
    last = last_outcomes(session, day, [row[4] for row in rows])
    return [replace(RouteProgress(*row), last=last.get(row[4])) for row in rows]


def open_door(day: date) -> ColumnElement[bool]:
    """A stop where somebody still waits: an errand neither closed, nor tried that day (a failed one may be booked anew),
    nor moved to a later day before anybody came. The phone closes a door by the same three (`engine/overlay.ts`).
    """
    return exists().where(
        StopErrand.stop_id == Stop.id,
        StopErrand.errand_id == Errand.id,
        Errand.state.not_in(CLOSED_AT_THE_DOOR),
        ~exists().where(Attempt.errand_id == Errand.id, *on_day(Attempt.occurred_at, day)),
        ~and_(Errand.state == ErrandState.SCHEDULED, exists().where(Slot.id == Errand.slot_id, Slot.day > day)),
    ).correlate(Stop)  # fmt: skip


def on_day(moment: InstrumentedAttribute[datetime], day: date) -> tuple[ColumnElement[bool], ...]:
    midnight = at(day, time(0))
    return moment >= midnight, moment < midnight + timedelta(days=1)


def last_outcomes(session: Session, day: date, courier_ids: Collection[int]) -> dict[int, LastOutcome]:
    """By courier: what the newest attempt of the day came to."""
    rows = session.execute(
        select(Attempt.courier_id, Attempt.outcome, OutcomeCode.label, Attempt.occurred_at)
        .outerjoin(
            OutcomeCode, and_(OutcomeCode.code == Attempt.outcome, OutcomeCode.version == Attempt.outcome_version)
        )
        .where(Attempt.courier_id.in_(courier_ids), *on_day(Attempt.occurred_at, day))
        .ext(distinct_on(Attempt.courier_id))
        .order_by(Attempt.courier_id, Attempt.occurred_at.desc())
    )
    return {
        courier: LastOutcome(None if outcome == DONE else label or outcome, moment)
        for courier, outcome, label, moment in rows
        if courier is not None
    }


@dataclass(frozen=True, slots=True)
class DoorsAhead:
    """Doors that the courier still visits before one; `heard_at`: when the courier's phone was last in contact.

    `arrives_at`: of the next door alone, by the last act of the day and the way that is planned from there.
    """

    stops: int
    started: bool
    heard_at: datetime | None
    arrives_at: datetime | None = None


def ahead_of(session: Session, errand: Errand, day: date) -> DoorsAhead | None:
    """None: not on a published route of the day, or visited already. Where the courier is now nobody is told: the only
    positions that a phone gives are those of other people's doors.
    """
    heard = (
        select(func.max(Device.last_contact_at))
        .where(Device.courier_id == Route.courier_id, Device.revoked_at.is_(None))
        .correlate(Route)
        .scalar_subquery()
    )
    mine = (
        select(
            *(Stop.route_id, Stop.sequence, Stop.arrives_at, Run.started_at, Route.courier_id, Route.starts_at),
            heard.label("heard_at"),
        )
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, and_(PlanOffice.plan_id == Route.plan_id, PlanOffice.office_id == Route.office_id))
        .outerjoin(Run, Run.route_id == Route.id)
        .where(StopErrand.errand_id == errand.id, Plan.day == day, PlanOffice.published, open_door(day))
        .limit(1)
    )
    stop = session.execute(mine).first()
    if stop is None:
        return None
    before = select(func.count(Stop.id)).where(
        Stop.route_id == stop.route_id, Stop.sequence < stop.sequence, open_door(day)
    )
    ahead = DoorsAhead(session.scalar(before) or 0, stop.started_at is not None, stop.heard_at)
    if ahead.stops or stop.started_at is None:
        return ahead
    last = last_outcomes(session, day, [stop.courier_id]).get(stop.courier_id)
    return replace(ahead, arrives_at=_arrival(session, stop, last.at if last else None))


def _arrival(session: Session, stop: Any, last_at: datetime | None) -> datetime:
    """The last act, or the start of the run, and the planned time from the door before to this one."""
    previous = select(Stop.leaves_at).where(Stop.route_id == stop.route_id, Stop.sequence < stop.sequence)
    left: datetime = session.scalar(previous.order_by(Stop.sequence.desc()).limit(1)) or stop.starts_at
    acted: datetime = max(last_at, stop.started_at) if last_at is not None else stop.started_at
    arrives: datetime = stop.arrives_at
    return acted + (arrives - left)
