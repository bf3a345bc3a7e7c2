"""How many visits a slot has room for: fourteen a half day for every courier who is at work in the middle of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.slot import STOPS_A_COURIER, SlotKind
from app.models import Courier, Shift

STOPS_A_HALF_DAY: Final = STOPS_A_COURIER // 2


@dataclass(frozen=True, slots=True)
class OfficeCrew:
    """An office's couriers, and what was decided about their days; no decision: the whole day."""

    couriers: int
    shifts: Mapping[date, Sequence[Shift]]

    def places(self, day: date, kind: SlotKind, starts_at: datetime, ends_at: datetime) -> int:
        middle = starts_at + (ends_at - starts_at) / 2
        away = sum(
            not (shift.works and shift.starts_at <= middle < shift.ends_at) for shift in self.shifts.get(day, ())
        )
        stops = (self.couriers - away) * STOPS_A_HALF_DAY
        return stops if kind is SlotKind.HALF_DAY else stops // 2


def crew_of(session: Session, office_id: int, days: Collection[date]) -> OfficeCrew:
    """The active couriers of an office, with their shifts of these days."""
    ours = (Courier.office_id == office_id, Courier.active)
    couriers = session.scalar(select(func.count()).select_from(Courier).where(*ours)) or 0
    decided = session.scalars(select(Shift).join(Shift.courier).where(*ours, Shift.day.in_(days)))
    shifts: dict[date, list[Shift]] = {}
    for shift in decided:
        shifts.setdefault(shift.day, []).append(shift)
    return OfficeCrew(couriers, shifts)
