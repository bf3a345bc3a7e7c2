"""Learn travel times from days that were driven: when a courier had an outcome at one door, and when at the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import local_day, start_of_day
from app.models import Attempt, Calibration, Office, Place, Plan, PlanOffice, Route, Run, Stop, StopErrand, Unit
from app.services.planning.assumptions import ASSUMPTIONS
from routing import calibrate, spread
from routing.matrix import Geodesic
from routing.problem import Point

LOOKS_BACK: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _CourierStay:
    """A courier at a place. `left`: when the outcome was written, or the office left; `work_s`: what was done there."""

    left: datetime
    at: Point
    unit: str
    work_s: int


def learn(session: Session, now: datetime) -> Calibration | None:
    """Fit what the last sixty days' rides teach, and keep it under yesterday's date; None: nothing was driven."""
    until = local_day(now) - timedelta(days=1)
    days, legs = driven_legs(session, until - LOOKS_BACK, until)
    if not any(calibrate.is_ride(leg) for leg in legs):
        return None
    seats = {row.code: (row.lon, row.lat) for row in session.execute(select(Unit.code, Unit.lon, Unit.lat))}
    fitted = calibrate.fit(legs, seats)
    values: dict[str, Any] = {
        "legs": sum(calibrate.is_ride(leg) for leg in legs),
        "days": days,
        "fitted": calibrate.to_json(fitted) | {"spread": spread.to_json(spread.fit_spread(legs, fitted))},
        "learned_at": now,
    }
    row = insert(Calibration).values(day=until, profile=ASSUMPTIONS.profile, **values)
    row = row.on_conflict_do_update(index_elements=["day", "profile"], set_=values)
    return session.scalars(row.returning(Calibration), execution_options={"populate_existing": True}).one()


def newest(session: Session) -> Calibration | None:
    """What the plans of today reckon with."""
    return session.scalar(
        select(Calibration).where(Calibration.profile == ASSUMPTIONS.profile).order_by(Calibration.day.desc()).limit(1)
    )


def known_travel_times(session: Session) -> Geodesic:
    """Straight lines, with the speeds that days driven taught where there are any."""
    row = newest(session)
    return Geodesic() if row is None else Geodesic(learned={row.profile: calibrate.from_json(row.fitted)})


def driven_legs(session: Session, first: date, last: date) -> tuple[int, list[calibrate.Leg]]:
    """The days driven and their rides from door to door. Where a courier waited or rested the ride looks slow: the fit
    looks at medians. The metres ridden are not known: no phone tells them.
    """
    rows = session.execute(_visits(first, last)).all()
    tours: dict[int, list[_CourierStay]] = {}
    for row in rows:
        start = _CourierStay(row.started_at, (row.office_lon, row.office_lat), row.unit_code, 0)
        work = ASSUMPTIONS.service_s(row.errands)
        tours.setdefault(row.route_id, [start]).append(_CourierStay(row.left, (row.lon, row.lat), row.unit_code, work))
    legs = [leg for tour in tours.values() for leg in _legs(tour)]
    return len({row.day for row in rows}), legs


def _visits(first: date, last: date) -> Any:
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    left = func.max(Attempt.occurred_at).label("left")
    return (
        select(
            Route.id.label("route_id"), Plan.day, Run.started_at, Place.lon, Place.lat, Place.unit_code, left,
            func.count(StopErrand.errand_id.distinct()).label("errands"),
            Office.lon.label("office_lon"), Office.lat.label("office_lat"),
        )
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, in_force)
        .join(Run, Run.route_id == Route.id)
        .join(Office, Office.id == Route.office_id)
        .join(Stop, Stop.route_id == Route.id)
        .join(Place, Place.id == Stop.place_id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(Attempt, (Attempt.errand_id == StopErrand.errand_id) & (Attempt.courier_id == Route.courier_id))
        .where(PlanOffice.published, Plan.day.between(first, last))
        .where(Attempt.occurred_at >= Run.started_at, Attempt.occurred_at < Run.started_at + timedelta(days=1))
        .group_by(Route.id, Plan.id, Run.id, Stop.id, Place.id, Office.id)
        .order_by(Route.id, left)
    )  # fmt: skip


def _second(moment: datetime) -> int:
    return round((moment - start_of_day(local_day(moment))).total_seconds())


def _legs(tour: Sequence[_CourierStay]) -> list[calibrate.Leg]:
    travel_times = Geodesic(detour=1.0)
    places = [moment.at for moment in tour]
    straight = travel_times.block(ASSUMPTIONS.profile, places, places)[1]
    return [
        calibrate.Leg(
            after.unit,
            float(straight[n, n + 1]),
            (after.left - before.left).total_seconds() - after.work_s,
            ended=_second(after.left),
        )
        for n, (before, after) in enumerate(pairwise(tour))
    ]
