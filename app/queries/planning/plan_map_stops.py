"""The stops of a plan for its map, and for what day their papers are due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind
from app.models import Dossier, Errand, ErrandDossier, Place, Route, ServiceRequest, Slot, Stop, StopErrand

KINDS: Final = {ErrandKind.COLLECT: 1, ErrandKind.DELIVER: 2, ErrandKind.GIVE_BACK: 4}
DUE: Final = func.least(
    Errand.held_until,
    select(func.min(Dossier.due_on))
    .join(ErrandDossier, ErrandDossier.dossier_id == Dossier.id)
    .where(ErrandDossier.errand_id == Errand.id)
    .correlate(Errand)
    .scalar_subquery(),
)
"""The earliest day that an errand's papers are due; NULL: nobody has said one."""


@dataclass(frozen=True, slots=True)
class StopRow:
    """A door with its errands. The window: what all of them were promised."""

    id: int
    route_id: int
    sequence: int
    arrives_at: datetime
    starts_at: datetime
    leaves_at: datetime
    lon: float
    lat: float
    unit_code: str
    window_from: datetime | None
    window_to: datetime | None
    due_on: date | None
    errand_kinds: Sequence[ErrandKind]
    references: Sequence[str]

    @property
    def kinds(self) -> int:
        """A sum of `KINDS`."""
        return sum(KINDS[kind] for kind in set(self.errand_kinds))

    @property
    def codes(self) -> str:
        """Of the requests, with blanks between."""
        return " ".join(sorted(set(self.references)))


def stop_rows(session: Session, plan_id: int) -> dict[int, list[StopRow]]:
    """By route, in order."""
    rows: Sequence[Any] = session.execute(
        select(
            *(Stop.id, Stop.route_id, Stop.sequence, Stop.arrives_at, Stop.starts_at, Stop.leaves_at),
            *(Place.lon, Place.lat, Place.unit_code),
            func.max(Slot.starts_at),
            func.min(Slot.ends_at),
            func.min(DUE),
            func.array_agg(Errand.kind),
            func.array_agg(ServiceRequest.reference),
        )
        .join(Route, Route.id == Stop.route_id)
        .join(Place, Place.id == Stop.place_id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .join(Errand, Errand.id == StopErrand.errand_id)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .outerjoin(Slot, Slot.id == Errand.slot_id)
        .where(Route.plan_id == plan_id)
        .group_by(Stop.id, Place.id)
        .order_by(Stop.route_id, Stop.sequence)
    ).all()
    found: dict[int, list[StopRow]] = defaultdict(list)
    for row in rows:
        stop = StopRow(*row)
        found[stop.route_id].append(stop)
    return found


def due_in(due_on: date | None, day: date) -> int | None:
    """Days from the plan's day; below 0: past due."""
    return None if due_on is None else (due_on - day).days
