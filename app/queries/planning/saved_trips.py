"""The journey each errand spared: home ↔ the nearest desk that may receive it, there and back, minus the courier's marginal way.

Both sides are ellipsoid metres × the same detour factor, so that neither is flattered. Negatives are shown as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.domain.journey import SparedJourney
from app.models import Desk, Dossier, Errand, ErrandDossier, Place, PlanOffice, Procedure, Route, Stop, StopErrand
from routing.matrix import Geodesic, distance_m
from routing.problem import Point

DETOUR = Geodesic().detour
"""Road metres per straight metre: the factor of the routes' own distances."""
AnyRow = Row[*tuple[Any, ...]]


def spared_journeys(session: Session, plan_id: int, errand_ids: Collection[UUID]) -> dict[UUID, SparedJourney]:
    """The journeys of these errands under a plan. A door's marginal metres are shared by the errands done there."""
    shares = _shares(session, plan_id, errand_ids)
    ways = _ways(session, list(shares))
    return {errand: SparedJourney(ways[errand], share) for errand, share in shares.items() if errand in ways}


def spared_journey(session: Session, errand_id: UUID) -> SparedJourney | None:
    """The journey that one errand spared under the newest plan in force that holds it; None before that."""
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    plan_id = session.scalar(
        select(func.max(Route.plan_id))
        .join(Stop, Stop.route_id == Route.id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(PlanOffice, in_force)
        .where(StopErrand.errand_id == errand_id, PlanOffice.published)
    )
    return None if plan_id is None else spared_journeys(session, plan_id, [errand_id]).get(errand_id)


def _shares(session: Session, plan_id: int, errand_ids: Collection[UUID]) -> dict[UUID, int]:
    together = select(func.count()).where(StopErrand.stop_id == Stop.id).correlate(Stop).scalar_subquery()
    rows = session.execute(
        select(StopErrand.errand_id, Stop.marginal_m, together.label("together"))
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.plan_id == plan_id, StopErrand.errand_id.in_(errand_ids))
    )
    return {row.errand_id: round(row.marginal_m / row.together) for row in rows}


def _ways(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, int]:
    """One way from home, metres. An errand with several dossiers: the farthest desk that it would have needed."""
    desks = {row.id: row for row in session.execute(select(Desk.id, Desk.level, Desk.lon, Desk.lat))}
    rows = session.execute(
        select(ErrandDossier.errand_id, Dossier.competent_desk_id, Procedure.boundary_free, Place.lon, Place.lat)
        .join(Errand, Errand.id == ErrandDossier.errand_id)
        .join(Place, Place.id == Errand.place_id)
        .join(Dossier, Dossier.id == ErrandDossier.dossier_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(ErrandDossier.errand_id.in_(errand_ids))
    )
    found: dict[UUID, int] = {}
    for row in rows:
        metres = way_to_desk((row.lon, row.lat), row.competent_desk_id, desks, boundary_free=row.boundary_free)
        found[row.errand_id] = max(found.get(row.errand_id, 0), metres)
    return found


def way_to_desk(home: Point, competent: int, desks: Mapping[int, AnyRow], *, boundary_free: bool) -> int:
    """Road metres from home to the nearest desk that may receive: any desk when boundaries do not count."""
    if not boundary_free:
        desk = desks[competent]
        return round(distance_m(home, (desk.lon, desk.lat)) * DETOUR)
    return round(min(distance_m(home, point) for point in _near(home, desks.values())) * DETOUR)


def _near(home: Point, desks: Iterable[AnyRow], count: int = 3) -> Sequence[Point]:
    """The few desks that are nearest on a flat map: the exact measure is slow and need not see all 136."""
    points = [(desk.lon, desk.lat) for desk in desks]
    return sorted(points, key=lambda p: (p[0] - home[0]) ** 2 + (p[1] - home[1]) ** 2)[:count]
