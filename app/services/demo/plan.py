"""Where a demonstration is and who works in it: from the order and the reference data, the same every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.errand import PLANNABLE
from app.domain.errors import DomainError
from app.models import Errand, FormerUnit, FormerUnitSuccessor, Procedure, ServiceRequest, Slot, Unit
from app.queries.reference.calendar import calendar
from app.services.demo.demand import UnitDemand, share_out
from app.services.demo.history import Days

PILOTS: Final = 5
OPEN_SINCE: Final = timedelta(days=60)
USUAL_KM2: Final = 100.0
LEAST_SEARCH_S, MOST_SEARCH_S, VISITS_A_SECOND = 2, 15, 100


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """What to make. The same order on a new database makes the same demonstration."""

    day: date
    errands: int
    seed: int
    password: str


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What all offices share: the days, the places, how many errands each has, and which were opened first."""

    days: Days
    places: Mapping[str, UnitDemand]
    names: Mapping[str, Sequence[str]]
    shares: Mapping[str, int]
    pilots: tuple[str, ...]

    @property
    def codes(self) -> list[str]:
        """Every unit that has somebody at work."""
        return sorted({*self.shares, *self.pilots})


def demo_plan_of(session: Session, order: DemoOrder) -> DemoPlan:
    names = _former_names(session)
    units = session.scalars(select(Unit).order_by(Unit.code))
    places = {unit.code: _place(unit, len(names.get(unit.code, ()))) for unit in units}
    by_opening = sorted(places.values(), key=lambda place: (place.in_service_from, place.code))
    pilots = tuple(sorted(place.code for place in by_opening[:PILOTS]))
    shares = share_out(list(places.values()), order.errands)
    return DemoPlan(days_before(session, order.day), places, names, shares, pilots)


def days_before(session: Session, day: date) -> Days:
    working = calendar(session)
    yesterday = working.previous_working(day)
    return Days(day, yesterday, working.previous_working(yesterday))


def first_pilot(session: Session) -> Unit:
    """The unit that was opened first: its office has an account of every role."""
    return session.scalars(select(Unit).order_by(Unit.in_service_from, Unit.code).limit(1)).one()


def check(session: Session, order: DemoOrder) -> None:
    """Raise `demo_day_closed`, `demo_too_small` or `demo_made_already`."""
    if not calendar(session).is_working(order.day):
        raise DomainError("demo_day_closed", kind="invalid", field="day", day=order.day)
    if order.errands < 1:
        raise DomainError("demo_too_small", kind="invalid", field="errands")
    if made(session):
        raise DomainError("demo_made_already")


def search_s(session: Session, day: date) -> int:
    """Seconds worth searching for the plan of a demonstration's day: a few visits keep nobody waiting."""
    visits = select(func.count()).select_from(Errand).join(Slot, Slot.id == Errand.slot_id)
    count = session.scalar(visits.where(Slot.day == day, Errand.state.in_(PLANNABLE))) or 0
    return min(MOST_SEARCH_S, max(LEAST_SEARCH_S, -(-count // VISITS_A_SECOND)))


def made(session: Session) -> bool:
    return session.scalar(select(ServiceRequest.id).limit(1)) is not None


def open_everything(session: Session, day: date) -> None:
    """The demonstration has the whole province in service, on whatever day it is given."""
    since = day - OPEN_SINCE
    session.execute(update(Unit).where(Unit.in_service_from > since).values(in_service_from=since))
    session.execute(update(Procedure).where(Procedure.in_service_from > since).values(in_service_from=since))


def _place(unit: Unit, parts: int) -> UnitDemand:
    opened = unit.in_service_from or date.max
    return UnitDemand(unit.code, unit.ward, unit.lon, unit.lat, unit.area_km2 or USUAL_KM2, max(1, parts), opened)


def _former_names(session: Session) -> dict[str, list[str]]:
    rows = session.execute(
        select(FormerUnitSuccessor.unit_code, FormerUnit.name)
        .join(FormerUnit, FormerUnit.code == FormerUnitSuccessor.former_code)
        .order_by(FormerUnit.code)
    )
    names: dict[str, list[str]] = {}
    for code, name in rows:
        names.setdefault(code, []).append(name)
    return names
