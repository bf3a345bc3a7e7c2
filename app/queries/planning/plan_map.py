"""A plan as the map draws it (the format is that of `app/frontend/src/modules/map.ts`): no names of citizens, no addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from app.clock import LOCAL
from app.models import Courier, Errand, Office, Place, Plan, PlanUnserved, Route, Stop, StopErrand
from app.queries.reference.areas import areas_of
from app.texts import say
from app.texts.planning import UNSERVED, VISITS

DECIMALS = 5  # about a metre
AnyRow = Row[*tuple[Any, ...]]


def plan_map(
    session: Session, plan: Plan, office_ids: Collection[int] | None = None, language: str = "vi"
) -> dict[str, Any]:
    """Offices, their areas, routes with their stops, and what is left out: five statements for any size.

    `office_ids`: only these offices' routes (a manager sees the own office).
    """
    planned = select(Route.office_id).where(Route.plan_id == plan.id)  # a closed one has its days of before
    offices = session.execute(
        select(Office.id, Office.name, Office.unit_code, Office.lon, Office.lat, Office.position_provisional)
        .where(Office.kind == "commune", or_(Office.closed_at.is_(None), Office.id.in_(planned)))
        .order_by(Office.id)
    ).all()
    areas = areas_of(session, [(str(office.id), office.unit_code, office.lon, office.lat) for office in offices])
    doors = {office.id: _spot(office.lon, office.lat) for office in offices}
    stops = _stops(session, plan.id, language)
    return {
        "offices": [
            {"id": str(o.id), "name": o.name, "lon": o.lon, "lat": o.lat, "provisional": o.position_provisional}
            for o in offices
        ],
        "areas": list(areas.rings),
        "boundaries": areas.boundaries,
        "routes": [
            _route(route, doors[route.office_id], stops[route.id])
            for route in _routes(session, plan.id, office_ids)
            if route.office_id in doors
        ],
        "unserved": _unserved(session, plan.id, office_ids, language),
    }


def _spot(lon: float, lat: float) -> list[float]:
    return [round(lon, DECIMALS), round(lat, DECIMALS)]


def _routes(session: Session, plan_id: int, office_ids: Collection[int] | None) -> Iterable[AnyRow]:
    chosen: list[ColumnElement[bool]] = [] if office_ids is None else [Route.office_id.in_(office_ids)]
    return session.execute(
        select(Route.id, Route.office_id, Route.number, Courier.name)
        .join(Courier, Courier.id == Route.courier_id)
        .where(Route.plan_id == plan_id, *chosen)
        .order_by(Route.office_id, Route.number)
    )


def _route(route: AnyRow, home: list[float], stops: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": str(route.id),
        "office": str(route.office_id),
        "courier": route.name,
        "number": route.number,
        "path": [home, *([stop["lon"], stop["lat"]] for stop in stops), home],
        "stops": stops,
    }


def _stops(session: Session, plan_id: int, language: str) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(
            Stop.route_id,
            Stop.sequence,
            Stop.starts_at,
            Place.lon,
            Place.lat,
            func.array_agg(Errand.kind).label("kinds"),
        )
        .join(Route, Route.id == Stop.route_id)
        .join(Place, Place.id == Stop.place_id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(Errand, Errand.id == StopErrand.errand_id)
        .where(Route.plan_id == plan_id)
        .group_by(Stop.id, Place.id)
        .order_by(Stop.route_id, Stop.sequence)
    )
    words = {kind: say(text, language) for kind, text in VISITS.items()}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        lon, lat = _spot(row.lon, row.lat)
        what = ", ".join(words[kind] for kind in sorted(set(row.kinds)))
        title = f"{row.starts_at.astimezone(LOCAL):%H:%M} · {what}"
        found[row.route_id].append({"lon": lon, "lat": lat, "n": row.sequence, "title": title})
    return found


def _unserved(
    session: Session, plan_id: int, office_ids: Collection[int] | None, language: str
) -> list[dict[str, Any]]:
    chosen: list[ColumnElement[bool]] = [] if office_ids is None else [Errand.office_id.in_(office_ids)]
    rows = session.execute(
        select(PlanUnserved.reason, Errand.kind, Place.lon, Place.lat)
        .join(Errand, Errand.id == PlanUnserved.errand_id)
        .join(Place, Place.id == Errand.place_id)
        .where(PlanUnserved.plan_id == plan_id, *chosen)
        .order_by(PlanUnserved.errand_id)
    )
    return [
        {
            "lon": round(row.lon, DECIMALS),
            "lat": round(row.lat, DECIMALS),
            "title": say(VISITS[row.kind], language),
            "lines": [say(UNSERVED[row.reason], language)],
        }
        for row in rows
    ]
