"""The journeys that a day's plans in force spared, by office; negatives as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind
from app.domain.journey import SparedJourney
from app.models import Errand, Office, PlanOffice, Route, ServiceRequest, Stop, StopErrand
from app.queries.planning.saved_trips import spared_journeys
from app.queries.visible import Offices, within


@dataclass(frozen=True, slots=True)
class ErrandJourney:
    reference: str
    kind: ErrandKind
    office_id: int
    office: str
    journey: SparedJourney


@dataclass(frozen=True, slots=True)
class SparedDay:
    """Every errand of a day's routes with its journey, the most negative first."""

    errands: tuple[ErrandJourney, ...]

    @property
    def total(self) -> SparedJourney:
        return _sum(self.errands)

    @property
    def negative(self) -> list[ErrandJourney]:
        return [errand for errand in self.errands if errand.journey.net_m < 0]

    @property
    def offices(self) -> list[tuple[str, int, SparedJourney]]:
        """Name, errands and sum by office, the smallest net first."""
        found: dict[int, list[ErrandJourney]] = defaultdict(list)
        for errand in self.errands:
            found[errand.office_id].append(errand)
        lines = [(some[0].office, len(some), _sum(some)) for some in found.values()]
        return sorted(lines, key=lambda line: line[2].net_m)


def _sum(errands: list[ErrandJourney] | tuple[ErrandJourney, ...]) -> SparedJourney:
    journeys = [errand.journey for errand in errands]
    return SparedJourney(sum(j.one_way_m for j in journeys), sum(j.marginal_m for j in journeys))


def spared_day(session: Session, day: date, office_ids: Offices = None) -> SparedDay:
    return SparedDay(tuple(sorted(_errands(session, day, office_ids), key=lambda errand: errand.journey.net_m)))


def _errands(session: Session, day: date, office_ids: Offices) -> Iterator[ErrandJourney]:
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    rows = session.execute(
        select(Route.plan_id, Errand.id, Errand.kind, Route.office_id, Office.name, ServiceRequest.reference)
        .join(Stop, Stop.route_id == Route.id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(Errand, Errand.id == StopErrand.errand_id)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .join(Office, Office.id == Route.office_id)
        .join(PlanOffice, in_force)
        .where(PlanOffice.day == day, PlanOffice.published, *within(Route.office_id, office_ids))
    ).all()
    for plan_id in {row.plan_id for row in rows}:
        mine = [row for row in rows if row.plan_id == plan_id]
        journeys = spared_journeys(session, plan_id, [row.id for row in mine])
        for row in mine:
            if row.id in journeys:
                yield ErrandJourney(row.reference, row.kind, row.office_id, row.name, journeys[row.id])
