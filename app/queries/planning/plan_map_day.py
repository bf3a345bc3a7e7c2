"""How a day goes, for its map: which doors are done, where couriers were last, who will be late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.clock import LOCAL
from app.domain.lateness import NONE, DoorAhead, behind, minutes_late
from app.domain.outcome import DONE
from app.models import Attempt, Stop, StopErrand
from app.queries.planning.plan_map_stops import StopRow
from app.queries.planning.route_progress import on_day, open_door


class DoorState(IntEnum):
    """Of a stop on the map. `GONE`: nobody waits there any more, and nobody came (cancelled, moved to another day)."""

    OPEN = 0
    DONE = 1
    NOT_DONE = 2
    GONE = 3


@dataclass(frozen=True, slots=True)
class LastDoor:
    """Where a courier's phone last told an act from, and when the act was."""

    at: datetime
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class ToldOnMap:
    """By stop and by route; what is not in it is open, in time, never heard of."""

    states: Mapping[int, DoorState] = field(default_factory=dict)
    late: Mapping[int, int] = field(default_factory=dict)
    last: Mapping[int, LastDoor] = field(default_factory=dict)


def told_by_phones(
    session: Session, day: date, routes: Sequence[Any], stops: Mapping[int, Sequence[StopRow]], now: datetime
) -> ToldOnMap:
    """In two statements: newest attempts at the doors of the day, and doors that are still open."""
    route_ids = [route.id for route in routes]
    tried = _tried(session, day, route_ids)
    still = set(session.scalars(select(Stop.id).where(Stop.route_id.in_(route_ids), open_door(day))))
    states: dict[int, DoorState] = {}
    late: dict[int, int] = {}
    last: dict[int, LastDoor] = {}
    for route in routes:
        own = stops.get(route.id, ())
        states |= {stop.id: _state(tried.get(stop.id), is_open=stop.id in still) for stop in own}
        visited = [(tried[stop.id][1], stop) for stop in own if stop.id in tried]
        newest = max(visited, key=lambda one: one[0], default=None)
        if newest is not None:
            last[route.id] = LastDoor(newest[0], newest[1].lon, newest[1].lat)
        if now.astimezone(LOCAL).date() == day and route.ended_at is None:
            late |= _late(route, [stop for stop in own if stop.id in still], newest, now)
    return ToldOnMap(states, late, last)


def _tried(session: Session, day: date, route_ids: Iterable[int]) -> dict[int, tuple[str, datetime]]:
    rows = session.execute(
        select(StopErrand.stop_id, Attempt.outcome, Attempt.occurred_at)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Attempt, Attempt.errand_id == StopErrand.errand_id)
        .where(Stop.route_id.in_(route_ids), *on_day(Attempt.occurred_at, day))
        .ext(distinct_on(StopErrand.stop_id))
        .order_by(StopErrand.stop_id, Attempt.occurred_at.desc())
    )
    return {stop_id: (outcome, moment) for stop_id, outcome, moment in rows}


def _state(tried: tuple[str, datetime] | None, *, is_open: bool) -> DoorState:
    if is_open:
        return DoorState.OPEN
    if tried is None:
        return DoorState.GONE
    return DoorState.DONE if tried[0] == DONE else DoorState.NOT_DONE


def _late(
    route: Any, ahead: Sequence[StopRow], newest: tuple[datetime, StopRow] | None, now: datetime
) -> dict[int, int]:
    if newest is not None:
        delay = behind(newest[1].leaves_at, newest[0])
    else:  # whoever has not left leaves now at the earliest
        delay = behind(route.starts_at, route.started_at or now) if now > route.starts_at else NONE
    doors = [DoorAhead(stop.arrives_at, stop.starts_at, stop.window_to) for stop in ahead]
    found = zip(ahead, minutes_late(doors, delay, now), strict=True)
    return {stop.id: late for stop, late in found if late}
