"""A plan as the map draws it (unpacked by `app/frontend/src/modules/map-plan.ts`): codes and communes, no citizen's name or address.

Small, because a province's day goes to a browser at once: a stop's columns are named once, places are whole numbers of `UNIT`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, exists, or_, select
from sqlalchemy.orm import Session

from app.clock import LOCAL
from app.models import (
    Courier,
    Errand,
    Office,
    Place,
    Plan,
    PlanOffice,
    PlanUnserved,
    Route,
    Run,
    ServiceRequest,
    Slot,
    Unit,
)
from app.queries.planning.plan_map_day import ToldOnMap, told_by_phones
from app.queries.planning.plan_map_stops import DUE, KINDS, StopRow, due_in, stop_rows
from app.queries.reference.areas import areas_of
from app.texts import say
from app.texts.ages import age
from app.texts.planning import UNSERVED

UNIT: Final = 0.00001
"""Degrees: about a metre."""
COLUMNS: Final = (
    *("id", "lon", "lat", "n", "at", "from", "to", "kinds", "state", "late", "due", "unit", "codes"),
    *("office", "reason"),  # of what is left out
)
AnyRow = Row[*tuple[Any, ...]]
Spot = tuple[float, float]


def plan_map(
    session: Session,
    plan: Plan,
    office_ids: Collection[int] | None = None,
    language: str = "vi",
    now: datetime | None = None,
) -> dict[str, Any]:
    """Offices, their areas, routes with their stops, and what is left out: seven statements for any size, two more on the day.

    `office_ids`: only these offices' routes (a manager sees the own office). `now`: to tell how the day goes; None: as planned.
    """
    offices = _offices(session, plan.id)
    areas = areas_of(session, [(str(office.id), office.unit_code, office.lon, office.lat) for office in offices])
    live = now is not None and now.astimezone(LOCAL).date() >= plan.day and _in_force(session, plan.id)
    stops = stop_rows(session, plan.id)
    routes = [*_routes(session, plan.id, office_ids)]
    told = told_by_phones(session, plan.day, routes, stops, now) if live and now is not None else ToldOnMap()
    units = _Units(session)
    doors = {office.id for office in offices}
    return {
        "unit": UNIT,
        "live": live,
        "offices": [
            {"id": str(o.id), "name": o.name, "lon": o.lon, "lat": o.lat, "provisional": o.position_provisional}
            for o in offices
        ],
        "areas": list(areas.rings),
        "boundaries": areas.boundaries,
        "routes": [
            _route(route, stops[route.id], told, units, (plan.day, now, language))
            for route in routes
            if route.office_id in doors
        ],
        "unserved": [*_unserved(session, plan, office_ids, units)],
        "units": units.names,
        "reasons": [say(text, language) for text in UNSERVED.values()],
        "columns": COLUMNS,
    }


def way_of(route: Mapping[str, Any], homes: Mapping[str, Spot]) -> list[Spot]:
    """The places that a route passes, from its office and back."""
    home = homes[route["office"]]
    return [home, *((row[1] * UNIT, row[2] * UNIT) for row in route["stops"]), home]


def steps_of(line: Iterable[Sequence[float]]) -> list[int]:
    """A line by road as the first place and then steps, in whole numbers of `UNIT`: a third of its degrees."""
    steps: list[int] = []
    before = (0, 0)
    for lon, lat in line:
        place = (_whole(lon), _whole(lat))
        steps += (place[0] - before[0], place[1] - before[1])
        before = place
    return steps


class _Units:
    """Names of units, each once; a stop has the number of its own."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Unit.code, Unit.name).order_by(Unit.code)).all()
        self._all = {row.code: row.name for row in rows}
        self._numbers: dict[str, int] = {}
        self.names: list[str] = []

    def number(self, code: str) -> int:
        if code not in self._numbers:
            self._numbers[code] = len(self.names)
            self.names.append(self._all.get(code, ""))
        return self._numbers[code]


def _offices(session: Session, plan_id: int) -> Sequence[AnyRow]:
    planned = select(Route.office_id).where(Route.plan_id == plan_id)  # a closed one has its days of before
    return session.execute(
        select(Office.id, Office.name, Office.unit_code, Office.lon, Office.lat, Office.position_provisional)
        .where(Office.kind == "commune", or_(Office.closed_at.is_(None), Office.id.in_(planned)))
        .order_by(Office.id)
    ).all()


def _in_force(session: Session, plan_id: int) -> bool:
    return bool(session.scalar(select(exists().where(PlanOffice.plan_id == plan_id, PlanOffice.published))))


def _routes(session: Session, plan_id: int, office_ids: Collection[int] | None) -> Sequence[AnyRow]:
    chosen: list[ColumnElement[bool]] = [] if office_ids is None else [Route.office_id.in_(office_ids)]
    return session.execute(
        select(
            *(Route.id, Route.office_id, Route.number, Route.starts_at, Route.courier_id, Courier.name),
            *(Run.started_at, Run.ended_at),
        )
        .join(Courier, Courier.id == Route.courier_id)
        .outerjoin(Run, Run.route_id == Route.id)
        .where(Route.plan_id == plan_id, *chosen)
        .order_by(Route.office_id, Route.number)
    ).all()


def _route(
    route: AnyRow, stops: Sequence[StopRow], told: ToldOnMap, units: _Units, said: tuple[date, datetime | None, str]
) -> dict[str, Any]:
    day, now, language = said
    drawn: dict[str, Any] = {
        "id": str(route.id),
        "office": str(route.office_id),
        "courier": route.name,
        "number": route.number,
        "stops": [_stop(stop, told, units, day) for stop in stops],
    }
    if route.started_at is not None:
        drawn["begun"] = True
    last = told.last.get(route.id)
    if last is not None and now is not None:
        drawn["last"] = {"lon": last.lon, "lat": last.lat, "age": age(last.at, now, language)}
    return drawn


def _stop(stop: StopRow, told: ToldOnMap, units: _Units, day: date) -> list[Any]:
    return [
        str(stop.id),
        _whole(stop.lon),
        _whole(stop.lat),
        stop.sequence,
        minutes(stop.starts_at),
        minutes(stop.window_from),
        minutes(stop.window_to),
        stop.kinds,
        told.states.get(stop.id, 0),
        told.late.get(stop.id, 0),
        due_in(stop.due_on, day),
        units.number(stop.unit_code),
        stop.codes,
    ]


def _unserved(session: Session, plan: Plan, office_ids: Collection[int] | None, units: _Units) -> Iterable[list[Any]]:
    chosen: list[ColumnElement[bool]] = [] if office_ids is None else [Errand.office_id.in_(office_ids)]
    rows = session.execute(
        select(
            *(PlanUnserved.errand_id, PlanUnserved.reason, Errand.kind, Errand.office_id, ServiceRequest.reference),
            *(Place.lon, Place.lat, Place.unit_code, DUE.label("due_on"), Slot.starts_at, Slot.ends_at),
        )
        .join(Errand, Errand.id == PlanUnserved.errand_id)
        .outerjoin(Slot, Slot.id == Errand.slot_id)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .join(Place, Place.id == Errand.place_id)
        .where(PlanUnserved.plan_id == plan.id, *chosen)
        .order_by(PlanUnserved.errand_id)
    )
    numbers = {reason: at for at, reason in enumerate(UNSERVED)}
    for row in rows:
        kinds, due = KINDS[row.kind], due_in(row.due_on, plan.day)
        window = minutes(row.starts_at), minutes(row.ends_at)
        yield [
            *(str(row.errand_id), _whole(row.lon), _whole(row.lat), 0, None, *window, kinds, 0, 0, due),
            *(units.number(row.unit_code), row.reference, str(row.office_id), numbers[row.reason]),
        ]


def minutes(moment: datetime | None) -> int | None:
    """Of the local day."""
    if moment is None:
        return None
    local = moment.astimezone(LOCAL)
    return local.hour * 60 + local.minute


def _whole(degrees: float) -> int:
    return round(degrees / UNIT)
